"""Convolution arithmetic in integers: which tap joins which position of x to which position of y.

Along one axis a convolution is the relation

    stride * o + dilation * i - padding == h        o in range(Y), i in range(taps), h in range(X)

between a position o of y, a tap i of the kernel and a position h of x. Everything else follows from
it: the sizes, the windows that reach beyond an edge, coverage and checkerboards, phases, and the
holes of a transposed convolution. An `Axis` stores the sizes of x and of y, so that no formulation
computes a size; the padding after the end follows from them.
"""

from __future__ import annotations

from minigan.geometry.axis import Axis, Phase
from minigan.geometry.geometry import Geometry, Ints, Slices, output_padding_for
from minigan.geometry.settings import check_settings, require_half

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
