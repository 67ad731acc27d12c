"""Holes: put the stride into the data, with stride - 1 zeros between the positions of y, and every
stride is 1.

At stride 1 a transposed convolution *is* a convolution: of y, with the kernel flipped, its channel
axes swapped, and padding p' = dilation*(taps - 1) - padding, which crops where it is negative. This
is how a transposed convolution is often drawn ("fractionally strided"), and how not to compute it:
stride**2 times the useful multiplications in 2-D.
"""

from __future__ import annotations

from math import prod

from minigan.backend import Array, namespace
from minigan.conv import im2col
from minigan.geometry import Geometry


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """y (N, K, *Y): the convolution of stride 1, of which every stride-th position is kept."""
    return im2col.conv(x, w, geometry.dense)[_kept(geometry)].copy()


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """x (N, C, *X): the convolution of y with holes and the flipped kernel."""
    return im2col.conv(with_holes(y, geometry), flipped(w, geometry), geometry.dense.flipped)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """w (K, C/G, *taps): that of stride 1, of y with holes."""
    return im2col.conv_weight(x, with_holes(y, geometry), geometry.dense)


def with_holes(y: Array, geometry: Geometry) -> Array:
    """y (N, K, *Y) with stride - 1 zeros between its positions: (N, K, *(stride*(Y - 1) + 1))."""
    z = namespace(y).zeros((*y.shape[:2], *geometry.dense.Y), y.dtype)
    z[_kept(geometry)] = y
    return z


def flipped(w: Array, geometry: Geometry) -> Array:
    """The kernel that convolves y into x: (K, C/G, *taps) -> (C, K/G, *taps), every spatial axis
    reversed.
    """
    G, (K, C) = geometry.groups, w.shape[:2]
    flip = (slice(None, None, -1),) * len(geometry.axes)
    return (
        w[..., *flip]
        .reshape(G, K // G, C, *w.shape[2:])
        .swapaxes(1, 2)
        .reshape(G * C, K // G, *w.shape[2:])
    )


def _kept(geometry: Geometry) -> tuple[slice, ...]:
    return (slice(None), slice(None), *(slice(None, None, axis.stride) for axis in geometry.axes))


def multiplications(face: str, geometry: Geometry, N: int, C: int, K: int) -> int:
    """Those of im2col at stride 1; nearly all but one in prod(stride) meet a hole."""
    if face == "conv_transpose":
        return im2col.multiplications("conv", geometry.dense.flipped, N, K, C)
    return im2col.multiplications(face, geometry.dense, N, C, K)


def memory(face: str, geometry: Geometry, N: int, C: int, K: int, itemsize: int) -> int:
    """That of im2col at stride 1, y with holes, and the flipped kernel."""
    dense, z = geometry.dense, N * K * prod(geometry.dense.Y) * itemsize
    if face == "conv":
        y = N * K * prod(geometry.Y) * itemsize
        return max(im2col.memory("conv", dense, N, C, K, itemsize), z + y)
    if face == "conv_weight":
        return z + im2col.memory(face, dense, N, C, K, itemsize)
    w = 2 * K * C // geometry.groups * prod(geometry.taps) * itemsize
    return z + max(w, w // 2 + im2col.memory("conv", dense.flipped, N, K, C, itemsize))
