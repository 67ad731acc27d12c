"""Sums, products and counts of the numbers along dimensions.

The adjoint of a sum is broadcasting, so each is the other's backward. Most functions take `dim`
(an int, several, or None for all dimensions) and `keepdim`, as in PyTorch. They raise TypeError if
the input is not a Tensor, dim is not an integer or keepdim is not a bool; IndexError if a dim is
out of range, and ValueError if it is listed twice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from minigan.autograd.dtypes import as_dtype, int64
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import Shape, as_dim, as_dims, boolean, integer
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.broadcasting import expanded
from minigan.functions.choosing import where
from minigan.functions.flipping import flip
from minigan.functions.shaping import reshape, transpose

__all__ = [
    "sum", "prod", "cumsum", "cumprod", "nansum", "nanmean", "diff", "any", "all", "count_nonzero",
]  # fmt: skip

Dims = Any  # int | Sequence[int] | None


def kept_shape(shape: Shape, dims: Shape) -> Shape:
    """Return the shape with size 1 for each reduced dimension."""
    return tuple(1 if a in dims else size for a, size in enumerate(shape))


def reduced(function: str, y: Tensor, dims: Shape, keepdim: bool) -> Tensor:
    """Return y without its reduced dimensions, which have size 1; y itself if keepdim."""
    if boolean(function, "keepdim", keepdim):
        return y
    return reshape(y, tuple(size for a, size in enumerate(y.shape) if a not in dims))


@dataclass(frozen=True)
class Sum(Op):
    """y = the sum of x over dims: the adjoint of broadcasting."""

    arithmetic = True
    shape: Shape
    dims: Shape
    keepdim: bool

    def forward(self, x: Array) -> Array:
        return x.sum(axis=self.dims, keepdims=self.keepdim, dtype=x.dtype)

    def backward_x(self, g: Any) -> Any:
        g = g.reshape(kept_shape(self.shape, self.dims)) if g.ndim and not self.keepdim else g
        return expanded(g, self.shape)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return math.prod(self.shape)


class Mean(Sum):
    """y = the mean of x over dims; NaN if there are no numbers."""

    arithmetic = True

    @cached_property
    def count(self) -> float:
        """The number of terms of each mean."""
        return float(math.prod([self.shape[a] for a in self.dims]))

    def forward(self, x: Array) -> Array:
        return super().forward(x) / self.count

    def backward_x(self, g: Any) -> Any:
        return super().backward_x(g / self.count)


@dataclass(frozen=True)
class Prod(Op):
    """y = the product along dim, which is kept with size 1.

    The gradient of a factor is the product of the others: y / x if no factor is 0.
    """

    dim: int

    def forward(self, x: Array) -> Array:
        return x.prod(axis=self.dim, keepdims=True, dtype=x.dtype)

    def backward_x(self, g: Tensor, x: Tensor, out: Tensor) -> Tensor:
        if bool((x._data != 0).all()):
            return g * (out / x)
        xp, rows = namespace(x._data), transpose(x, self.dim, -1)  # (..., K)
        K = rows.shape[-1]
        others = where(Tensor._wrap(xp.eye(K, dtype=bool)), 1.0, rows[..., None, :])  # (..., K, K)
        return g * transpose(prod(others, -1), self.dim, -1)


@dataclass(frozen=True)
class Cumsum(Op):
    """y_i = x_0 + ... + x_i. The adjoint sums from the other end: flip, cumsum, flip."""

    dim: int

    def forward(self, x: Array) -> Array:
        return x.cumsum(axis=self.dim, dtype=x.dtype)

    def backward_x(self, g: Tensor) -> Tensor:
        return flip(cumsum(flip(g, self.dim), self.dim), self.dim)


@dataclass(frozen=True)
class Cumprod(Op):
    """y_i = x_0 x_1 ... x_i along dim.

    The gradient of x_i is the sum of g_j y_j / x_i over j >= i if no factor is 0.
    """

    dim: int

    def forward(self, x: Array) -> Array:
        return x.cumprod(axis=self.dim, dtype=x.dtype)

    def backward_x(self, g: Tensor, x: Tensor, out: Tensor) -> Tensor:
        if bool((x._data != 0).all()):
            return flip(cumsum(flip(g * out, self.dim), self.dim), self.dim) / x
        xp, rows = namespace(x._data), transpose(x, self.dim, -1)  # (..., K)
        K = rows.shape[-1]
        own = Tensor._wrap(xp.eye(K, dtype=bool))
        others = cumprod(where(own, 1.0, rows[..., None, :]), -1)  # (..., i, j), without x_i
        later = Tensor._wrap(xp.triu(xp.ones((K, K), bool)))
        parts = where(later, others * transpose(g, self.dim, -1)[..., None, :], 0.0)
        return transpose(sum(parts, -1), self.dim, -1)


_sum = lru_cache(maxsize=1024)(Sum)


def _number(function: str, input: Any, dtype: Any = None) -> Tensor:
    """Return the input cast to dtype; by default integers and bools are cast to int64."""
    x = tensor_of(function, "input", input)
    if dtype is not None:
        return x.to(as_dtype(dtype, function))
    return x if x.dtype.kind == "f" else x.to(int64)


@numpy_names
def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Return the sum over dim; of integers and bools as int64. `dtype` casts the input first.

    >>> sum(Tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
    tensor([3., 7.])
    """
    x = _number("sum", input, dtype)
    dims = as_dims("sum", dim, x.ndim)
    return _sum(x.shape, dims, boolean("sum", "keepdim", keepdim))(x)


@numpy_names
def prod(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """Return the product of all numbers, or along dim. `dtype` casts the input first.

    The gradient is right also if factors are 0.

    >>> prod(Tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
    tensor([ 2., 12.])
    """
    x = _number("prod", input, dtype)
    boolean("prod", "keepdim", keepdim)
    if dim is None:
        return reduced("prod", Prod(0)(reshape(x, -1)), (0,), False)
    dim = as_dim("prod", dim, x.ndim)
    return x.clone() if x.ndim == 0 else reduced("prod", Prod(dim)(x), (dim,), keepdim)


@numpy_names
def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Return the running sums along dim. `dtype` casts the input first.

    >>> cumsum(Tensor([1.0, 2.0, 3.0]), 0)
    tensor([1., 3., 6.])
    """
    x = _number("cumsum", input, dtype)
    dim = as_dim("cumsum", dim, x.ndim)
    return x.clone() if x.ndim == 0 else Cumsum(dim)(x)


@numpy_names
def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Return the running products along dim. `dtype` casts the input first.

    The gradient is right also if factors are 0.

    >>> cumprod(Tensor([1.0, 2.0, 3.0]), 0)
    tensor([1., 2., 6.])
    """
    x = _number("cumprod", input, dtype)
    dim = as_dim("cumprod", dim, x.ndim)
    return x.clone() if x.ndim == 0 else Cumprod(dim)(x)


@numpy_names
def nansum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Return the sum over dim of the numbers that are not NaN.

    >>> nansum(Tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    x = _number("nansum", input, dtype)
    return sum(where(x == x, x, 0), dim, keepdim)


@numpy_names
def nanmean(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the mean over dim of the numbers that are not NaN.

    >>> nanmean(Tensor([1.0, float("nan"), 3.0]))
    tensor(2.)
    """
    x = tensor_of("nanmean", "input", input)
    if x.dtype.kind != "f":
        raise TypeError(f"nanmean: input has dtype {x.dtype}; it must be a float")
    return nansum(x, dim, keepdim) / sum(x == x, dim, keepdim).to(x.dtype)


@numpy_names
def diff(input: Tensor, n: int = 1, dim: int = -1) -> Tensor:
    """Return the differences of neighbours along dim, n times.

    >>> diff(Tensor([1, 4, 9]))
    tensor([3, 5])
    """
    x = tensor_of("diff", "input", input)
    if x.ndim == 0:
        raise ValueError("diff: a tensor without dimensions has no neighbours")
    key = (slice(None),) * as_dim("diff", dim, x.ndim)
    for _ in range(integer("diff", "n", n, 0)):
        after, before = x[(*key, slice(1, None))], x[(*key, slice(None, -1))]
        x = after ^ before if x.dtype.kind == "b" else after - before
    return x.clone() if x is input else x


@numpy_names
def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return a bool tensor: whether at least one number over dim is not 0.

    >>> any(Tensor([[0, 1], [0, 0]]), dim=1)
    tensor([ True, False])
    """
    x = tensor_of("any", "input", input)
    dims = as_dims("any", dim, x.ndim)
    return reduced("any", Tensor._wrap((x._data != 0).any(axis=dims, keepdims=True)), dims, keepdim)


@numpy_names
def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return a bool tensor: whether no number over dim is 0.

    >>> all(Tensor([[0, 1], [2, 3]]), dim=1)
    tensor([False,  True])
    """
    x = tensor_of("all", "input", input)
    dims = as_dims("all", dim, x.ndim)
    return reduced("all", Tensor._wrap((x._data != 0).all(axis=dims, keepdims=True)), dims, keepdim)


@numpy_names
def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """Return how many numbers over dim are not 0, as int64.

    >>> count_nonzero(Tensor([[0, 1], [2, 3]]), dim=1)
    tensor([1, 2])
    """
    return sum(tensor_of("count_nonzero", "input", input) != 0, dim)
