"""Seven formulations of convolution on arrays, in one, two or three dimensions.

    T(x, w, y) = sum  S[o, i, h] ...  x[n, c, h, ..]  w[k, c, i, ..]  y[n, k, o, ..]

with S = 1 where stride*o + dilation*i - padding == h, and 0 elsewhere. A formulation is a module
with the three faces of this form T: each face leaves one of the arrays out. The shapes are
x (N, C, *X), w (K, C/G, *taps) and y (N, K, *Y), with the sizes of the geometry and G groups.
On floats with small integer values all seven give exactly the same results. Their numbers of
multiplications and their memory are in `minigan.conv.costs`.
"""

from __future__ import annotations

from typing import Literal, Protocol

from minigan.backend import Array
from minigan.conv import blocked, definition, holes, im2col, loops, matrix, polyphase
from minigan.geometry import Geometry

Face = Literal["conv", "conv_transpose", "conv_weight"]


class Formulation(Protocol):
    """What each of the seven modules offers."""

    __name__: str

    def conv(self, x: Array, w: Array, geometry: Geometry) -> Array:
        """Return y (N, K, *Y): the kernels w slide over x."""

    def conv_transpose(self, y: Array, w: Array, geometry: Geometry) -> Array:
        """Return x (N, C, *X): the adjoint of conv in x."""

    def conv_weight(self, x: Array, y: Array, geometry: Geometry) -> Array:
        """Return w (K, C/G, *taps): the adjoint of conv in w."""


FORMULATIONS: dict[str, Formulation] = {
    "definition": definition,
    "loops": loops,
    "im2col": im2col,
    "holes": holes,
    "matrix": matrix,
    "polyphase": polyphase,
    "blocked": blocked,
}
