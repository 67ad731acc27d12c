"""Resizing: each pixel of the result is made of pixels of the input, axis by axis.

Repeating every pixel a whole number of times is the adjoint of summing windows that lie side by
side, and is computed in this way. A pixel shuffle turns channels into space; it only moves numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import namespace
from minigan.checks import Shape, boolean, integer, one_of
from minigan.functions.arguments import require_room, tensor_of
from minigan.functions.shaping import permute, reshape
from minigan.geometry import Geometry
from minigan.nn.functional.average_pooling import (
    AvgUnpool,
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
)

__all__ = ["interpolate", "pixel_shuffle", "pixel_unshuffle"]

Scales = tuple[float | None, ...]  # one for each axis; None is the quotient of the sizes

_LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3}  # the number of axes of each mode
_MODES = ("nearest", "nearest-exact", *_LINEAR, "area")
_AREA = {1: adaptive_avg_pool1d, 2: adaptive_avg_pool2d, 3: adaptive_avg_pool3d}


def interpolate(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Return (N, C, *X) resized to `size`, or to floor(X * scale_factor), for one to three axes.

    "nearest" takes pixel floor(o / scale) for pixel o of the result, and "nearest-exact" takes
    floor((o + 1/2) / scale). "linear", "bilinear" and "trilinear" (for one, two and three axes)
    weigh the two nearest pixels of each axis by their distance. "area" averages. With
    `align_corners` the centres of the corner pixels coincide, otherwise their outer corners do. The
    scale is `scale_factor`; with `size` or `recompute_scale_factor` it is the quotient of the
    sizes. Indices are rounded as in PyTorch.

    Raises ValueError if a size is below 1 or the arguments do not fit each other, and TypeError if
    an argument has the wrong type.

    >>> import minigan
    >>> interpolate(minigan.tensor([[[1.0, 2.0]]]), scale_factor=2).tolist()
    [[[1.0, 1.0, 2.0, 2.0]]]
    """
    x = tensor_of("interpolate", "input", input)
    D = x.ndim - 2
    _check(x, D, mode, align_corners, antialias)
    recompute = recompute_scale_factor is not None and boolean(
        "interpolate", "recompute_scale_factor", recompute_scale_factor
    )
    sizes, scales = _sizes(x, size, scale_factor, recompute)
    axes = list(zip(x.shape[2:], sizes, scales, strict=True))
    double = x.dtype.itemsize == 8
    if mode == "area":
        return _AREA[D](x, sizes)
    if mode in _LINEAR:
        for axis, (X, Y, scale) in enumerate(axes, start=2):
            x = _mixed(x, axis, *_neighbours(X, Y, scale, bool(align_corners), double))
        return x
    images, exact = D == 2, mode == "nearest-exact"
    chosen = [_nearest(X, Y, scale, double and not images, images, exact) for X, Y, scale in axes]
    times = [Y // X for X, Y, _ in axes]
    if all(
        h == tuple(o // t for o in range(X * t))
        for h, t, (X, _, _) in zip(chosen, times, axes, strict=True)
    ):
        return AvgUnpool(Geometry.pool(sizes, times, name="interpolate"), 1.0)(x)
    for axis, h in enumerate(chosen, start=2):
        x = _taken(x, axis, h)
    return x


def _check(x: Tensor, D: int, mode: str, align_corners: bool | None, antialias: bool) -> None:
    """Raise ValueError or TypeError if the mode and the options do not fit the input."""
    one_of("interpolate", "mode", mode, *_MODES)
    boolean("interpolate", "antialias", antialias)
    if align_corners is not None:
        boolean("interpolate", "align_corners", align_corners)
    if D not in (1, 2, 3) or 0 in x.shape[2:]:
        raise ValueError(
            f"interpolate: input has shape {x.shape}; it must be (N, C, *X) with one to three "
            "sizes X > 0"
        )
    if _LINEAR.get(mode, D) != D:
        raise ValueError(
            f"interpolate: mode={mode!r} resizes {_LINEAR[mode]} axes; input of shape {x.shape} "
            f"has {D}"
        )
    if mode in _LINEAR and x.dtype.kind != "f":
        raise TypeError(f"interpolate: mode={mode!r} needs a float input, not dtype {x.dtype}")
    if align_corners is not None and mode not in _LINEAR:
        raise ValueError(
            f"interpolate: align_corners={align_corners} is for {', '.join(map(repr, _LINEAR))} "
            "only"
        )
    if antialias:
        raise ValueError("interpolate: antialias=True is not supported (legal: False)")


def _sizes(x: Tensor, size: Any, scale_factor: Any, recompute: bool) -> tuple[Shape, Scales]:
    """Return the sizes of the result, and the scales that choose its pixels.

    Raises ValueError or TypeError if they are not legal.
    """
    X, by_size = x.shape[2:], scale_factor is None
    if (size is None) == by_size:
        raise ValueError(f"interpolate: give one of size={size} and scale_factor={scale_factor}")
    name, value = ("size", size) if by_size else ("scale_factor", scale_factor)
    entries = tuple(value) if isinstance(value, list | tuple) else (value,) * len(X)
    kinds = int | np.integer if by_size else int | float | np.integer | np.floating
    if not all(isinstance(entry, kinds) and not isinstance(entry, bool) for entry in entries):
        raise TypeError(
            f"interpolate: {name}={value!r} must be {'integers' if by_size else 'numbers'}"
        )
    if len(entries) != len(X):
        raise ValueError(
            f"interpolate: {name}={value!r} must be one number or {len(X)}, for an input of sizes "
            f"{X}"
        )
    if by_size and recompute:
        raise ValueError(
            f"interpolate: recompute_scale_factor=True needs scale_factor, not size={size}"
        )
    if not all(math.isfinite(entry) for entry in entries):
        raise ValueError(f"interpolate: {name}={value!r} must be finite")
    if by_size:
        sizes = tuple(map(int, entries))
    else:
        sizes = tuple(math.floor(n * float(entry)) for n, entry in zip(X, entries, strict=True))
    if min(sizes) < 1:
        raise ValueError(
            f"interpolate: {name}={value!r} makes sizes {sizes} of {X}; each must be at least 1"
        )
    require_room(f"interpolate: {name}={value!r}", x, (*x.shape[:2], *sizes))
    return sizes, (None,) * len(X) if by_size or recompute else tuple(map(float, entries))


@lru_cache(1024)
def _nearest(
    X: int, Y: int, scale: float | None, double: bool, images: bool, exact: bool
) -> tuple[int, ...]:
    """Return for each of Y pixels the one of X that it takes, rounded as in PyTorch.

    PyTorch treats images of the same and of twice the size separately.
    """
    if images and not exact and Y in (X, 2 * X):
        return tuple(o // (Y // X) for o in range(Y))
    real: Any = np.float64 if double else np.float32
    step = real(1 / scale) if scale else real(X) / real(Y)
    o = np.arange(Y, dtype=real) + real(exact / 2)
    return tuple(
        np.minimum(np.floor((o * step).astype(np.float32)).astype(np.int64), X - 1).tolist()
    )


@lru_cache(1024)
def _neighbours(
    X: int, Y: int, scale: float | None, align: bool, double: bool
) -> tuple[Any, Any, Any]:
    """Return for each of Y pixels its two neighbours among X, and its distance from the first."""
    real: Any = np.float64 if double else np.float32
    o = np.arange(Y, dtype=real)
    if X == Y:
        place = o
    elif align:
        place = o * (real(X - 1) / real(max(Y - 1, 1)) if Y > 1 else real(0))
    else:
        step = real(1 / scale) if scale else real(X) / real(Y)
        place = np.maximum(step * (o + real(0.5)) - real(0.5), 0)
    first = np.minimum(place.astype(np.int64), X - 1)
    return first, np.minimum(first + 1, X - 1), np.clip(place - first, 0, 1)


def _taken(x: Tensor, axis: int, places: Any) -> Tensor:
    return x[(slice(None),) * axis + (namespace(x._data).asarray(places, np.int64),)]


def _mixed(x: Tensor, axis: int, first: Any, second: Any, distance: Any) -> Tensor:
    """Return (1 - t) x[first] + t x[second] along an axis, for the distances t."""
    t = namespace(x._data).asarray(distance, x.dtype)
    t = Tensor._wrap(t.reshape((-1,) + (1,) * (x.ndim - 1 - axis)))  # (Y, 1, ...)
    return _taken(x, axis, first) * (1.0 - t) + _taken(x, axis, second) * t


# ------------------------------------------------------------------------------- channels and space


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Return (..., C r r, H, W) as (..., C, H r, W r): r r channels make each r x r block.

    r is `upscale_factor` (Shi et al. 2016, eq. 4). Raises ValueError if r r does not divide the
    channels, r is below 1 or the input has fewer than 3 dimensions; TypeError if r is not an
    integer.

    >>> import minigan
    >>> pixel_shuffle(minigan.arange(4.0).reshape(4, 1, 1), 2).tolist()
    [[[0.0, 1.0], [2.0, 3.0]]]
    """
    x, r = _blocks("pixel_shuffle", input, "upscale_factor", upscale_factor)
    batch, (K, H, W) = x.shape[:-3], x.shape[-3:]
    if K % (r * r):
        raise ValueError(
            f"pixel_shuffle: the {K} channels of input of shape {x.shape} must divide by {r} x {r}"
        )
    C, n = K // (r * r), len(batch)
    y = reshape(x, (*batch, C, r, r, H, W))
    y = permute(y, (*range(n), *(n + a for a in (0, 3, 1, 4, 2))))  # -> (..., C, H, r, W, r)
    return reshape(y, (*batch, C, H * r, W * r))


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Return (..., C, H r, W r) as (..., C r r, H, W): the inverse and adjoint of `pixel_shuffle`.

    r is `downscale_factor`. Raises ValueError if r does not divide height and width, r is below 1
    or the input has fewer than 3 dimensions; TypeError if r is not an integer.

    >>> import minigan
    >>> pixel_unshuffle(minigan.arange(4.0).reshape(1, 2, 2), 2).shape
    (4, 1, 1)
    """
    x, r = _blocks("pixel_unshuffle", input, "downscale_factor", downscale_factor)
    batch, (C, H, W) = x.shape[:-3], x.shape[-3:]
    if H % r or W % r:
        raise ValueError(
            f"pixel_unshuffle: height and width of input of shape {x.shape} must divide by {r}"
        )
    n = len(batch)
    y = reshape(x, (*batch, C, H // r, r, W // r, r))
    y = permute(y, (*range(n), *(n + a for a in (0, 2, 4, 1, 3))))  # -> (..., C, r, r, H, W)
    return reshape(y, (*batch, C * r * r, H // r, W // r))


def _blocks(function: str, input: Any, name: str, factor: Any) -> tuple[Tensor, int]:
    """Return the input and the factor, checked."""
    x, r = tensor_of(function, "input", input), integer(function, name, factor, 1)
    if x.ndim < 3:
        raise ValueError(f"{function}: input has shape {x.shape}; it must be (..., C, H, W)")
    return x, r
