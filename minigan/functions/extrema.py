"""The largest and the smallest: their values, whose gradient goes to them, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from minigan.autograd.dtypes import int64
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import DimError, Shape, as_dim, as_dims, boolean
from minigan.functions.arguments import tensor_of
from minigan.functions.choosing import maximum, minimum
from minigan.functions.comparison import eq
from minigan.functions.elementwise import isnan
from minigan.functions.gathering import gather
from minigan.functions.reductions import Dims, reduced, sum

__all__ = ["amax", "amin", "argmax", "argmin", "max", "min"]


class Extremum(NamedTuple):
    """Values along a dimension, and the index of each."""

    values: Tensor
    indices: Tensor


@dataclass(frozen=True)
class Amax(Op):
    """y = the largest over dims, which stay as 1; tied numbers share the gradient evenly."""

    dims: Shape

    def forward(self, x: Array) -> Array:
        return x.max(axis=self.dims, keepdims=True)

    def backward_x(self, g: Tensor, x: Tensor, out: Tensor) -> Tensor:
        return _shared(g, x, out, self.dims)


@dataclass(frozen=True)
class Amin(Op):
    """y = the smallest over dims, which stay as 1; tied numbers share the gradient evenly."""

    dims: Shape

    def forward(self, x: Array) -> Array:
        return x.min(axis=self.dims, keepdims=True)

    def backward_x(self, g: Tensor, x: Tensor, out: Tensor) -> Tensor:
        return _shared(g, x, out, self.dims)


def _shared(g: Tensor, x: Tensor, y: Tensor, dims: Shape) -> Tensor:
    tied = (eq(x, y) | (isnan(x) & isnan(y))).to(g.dtype)
    return g * (tied / sum(tied, dims, keepdim=True))


def _not_empty(function: str, x: Tensor, dims: Shape) -> Tensor:
    if 0 in [x.shape[a] for a in dims]:
        raise DimError(
            f"{function}: input has shape {x.shape}; of no numbers there is no {function}"
        )
    return x


def amax(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """The largest over dim; ties share the gradient evenly. Raises an IndexError over nothing."""
    x = tensor_of("amax", "input", input)
    dims = as_dims("amax", dim, x.ndim)
    return reduced("amax", Amax(dims)(_not_empty("amax", x, dims)), dims, keepdim)


def amin(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """The smallest over dim; ties share the gradient evenly. Raises an IndexError over nothing."""
    x = tensor_of("amin", "input", input)
    dims = as_dims("amin", dim, x.ndim)
    return reduced("amin", Amin(dims)(_not_empty("amin", x, dims)), dims, keepdim)


def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The index of the first largest along dim, or in the flattened tensor."""
    return _arg("argmax", input, dim, keepdim)


def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The index of the first smallest along dim, or in the flattened tensor."""
    return _arg("argmin", input, dim, keepdim)


def _arg(function: str, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    x = tensor_of(function, "input", input)
    boolean(function, "keepdim", keepdim)
    if x.dtype.kind == "b":
        raise TypeError(f"{function}: a bool tensor has no order (use .int())")
    if dim is not None:
        dim = as_dim(function, dim, x.ndim)
    _not_empty(function, x, tuple(range(x.ndim)) if dim is None else (dim,) if x.ndim else ())
    xp = namespace(x._data)
    if dim is None or x.ndim == 0:
        i = xp.asarray(getattr(xp, function)(x._data.reshape(-1)))
        return Tensor._wrap(i.reshape((1,) * x.ndim if keepdim else ()).astype(int64))
    i = getattr(xp, function)(x._data, axis=dim)
    i = xp.asarray(i).astype(int64)
    return Tensor._wrap(xp.expand_dims(i, dim) if keepdim else i)


def max(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None
) -> Any:
    """The largest number; with a dim, (values, indices) along it; with another tensor, the larger
    of each pair.
    """
    if isinstance(dim, Tensor) or other is not None:
        return maximum(input, _other("max", dim, other))
    return amax(input) if dim is None else _extremum("max", argmax, input, dim, keepdim)


def min(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None
) -> Any:
    """The smallest number; with a dim, (values, indices) along it; with another tensor, the smaller
    of each pair.
    """
    if isinstance(dim, Tensor) or other is not None:
        return minimum(input, _other("min", dim, other))
    return amin(input) if dim is None else _extremum("min", argmin, input, dim, keepdim)


def _other(function: str, dim: Any, other: Tensor | None) -> Tensor:
    """The second tensor, which stands in dim's place or has its own name."""
    if dim is not None and other is not None:
        raise TypeError(f"{function}: give dim or other, not both")
    return tensor_of(function, "other", dim if other is None else other)


def _extremum(function: str, arg: Any, input: Tensor, dim: int, keepdim: bool) -> Extremum:
    """Values are gathered at the indices, so that the whole gradient goes to the number chosen."""
    x = tensor_of(function, "input", input)
    dim = as_dim(function, dim, x.ndim)
    indices = arg(x, dim, keepdim=True)
    values = gather(x, dim, indices)
    dims = (dim,) if x.ndim else ()
    return Extremum(
        reduced(function, values, dims, keepdim), reduced(function, indices, dims, keepdim)
    )
