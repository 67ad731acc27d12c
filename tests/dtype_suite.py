"""Functions of tensors of all dtypes, of extreme numbers and of empty tensors.

The calls are the same for minigan and for PyTorch.
"""

import numpy as np

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
NUMBERS = [True, 2, -3, 0, 2.5, -0.5, float("inf"), float("nan")]
BINARY = {
    "add": lambda m, a, b: m.add(a, b),
    "sub": lambda m, a, b: a - b,
    "mul": lambda m, a, b: a * b,
    "div": lambda m, a, b: a / b,
    "floor_divide": lambda m, a, b: a // b,
    "floor": lambda m, a, b: m.div(a, b, rounding_mode="floor"),
    "trunc": lambda m, a, b: m.div(a, b, rounding_mode="trunc"),
    "remainder": lambda m, a, b: a % b,
    "pow": lambda m, a, b: a**b,
    "maximum": lambda m, a, b: m.maximum(a, b),
    "minimum": lambda m, a, b: m.minimum(a, b),
    "eq": lambda m, a, b: a == b,
    "ne": lambda m, a, b: a != b,
    "lt": lambda m, a, b: a < b,
    "le": lambda m, a, b: m.le(a, b),
    "gt": lambda m, a, b: a > b,
    "ge": lambda m, a, b: a >= b,
    "and": lambda m, a, b: a & b,
    "or": lambda m, a, b: a | b,
    "xor": lambda m, a, b: a ^ b,
    "logical_and": lambda m, a, b: m.logical_and(a, b),
    "logical_or": lambda m, a, b: a.logical_or(b),
    "logical_xor": lambda m, a, b: m.logical_xor(a, b),
    "where": lambda m, a, b: m.where(m.tensor([True, False, True]), a, b),
    "isclose": lambda m, a, b: m.isclose(a, b),
    "isclose inf": lambda m, a, b: (
        m.isclose(a, b, rtol=float("inf")) & m.isclose(a, b, atol=float("inf"))
    ),
    "clamp": lambda m, a, b: m.clamp(a, b),
    "clamp max": lambda m, a, b: m.clamp(a, max=b),
    "masked_fill": lambda m, a, b: a.masked_fill(m.tensor([True, False, True]), b),
    "cat": lambda m, a, b: m.cat([a, b]),
    "stack": lambda m, a, b: m.stack([a, b]),
    "hstack": lambda m, a, b: m.hstack([a, b]),
    "vstack": lambda m, a, b: m.vstack([a, b]),
    "diag": lambda m, a, b: (a.diag(1), m.vstack([a, b]).diag(1)),
    "new": lambda m, a, b: (
        a.new_zeros(2, 3),
        a.new_ones((2,)),
        a.new_full((3,), 1),
        a.new_tensor([0, 1]),
    ),
}
OF_TENSORS = ("cat", "stack", "hstack", "vstack", "diag", "new")
UNARY = [
    "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "rsqrt", "sin", "cos", "tanh",
    "sigmoid", "erf",
    "relu", "abs", "neg", "square", "reciprocal", "sign", "floor", "ceil", "round", "trunc",
    "isnan",
    "isinf", "isfinite", "sum", "mean", "var", "std", "prod", "max", "min", "amax", "amin",
    "argmax",
    "argmin", "any", "all", "logical_not", "nonzero", "clone", "flatten",
]  # fmt: skip


def three(dtype):
    return np.array([1, 0, 3] if dtype != "bool" else [1, 0, 1]).astype(dtype)


def two(dtype):
    return np.array([2, 1, 3] if dtype != "bool" else [1, 1, 0]).astype(dtype)


EXTREME = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-40, 90.0, -90.0, 1e30])


EMPTY = {
    "sum": lambda x: x.sum(0),
    "mean": lambda x: x.mean(0),
    "prod": lambda x: x.prod(0),
    "amax": lambda x: x.amax(0),
    "max": lambda x: x.max(0),
    "argmax": lambda x: x.argmax(0),
    "amax 1": lambda x: x.amax(1),
    "max 1": lambda x: x.max(1),
    "argmin 1": lambda x: x.argmin(1),
    "std": lambda x: x.std(0),
    "var": lambda x: x.var(),
    "mean all": lambda x: x.mean(),
    "any": lambda x: x.any(),
    "all": lambda x: x.all(0),
    "softmax": lambda x: x.softmax(1),
    "softmax 0": lambda x: x.softmax(0),
    "log_softmax": lambda x: x.log_softmax(0),
    "logsumexp": lambda x: x.logsumexp(0),
    "norm": lambda x: x.norm(),
    "norm 0": lambda x: x.norm(dim=0),
    "cumsum": lambda x: x.cumsum(1),
    "reshape": lambda x: x.reshape(3, 0),
    "reshape -1": lambda x: x.reshape(-1),
    "reshape 0 -1": lambda x: x.reshape(0, -1),
    "flatten": lambda x: x.flatten(),
    "T": lambda x: x.T,
    "exp": lambda x: x.exp(),
    "add": lambda x: x + 1,
    "index": lambda x: x[:, 1],
    "chunk": lambda x: x.chunk(2),
    "split": lambda x: x.split(2),
    "unbind": lambda x: x.unbind(1),
    "diag": lambda x: x.diag(),
    "flip": lambda x: x.flip(0),
    "matmul": lambda x: x @ x.T,
    "matmul 2": lambda x: x.T @ x,
    "mask": lambda x: x[x > 0],
    "norm inf": lambda x: x.norm(float("inf"), dim=1),
    "repeat": lambda x: x.repeat(2, 2),
    "max all": lambda x: x.max(),
    "argmax all": lambda x: x.argmax(),
    "std 1": lambda x: x.std(1),
}


CASTS = ["float", "double", "half", "long", "int", "bool"]
