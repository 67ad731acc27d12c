"""Max pooling: the largest number of each window.

Max pooling *selects*. The forward pass finds for each window the tap at which its largest number
lies, and the output is x at these taps. The backward pass adds the gradient of each window to x at
the same tap.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.autograd.op import Op
from minigan.backend import Array, namespace
from minigan.checks import boolean
from minigan.functions.signs import masked
from minigan.geometry import Geometry, Ints
from minigan.nn.functional.dimensions import in_dimensions, pooling, spatial
from minigan.threads import blocks, parallel

__all__ = ["max_pool1d", "max_pool2d", "max_pool3d"]


@dataclass(frozen=True)
class MaxPool(Op):
    """y[n, c, o] = the largest x[n, c, h] of the window at o; saved are the taps of the largest."""

    geometry: Geometry

    def forward(self, x: Array) -> tuple[Array, Array]:
        return largest(x, self.geometry)

    def backward_x(self, g: Tensor, saved: Array) -> Tensor:
        return PutTaps(self.geometry)(g, Tensor._wrap(saved))


@dataclass(frozen=True)
class PutTaps(Op):
    """x[n, c, h] = the sum of y[n, c, o] where tap number taps[n, c, o] of the window o lies at h.

    This is the adjoint of `TakeTaps` with the same taps.
    """

    geometry: Geometry

    def forward(self, y: Array, taps: Array) -> Array:
        shape = (*y.shape[: y.ndim - len(self.geometry.axes)], *self.geometry.X)
        x = namespace(y).zeros_like(taps, y.dtype, shape=shape)
        overlap = any(a.dilation * (a.taps - 1) >= a.stride for a in self.geometry.axes)
        parallel(partial(self._put, x, _in_order_of(taps, y), taps, overlap), blocks(y))
        return x

    def _put(self, x: Array, y: Array, taps: Array, overlap: bool, n: Any) -> None:
        """Add y[n] to x[n]; `overlap` says whether windows have positions in common."""
        for tap, (_, o, h) in enumerate(self.geometry.places):
            part, here = x[n][(..., *h)], taps[n][(..., *o)] == tap
            chosen = masked(y[n][(..., *o)], -here.view("i1"))
            if overlap:
                part += chosen
            else:
                part[...] = chosen

    def backward_y(self, g: Tensor, taps: Tensor) -> Tensor:
        return TakeTaps(self.geometry)(g, taps)


@dataclass(frozen=True)
class TakeTaps(Op):
    """y[n, c, o] = x[n, c, h], where tap number taps[n, c, o] of the window at o lies at h."""

    moves = True
    geometry: Geometry

    def forward(self, x: Array, taps: Array) -> Array:
        y = namespace(x).zeros_like(taps, x.dtype)
        for tap, (_, o, h) in enumerate(self.geometry.places):
            here = taps[(..., *o)] == tap
            y[(..., *o)] += masked(x[(..., *h)], -here.view("i1"))
        return y

    def backward_x(self, g: Tensor, taps: Tensor) -> Tensor:
        return PutTaps(self.geometry)(g, taps)


def largest(x: Array, geometry: Geometry) -> tuple[Array, Array]:
    """Return the largest number of each window, and the number of its tap.

    Of equal numbers the first tap counts, of several NaN the last. The axes of both arrays lie in
    memory in the order of the axes of x.
    """
    xp, shape = namespace(x), (*x.shape[: x.ndim - len(geometry.axes)], *geometry.Y)
    small = np.min_scalar_type(len(geometry.places))  # the dtype of tap numbers
    first = xp.asarray(_first_taps(geometry), small)
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    best, taps = xp.empty_like(x, shape=shape), xp.empty_like(x, small, shape=shape)

    def search(n: Any) -> None:
        """Visit the taps in order, and remember for each window where it became larger."""
        best[n], taps[n] = lowest, first
        for tap, (_, o, h) in enumerate(geometry.places):
            y, tap_of_y, window = best[n][(..., *o)], taps[n][(..., *o)], x[n][(..., *h)]
            larger = (window > y).astype(small)
            larger *= tap  # this tap, or 0
            xp.maximum(tap_of_y, larger, out=tap_of_y)  # earlier taps have smaller numbers
            xp.maximum(y, window, out=y)
        if x.dtype.kind == "f" and bool(xp.isnan(best[n]).any()):
            for tap, (_, o, h) in enumerate(geometry.places):
                xp.copyto(taps[n][(..., *o)], tap, where=xp.isnan(x[n][(..., *h)]))

    parallel(search, blocks(best))
    return best, taps


def _first_taps(geometry: Geometry) -> Any:
    """Return for each window the number of the first tap that lies in x and not in the padding."""
    first = np.zeros(geometry.Y, np.int64)
    for tap, (_, o, _) in reversed([*enumerate(geometry.places)]):
        first[o] = tap
    return first


def _in_order_of(taps: Array, y: Array) -> Array:
    """Return y with its axes in memory as those of the taps; a copy if they lie otherwise."""
    if y.strides == tuple(y.itemsize * s for s in taps.strides):
        return y
    copy = namespace(y).empty_like(taps, y.dtype)
    copy[...] = y
    return copy


def places_of(taps: Array, geometry: Geometry) -> Array:
    """Return for each window the position of its tap in the flattened plane of x."""
    xp = namespace(taps)
    plane = xp.arange(prod(geometry.X), dtype=np.int64).reshape(geometry.X)
    places = xp.zeros(taps.shape, np.int64)
    for tap, (_, o, h) in enumerate(geometry.places):
        xp.copyto(places[(..., *o)], plane[h], where=taps[(..., *o)] == tap)
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
    first of equal numbers, or to the last NaN. With `return_indices` a pair is returned; the second
    tensor holds the position of each number in the flattened plane (H, W).

    Raises ValueError for settings that are not legal (the padding is at most half of kernel_size),
    and TypeError if input is not a Tensor of numbers.

    >>> import minigan
    >>> max_pool2d(minigan.arange(16.0).reshape(1, 4, 4), 2).tolist()
    [[[5.0, 7.0], [13.0, 15.0]]]
    """
    function = f"max_pool{_D}d"
    x = spatial(function, input, _D)
    geometry = pooling(function, x.shape[-_D:], kernel_size, stride, padding, dilation, ceil_mode)
    if not boolean(function, "return_indices", return_indices):
        return MaxPool(geometry)(x)
    taps = largest(x._data, geometry)[1]
    return TakeTaps(geometry)(x, taps), Tensor._wrap(places_of(taps, geometry))


max_pool1d, max_pool3d = in_dimensions(1, max_pool2d), in_dimensions(3, max_pool2d)
