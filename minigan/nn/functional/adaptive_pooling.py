"""Adaptive max pooling, into a given number of windows, and pooling by a power mean (Lp)."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, prod
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import Array, namespace
from minigan.checks import Shape, boolean, number, per_axis
from minigan.functions.choosing import where
from minigan.geometry import Ints
from minigan.nn.functional.average_pooling import adaptive_sizes, avg_pool2d, edges
from minigan.nn.functional.dimensions import in_dimensions, spatial
from minigan.nn.functional.max_unpooling import TakePlaces

__all__ = [
    "adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d", "lp_pool1d", "lp_pool2d",
    "lp_pool3d",
]  # fmt: skip


def adaptive_max_pool2d(
    input: Tensor,
    output_size: int | Sequence[int | None] | None,
    return_indices: bool = False,
    *,
    _D: int = 2,
) -> Any:
    """Return the largest numbers of `output_size` windows that divide (N, C, H, W) evenly.

    The windows are those of `adaptive_avg_pool2d`; N may be left out. With `return_indices` a pair
    is returned; the second tensor holds the position of each number in the flattened plane. The
    gradient goes to the first of equal numbers, or to the last NaN.

    Raises ValueError for sizes below 1 or another number of sizes, and TypeError if input is not a
    Tensor of numbers.

    >>> import minigan
    >>> adaptive_max_pool2d(minigan.arange(6.0).reshape(1, 2, 3), (1, 2)).tolist()
    [[[4.0, 5.0]]]
    """
    name = f"adaptive_max_pool{_D}d"
    x = spatial(name, input, _D)
    places = Tensor._wrap(_places(x._data, adaptive_sizes(name, x, output_size, _D)))
    y = TakePlaces(x.shape[-_D:])(x, places)
    return (y, places) if boolean(name, "return_indices", return_indices) else y


def _places(x: Array, Y: Shape) -> Array:
    """Return the place of the largest number of each window, one axis after the other."""
    xp, X, first = namespace(x), x.shape[-len(Y) :], x.ndim - len(Y)
    places = xp.broadcast_to(xp.arange(prod(X), dtype=np.int64).reshape(X), x.shape)
    for axis in reversed(range(first, x.ndim)):
        chosen = []
        for start, end in zip(*edges(x.shape[axis], Y[axis - first]), strict=True):
            window = (slice(None),) * axis + (slice(int(start), int(end)),)
            best = xp.expand_dims(_largest(x[window], axis), axis)
            chosen.append([xp.take_along_axis(a[window], best, axis) for a in (x, places)])
        x, places = (xp.concatenate(parts, axis) for parts in zip(*chosen, strict=True))
    return places


def _largest(x: Array, axis: int) -> Array:
    """Return the position of the largest number along an axis: the first one, or the last NaN."""
    xp, first = namespace(x), x.argmax(axis)
    if x.dtype.kind != "f" or not (nan := xp.isnan(x)).any():
        return first
    last = x.shape[axis] - 1 - xp.flip(nan, axis).argmax(axis)
    return xp.where(nan.any(axis), last, first)


adaptive_max_pool1d = in_dimensions(1, adaptive_max_pool2d)
adaptive_max_pool3d = in_dimensions(3, adaptive_max_pool2d)


def lp_pool2d(
    input: Tensor,
    norm_type: float,
    kernel_size: Ints,
    stride: Ints | None = None,
    ceil_mode: bool = False,
    *,
    _D: int = 2,
) -> Tensor:
    """Return (sum x^p)^(1/p) of each window of input (N, C, H, W) or (C, H, W); p is norm_type.

    Where the sum is negative the result is NaN, unless p is 1; where it is 0 the gradient is
    defined as 0. The stride is kernel_size by default.

    Raises ValueError for settings that are not legal, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> lp_pool2d(minigan.tensor([[[3.0, 4.0], [0.0, 0.0]]]), 2, 2).tolist()
    [[[5.0]]]
    """
    name = f"lp_pool{_D}d"
    x, p = spatial(name, input, _D, real=True), number(name, "norm_type", norm_type)
    if p == 0:
        raise ValueError(f"{name}: norm_type=0 is not legal (legal: any other number)")
    taps = prod(per_axis(name, "kernel_size", kernel_size, _D))
    means = avg_pool2d(x**p, kernel_size, stride, 0, boolean(name, "ceil_mode", ceil_mode), _D=_D)
    zero = means.detach() == 0  # the root has no finite slope there; its gradient is defined as 0
    roots = (where(zero, 1.0, means) * float(taps)) ** (1 / p)
    return where(zero, 0.0 if p > 0 else inf, roots)


lp_pool1d, lp_pool3d = in_dimensions(1, lp_pool2d), in_dimensions(3, lp_pool2d)
