"""Convolution arithmetic, integers only: which tap joins which position of x to which position of
y.

Along one axis a convolution is the relation

    stride * o + dilation * i - padding == h        o in range(y), i in range(taps), h in range(x)

between a position o of y, a tap i of the kernel and a position h of x. Everything else follows from
it: sizes, which windows hang over an edge, coverage and checkerboards, phases, the holes of a
transposed convolution. An `Axis` stores the sizes of *both* sides, so that no formulation ever
works one out; what is padded after the end follows.
"""

from __future__ import annotations

from minigan.geometry.axis import Axis, Phase
from minigan.geometry.geometry import (
    Geometry,
    Ints,
    Slices,
    check_settings,
    output_padding_for,
    require_half,
)

__all__ = [
    "Axis",
    "Phase",
    "Geometry",
    "Ints",
    "Slices",
    "output_padding_for",
    "check_settings",
    "require_half",
]
