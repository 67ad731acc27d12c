"""The largest and the smallest numbers: their values, which have gradients, and their indices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from minigan.autograd.dtypes import int64
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import DimError, Shape, as_dim, as_dims, boolean
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.choosing import maximum, minimum
from minigan.functions.comparison import eq
from minigan.functions.gathering import gather
from minigan.functions.reductions import Dims, reduced, sum
from minigan.functions.rounding import isnan

__all__ = ["amax", "amin", "argmax", "argmin", "max", "min"]


class Extremum(NamedTuple):
    """Values along a dimension, and the index of each."""

    values: Tensor
    indices: Tensor


@dataclass(frozen=True)
class Amax(Op):
    """y = the largest over dims, which are kept with size 1; equal numbers share the gradient."""

    dims: Shape

    def forward(self, x: Array) -> Array:
        return x.max(axis=self.dims, keepdims=True)

    def backward_x(self, g: Tensor, x: Tensor, out: Tensor) -> Tensor:
        return _divided(g, x, out, self.dims)


@dataclass(frozen=True)
class Amin(Op):
    """y = the smallest over dims, which are kept with size 1; equal numbers share the gradient."""

    dims: Shape

    def forward(self, x: Array) -> Array:
        return x.min(axis=self.dims, keepdims=True)

    def backward_x(self, g: Tensor, x: Tensor, out: Tensor) -> Tensor:
        return _divided(g, x, out, self.dims)


def _divided(g: Tensor, x: Tensor, y: Tensor, dims: Shape) -> Tensor:
    """Return g divided evenly among the numbers of x that are equal to y."""
    chosen = (eq(x, y) | (isnan(x) & isnan(y))).to(g.dtype)
    return g * (chosen / sum(chosen, dims, keepdim=True))


def not_empty(function: str, x: Tensor, dims: Shape) -> Tensor:
    """Return x. Raises IndexError, as PyTorch does, if there are no numbers along dims."""
    if 0 in [x.shape[a] for a in dims]:
        raise DimError(
            f"{function}: input has shape {x.shape}; {function} of no numbers is not defined"
        )
    return x


@numpy_names
def amax(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the largest number over dim (int, ints, or None for all).

    Equal numbers share the gradient evenly. Raises IndexError if there are no numbers.

    >>> amax(Tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([5., 3.])
    """
    x = tensor_of("amax", "input", input)
    dims = as_dims("amax", dim, x.ndim)
    return reduced("amax", Amax(dims)(not_empty("amax", x, dims)), dims, keepdim)


@numpy_names
def amin(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the smallest number over dim (int, ints, or None for all).

    Equal numbers share the gradient evenly. Raises IndexError if there are no numbers.

    >>> amin(Tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([1., 2.])
    """
    x = tensor_of("amin", "input", input)
    dims = as_dims("amin", dim, x.ndim)
    return reduced("amin", Amin(dims)(not_empty("amin", x, dims)), dims, keepdim)


@numpy_names
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return the index (int64) of the first largest number along dim, or in row-major order.

    Raises IndexError if there are no numbers, and TypeError for a bool tensor.

    >>> argmax(Tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([1, 0])
    """
    return _arg("argmax", input, dim, keepdim)


@numpy_names
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return the index (int64) of the first smallest number along dim, or in row-major order.

    Raises IndexError if there are no numbers, and TypeError for a bool tensor.

    >>> argmin(Tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([0, 1])
    """
    return _arg("argmin", input, dim, keepdim)


def _arg(function: str, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    x = tensor_of(function, "input", input)
    boolean(function, "keepdim", keepdim)
    if x.dtype.kind == "b":
        raise TypeError(f"{function}: a bool tensor has no order (use .int())")
    if dim is not None:
        dim = as_dim(function, dim, x.ndim)
    not_empty(function, x, tuple(range(x.ndim)) if dim is None else (dim,) if x.ndim else ())
    xp = namespace(x._data)
    if dim is None or x.ndim == 0:
        i = xp.asarray(getattr(xp, function)(x._data.reshape(-1)))
        return Tensor._wrap(i.reshape((1,) * x.ndim if keepdim else ()).astype(int64))
    i = getattr(xp, function)(x._data, axis=dim)
    i = xp.asarray(i).astype(int64)
    return Tensor._wrap(xp.expand_dims(i, dim) if keepdim else i)


@numpy_names
def max(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None
) -> Any:
    """Return the largest number; with a dim (values, indices) along it; with a tensor `maximum`.

    Raises IndexError if there are no numbers, and TypeError if both dim and other are given.

    >>> max(Tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1).indices
    tensor([1, 0])
    """
    if isinstance(dim, Tensor) or other is not None:
        return maximum(input, _other("max", dim, other))
    boolean("max", "keepdim", keepdim)
    return amax(input) if dim is None else _extremum("max", argmax, input, dim, keepdim)


@numpy_names
def min(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None
) -> Any:
    """Return the smallest number; with a dim (values, indices) along it; with a tensor `minimum`.

    Raises IndexError if there are no numbers, and TypeError if both dim and other are given.

    >>> min(Tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1).values
    tensor([1., 2.])
    """
    if isinstance(dim, Tensor) or other is not None:
        return minimum(input, _other("min", dim, other))
    boolean("min", "keepdim", keepdim)
    return amin(input) if dim is None else _extremum("min", argmin, input, dim, keepdim)


def _other(function: str, dim: Any, other: Tensor | None) -> Tensor:
    """Return the second tensor, which is given as `other` or in the place of `dim`."""
    if dim is not None and other is not None:
        raise TypeError(f"{function}: give dim or other, not both")
    return tensor_of(function, "other", dim if other is None else other)


def _extremum(function: str, arg: Any, input: Tensor, dim: int, keepdim: bool) -> Extremum:
    # Values are gathered at the indices, so that the whole gradient goes to the chosen number.
    x = tensor_of(function, "input", input)
    dim = as_dim(function, dim, x.ndim)
    indices = arg(x, dim, keepdim=True)
    values = gather(x, dim, indices)
    dims = (dim,) if x.ndim else ()
    return Extremum(
        reduced(function, values, dims, keepdim), reduced(function, indices, dims, keepdim)
    )
