"""Holes: put stride - 1 zeros between the positions of y, and every stride becomes 1.

At stride 1 a transposed convolution *is* a convolution of y: with the kernel flipped, its two
channel axes swapped, and the padding p' = dilation*(taps - 1) - padding. A negative p' crops y.
This view is often drawn ("fractionally strided convolution"), but it is a slow way to compute:
in 2-D it makes stride**2 times the useful multiplications, because most of them meet a zero.
"""

from __future__ import annotations

from minigan.backend import Array, namespace
from minigan.conv import im2col
from minigan.geometry import Geometry


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """Return y (N, K, *Y): every stride-th position of the convolution with stride 1.

    >>> import numpy as np
    >>> x, w = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])
    >>> conv(x, w, Geometry.conv((4,), (2,), stride=2))
    array([[[12, 34]]])
    """
    return im2col.conv(x, w, geometry.dense)[_kept(geometry)].copy()


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """Return x (N, C, *X): the convolution of y with holes and the flipped kernel.

    >>> import numpy as np
    >>> y, w = np.array([[[1, 2]]]), np.array([[[10, 1]]])
    >>> conv_transpose(y, w, Geometry.conv_transpose((2,), (2,), stride=2))
    array([[[10,  1, 20,  2]]])
    """
    return im2col.conv(with_holes(y, geometry), flipped(w, geometry), geometry.dense.flipped)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """Return w (K, C/G, *taps): the weight gradient with stride 1, for y with holes.

    >>> import numpy as np
    >>> x, y = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])
    >>> conv_weight(x, y, Geometry.conv((4,), (2,), stride=2))
    array([[[13, 24]]])
    """
    return im2col.conv_weight(x, with_holes(y, geometry), geometry.dense)


def with_holes(y: Array, geometry: Geometry) -> Array:
    """Return y (N, K, *Y) with stride - 1 zeros between its positions.

    Each size Y becomes stride*(Y - 1) + 1.

    >>> import numpy as np
    >>> with_holes(np.array([[[1, 2]]]), Geometry.conv_transpose((2,), (2,), stride=3))
    array([[[1, 0, 0, 2]]])
    """
    z = namespace(y).zeros((*y.shape[:2], *geometry.dense.Y), y.dtype)
    z[_kept(geometry)] = y
    return z


def flipped(w: Array, geometry: Geometry) -> Array:
    """Return the kernel (C, K/G, *taps) that convolves y into x, from w (K, C/G, *taps).

    Every spatial axis is reversed, and the two channel axes are swapped inside each group.

    >>> import numpy as np
    >>> flipped(np.array([[[1, 2, 3]]]), Geometry.conv((5,), (3,)))
    array([[[3, 2, 1]]])
    """
    G, (K, C) = geometry.groups, w.shape[:2]
    reverse = (slice(None, None, -1),) * len(geometry.axes)
    w = w[..., *reverse].reshape(G, K // G, C, *geometry.taps)
    return w.swapaxes(1, 2).reshape(G * C, K // G, *geometry.taps)


def _kept(geometry: Geometry) -> tuple[slice, ...]:
    """Return the index of every stride-th position."""
    return (slice(None), slice(None), *(slice(None, None, axis.stride) for axis in geometry.axes))
