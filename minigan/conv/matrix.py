"""Matrix: write a convolution as a matrix M; its transpose gives *transposed* convolution its name.

A convolution is a linear map of x, so it has a matrix. M has one row for each channel and position
of y, and one column for each channel and position of x. Each weight stands in M once for every pair
of positions that it joins; all other entries are zero. Then conv is M x, and conv_transpose is
M.T y.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from minigan.backend import Array, namespace
from minigan.geometry import Geometry
from minigan.threads import matmul


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """Return y (N, K, *Y) = M x.

    >>> import numpy as np
    >>> x, w = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])
    >>> conv(x, w, Geometry.conv((4,), (2,), stride=2))
    array([[[12, 34]]])
    """
    y = matmul(matrix(w, geometry), _vectors(x, geometry))  # (G, K/G*P, N)
    return y.transpose(2, 0, 1).reshape(len(x), len(w), *geometry.Y)


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """Return x (N, C, *X) = M.T y.

    >>> import numpy as np
    >>> y, w = np.array([[[1, 2]]]), np.array([[[10, 1]]])
    >>> conv_transpose(y, w, Geometry.conv_transpose((2,), (2,)))
    array([[[10, 21,  2]]])
    """
    x = matmul(matrix(w, geometry).swapaxes(1, 2), _vectors(y, geometry))  # (G, C/G*Q, N)
    return x.transpose(2, 0, 1).reshape(len(y), geometry.groups * w.shape[1], *geometry.X)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """Return w (K, C/G, *taps): the gradient in M is y x.T; sum it where each weight stands.

    >>> import numpy as np
    >>> x, y = np.array([[[1, 2, 3]]]), np.array([[[10, 1]]])
    >>> conv_weight(x, y, Geometry.conv((3,), (2,)))
    array([[[12, 23]]])
    """
    G, K, C, D = geometry.groups, y.shape[1], x.shape[1], len(geometry.axes)
    outer = matmul(_vectors(y, geometry), _vectors(x, geometry).swapaxes(1, 2))  # (G, K/G*P, C/G*Q)
    outer = outer.reshape(G, K // G, *geometry.Y, C // G, *geometry.X)
    w = namespace(x, y).empty((G, K // G, C // G, *geometry.taps), outer.dtype)
    for i, entries in _entries_by_tap(geometry, namespace(x, y)):
        w[..., *i] = outer[entries].sum(axis=tuple(range(D)))  # (*O, G, K/G, C/G) -> (G, K/G, C/G)
    return w.reshape(K, C // G, *geometry.taps)


def matrix(w: Array, geometry: Geometry) -> Array:
    """Return M (G, K/G*P, C/G*Q), one matrix for each group.

    P and Q are the numbers of positions of y and of x.

    >>> import numpy as np
    >>> matrix(np.array([[[1, 2, 3]]]), Geometry.conv((5,), (3,), stride=2))
    array([[[1, 2, 3, 0, 0],
            [0, 0, 1, 2, 3]]])
    """
    G, (K, C), xp = geometry.groups, w.shape[:2], namespace(w)
    M = xp.zeros((G, K // G, *geometry.Y, C, *geometry.X), w.dtype)
    w = w.reshape(G, K // G, C, *geometry.taps)
    for i, entries in _entries_by_tap(geometry, xp):
        M[entries] = w[..., *i]
    return M.reshape(G, K // G * prod(geometry.Y), C * prod(geometry.X))


def _entries_by_tap(
    geometry: Geometry, xp: Any
) -> Iterator[tuple[tuple[int, ...], tuple[Any, ...]]]:
    """Yield each tap with the index of its entries in M, as an array (G, K/G, *Y, C/G, *X).

    Along each axis these entries lie on a diagonal.
    """
    everything, D = slice(None), len(geometry.axes)

    def positions(sizes: tuple[int, ...], slices: tuple[slice, ...]) -> list[Array]:
        """Return the positions in these slices, each axis in a dimension of its own."""
        shapes = ((1,) * axis + (-1,) + (1,) * (D - 1 - axis) for axis in range(D))
        return [
            xp.arange(size)[along].reshape(shape)
            for size, along, shape in zip(sizes, slices, shapes, strict=True)
        ]

    for i, o, h in geometry.places:
        rows, columns = positions(geometry.Y, o), positions(geometry.X, h)
        yield i, (everything, everything, *rows, everything, *columns)


def _vectors(a: Array, geometry: Geometry) -> Array:
    """(N, C, *X) -> (G, C/G*Q, N): each image is a column."""
    G = geometry.groups
    return a.reshape(len(a), G, prod(a.shape[1:]) // G).transpose(1, 2, 0)
