"""Cases for the functions that programs in PyTorch use in their first weeks."""

from typing import Any

import numpy as np
from op_case import Case, positive, real, ties, zeros

A, X, P = real(2, 3, 4), real(3, 4), positive(3, 4)
SMALL = np.clip(real(3, 4) * 0.3, -0.9, 0.9)
I = np.array([2, 0, 2])


def _method(name: str, *args: Any, **kwargs: Any) -> Any:
    return lambda m, x: getattr(x, name)(*args, **kwargs)


def _function(name: str, *args: Any, **kwargs: Any) -> Any:
    return lambda m, x: getattr(m, name)(x, *args, **kwargs)


ELEMENTWISE = [
    Case(f"{name}/{form}", function(name), (source,))
    for names, source in (
        ("tan asin acos atan sinh cosh asinh atanh erfc exp2 deg2rad rad2deg frac", SMALL),
        ("arcsin arccos arctan arcsinh arctanh positive absolute negative", SMALL),
        ("acosh arccosh", P + 1.0),
        ("logit", P / 2.1),
    )
    for name in names.split()
    for form, function in (("function", _function), ("method", _method))
] + [
    Case("logit/eps", _function("logit", 0.1), (P / 2.0,)),
    Case(
        "round/decimals", lambda m, x: m.round(x, decimals=1) * x.round(decimals=-1) + x, (X * 9,)
    ),
    Case("nan_to_num/zero", lambda m, x: m.nan_to_num(x / ties_of(m, x), 7.0, 8.0, -9.0), (X,), 1),
    Case("nan_to_num/zeros", lambda m, x: m.nan_to_num(x / 0).clamp(-9, 9) + x, (X,), 1),
]


def ties_of(m: Any, x: Any) -> Any:
    """A constant with zeros, in x's dtype and on its device."""
    return (x.detach() > 0).to(x.dtype)


PAIRS = (
    [
        Case(
            f"{name}/{i}",
            lambda m, a, b, name=name: getattr(m, name)(a, b),
            pair,
            1 if name == "copysign" else 2,
        )
        for name in ("atan2", "arctan2", "hypot", "logaddexp", "fmod", "xlogy", "copysign")
        for i, pair in enumerate(((P, real(4) + 3.0), (P, positive(3, 1)), (positive(), P)))
    ]
    + [
        Case(
            f"{name}/method",
            lambda m, a, b, name=name: getattr(a, name)(b),
            (X, P),
            1 if name == "copysign" else 2,
        )
        for name in ("atan2", "hypot", "logaddexp", "fmod", "copysign", "multiply", "subtract")
    ]
    + [
        Case("fmod/number", lambda m, a: m.fmod(a, 0.7) + a.fmod(-0.3), (X,)),
        Case("true_divide", lambda m, a, b: m.true_divide(a, b) + m.divide(b, a), (P, X)),
        Case("xlogy/0", lambda m, a, b: m.xlogy(a, b), (ties(3, 4), P), 1),
        Case("heaviside/ties", lambda m, a: m.heaviside(a.detach(), a.detach()) * a, (ties(3, 4),)),
        Case(
            "addcmul",
            lambda m, a, b, c: m.addcmul(a, b, c, value=0.3) * a.addcmul(b, c),
            (X, P, real(4)),
        ),
        Case(
            "addcdiv",
            lambda m, a, b, c: m.addcdiv(a, b, c, value=0.3) * a.addcdiv(b, c),
            (X, real(4), P),
        ),
        Case("float_power", lambda m, a: m.float_power(a, 2).to(a.dtype), (X,)),
    ]
)

REDUCTIONS = [
    Case("median", lambda m, x: m.median(x) * x.median(), (X,)),
    Case("median/dim", lambda m, x: (*m.median(x, dim=1), x.median(0, True)[0] ** 2), (A,)),
    Case("kthvalue", lambda m, x: (*m.kthvalue(x, 2, dim=1), x.kthvalue(3, keepdim=True)[0]), (A,)),
    Case("mode/ties", lambda m, x: (m.mode(x, 0)[0] ** 2, x.mode(keepdim=True)[0]), (ties(5, 4),)),
    Case("quantile", lambda m, x: m.quantile(x, 0.3) * x.quantile(0.9, dim=1), (X,)),
    Case("quantile/keep", lambda m, x: x.quantile(0.5, 0, True, interpolation="lower"), (X,)),
    Case("quantile/higher", lambda m, x: m.quantile(x, 0.41, 1, interpolation="higher"), (X,)),
    Case("aminmax", lambda m, x: tuple(m.aminmax(x, dim=1)), (X,)),
    Case("cumprod", lambda m, x: m.cumprod(x, dim=1) * x.cumprod(-1), (A,)),
    Case("cumprod/zeros", lambda m, x: x.cumprod(1), (zeros(4, 5),)),
    Case("cumprod/two zeros", lambda m, x: x.cumprod(0), (np.array([2.0, 0.0, 3.0, 0.0, 1.5]),)),
    Case("std_mean", lambda m, x: m.std_mean(x), (X,)),
    Case("std_mean/dim", lambda m, x: m.std_mean(x, dim=1, keepdim=True), (X,)),
    Case("var_mean", lambda m, x: m.var_mean(x, dim=(0, 1), unbiased=False), (A,)),
    Case("var_mean/correction", lambda m, x: m.var_mean(x, 0, correction=0), (X,)),
    Case("nansum", lambda m, x: m.nansum(x, 1) * x.nansum(), (X,)),
    Case("nanmean", lambda m, x: m.nanmean(x, 1) * x.nanmean(), (X,)),
    Case("diff", lambda m, x: (m.diff(x), x.diff(2, dim=0)), (X,)),
    Case("msort", lambda m, x: m.msort(x) ** 2, (X,)),
    Case("trace", lambda m, x: m.trace(x) * x.trace(), (X,)),
    *(
        Case(f"{name}/axis", lambda m, x, name=name: getattr(m, name)(x, axis=1), (A,))
        for name in ("sum", "mean", "std", "var", "amax", "amin", "prod", "cumsum", "cumprod",
                     "argmax", "argmin", "softmax", "log_softmax", "logsumexp", "median", "max",
                     "min", "unsqueeze", "sort", "argsort", "count_nonzero", "nansum", "diff")
    ),
    *(
        Case(
            f"{name}/keepdims",
            lambda m, x, name=name: getattr(x, name)(axis=0, keepdims=True),
            (A,),
        )
        for name in ("sum", "mean", "std", "var", "amax", "amin", "prod", "argmax", "max", "min",
                     "logsumexp", "median", "all", "any")
    ),
]  # fmt: skip

SHAPING = [
    Case("swapaxes", lambda m, x: m.swapaxes(x, 0, 2) * x.swapdims(2, 0), (A,)),
    Case("moveaxis", lambda m, x: m.moveaxis(x, 0, -1) * x.moveaxis(0, -1), (A,)),
    Case("ravel", lambda m, x: m.ravel(x) * x.T.ravel(), (X,)),
    Case("reshape_as", lambda m, x, y: x.reshape_as(y) * y, (real(2, 6), X)),
    Case("fliplr", lambda m, x: m.fliplr(x) * x.flipud(), (X,)),
    *(
        Case(f"rot90/{k}", lambda m, x, k=k: (m.rot90(x, k, (0, 2)), x.rot90(k)), (A,))
        for k in (-1, 0, 1, 2, 3, 5)
    ),
    Case("tile", lambda m, x: (m.tile(x, (2, 1, 2)), x.tile(3), x.tile((2, 2))), (X,)),
    Case("repeat_interleave", lambda m, x: m.repeat_interleave(x, 2) ** 2, (X,)),
    Case("repeat_interleave/dim", lambda m, x: x.repeat_interleave(3, dim=1) ** 2, (X,)),
    Case(
        "repeat_interleave/each",
        lambda m, x: m.repeat_interleave(x, m.tensor([2, 0, 1]), dim=0) ** 2,
        (X,),
    ),
    Case("concat", lambda m, x: m.concat([x, x], axis=1) * m.concatenate((x, x), -1), (X,)),
    Case("meshgrid", lambda m, a, b: m.meshgrid(a, b, indexing="ij"), (real(2), real(3))),
    Case("meshgrid/xy", lambda m, a, b: m.meshgrid([a, b], indexing="xy"), (real(2), real(3))),
    Case(
        "meshgrid/three",
        lambda m, *xs: [g * g for g in m.meshgrid(*xs, indexing="xy")],
        (real(2), real(3), real(4)),
    ),
    *(
        Case(
            f"diagonal/{k}",
            lambda m, x, k=k: (m.diagonal(x, k) ** 2, x.diagonal(offset=k, dim1=2, dim2=1) ** 2),
            (A,),
        )
        for k in (0, 1, -1, 2)
    ),
    Case("diag_embed", lambda m, x: (m.diag_embed(x) ** 2, x.diag_embed(offset=-1)), (X,)),
    Case("unsqueeze_", lambda m, x: (x * 2).unsqueeze_(1).squeeze_().t_() ** 2, (X,)),
    Case("transpose_", lambda m, x: (x * 2).transpose_(0, 1) ** 2, (X,)),
    Case("detach_/constant", lambda m, x: (x * 2).detach_() * x, (X,)),
]

INDEXING = [
    Case("take", lambda m, x: m.take(x, m.tensor([[0, 5], [-1, 0]])) ** 2, (X,)),
    Case("argwhere", lambda m, x: m.argwhere(x), (ties(3, 4),)),
    Case(
        "scatter_add",
        lambda m, x, y: m.scatter_add(x, 0, m.tensor([[2, 0, 1], [0, 0, 1]]), y) ** 2,
        (X, real(2, 3)),
    ),
    Case(
        "scatter_add_",
        lambda m, x, y: (x * 2).scatter_add_(1, m.tensor([[2, 2], [1, 3]]), y) ** 2,
        (X, real(2, 2)),
    ),
    Case(
        "index_add",
        lambda m, x, y: m.index_add(x, 0, m.tensor(I), y, alpha=0.5) ** 2,
        (X, real(3, 4) - 1.0),
    ),
    Case(
        "index_add_", lambda m, x, y: (x * 2).index_add_(1, m.tensor(I), y) ** 2, (X, real(3, 3))
    ),
    Case(
        "index_copy", lambda m, x, y: m.index_copy(x, 0, m.tensor([2, 0]), y) ** 2, (X, real(2, 4))
    ),
    Case("index_fill", lambda m, x: m.index_fill(x, 1, m.tensor([3, 0]), 2.5) ** 2, (X,)),
    Case("fill_diagonal_", lambda m, x: (x * 2).fill_diagonal_(0.5) ** 2, (X,)),
    Case("tril/indices", lambda m, x: x[tuple(m.tril_indices(3, 4, 1).to(x.device))] ** 2, (X,)),
    Case(
        "searchsorted",
        lambda m, x: m.searchsorted(m.tensor([-1.0, 0.0, 1.0]).to(x.dtype), x.detach()) * x,
        (X,),
    ),
]  # fmt: skip

PRODUCTS = [
    Case("mv", lambda m, a, b: m.mv(a, b) * a.mv(b), (X, real(4))),
    Case("inner", lambda m, a, b: (m.inner(a, b), m.inner(a, b[0])), (X, real(2, 4))),
    Case(
        "addmm",
        lambda m, c, a, b: m.addmm(c, a, b, beta=0.5, alpha=2) + c.addmm(a, b, beta=0),
        (real(3, 2), X, real(4, 2)),
    ),
    Case("addmm/broadcast", lambda m, c, a, b: m.addmm(c, a, b), (real(2), X, real(4, 2))),
    Case(
        "baddbmm",
        lambda m, c, a, b: m.baddbmm(c, a, b, beta=0.5) * c.baddbmm(a, b, alpha=3),
        (real(2, 3, 2), A, real(2, 4, 2)),
    ),
    Case("addmv", lambda m, c, a, b: m.addmv(c, a, b, alpha=0.1), (real(3), X, real(4))),
    Case("tensordot", lambda m, a, b: m.tensordot(a, b, dims=1), (A, real(4, 5))),
    Case("tensordot/0", lambda m, a, b: m.tensordot(a, b, dims=0), (real(2), X)),
    Case(
        "tensordot/pairs",
        lambda m, a, b: m.tensordot(a, b, ([0, 2], [1, 0])),
        (A, real(4, 2, 3)),
    ),
    Case("cdist", lambda m, a, b: m.cdist(a, b), (X, real(2, 4)), 1),
    Case("cdist/1", lambda m, a, b: m.cdist(a, b, p=1.0), (X, real(2, 4)), 1),
]

MORE = [
    Case("clamp_min", lambda m, x: m.clamp_min(x, 0.1) * x.clamp_max(0.9), (X,)),
    Case("clamp_min_", lambda m, x: (x * 2).clamp_min_(0.1).clamp_max_(1.0), (X,)),
    Case("dist", lambda m, x, y: m.dist(x, y) + x.dist(y, 1), (X, P)),
    Case("cov", lambda m, x: m.cov(x) + x.cov(correction=0), (X,)),
    Case("cov/vector", lambda m, x: m.cov(x), (real(5),)),
    Case("dstack", lambda m, x, y: m.dstack([x, y]) ** 2, (X, P)),
    Case("dstack/vectors", lambda m, x, y: m.dstack([x, y]) ** 2, (real(3), positive(3))),
    Case("column_stack", lambda m, x, y: m.column_stack([x, y]) ** 2, (X, real(3))),
    Case("tensor_split", lambda m, x: [p**2 for p in m.tensor_split(x, 3, dim=1)], (X,)),
    Case("tensor_split/places", lambda m, x: [p**2 for p in x.tensor_split((1, 3), 1)], (X,)),
    Case(
        "named comparisons",
        lambda m, x, y: (
            x * (m.greater(x, y) | m.less_equal(x, y) & x.not_equal(y)) + m.less(x, y) * y
        ),
        (X, P),
    ),
    Case("signbit", lambda m, x: x * m.signbit(x) + x.isposinf() + m.isneginf(x), (X,)),
]

WIDE = ELEMENTWISE + PAIRS + REDUCTIONS + SHAPING + INDEXING + PRODUCTS + MORE
