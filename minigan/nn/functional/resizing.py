"""Resizing chooses, for every pixel of the result, the pixels of the input that it is made of, axis
by axis.

Repeating every pixel a whole number of times is the transpose of summing windows that lie side by
side, and runs as such. A pixel shuffle makes space of channels: it only moves numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import namespace
from minigan.checks import Shape
from minigan.functions.arguments import require_room, tensor_of
from minigan.functions.shaping import permute, reshape
from minigan.geometry import Geometry
from minigan.nn.functional.pooling import (
    AvgUnpool,
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
)

Scales = tuple[float | None, ...]

_LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3}  # and how many axes each is for
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
    """(N, C, *X) resized to `size`, or to floor(X * scale_factor), for one to three axes.

    `mode`: 'nearest' takes pixel floor(o / scale), 'nearest-exact' floor((o + 1/2) / scale);
    'linear', 'bilinear' and 'trilinear' weigh the two neighbours on each axis by their distance;
    'area' averages. With `align_corners` the centres of the corner pixels coincide, else their
    corners do. The scale is that given, or with `recompute_scale_factor` (and with `size`) the
    quotient of the sizes. Indices are rounded as PyTorch rounds them.

    Raises ValueError for a size below 1 or options that do not fit each other, TypeError for a size
    that is no integer.

    >>> import minigan
    >>> interpolate(minigan.tensor([[[1.0, 2.0]]]), scale_factor=2).tolist()
    [[[1.0, 1.0, 2.0, 2.0]]]
    """
    x = tensor_of("interpolate", "input", input)
    D = x.ndim - 2
    _check(x, D, mode, align_corners, antialias)
    sizes, scales = _sizes(x, size, scale_factor, bool(recompute_scale_factor))
    if mode == "area":
        return _AREA[D](x, sizes)
    axes = list(zip(x.shape[2:], sizes, scales, strict=True))
    if mode in _LINEAR:
        for axis, (X, Y, scale) in enumerate(axes, start=2):
            x = _mixed(
                x, axis, *_neighbours(X, Y, scale, bool(align_corners), x.dtype.itemsize == 8)
            )
        return x
    double = x.dtype.itemsize == 8 and D != 2
    chosen = [
        _nearest(X, Y, scale, double, D == 2, mode == "nearest-exact") for X, Y, scale in axes
    ]
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
    if mode not in _MODES:
        raise ValueError(
            f"interpolate: mode={mode!r} is not legal (legal: {', '.join(map(repr, _MODES))})"
        )
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
    """The sizes of the result and the scales that choose its pixels; None where that is the
    quotient of the sizes.
    """
    X = x.shape[2:]
    if (size is None) == (scale_factor is None):
        raise ValueError(f"interpolate: give one of size={size} and scale_factor={scale_factor}")
    name, given = ("size", size) if scale_factor is None else ("scale_factor", scale_factor)
    entries = tuple(given) if isinstance(given, list | tuple) else (given,) * len(X)
    kinds = int | np.integer if scale_factor is None else int | float | np.integer | np.floating
    if not all(isinstance(entry, kinds) and not isinstance(entry, bool) for entry in entries):
        raise TypeError(
            f"interpolate: {name}={given!r} must be "
            f"{'integers' if scale_factor is None else 'numbers'}"
        )
    if len(entries) != len(X):
        raise ValueError(
            f"interpolate: {name}={given!r} must be one number or {len(X)}, for an input of sizes "
            f"{X}"
        )
    if scale_factor is None and recompute:
        raise ValueError(
            f"interpolate: recompute_scale_factor=True needs scale_factor, not size={size}"
        )
    if not all(math.isfinite(entry) for entry in entries):
        raise ValueError(f"interpolate: {name}={given!r} must be finite")
    scales = (None,) * len(X) if scale_factor is None else tuple(map(float, entries))
    sizes = tuple(
        int(e if s is None else math.floor(n * s))
        for n, e, s in zip(X, entries, scales, strict=True)
    )
    if min(sizes) < 1:
        raise ValueError(
            f"interpolate: {name}={given!r} makes sizes {sizes} of {X}; each must be at least 1"
        )
    require_room(f"interpolate: {name}={given!r}", x, (*x.shape[:2], *sizes))
    return sizes, (None,) * len(X) if recompute else scales


@lru_cache(1024)
def _nearest(
    X: int, Y: int, scale: float | None, double: bool, flat: bool, exact: bool
) -> tuple[int, ...]:
    """The pixel of X that each of Y takes, rounded as PyTorch rounds it; in images (flat) it has
    two short cuts.
    """
    if flat and not exact and Y in (X, 2 * X):
        return tuple(o // (Y // X) for o in range(Y))
    real: Any = np.float64 if double else np.float32
    step = real(1 / scale) if scale else real(X) / real(Y)
    o = np.arange(Y, dtype=real) + real(exact / 2)
    return tuple(np.minimum(np.floor((o * step).astype(np.float32)).astype(int), X - 1).tolist())


@lru_cache(1024)
def _neighbours(
    X: int, Y: int, scale: float | None, align: bool, double: bool
) -> tuple[Any, Any, Any]:
    """For each of Y the pixels of X before and after it, and how far it lies from the first towards
    the second.
    """
    real: Any = np.float64 if double else np.float32
    o = np.arange(Y, dtype=real)
    if X == Y:
        place = o
    elif align:
        place = o * (real(X - 1) / real(max(Y - 1, 1)) if Y > 1 else real(0))
    else:
        step = real(1 / scale) if scale else real(X) / real(Y)
        place = np.maximum(step * (o + real(0.5)) - real(0.5), 0)
    first = np.minimum(place.astype(int), X - 1)
    return first, np.minimum(first + 1, X - 1), np.clip(place - first, 0, 1)


def _taken(x: Tensor, axis: int, places: Any) -> Tensor:
    return x[(slice(None),) * axis + (namespace(x._data).asarray(places),)]


def _mixed(x: Tensor, axis: int, first: Any, second: Any, share: Any) -> Tensor:
    """(1 - share) x[first] + share x[second] along an axis."""
    weight = (
        namespace(x._data).asarray(share, x.dtype).reshape((-1,) + (1,) * (x.ndim - 1 - axis))
    )  # (Y, 1, ...)
    t = Tensor._wrap(weight)
    return _taken(x, axis, first) * (1.0 - t) + _taken(x, axis, second) * t


# --------------------------------------------------------------------------- space made of channels


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(..., C r r, H, W) -> (..., C, H r, W r): each r x r block is made of r r channels (Shi et
    al. 2016, eq. 4).

    Raises ValueError if r r does not divide the channels, or for fewer than three dimensions.

    >>> import minigan
    >>> pixel_shuffle(minigan.arange(4.0).reshape(4, 1, 1), 2).tolist()
    [[[0.0, 1.0], [2.0, 3.0]]]
    """
    x, r = _blocks("pixel_shuffle", input, "upscale_factor", upscale_factor)
    lead, (K, H, W) = x.shape[:-3], x.shape[-3:]
    if K % (r * r):
        raise ValueError(
            f"pixel_shuffle: the {K} channels of input of shape {x.shape} must divide by {r} x {r}"
        )
    C, n = K // (r * r), len(lead)
    y = reshape(x, (*lead, C, r, r, H, W))
    y = permute(
        y, (*range(n), *(n + a for a in (0, 3, 1, 4, 2)))
    )  # (..., C, r, r, H, W) -> (..., C, H, r, W, r)
    return reshape(y, (*lead, C, H * r, W * r))


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(..., C, H r, W r) -> (..., C r r, H, W): the inverse, and the adjoint, of `pixel_shuffle`.

    Raises ValueError if r does not divide height and width, or for fewer than three dimensions.
    """
    x, r = _blocks("pixel_unshuffle", input, "downscale_factor", downscale_factor)
    lead, (C, H, W) = x.shape[:-3], x.shape[-3:]
    if H % r or W % r:
        raise ValueError(
            f"pixel_unshuffle: height and width of input of shape {x.shape} must divide by {r}"
        )
    n = len(lead)
    y = reshape(x, (*lead, C, H // r, r, W // r, r))
    y = permute(
        y, (*range(n), *(n + a for a in (0, 2, 4, 1, 3)))
    )  # (..., C, H, r, W, r) -> (..., C, r, r, H, W)
    return reshape(y, (*lead, C * r * r, H // r, W // r))


def _blocks(function: str, input: Any, name: str, factor: Any) -> tuple[Tensor, int]:
    x = tensor_of(function, "input", input)
    if isinstance(factor, bool) or not isinstance(factor, int | np.integer):
        raise TypeError(f"{function}: {name}={factor!r} must be an integer")
    if factor < 1:
        raise ValueError(f"{function}: {name}={factor} must be at least 1")
    if x.ndim < 3:
        raise ValueError(f"{function}: input has shape {x.shape}; it must be (..., C, H, W)")
    return x, int(factor)
