"""The trilinear form of convolution, formulated seven times: on arrays, in one, two or three
dimensions.

    T(x, w, y) = sum S[o,i,h] ... x[n,c,h,..] w[k,c,i,..] y[n,k,o,..],  S = 1 where stride*o +
    dilation*i - padding = h

Each formulation is a module with the three faces of T, each of which leaves one array out, and with
what they cost. Shapes: x (N, C, *X), w (K, C/G, *taps), y (N, K, *Y), all sizes as the geometry has
them. Groups are always an axis of the contraction. On integer-valued floats all seven agree
exactly.
"""

from __future__ import annotations

from typing import Literal, Protocol

from minigan.backend import Array
from minigan.conv import blocked, definition, holes, im2col, loops, matrix, polyphase
from minigan.geometry import Geometry

Face = Literal["conv", "conv_transpose", "conv_weight"]


class Formulation(Protocol):
    """What each of the modules offers."""

    __name__: str

    def conv(self, x: Array, w: Array, geometry: Geometry) -> Array:
        """y (N, K, *Y): slide the kernels w over x."""

    def conv_transpose(self, y: Array, w: Array, geometry: Geometry) -> Array:
        """x (N, C, *X): the adjoint of conv in x."""

    def conv_weight(self, x: Array, y: Array, geometry: Geometry) -> Array:
        """w (K, C/G, *taps): the adjoint of conv in w."""

    def multiplications(self, face: Face, geometry: Geometry, N: int, C: int, K: int) -> int:
        """How many multiplications the face makes."""

    def memory(self, face: Face, geometry: Geometry, N: int, C: int, K: int, itemsize: int) -> int:
        """How many bytes are alive at its peak: the result and what is made on the way, for
        contiguous inputs.
        """


FORMULATIONS: dict[str, Formulation] = {
    "definition": definition,
    "loops": loops,
    "im2col": im2col,
    "holes": holes,
    "matrix": matrix,
    "polyphase": polyphase,
    "blocked": blocked,
}
