"""Pooling replaces each window by one number: the largest, or the mean.

Max pooling *picks*: once it is known where the largest number of each window stands, the output is
x at these places, and the gradient is put back where it was picked from. Average pooling is a
convolution of each channel with equal weights; its adjoint spreads a number evenly over its window.
(With windows side by side and a divisor of 1 that is upsampling by repetition: see resizing.)
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
from minigan.checks import Shape, as_shape, integer
from minigan.functions.arguments import require_room, tensor_of
from minigan.functions.concatenation import cat
from minigan.functions.indexing import accumulate
from minigan.geometry import Axis, Geometry, Ints
from minigan.nn.functional.dimensions import in_dimensions

# -------------------------------------------------------------------------------------- the largest


@dataclass(frozen=True)
class MaxPool(Op):
    """y[n,c,o] = x[n,c,places[n,c,o]], a place being a position in the flattened plane of x."""

    moves = True
    sizes: Shape  # of a plane of x

    def forward(self, x: Array, places: Array) -> Array:
        lead = x.shape[: x.ndim - len(self.sizes)]
        rows = x.reshape(*lead, prod(self.sizes))  # (N, C, *X) -> (N, C, H)
        flat = places.reshape(*lead, prod(places.shape[len(lead) :]))  # (N, C, *Y) -> (N, C, O)
        return namespace(x).take_along_axis(rows, flat, axis=-1).reshape(places.shape)

    def backward_x(self, g: Tensor, places: Tensor) -> Tensor:
        return MaxUnpool(self.sizes)(g, places)


@dataclass(frozen=True)
class MaxUnpool(Op):
    """x[n,c,places[n,c,o]] += y[n,c,o]: the adjoint of MaxPool."""

    sizes: Shape

    def forward(self, y: Array, places: Array) -> Array:
        lead, H = y.shape[: y.ndim - len(self.sizes)], prod(self.sizes)
        planes = namespace(y).arange(prod(lead)).reshape(*lead, *[1] * len(self.sizes))
        return accumulate(y, planes * H + places, prod(lead) * H).reshape(*lead, *self.sizes)

    def backward_y(self, g: Tensor, places: Tensor) -> Tensor:
        return MaxPool(self.sizes)(g, places)


def winners(x: Array, geometry: Geometry) -> Array:
    """Where the largest number of each window stands in its plane: the first of equals, but the
    last NaN if any.
    """
    xp = namespace(x)
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    best = xp.full((*x.shape[: x.ndim - len(geometry.axes)], *geometry.Y), lowest, x.dtype)
    for _, o, h in geometry.places:
        xp.maximum(best[(..., *o)], x[(..., *h)], out=best[(..., *o)])
    plane, places = xp.arange(prod(geometry.X)).reshape(geometry.X), xp.zeros(best.shape, np.int64)
    for _, o, h in reversed(geometry.places):
        xp.copyto(places[(..., *o)], plane[h], where=x[(..., *h)] == best[(..., *o)])
    if bool(xp.isnan(best).any()):
        for _, o, h in geometry.places:
            xp.copyto(places[(..., *o)], plane[h], where=xp.isnan(x[(..., *h)]))
    return places


# ----------------------------------------------------------------------------------------- the mean

Divisor = (
    float | tuple[Shape, ...]
)  # one for all windows, or along each axis one for each window; they multiply


@dataclass(frozen=True)
class AvgPool(Op):
    """y[n,c,o] = the sum of x[n,c,h] over the window at o, divided."""

    geometry: Geometry
    divisor: Divisor

    def forward(self, x: Array) -> Array:
        y = namespace(x).zeros(
            (*x.shape[: x.ndim - len(self.geometry.axes)], *self.geometry.Y), x.dtype
        )
        for _, o, h in self.geometry.places:
            y[(..., *o)] += x[(..., *h)]
        return _divided(y, self.divisor)

    def backward_x(self, g: Tensor) -> Tensor:
        return AvgUnpool(self.geometry, self.divisor)(g)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return prod(out) * (prod(self.geometry.taps) + 1)


@dataclass(frozen=True)
class AvgUnpool(Op):
    """x[n,c,h] = the sum of y[n,c,o], divided, over the windows that hold h: the adjoint of
    AvgPool.
    """

    geometry: Geometry
    divisor: Divisor

    def forward(self, y: Array) -> Array:
        x = namespace(y).zeros(
            (*y.shape[: y.ndim - len(self.geometry.axes)], *self.geometry.X), y.dtype
        )
        share = _divided(y, self.divisor)
        for _, o, h in self.geometry.places:
            x[(..., *h)] += share[(..., *o)]
        return x

    def backward_y(self, g: Tensor) -> Tensor:
        return AvgPool(self.geometry, self.divisor)(g)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return prod(inputs[0]) * (prod(self.geometry.taps) + 1)


def _divided(y: Array, divisor: Divisor) -> Array:
    if not isinstance(divisor, tuple):
        return y if divisor == 1 else y / y.dtype.type(divisor)
    total = namespace(y).ones((), y.dtype)
    for counts in divisor:
        total = total[..., None] * namespace(y).asarray(
            counts, y.dtype
        )  # (*Y before) -> (*Y so far)
    return y / total


@lru_cache(4096)
def window_sizes(geometry: Geometry, count_include_pad: bool) -> Divisor:
    """How many positions each window holds: of x alone, or of x with its padding (but not
    beyond).
    """

    def count(axis: Axis, o: int) -> int:
        if not count_include_pad:
            return len(range(axis.taps)[axis.window(o)[0]])
        start, stop = axis.reach(o, o + 1)
        return min(stop, axis.X + axis.padding) - start

    counts = tuple(tuple(count(axis, o) for o in range(axis.Y)) for axis in geometry.axes)
    return (
        float(prod(axis[0] for axis in counts))
        if all(len(set(axis)) == 1 for axis in counts)
        else counts
    )


# ------------------------------------------------------------------------------ PyTorch's functions


def _planes(function: str, input: Any, D: int, real: bool = False) -> Tensor:
    """The input, if it has D dimensions after (batch and) channels."""
    x = tensor_of(function, "input", input)
    if x.ndim not in (D + 1, D + 2):
        space = ", ".join(("D", "H", "W")[3 - D :])
        raise ValueError(
            f"{function}: input has shape {x.shape}; it must be (N, C, {space}) or (C, {space})"
        )
    if x.dtype.kind == "b" or (real and x.dtype.kind != "f"):
        raise TypeError(
            f"{function}: input has dtype {x.dtype}; it must be {'a float' if real else 'a number'}"
        )
    return x


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
    """The largest number of each window of (N, C, H, W) or (C, H, W); padding never wins.

    The gradient goes to the first of equals. With `return_indices` a pair: also where in the
    flattened plane (H, W) each stood. Raises ValueError for settings that make no window (padding
    is at most half of kernel_size).

    >>> import minigan
    >>> max_pool2d(minigan.arange(16.0).reshape(1, 4, 4), 2).tolist()
    [[[5.0, 7.0], [13.0, 15.0]]]
    """
    function = f"max_pool{_D}d"
    x = _planes(function, input, _D)
    geometry = Geometry.pool(
        x.shape[-_D:], kernel_size, stride, padding, dilation, ceil_mode, name=function
    )
    places = Tensor._wrap(winners(x._data, geometry))
    y = MaxPool(geometry.X)(x, places)
    return (y, places) if return_indices else y


max_pool1d, max_pool3d = in_dimensions(1, max_pool2d), in_dimensions(3, max_pool2d)


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
    """The mean of each window of (N, C, H, W) or (C, H, W), the zeros of the padding included
    unless told.

    `divisor_override` divides the sum instead of the number of positions. Raises ValueError for
    settings that make no window (padding is at most half of kernel_size), TypeError for integers.

    >>> import minigan
    >>> avg_pool2d(minigan.arange(16.0).reshape(1, 4, 4), 2).tolist()
    [[[2.5, 4.5], [10.5, 12.5]]]
    """
    function = f"avg_pool{_D}d"
    x = _planes(function, input, _D, real=True)
    geometry = Geometry.pool(
        x.shape[-_D:], kernel_size, stride, padding, 1, ceil_mode, name=function
    )
    if divisor_override is None:
        return AvgPool(geometry, window_sizes(geometry, bool(count_include_pad)))(x)
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
    """The mean of each of `output_size` windows that share (N, C, H, W) or (C, H, W) evenly; None
    keeps a size.

    Window o of Y covers floor(o X / Y) up to ceil((o + 1) X / Y). Raises ValueError for a size
    below 1.

    >>> import minigan
    >>> adaptive_avg_pool2d(minigan.arange(6.0).reshape(1, 2, 3), (1, 2)).tolist()
    [[[2.0, 3.0]]]
    """
    function = f"adaptive_avg_pool{_D}d"
    # Axis by axis, because the mean of a box is the mean of the means of its rows.
    x = _planes(function, input, _D, real=True)
    y = x.float() if x.dtype.itemsize == 2 else x  # means of means would be rounded twice
    sizes = tuple(output_size) if isinstance(output_size, list | tuple) else (output_size,) * _D
    if len(sizes) != _D or 0 in y.shape[-_D:]:
        raise ValueError(
            f"{function}: output_size={output_size!r} must be {_D} sizes for input of shape "
            f"{y.shape}"
        )
    Ys = as_shape(
        function,
        [X if size is None else size for X, size in zip(y.shape[-_D:], sizes, strict=True)],
        1,
    )
    require_room(
        f"{function}: output_size={output_size!r}", y, (*y.shape[:-_D], *Ys)
    )  # before the work
    for a, Y in enumerate(Ys, start=y.ndim - _D):
        edges, rest = np.arange(Y + 1) * y.shape[a], (slice(None),) * (y.ndim - 1 - a)
        starts, ends = edges[:-1] // Y, -(-edges[1:] // Y)
        _, first, place = np.unique(starts + ends, return_index=True, return_inverse=True)
        y = cat(
            [
                y[(..., slice(int(starts[o]), int(ends[o])), *rest)].mean(a, keepdim=True)
                for o in first
            ],
            a,
        )
        if len(first) < Y:  # then neighbours have the same window
            y = y.index_select(a, Tensor._wrap(namespace(y.data).asarray(place)))
    return y.to(x.dtype)


adaptive_avg_pool1d = in_dimensions(1, adaptive_avg_pool2d)
adaptive_avg_pool3d = in_dimensions(3, adaptive_avg_pool2d)
