"""The functions that are methods of a Tensor too, and its operators: a list, and nothing else.

A function whose first argument is called `input` becomes a method by standing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minigan.tensor import (
    arithmetic,
    broadcasting,
    choosing,
    comparison,
    elementwise,
    exponential,
    extrema,
    gathering,
    indexing,
    inplace,
    joining,
    likeness,
    products,
    reductions,
    shaping,
    sorting,
    statistics,
)
from minigan.tensor.grad import backward

if TYPE_CHECKING:
    pass


class Methods:
    """What a Tensor inherits."""

    __slots__ = ()

    __neg__, __abs__ = arithmetic.neg, elementwise.abs
    __add__ = __radd__ = arithmetic.add
    __mul__ = __rmul__ = arithmetic.mul
    __sub__, __rsub__ = arithmetic.sub, arithmetic.rsub
    __truediv__, __rtruediv__ = arithmetic.div, arithmetic.rdiv
    __floordiv__, __rfloordiv__ = arithmetic.floor_divide, arithmetic.rfloor_divide
    __mod__, __rmod__ = arithmetic.remainder, arithmetic.rremainder
    __pow__, __rpow__ = arithmetic.pow, arithmetic.rpow
    __matmul__, __rmatmul__ = products.matmul, products.rmatmul
    __lt__, __le__, __gt__, __ge__ = comparison.lt, comparison.le, comparison.gt, comparison.ge
    __invert__, __and__, __or__ = (
        comparison.bitwise_not,
        comparison.bitwise_and,
        comparison.bitwise_or,
    )
    __xor__, __rand__, __ror__, __rxor__ = (
        comparison.bitwise_xor,
        __and__,
        __or__,
        comparison.bitwise_xor,
    )
    __getitem__, __setitem__ = indexing.getitem, inplace.setitem
    __iadd__, __isub__, __imul__, __itruediv__ = (
        inplace.add_,
        inplace.sub_,
        inplace.mul_,
        inplace.div_,
    )
    __ipow__ = inplace.pow_

    add, sub, mul, div, neg = (
        arithmetic.add,
        arithmetic.sub,
        arithmetic.mul,
        arithmetic.div,
        arithmetic.neg,
    )
    pow, square, maximum, minimum = (
        arithmetic.pow,
        arithmetic.square,
        choosing.maximum,
        choosing.minimum,
    )
    clamp, floor_divide, remainder = choosing.clamp, arithmetic.floor_divide, arithmetic.remainder
    eq, ne, lt, le, gt, ge = (
        comparison.eq, comparison.ne, comparison.lt, comparison.le, comparison.gt, comparison.ge,
    )  # fmt: skip
    isclose, allclose, logical_not = comparison.isclose, comparison.allclose, comparison.logical_not
    logical_and, logical_or, logical_xor = (
        comparison.logical_and,
        comparison.logical_or,
        comparison.logical_xor,
    )

    exp, expm1, log, log1p = elementwise.exp, elementwise.expm1, elementwise.log, elementwise.log1p
    log2, log10, sqrt, rsqrt = (
        elementwise.log2,
        elementwise.log10,
        elementwise.sqrt,
        elementwise.rsqrt,
    )
    sin, cos, tanh, sigmoid = (
        elementwise.sin,
        elementwise.cos,
        elementwise.tanh,
        elementwise.sigmoid,
    )
    relu, abs, sign, reciprocal = (
        elementwise.relu,
        elementwise.abs,
        elementwise.sign,
        elementwise.reciprocal,
    )
    floor, ceil, round, trunc = (
        elementwise.floor,
        elementwise.ceil,
        elementwise.round,
        elementwise.trunc,
    )
    isnan, isinf, isfinite, erf = (
        elementwise.isnan,
        elementwise.isinf,
        elementwise.isfinite,
        elementwise.erf,
    )

    sum, mean, var, std, norm = (
        reductions.sum,
        statistics.mean,
        statistics.var,
        statistics.std,
        statistics.norm,
    )
    max, min, amax, amin = extrema.max, extrema.min, extrema.amax, extrema.amin
    argmax, argmin, prod, cumsum = (
        extrema.argmax,
        extrema.argmin,
        reductions.prod,
        reductions.cumsum,
    )
    any, all, logsumexp = reductions.any, reductions.all, exponential.logsumexp
    softmax, log_softmax = exponential.softmax, exponential.log_softmax

    matmul, mm, bmm, dot, outer = (
        products.matmul,
        products.mm,
        products.bmm,
        products.dot,
        products.outer,
    )

    clone, alias = shaping.clone, shaping.alias
    reshape, flatten, unflatten = shaping.reshape, shaping.flatten, shaping.unflatten
    view = shaping.view
    permute, transpose, t, movedim = shaping.permute, shaping.transpose, shaping.t, shaping.movedim
    squeeze, unsqueeze, flip, repeat = (
        shaping.squeeze,
        shaping.unsqueeze,
        shaping.flip,
        shaping.repeat,
    )
    expand, expand_as, broadcast_to = shaping.expand, shaping.expand_as, broadcasting.broadcast_to
    split, chunk, unbind = joining.split, joining.chunk, joining.unbind

    gather, index_select, take_along_dim = (
        gathering.gather,
        gathering.index_select,
        gathering.take_along_dim,
    )
    masked_fill, masked_select, nonzero = (
        gathering.masked_fill,
        gathering.masked_select,
        gathering.nonzero,
    )
    tril, triu, diag = gathering.tril, gathering.triu, gathering.diag

    sort, argsort, topk, lerp = sorting.sort, sorting.argsort, sorting.topk, arithmetic.lerp
    clip, equal, count_nonzero = choosing.clip, comparison.equal, reductions.count_nonzero
    roll, narrow, scatter, scatter_ = (
        joining.roll,
        joining.narrow,
        inplace.scatter,
        inplace.scatter_,
    )

    add_, sub_, mul_, div_, pow_ = (
        inplace.add_,
        inplace.sub_,
        inplace.mul_,
        inplace.div_,
        inplace.pow_,
    )
    exp_, log_, sqrt_, tanh_ = inplace.exp_, inplace.log_, inplace.sqrt_, inplace.tanh_
    sigmoid_, relu_, floor_, round_ = (
        inplace.sigmoid_,
        inplace.relu_,
        inplace.floor_,
        inplace.round_,
    )
    clamp_, masked_fill_, lerp_ = inplace.clamp_, inplace.masked_fill_, inplace.lerp_
    neg_, abs_ = inplace.neg_, inplace.abs_
    copy_, fill_, zero_, normal_, uniform_ = (
        inplace.copy_, inplace.fill_, inplace.zero_, inplace.normal_, inplace.uniform_,
    )  # fmt: skip

    new_tensor, new_full, bernoulli = likeness.new_tensor, likeness.new_full, likeness.bernoulli
    new_zeros, new_ones = likeness.new_zeros, likeness.new_ones

    backward = backward
