"""Max unpooling puts numbers back where max pooling took them from; all other places are 0.

The places are the second result of a max pooling with return_indices=True.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from minigan.autograd import Op, Tensor
from minigan.backend import Array, namespace
from minigan.checks import DimError, Shape, per_axis
from minigan.functions.arguments import require_room, tensor_of
from minigan.functions.indexing import accumulate
from minigan.geometry import Ints
from minigan.nn.functional.dimensions import in_dimensions, spatial

__all__ = ["max_unpool1d", "max_unpool2d", "max_unpool3d"]


@dataclass(frozen=True)
class TakePlaces(Op):
    """y[n, c, o] = x[n, c, places[n, c, o]]; a place is a position in the flattened plane of x."""

    moves = True
    sizes: Shape  # of a plane of x

    def forward(self, x: Array, places: Array) -> Array:
        batch = x.shape[: x.ndim - len(self.sizes)]
        rows = x.reshape(*batch, prod(self.sizes))  # (N, C, *X) -> (N, C, prod X)
        Q = prod(places.shape[len(batch) :])
        flat = places.reshape(*batch, Q)  # (N, C, *Y) -> (N, C, Q)
        return namespace(x).take_along_axis(rows, flat, axis=-1).reshape(places.shape)

    def backward_x(self, g: Tensor, places: Tensor) -> Tensor:
        return AddAtPlaces(self.sizes)(g, places)


@dataclass(frozen=True)
class AddAtPlaces(Op):
    """x[n, c, places[n, c, o]] += y[n, c, o]: the adjoint of TakePlaces."""

    sizes: Shape

    def forward(self, y: Array, places: Array) -> Array:
        batch = y.shape[: y.ndim - len(self.sizes)]
        flat = accumulate(y, _in_all_planes(places, self.sizes), prod((*batch, *self.sizes)))
        return flat.reshape(*batch, *self.sizes)

    def backward_y(self, g: Tensor, places: Tensor) -> Tensor:
        return TakePlaces(self.sizes)(g, places)


@dataclass(frozen=True)
class Place(Op):
    """x[n, c, places[n, c, o]] = y[n, c, o]; where places are equal, one of the numbers remains."""

    moves = True
    sizes: Shape  # of a plane of x

    def forward(self, y: Array, places: Array) -> Array:
        batch = y.shape[: y.ndim - len(self.sizes)]
        x = namespace(y).zeros(prod((*batch, *self.sizes)), y.dtype)
        x[_in_all_planes(places, self.sizes)] = y
        return x.reshape(*batch, *self.sizes)

    def backward_y(self, g: Tensor, places: Tensor) -> Tensor:
        return TakePlaces(self.sizes)(g, places)


def _in_all_planes(places: Array, sizes: Shape) -> Array:
    """Return places in planes of these sizes as places in the flattened array of all planes."""
    batch = places.shape[: places.ndim - len(sizes)]
    planes = namespace(places).arange(prod(batch), dtype=np.int64)
    return planes.reshape(*batch, *[1] * len(sizes)) * prod(sizes) + places


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    output_size: Sequence[int] | None = None,
    *,
    _D: int = 2,
) -> Tensor:
    """Return zeros with the numbers of input (N, C, H, W) or (C, H, W) at the places `indices`.

    `indices` are those of `max_pool2d` with the same settings, in the shape of the input. The
    result has size stride (H - 1) + kernel_size - 2 padding, or `output_size`, which may differ
    from it by less than a stride; it may be a whole shape too. The stride is kernel_size by
    default. If windows overlap, a number may occur twice and is written once.

    Raises ValueError if the sizes do not fit, IndexError (also a ValueError) if an index is outside
    the result, and TypeError if input is not a Tensor of numbers or indices are not integers.

    >>> import minigan
    >>> from minigan.nn.functional import max_pool2d
    >>> x = minigan.tensor([[[1.0, 2.0], [4.0, 3.0]]])
    >>> max_unpool2d(*max_pool2d(x, 2, return_indices=True), 2).tolist()
    [[[0.0, 0.0], [4.0, 0.0]]]
    """
    name = f"max_unpool{_D}d"
    y, places = spatial(name, input, _D), tensor_of(name, "indices", indices)
    if places.dtype.kind not in "iu":
        raise TypeError(f"{name}: indices has dtype {places.dtype}; it must be an integer")
    if places.shape != y.shape:
        raise ValueError(
            f"{name}: indices of shape {places.shape} must have the shape of input, {y.shape}"
        )
    X = _sizes(name, y.shape[-_D:], kernel_size, stride, padding, output_size)
    require_room(f"{name}: output_size={X}", y, (*y.shape[:-_D], *X))
    numbers = places._data
    if numbers.size and not (int(numbers.min()) >= 0 and int(numbers.max()) < prod(X)):
        raise DimError(
            f"{name}: indices holds a place that is not in 0..{prod(X) - 1}, for a result of sizes "
            f"{X}"
        )
    return Place(X)(y, places.detach().long())


def _sizes(
    name: str,
    Y: Shape,
    kernel_size: Ints,
    stride: Ints | None,
    padding: Ints,
    output_size: Sequence[int] | None,
) -> Shape:
    """Return the sizes of the result."""
    D = len(Y)
    kernel = per_axis(name, "kernel_size", kernel_size, D)
    strides = per_axis(name, "stride", kernel_size if stride is None else stride, D)
    paddings = per_axis(name, "padding", padding, D, 0)
    axes = zip(Y, strides, kernel, paddings, strict=True)
    usual = tuple(s * (size - 1) + k - 2 * p for size, s, k, p in axes)
    if output_size is None:
        sizes = usual
    else:
        if not isinstance(output_size, list | tuple) or len(output_size) not in (D, D + 1, D + 2):
            raise ValueError(f"{name}: output_size={output_size!r} must be {D} sizes or a shape")
        sizes = per_axis(name, "output_size", tuple(output_size)[-D:], D)
    if min(sizes) < 1 or not all(
        abs(size - default) < s for size, default, s in zip(sizes, usual, strides, strict=True)
    ):
        legal = ", ".join(f"{X - s + 1}..{X + s - 1}" for X, s in zip(usual, strides, strict=True))
        raise ValueError(f"{name}: output_size={tuple(sizes)} does not fit (legal: {legal})")
    return sizes


max_unpool1d, max_unpool3d = in_dimensions(1, max_unpool2d), in_dimensions(3, max_unpool2d)
