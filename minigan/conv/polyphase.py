"""Polyphase: sort the positions of x by their remainder modulo stride; each phase is a convolution
of stride 1.

The phase of position stride*o + dilation*i - padding depends on the tap i alone. So the kernel
falls apart into phases as well, and the trilinear form into a sum of small ones without stride. The
transposed convolution computes each phase of its result on its own and interleaves them: sub-pixel
convolution (Shi et al. 2016, arXiv:1609.05158). Phases with unequal numbers of taps are the
checkerboard; a phase with none is left at zero.
"""

from __future__ import annotations

from math import prod
from operator import add

from minigan.backend import Array, namespace
from minigan.conv import im2col
from minigan.conv.holes import flipped
from minigan.geometry import Geometry


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """y (N, K, *Y): the sum over the phases of x, each with its own taps."""
    xp = namespace(x, w)
    y = xp.zeros((len(x), len(w), *geometry.Y), xp.result_type(x, w))
    for places, taps, phase in geometry.phases:
        y += im2col.conv(x[..., *places], w[..., *taps], phase)
    return y


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """x (N, C, *X): each phase is a convolution of y with its own taps, flipped."""
    xp = namespace(y, w)
    x = xp.zeros((len(y), geometry.groups * w.shape[1], *geometry.X), xp.result_type(y, w))
    for places, taps, phase in geometry.phases:
        x[..., *places] = im2col.conv(y, flipped(w[..., *taps], phase), phase.flipped)
    return x


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """w (K, C/G, *taps): each phase of x gives its own taps."""
    xp = namespace(x, y)
    w = xp.zeros((y.shape[1], x.shape[1] // geometry.groups, *geometry.taps), xp.result_type(x, y))
    for places, taps, phase in geometry.phases:
        w[..., *taps] = im2col.conv_weight(x[..., *places], y, phase)
    return w


def multiplications(face: str, geometry: Geometry, N: int, C: int, K: int) -> int:
    """Those of im2col in every phase."""
    phases = [phase for _, _, phase in geometry.phases]
    if face == "conv_transpose":
        return sum(im2col.multiplications("conv", phase.flipped, N, K, C) for phase in phases)
    return sum(im2col.multiplications(face, phase, N, C, K) for phase in phases)


def memory(face: str, geometry: Geometry, N: int, C: int, K: int, itemsize: int) -> int:
    """The result, and what im2col needs for the largest phase and its kernel."""
    w = K * C // geometry.groups
    result = {"conv": N * K * prod(geometry.Y), "conv_transpose": N * C * prod(geometry.X)}
    phases = [phase for _, _, phase in geometry.phases]
    if face == "conv_transpose":
        kernels = (itemsize * w * prod(phase.taps) for phase in phases)
        columns = (im2col.memory("conv", phase.flipped, N, K, C, itemsize) for phase in phases)
        work = max(map(add, kernels, columns))
    else:
        copied = (
            itemsize * w * (face == "conv" and len(phases) > 1)
        )  # of each phase's taps, which lie apart
        work = max(
            copied * prod(phase.taps) + im2col.memory(face, phase, N, C, K, itemsize)
            for phase in phases
        )
    return int(itemsize * result.get(face, w * prod(geometry.taps)) + work)
