"""Tensors, the ops that they have as methods, and the gradient of any of it."""

from minigan.tensor.arithmetic import (
    add,
    div,
    floor_divide,
    lerp,
    mul,
    neg,
    pow,
    remainder,
    square,
    sub,
)
from minigan.tensor.broadcasting import broadcast_shapes, broadcast_to
from minigan.tensor.checks import DimError, Shape, as_dim, as_dims, as_shape, tensor_of
from minigan.tensor.choosing import clamp, clip, maximum, minimum, where
from minigan.tensor.comparison import (
    allclose,
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    eq,
    equal,
    ge,
    gt,
    isclose,
    le,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
)
from minigan.tensor.creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    is_tensor,
    linspace,
    ones,
    ones_like,
    rand,
    rand_like,
    randint,
    randn,
    randn_like,
    randperm,
    tensor,
    zeros,
    zeros_like,
)
from minigan.tensor.dtypes import (
    DType,
    as_dtype,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
)
from minigan.tensor.dtypes import bool_ as bool
from minigan.tensor.elementwise import (
    abs,
    ceil,
    cos,
    erf,
    exp,
    expm1,
    floor,
    isfinite,
    isinf,
    isnan,
    log,
    log1p,
    log2,
    log10,
    reciprocal,
    relu,
    round,
    rsqrt,
    sigmoid,
    sign,
    sin,
    sqrt,
    tanh,
    trunc,
)
from minigan.tensor.exponential import log_softmax, logsumexp, softmax
from minigan.tensor.extrema import amax, amin, argmax, argmin, max, min
from minigan.tensor.gathering import (
    diag,
    gather,
    index_select,
    masked_fill,
    masked_select,
    nonzero,
    take_along_dim,
    tril,
    triu,
)
from minigan.tensor.grad import Step, differentiate, grad
from minigan.tensor.indexing import accumulate
from minigan.tensor.inplace import scatter
from minigan.tensor.joining import cat, chunk, hstack, narrow, roll, split, stack, unbind, vstack
from minigan.tensor.likeness import bernoulli
from minigan.tensor.op import (
    FusedOp,
    Node,
    Op,
    enable_grad,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from minigan.tensor.operands import operands
from minigan.tensor.products import bmm, dot, einsum, matmul, mm, outer
from minigan.tensor.reductions import all, any, count_nonzero, cumsum, prod, sum
from minigan.tensor.shaping import (
    alias,
    clone,
    flatten,
    flip,
    movedim,
    permute,
    reshape,
    squeeze,
    t,
    transpose,
    unflatten,
    unsqueeze,
)
from minigan.tensor.sorting import argsort, sort, topk
from minigan.tensor.statistics import mean, norm, std, var
from minigan.tensor.tape import Entry, Tape
from minigan.tensor.tensor import Tensor

__all__ = [
    "Tensor", "tensor", "as_tensor", "from_numpy", "Op", "FusedOp", "Node", "grad", "differentiate",
    "Step", "Tape",
    "Entry", "no_grad", "enable_grad", "is_grad_enabled", "set_grad_enabled", "DType", "as_dtype",
    "bool",
    "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "Shape",
    "DimError", "as_dim",
    "as_dims", "as_shape", "tensor_of", "broadcast_shapes", "operands", "alias", "accumulate",
    "add", "allclose", "bitwise_and", "bitwise_not", "bitwise_or", "bitwise_xor", "clamp", "div",
    "eq",
    "floor_divide", "ge", "gt", "isclose", "le", "logical_and", "logical_not", "logical_or",
    "logical_xor", "lt",
    "maximum", "minimum", "mul", "ne", "neg", "pow", "remainder", "square", "sub", "where", "abs",
    "ceil", "cos",
    "exp", "expm1", "floor", "isfinite", "isinf", "isnan", "log", "log1p", "log2", "log10",
    "reciprocal", "relu",
    "round", "rsqrt", "sigmoid", "sign", "sin", "sqrt", "tanh", "trunc", "gather", "index_select",
    "masked_fill",
    "masked_select", "nonzero", "take_along_dim", "tril", "triu", "bmm", "dot", "einsum", "matmul",
    "mm", "outer",
    "all", "amax", "amin", "any", "argmax", "argmin", "cumsum", "log_softmax", "logsumexp", "max",
    "mean", "min",
    "norm", "prod", "softmax", "std", "sum", "var", "broadcast_to", "cat", "chunk", "clone",
    "flatten", "flip",
    "movedim", "permute", "reshape", "split", "squeeze", "stack", "t", "transpose", "unbind",
    "unflatten",
    "unsqueeze", "arange", "empty", "empty_like", "eye", "full", "full_like", "linspace", "ones",
    "ones_like",
    "lerp", "clip", "equal", "count_nonzero", "roll", "narrow", "scatter", "sort", "argsort",
    "topk",
    "bernoulli", "diag", "erf", "hstack", "is_tensor", "vstack",
    "rand", "rand_like", "randint", "randn", "randn_like", "randperm", "zeros", "zeros_like",
]  # fmt: skip
