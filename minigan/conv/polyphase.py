"""Polyphase: sort the positions of x by remainder modulo stride; each phase has stride 1.

Position stride*o + dilation*i - padding has a remainder that depends on the tap i alone. So x and
the kernel fall into phases, and the trilinear form into a sum of small forms without stride. The
transposed convolution computes each phase of its result separately and interleaves the phases:
this is sub-pixel convolution (Shi et al. 2016, arXiv:1609.05158). If phases have unequal numbers of
taps, the result shows a checkerboard; a phase without taps stays zero.
"""

from __future__ import annotations

from minigan.backend import Array, namespace
from minigan.conv import im2col
from minigan.conv.holes import flipped
from minigan.geometry import Geometry


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """Return y (N, K, *Y): the sum over the phases of x, each with its own taps.

    >>> import numpy as np
    >>> x, w = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])
    >>> conv(x, w, Geometry.conv((4,), (2,), stride=2))
    array([[[12, 34]]])
    """
    xp = namespace(x, w)
    y = xp.zeros((len(x), len(w), *geometry.Y), xp.result_type(x, w))
    for places, taps, phase in geometry.phases:
        y += im2col.conv(x[..., *places], w[..., *taps], phase)
    return y


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """Return x (N, C, *X): each phase is a convolution of y with its own taps, flipped.

    >>> import numpy as np
    >>> y, w = np.array([[[1, 2]]]), np.array([[[10, 1]]])
    >>> conv_transpose(y, w, Geometry.conv_transpose((2,), (2,), stride=2))
    array([[[10,  1, 20,  2]]])
    """
    xp = namespace(y, w)
    x = xp.zeros((len(y), geometry.groups * w.shape[1], *geometry.X), xp.result_type(y, w))
    for places, taps, phase in geometry.phases:
        x[..., *places] = im2col.conv(y, flipped(w[..., *taps], phase), phase.flipped)
    return x


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """Return w (K, C/G, *taps): each phase of x gives the weights of its own taps.

    >>> import numpy as np
    >>> x, y = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])
    >>> conv_weight(x, y, Geometry.conv((4,), (2,), stride=2))
    array([[[13, 24]]])
    """
    xp = namespace(x, y)
    w = xp.zeros((y.shape[1], x.shape[1] // geometry.groups, *geometry.taps), xp.result_type(x, y))
    for places, taps, phase in geometry.phases:
        w[..., *taps] = im2col.conv_weight(x[..., *places], y, phase)
    return w
