"""Means, variances and norms: compositions of sums and extrema.

All functions raise TypeError if the input is not a float tensor, IndexError if a dim is out of
range, and ValueError if a dim is listed twice.
"""

from __future__ import annotations

import builtins
import math
from functools import lru_cache
from typing import Any

from minigan.autograd.dtypes import as_dtype
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import as_dims, boolean, integer, number
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.choosing import where
from minigan.functions.extrema import amax
from minigan.functions.reductions import Dims, Mean, sum
from minigan.functions.signs import abs

__all__ = ["mean", "var", "std", "var_mean", "std_mean", "norm", "dist", "cov"]


def as_real(function: str, input: Any, dtype: Any = None) -> Tensor:
    """Return the input cast to dtype. Raises TypeError if the result is not a float tensor."""
    x = tensor_of(function, "input", input)
    if dtype is None and x.dtype.kind != "f":
        raise TypeError(
            f"{function}: input has dtype {x.dtype}; it must be a float (call .float() first)"
        )
    if dtype is None:
        return x
    chosen = as_dtype(dtype, function)
    if chosen.kind != "f":
        raise TypeError(f"{function}: dtype={chosen} must be a float")
    return x.to(chosen)


class Root(Op):
    """y = sqrt(v) of a sum of squares v. Where v = 0 the gradient is defined as 0."""

    def forward(self, v: Array) -> Array:
        return namespace(v).sqrt(v)

    def backward_v(self, g: Tensor, out: Tensor) -> Tensor:
        return g / where(out == 0.0, math.inf, out * 2.0)


_root, _mean = Root(), lru_cache(maxsize=1024)(Mean)


@numpy_names
def mean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Return the mean over dim (an int, several, or None for all); NaN if there are no numbers.

    `dtype` casts the input first.

    >>> mean(Tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
    tensor([1.5, 3.5])
    """
    x = as_real("mean", input, dtype)
    dims = as_dims("mean", dim, x.ndim)
    return _mean(x.shape, dims, boolean("mean", "keepdim", keepdim))(x)


@numpy_names
def var(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """Return the variance sum (x - mean)^2 / (N - correction) of the N numbers over dim.

    By default correction is 1, or 0 if `unbiased=False`.

    >>> var(Tensor([1.0, 3.0])), var(Tensor([1.0, 3.0]), unbiased=False)
    (tensor(2.), tensor(1.))
    """
    if isinstance(dim, bool):  # var(unbiased) is PyTorch's older form
        dim, unbiased = None, dim
    x = as_real("var", input)
    if x.dtype.char == "e":
        return var(x.float(), dim, unbiased, keepdim, correction=correction).half()
    boolean("var", "keepdim", keepdim), boolean("var", "unbiased", unbiased)
    correction = correction if correction is None else number("var", "correction", correction)
    dims = as_dims("var", dim, x.ndim)
    free = math.prod(x.shape[a] for a in dims) - (
        float(unbiased) if correction is None else correction
    )
    centred = x - mean(x, dims or None, keepdim=True)
    return sum(centred * centred, dims or None, keepdim) / float(builtins.max(free, 0.0))


@numpy_names
def std(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """Return the square root of `var`. Where it is 0 the gradient is defined as 0.

    >>> std(Tensor([1.0, 3.0]), unbiased=False)
    tensor(1.)
    """
    x = as_real("std", input)
    if x.dtype.char == "e":
        return std(x.float(), dim, unbiased, keepdim, correction=correction).half()
    return _root(var(x, dim, unbiased, keepdim, correction=correction))


@numpy_names
def var_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Return `var` and `mean` over dim.

    >>> var_mean(Tensor([1.0, 3.0]))
    (tensor(2.), tensor(2.))
    """
    second = var(as_real("var_mean", input), dim, unbiased, keepdim, correction=correction)
    return second, mean(input, None if isinstance(dim, bool) else dim, keepdim)


@numpy_names
def std_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Return `std` and `mean` over dim.

    >>> std_mean(Tensor([1.0, 3.0]), unbiased=False)
    (tensor(1.), tensor(2.))
    """
    second = std(as_real("std_mean", input), dim, unbiased, keepdim, correction=correction)
    return second, mean(input, None if isinstance(dim, bool) else dim, keepdim)


@numpy_names
def norm(input: Tensor, p: float | str = 2, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return (sum |x|^p)^(1/p) over dim; for p = inf the largest |x|; p = "fro" is 2.

    Where the norm is 0 the gradient is defined as 0. Raises ValueError if p is not positive.

    >>> norm(Tensor([3.0, 4.0])), norm(Tensor([3.0, 4.0]), 1)
    (tensor(5.), tensor(7.))
    """
    x = as_real("norm", input)
    if x.dtype.char == "e":  # squares of float16 overflow
        return norm(x.float(), p, dim, keepdim).half()
    p = 2.0 if p == "fro" else float("inf") if p == "inf" else p
    if not isinstance(p, int | float) or not p > 0:
        raise ValueError(f"norm: p={p!r} must be > 0, inf or 'fro'")
    if p == 2:
        return _root(sum(x * x, dim, keepdim))
    if p == math.inf:
        return amax(abs(x), dim, keepdim)
    if p == 1:
        return sum(abs(x), dim, keepdim)
    s = sum(abs(x) ** p, dim, keepdim)
    return where(s == 0.0, s, where(s == 0.0, 1.0, s) ** (1.0 / p))


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """Return the p-norm of the difference, which broadcasts. Raises as `norm` does.

    >>> dist(Tensor([0.0, 0.0]), Tensor([3.0, 4.0]))
    tensor(5.)
    """
    return norm(as_real("dist", input) - tensor_of("dist", "other", other), p)


def cov(input: Tensor, *, correction: int = 1) -> Tensor:
    """Return the covariance matrix (C, C) of C variables from N observations (C, N) of each.

    The sums of products are divided by N - correction. Raises ValueError if the input has more than
    2 dimensions.

    >>> cov(Tensor([[1.0, 3.0], [2.0, 6.0]])).tolist()
    [[2.0, 4.0], [4.0, 8.0]]
    """
    x = as_real("cov", input)
    if x.ndim > 2:
        raise ValueError(f"cov: input has shape {x.shape}; at most 2 dimensions are legal")
    rows = x.reshape(1, -1) if x.ndim < 2 else x
    centred = rows - mean(rows, 1, keepdim=True)
    free = builtins.max(rows.shape[1] - integer("cov", "correction", correction), 0)
    y = centred @ centred.T / float(free)
    return y if x.ndim == 2 else y.reshape(())
