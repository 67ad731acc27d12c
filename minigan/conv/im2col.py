"""im2col: copy every window into a column; then the convolution is one matrix product.

The columns have the shape (C, *taps, N, *Y): one row for each tap of each channel, one column for
each window. They are made tap by tap, with one strided copy each. Their adjoint, col2im, is the
same loop in the other direction: it adds each tap's row back into x.
"""

from __future__ import annotations

from math import prod

from minigan.backend import Array, namespace
from minigan.geometry import Geometry
from minigan.threads import matmul


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """Return y (N, K, *Y) = w as a matrix @ the columns of x.

    >>> import numpy as np
    >>> x, w = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])
    >>> conv(x, w, Geometry.conv((4,), (2,), stride=2))
    array([[[12, 34]]])
    """
    G, N, K, P = geometry.groups, len(x), len(w), prod(geometry.Y)
    w = w.reshape(G, K // G, prod(w.shape[1:]))  # (G, K/G, C/G*T)
    cols = _columns(x, geometry).reshape(G, w.shape[2], N * P)  # (G, C/G*T, N*P)
    return matmul(w, cols).reshape(K, N, *geometry.Y).swapaxes(0, 1)


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """Return x (N, C, *X): w as a transposed matrix @ y gives windows; they are added into x.

    >>> import numpy as np
    >>> y, w = np.array([[[1, 2]]]), np.array([[[10, 1]]])
    >>> conv_transpose(y, w, Geometry.conv_transpose((2,), (2,)))
    array([[[10, 21,  2]]])
    """
    G, N, (K, C) = geometry.groups, len(y), w.shape[:2]
    wT = w.reshape(G, K // G, prod(w.shape[1:])).swapaxes(1, 2)  # (G, C/G*T, K/G)
    cols = matmul(wT, _channels_by_windows(y, geometry))  # (G, C/G*T, N*P)
    return _add_columns(cols.reshape(G * C, *geometry.taps, N, *geometry.Y), geometry)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """Return w (K, C/G, *taps) = y @ the transposed columns of x.

    >>> import numpy as np
    >>> x, y = np.array([[[1, 2, 3]]]), np.array([[[10, 1]]])
    >>> conv_weight(x, y, Geometry.conv((3,), (2,)))
    array([[[12, 23]]])
    """
    G, (N, C), K = geometry.groups, x.shape[:2], y.shape[1]
    T, P = prod(geometry.taps), prod(geometry.Y)
    cols = _columns(x, geometry).reshape(G, C // G * T, N * P)  # (G, C/G*T, N*P)
    w = matmul(_channels_by_windows(y, geometry), cols.swapaxes(1, 2))  # (G, K/G, C/G*T)
    return w.reshape(K, C // G, *geometry.taps)


def im2col(x: Array, geometry: Geometry) -> Array:
    """Return the windows of x (N, C, *X) as columns (N, C*T, P), as torch's `unfold` does.

    T is the number of taps, and P the number of windows of one image.

    >>> import numpy as np
    >>> im2col(np.array([[[1, 2, 3, 4]]]), Geometry.conv((4,), (2,)))  # three windows of two
    array([[[1, 2, 3],
            [2, 3, 4]]])
    """
    N, C = x.shape[:2]
    cols = _columns(x, geometry).reshape(C * prod(geometry.taps), N, prod(geometry.Y))
    return namespace(x).ascontiguousarray(cols.swapaxes(0, 1))


def col2im(cols: Array, geometry: Geometry) -> Array:
    """Return x (N, C, *X) with the columns (N, C*T, P) added into it, as torch's `fold` does.

    This is the adjoint of im2col, not its inverse: where windows overlap, their entries add up.

    >>> import numpy as np
    >>> col2im(np.array([[[1, 2, 3], [2, 3, 4]]]), Geometry.conv((4,), (2,)))
    array([[[1, 4, 6, 4]]])
    """
    N, C = len(cols), cols.shape[1] // prod(geometry.taps)
    return _add_columns(cols.swapaxes(0, 1).reshape(C, *geometry.taps, N, *geometry.Y), geometry)


def _columns(x: Array, geometry: Geometry) -> Array:
    """Return the columns (C, *taps, N, *Y) of x (N, C, *X), with zeros where a tap lies outside."""
    xp, (N, C) = namespace(x), x.shape[:2]
    cols = xp.zeros((C, *geometry.taps, N, *geometry.Y), x.dtype)
    for i, o, h in geometry.places:
        cols[:, *i, :, *o] = x.swapaxes(0, 1)[..., *h]
    return cols


def _add_columns(cols: Array, geometry: Geometry) -> Array:
    """Return x (N, C, *X): the columns (C, *taps, N, *Y) added where their windows lie."""
    C, N = cols.shape[0], cols.shape[1 + len(geometry.axes)]
    x = namespace(cols).zeros((N, C, *geometry.X), cols.dtype)
    for i, o, h in geometry.places:
        window = x.swapaxes(0, 1)[..., *h]
        window += cols[:, *i, :, *o]
    return x


def _channels_by_windows(y: Array, geometry: Geometry) -> Array:
    """(N, K, *Y) -> (G, K/G, N*P)."""
    N, K = y.shape[:2]
    return y.swapaxes(0, 1).reshape(geometry.groups, K // geometry.groups, N * prod(geometry.Y))
