"""Max pooling: the largest number of each window.

It *selects*: once the positions of the largest numbers are known, the output is x at these
positions, and the gradient is put back to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.autograd.op import Op
from minigan.backend import Array, namespace
from minigan.checks import Shape, boolean
from minigan.functions.indexing import accumulate
from minigan.geometry import Geometry, Ints
from minigan.nn.functional.dimensions import in_dimensions, pooling, spatial

__all__ = ["max_pool1d", "max_pool2d", "max_pool3d"]


@dataclass(frozen=True)
class MaxPool(Op):
    """y[n, c, o] = x[n, c, places[n, c, o]]; a place is a position in the flattened plane of x."""

    moves = True
    sizes: Shape  # of a plane of x

    def forward(self, x: Array, places: Array) -> Array:
        batch = x.shape[: x.ndim - len(self.sizes)]
        rows = x.reshape(*batch, prod(self.sizes))  # (N, C, *X) -> (N, C, prod X)
        flat = places.reshape(
            *batch, prod(places.shape[len(batch) :])
        )  # (N, C, *Y) -> (.., prod Y)
        return namespace(x).take_along_axis(rows, flat, axis=-1).reshape(places.shape)

    def backward_x(self, g: Tensor, places: Tensor) -> Tensor:
        return MaxUnpool(self.sizes)(g, places)


@dataclass(frozen=True)
class MaxUnpool(Op):
    """x[n, c, places[n, c, o]] += y[n, c, o]: the adjoint of MaxPool."""

    sizes: Shape

    def forward(self, y: Array, places: Array) -> Array:
        batch, size = y.shape[: y.ndim - len(self.sizes)], prod(self.sizes)
        planes = (
            namespace(y).arange(prod(batch), dtype=np.int64).reshape(*batch, *[1] * len(self.sizes))
        )
        flat = accumulate(y, planes * size + places, prod(batch) * size)
        return flat.reshape(*batch, *self.sizes)

    def backward_y(self, g: Tensor, places: Tensor) -> Tensor:
        return MaxPool(self.sizes)(g, places)


def places_of_maxima(x: Array, geometry: Geometry) -> Array:
    """Return the place of the largest number of each window: the first of equals, the last NaN."""
    xp = namespace(x)
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    best = xp.full((*x.shape[: x.ndim - len(geometry.axes)], *geometry.Y), lowest, x.dtype)
    for _, o, h in geometry.places:
        xp.maximum(best[(..., *o)], x[(..., *h)], out=best[(..., *o)])
    plane = xp.arange(prod(geometry.X), dtype=np.int64).reshape(geometry.X)
    places = xp.zeros(best.shape, np.int64)
    for _, o, h in reversed(geometry.places):
        xp.copyto(places[(..., *o)], plane[h], where=x[(..., *h)] == best[(..., *o)])
    if bool(xp.isnan(best).any()):
        for _, o, h in geometry.places:
            xp.copyto(places[(..., *o)], plane[h], where=xp.isnan(x[(..., *h)]))
    return places


def max_pool2d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
    *,
    _D: int = 2,
) -> Any:
    """Return the largest number of each window of input (N, C, H, W) or (C, H, W).

    The stride is kernel_size by default. Padding is never the largest. The gradient goes to the
    first of equal numbers. With `return_indices` a pair is returned; the second tensor holds the
    position of each number in the flattened plane (H, W).

    Raises ValueError for settings that are not legal (the padding is at most half of kernel_size),
    and TypeError if input is not a Tensor of numbers.

    >>> import minigan
    >>> max_pool2d(minigan.arange(16.0).reshape(1, 4, 4), 2).tolist()
    [[[5.0, 7.0], [13.0, 15.0]]]
    """
    function = f"max_pool{_D}d"
    x = spatial(function, input, _D)
    geometry = pooling(function, x.shape[-_D:], kernel_size, stride, padding, dilation, ceil_mode)
    places = Tensor._wrap(places_of_maxima(x._data, geometry))
    y = MaxPool(geometry.X)(x, places)
    return (y, places) if boolean(function, "return_indices", return_indices) else y


max_pool1d, max_pool3d = in_dimensions(1, max_pool2d), in_dimensions(3, max_pool2d)
