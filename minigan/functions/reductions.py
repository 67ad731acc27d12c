"""Ops that make one number of many: sums and products.

A sum is undone by broadcasting, so the two are each other's backward. Every function takes `dim`
(one dimension, several, or None for all) and `keepdim`, as in PyTorch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from minigan.autograd.dtypes import as_dtype, int64
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import Shape, as_dim, as_dims, boolean
from minigan.functions.arguments import tensor_of
from minigan.functions.broadcasting import expanded
from minigan.functions.choosing import where
from minigan.functions.shaping import flip, reshape, transpose

__all__ = ["sum", "prod", "cumsum", "any", "all", "count_nonzero"]

Dims = Any  # int | Sequence[int] | None


def kept_shape(shape: Shape, dims: Shape) -> Shape:
    """The shape with each reduced dimension kept as 1."""
    return tuple(1 if a in dims else size for a, size in enumerate(shape))


def reduced(function: str, y: Tensor, dims: Shape, keepdim: bool) -> Tensor:
    """The result, which has its reduced dimensions as 1, without them unless keepdim."""
    if boolean(function, "keepdim", keepdim):
        return y
    return reshape(y, tuple(size for a, size in enumerate(y.shape) if a not in dims))


@dataclass(frozen=True)
class Sum(Op):
    """y = the sum over dims: broadcasting in reverse."""

    shape: Shape
    dims: Shape
    keepdim: bool

    def forward(self, x: Array) -> Array:
        return x.sum(axis=self.dims, keepdims=self.keepdim, dtype=x.dtype)

    def backward_x(self, g: Tensor) -> Tensor:
        g = reshape(g, kept_shape(self.shape, self.dims)) if g.ndim and not self.keepdim else g
        return expanded(g, self.shape)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return math.prod(self.shape)


class Mean(Sum):
    """y = the mean over dims; NaN over nothing."""

    @property
    def count(self) -> float:
        """How many numbers each mean is of."""
        return float(math.prod([self.shape[a] for a in self.dims]))

    def forward(self, x: Array) -> Array:
        return super().forward(x) / self.count

    def backward_x(self, g: Tensor) -> Tensor:
        return super().backward_x(g / self.count)


@dataclass(frozen=True)
class Prod(Op):
    """y = the product along a dimension, which stays as 1; each factor's gradient is the product of
    the others.
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
    """y_i = x_0 + ... + x_i; reversed, it is its own adjoint."""

    dim: int

    def forward(self, x: Array) -> Array:
        return x.cumsum(axis=self.dim, dtype=x.dtype)

    def backward_x(self, g: Tensor) -> Tensor:
        return flip(cumsum(flip(g, self.dim), self.dim), self.dim)


_sum = lru_cache(maxsize=1024)(Sum)


def _number(function: str, input: Any, dtype: Any = None) -> Tensor:
    """The input, cast to dtype if one is given, bools as integers."""
    x = tensor_of(function, "input", input)
    if dtype is not None:
        return x.to(as_dtype(dtype, function))
    return x if x.dtype.kind == "f" else x.to(int64)


def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over dim; integers and bools add up to int64.

    >>> import minigan
    >>> sum(minigan.ones(2, 3), dim=1).tolist()
    [3.0, 3.0]
    """
    x = _number("sum", input, dtype)
    dims = as_dims("sum", dim, x.ndim)
    return _sum(x.shape, dims, boolean("sum", "keepdim", keepdim))(x)


def prod(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The product of all numbers, or along dim; right also where factors are 0."""
    x = _number("prod", input, dtype)
    if dim is None:
        return reduced("prod", Prod(0)(reshape(x, -1)), (0,), False)
    dim = as_dim("prod", dim, x.ndim)
    return x if x.ndim == 0 else reduced("prod", Prod(dim)(x), (dim,), keepdim)


def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The running sum along dim."""
    x = _number("cumsum", input, dtype)
    dim = as_dim("cumsum", dim, x.ndim)
    return x if x.ndim == 0 else Cumsum(dim)(x)


def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether some number over dim is not 0, a bool tensor."""
    x = tensor_of("any", "input", input)
    dims = as_dims("any", dim, x.ndim)
    return reduced("any", Tensor._wrap((x._data != 0).any(axis=dims, keepdims=True)), dims, keepdim)


def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether every number over dim is not 0, a bool tensor."""
    x = tensor_of("all", "input", input)
    dims = as_dims("all", dim, x.ndim)
    return reduced("all", Tensor._wrap((x._data != 0).all(axis=dims, keepdims=True)), dims, keepdim)


def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """How many numbers over dim are not 0, int64."""
    return sum(tensor_of("count_nonzero", "input", input) != 0, dim)
