"""im2col: copy every window into a column, and the convolution is one matrix product.

The columns have shape (C, *taps, N, *Y): a row for each tap of each channel, a column for each
window. Building them tap by tap takes one strided copy each; their adjoint, col2im, is the same
loop with the copy turned around and added.
"""

from __future__ import annotations

from math import prod

from minigan.backend import Array, namespace
from minigan.geometry import Geometry
from minigan.threads import matmul


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """y (N, K, *Y) = w as a matrix @ the columns of x."""
    G, N, K = geometry.groups, len(x), len(w)
    cols = _columns(x, geometry).reshape(
        G, prod(w.shape[1:]), N * prod(geometry.Y)
    )  # (G, C/G*T, N*P)
    y = matmul(w.reshape(G, K // G, cols.shape[1]), cols)  # (G, K/G, N*P)
    return y.reshape(K, N, *geometry.Y).swapaxes(0, 1)


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """x (N, C, *X) = the windows that w as a transposed matrix @ y makes, added where they
    overlap.
    """
    G, N, K = geometry.groups, len(y), len(w)
    wT = w.reshape(G, K // G, prod(w.shape[1:])).swapaxes(1, 2)  # (G, C/G*T, K/G)
    cols = matmul(wT, _by_channel(y, geometry))  # (G, C/G*T, N*P)
    return _add_columns(cols.reshape(G * w.shape[1], *geometry.taps, N, *geometry.Y), geometry)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """w (K, C/G, *taps) = y @ the transposed columns of x."""
    G, N = geometry.groups, len(x)
    cols = _columns(x, geometry).reshape(
        G, x.shape[1] // G * prod(geometry.taps), N * prod(geometry.Y)
    )
    w = matmul(_by_channel(y, geometry), cols.swapaxes(1, 2))  # (G, K/G, C/G*T)
    return w.reshape(y.shape[1], x.shape[1] // G, *geometry.taps)


def im2col(x: Array, geometry: Geometry) -> Array:
    """The windows of x (N, C, *X) as columns (N, C*prod(taps), prod(Y)):
    torch.nn.functional.unfold.
    """
    N, C = x.shape[:2]
    cols = _columns(x, geometry).reshape(C * prod(geometry.taps), N, prod(geometry.Y))
    return namespace(x).ascontiguousarray(cols.swapaxes(0, 1))


def col2im(cols: Array, geometry: Geometry) -> Array:
    """The adjoint of im2col: columns (N, C*prod(taps), prod(Y)) added into x (N, C, *X):
    torch.nn.functional.fold.
    """
    N, C = len(cols), cols.shape[1] // prod(geometry.taps)
    return _add_columns(cols.swapaxes(0, 1).reshape(C, *geometry.taps, N, *geometry.Y), geometry)


def multiplications(face: str, geometry: Geometry, N: int, C: int, K: int) -> int:
    """One for every tap of every window, zeros of the padding included, whichever the face."""
    return N * K * (C // geometry.groups) * prod(geometry.taps) * prod(geometry.Y)


def memory(face: str, geometry: Geometry, N: int, C: int, K: int, itemsize: int) -> int:
    """The columns, the result, and y with its channels first."""
    T, X, Y = (prod(sizes) for sizes in (geometry.taps, geometry.X, geometry.Y))
    cols, x, y, w = N * C * T * Y, N * C * X, N * K * Y, K * C // geometry.groups * T
    return itemsize * (cols + {"conv": y, "conv_transpose": max(y, x), "conv_weight": y + w}[face])


def _columns(x: Array, geometry: Geometry) -> Array:
    """The columns (C, *taps, N, *Y) of x (N, C, *X); zeros where a tap falls outside."""
    xp, (N, C) = namespace(x), x.shape[:2]
    cols = xp.zeros((C, *geometry.taps, N, *geometry.Y), x.dtype)
    for i, o, h in geometry.places:
        cols[:, *i, :, *o] = x.swapaxes(0, 1)[..., *h]
    return cols


def _add_columns(cols: Array, geometry: Geometry) -> Array:
    """x (N, C, *X) with every column of (C, *taps, N, *Y) added where its window lies."""
    C, N = cols.shape[0], cols.shape[1 + len(geometry.axes)]
    x = namespace(cols).zeros((N, C, *geometry.X), cols.dtype)
    for i, o, h in geometry.places:
        window = x.swapaxes(0, 1)[..., *h]
        window += cols[:, *i, :, *o]
    return x


def _by_channel(y: Array, geometry: Geometry) -> Array:
    """(N, K, *Y) -> (G, K/G, N*P)."""
    N, K = y.shape[:2]
    return y.swapaxes(0, 1).reshape(geometry.groups, K // geometry.groups, N * prod(geometry.Y))
