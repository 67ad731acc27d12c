"""Average pooling: the mean of each window.

It is a convolution of each channel with equal weights. Its adjoint gives every position of a window
an equal part of the gradient. If the windows lie side by side and the divisor is 1, the adjoint
repeats every number: this is upsampling (see resizing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.autograd.op import Op
from minigan.backend import Array, namespace
from minigan.checks import Shape, as_shape, boolean, integer
from minigan.functions.arguments import require_room
from minigan.functions.concatenation import cat
from minigan.geometry import Axis, Geometry, Ints
from minigan.nn.functional.dimensions import in_dimensions, pooling, spatial

__all__ = [
    "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d",
]  # fmt: skip

# One divisor for all windows; or for each axis one factor per window, and the divisor of a window
# is the product of its factors.
Divisor = float | tuple[Shape, ...]


@dataclass(frozen=True)
class AvgPool(Op):
    """y[n, c, o] = the sum of x[n, c, h] over the window at o, divided by the divisor."""

    geometry: Geometry
    divisor: Divisor

    def forward(self, x: Array) -> Array:
        batch = x.shape[: x.ndim - len(self.geometry.axes)]
        y = namespace(x).zeros((*batch, *self.geometry.Y), x.dtype)
        for _, o, h in self.geometry.places:
            y[(..., *o)] += x[(..., *h)]
        return _divided(y, self.divisor)

    def backward_x(self, g: Tensor) -> Tensor:
        return AvgUnpool(self.geometry, self.divisor)(g)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return prod(out) * (prod(self.geometry.taps) + 1)


@dataclass(frozen=True)
class AvgUnpool(Op):
    """x[n, c, h] = the sum of y[n, c, o] / divisor over the windows o that hold h.

    It is the adjoint of AvgPool.
    """

    geometry: Geometry
    divisor: Divisor

    def forward(self, y: Array) -> Array:
        batch = y.shape[: y.ndim - len(self.geometry.axes)]
        x = namespace(y).zeros((*batch, *self.geometry.X), y.dtype)
        y = _divided(y, self.divisor)
        for _, o, h in self.geometry.places:
            x[(..., *h)] += y[(..., *o)]
        return x

    def backward_y(self, g: Tensor) -> Tensor:
        return AvgPool(self.geometry, self.divisor)(g)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return prod(inputs[0]) * (prod(self.geometry.taps) + 1)


def _divided(y: Array, divisor: Divisor) -> Array:
    if not isinstance(divisor, tuple):
        return y if divisor == 1 else y / y.dtype.type(divisor)
    xp, total = namespace(y), namespace(y).ones((), y.dtype)
    for counts in divisor:
        total = total[..., None] * xp.asarray(counts, y.dtype)  # (*Y before) -> (*Y so far)
    return y / total


@lru_cache(4096)
def window_sizes(geometry: Geometry, count_include_pad: bool) -> Divisor:
    """Return how many positions each window holds: of x alone, or of x and its padding."""

    def count(axis: Axis, o: int) -> int:
        if not count_include_pad:
            return len(range(axis.taps)[axis.window(o)[0]])
        start, stop = axis.reach(o, o + 1)
        return (
            min(stop, axis.X + axis.padding) - start
        )  # what lies beyond the padding does not count

    counts = tuple(tuple(count(axis, o) for o in range(axis.Y)) for axis in geometry.axes)
    if all(len(set(axis)) == 1 for axis in counts):
        return float(prod(axis[0] for axis in counts))
    return counts


def avg_pool2d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    *,
    _D: int = 2,
) -> Tensor:
    """Return the mean of each window of input (N, C, H, W) or (C, H, W).

    The stride is kernel_size by default. The zeros of the padding count as numbers of the window;
    with count_include_pad=False they do not. `divisor_override` replaces the number of positions
    by which the sum is divided.

    Raises ValueError for settings that are not legal (the padding is at most half of kernel_size),
    and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> avg_pool2d(minigan.arange(16.0).reshape(1, 4, 4), 2).tolist()
    [[[2.5, 4.5], [10.5, 12.5]]]
    """
    function = f"avg_pool{_D}d"
    x = spatial(function, input, _D, real=True)
    geometry = pooling(function, x.shape[-_D:], kernel_size, stride, padding, 1, ceil_mode)
    count_include_pad = boolean(function, "count_include_pad", count_include_pad)
    if divisor_override is None:
        return AvgPool(geometry, window_sizes(geometry, count_include_pad))(x)
    if integer(function, "divisor_override", divisor_override) == 0:
        raise ValueError(
            f"{function}: divisor_override={divisor_override!r} must be None or an integer other "
            "than 0"
        )
    return AvgPool(geometry, float(divisor_override))(x)


avg_pool1d, avg_pool3d = in_dimensions(1, avg_pool2d), in_dimensions(3, avg_pool2d)


def adaptive_avg_pool2d(
    input: Tensor, output_size: int | Sequence[int | None] | None, *, _D: int = 2
) -> Tensor:
    """Return the means of `output_size` windows that divide input (N, C, H, W) or (C, H, W) evenly.

    `output_size` is one size or one for each axis; None keeps the size of the input. Along an axis
    of size X, window o of Y covers the positions from floor(o X / Y) up to ceil((o + 1) X / Y).

    Raises ValueError for sizes below 1 or another number of sizes, and TypeError if input is not a
    float Tensor.

    >>> import minigan
    >>> adaptive_avg_pool2d(minigan.arange(6.0).reshape(1, 2, 3), (1, 2)).tolist()
    [[[2.0, 3.0]]]
    """
    function = f"adaptive_avg_pool{_D}d"
    x = spatial(function, input, _D, real=True)
    Ys = adaptive_sizes(function, x, output_size, _D)
    y = x.float() if x.dtype.itemsize == 2 else x  # means of means would be rounded twice
    for axis, Y in enumerate(Ys, start=x.ndim - _D):
        y = _means_along(y, axis, Y)  # the mean of a box is the mean of the means of its rows
    return y.to(x.dtype)


def adaptive_sizes(function: str, x: Tensor, output_size: Any, D: int) -> Shape:
    """Return the sizes of an adaptive pooling. Raises ValueError if they are not legal."""
    sizes = tuple(output_size) if isinstance(output_size, list | tuple) else (output_size,) * D
    if len(sizes) != D or 0 in x.shape[-D:]:
        raise ValueError(
            f"{function}: output_size={output_size!r} must be {D} sizes for input of shape "
            f"{x.shape}"
        )
    sizes = tuple(X if Y is None else Y for X, Y in zip(x.shape[-D:], sizes, strict=True))
    Ys = as_shape(function, sizes, 1)
    require_room(f"{function}: output_size={output_size!r}", x, (*x.shape[:-D], *Ys))
    return Ys


def edges(X: int, Y: int) -> tuple[Any, Any]:
    """Return where each of Y windows that divide X positions evenly starts, and where it ends."""
    bounds = np.arange(Y + 1, dtype=np.int64) * X
    return bounds[:-1] // Y, -(-bounds[1:] // Y)


def _means_along(x: Tensor, axis: int, Y: int) -> Tensor:
    """Return the means of Y windows along one axis."""
    (starts, ends), rest = edges(x.shape[axis], Y), (slice(None),) * (x.ndim - 1 - axis)
    _, first, place = np.unique(starts + ends, return_index=True, return_inverse=True)
    windows = [x[(..., slice(int(starts[o]), int(ends[o])), *rest)] for o in first]
    y = cat([window.mean(axis, keepdim=True) for window in windows], axis)
    if len(first) < Y:  # some neighbours have the same window
        y = y.index_select(axis, Tensor._wrap(namespace(y._data).asarray(place, np.int64)))
    return y


adaptive_avg_pool1d = in_dimensions(1, adaptive_avg_pool2d)
adaptive_avg_pool3d = in_dimensions(3, adaptive_avg_pool2d)
