"""Matrix: a convolution is a linear map of x, so write down its matrix M: why the other one is
called *transposed*.

M has a row for each channel and position of y and a column for each channel and position of x. A
weight stands in it once for every pair of positions it joins, and everything else is zero. conv is
M x, conv_transpose is M.T y.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from minigan.backend import Array, namespace
from minigan.geometry import Geometry
from minigan.threads import matmul


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """y (N, K, *Y) = M x."""
    y = matmul(matrix(w, geometry), _vectors(x, geometry))  # (G, K/G*P, N)
    return y.transpose(2, 0, 1).reshape(len(x), len(w), *geometry.Y)


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """x (N, C, *X) = M.T y."""
    x = matmul(matrix(w, geometry).swapaxes(1, 2), _vectors(y, geometry))  # (G, C/G*Q, N)
    return x.transpose(2, 0, 1).reshape(len(y), geometry.groups * w.shape[1], *geometry.X)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """w (K, C/G, *taps): of y x.T, which is the gradient in M, the sum over all places where a
    weight stands.
    """
    G, K, C, D = geometry.groups, y.shape[1], x.shape[1], len(geometry.axes)
    outer = matmul(_vectors(y, geometry), _vectors(x, geometry).swapaxes(1, 2))  # (G, K/G*P, C/G*Q)
    outer = outer.reshape(G, K // G, *geometry.Y, C // G, *geometry.X)
    w = namespace(x, y).empty((G, K // G, C // G, *geometry.taps), outer.dtype)
    for i, where in _standing(geometry, namespace(x, y)):
        w[..., *i] = outer[where].sum(axis=tuple(range(D)))  # (*O, G, K/G, C/G) -> (G, K/G, C/G)
    return w.reshape(K, C // G, *geometry.taps)


def matrix(w: Array, geometry: Geometry) -> Array:
    """M (G, K/G*P, C/G*Q): one matrix for each group; P and Q are the numbers of positions of y and
    of x.
    """
    G, (K, C), xp = geometry.groups, w.shape[:2], namespace(w)
    M = xp.zeros((G, K // G, *geometry.Y, C, *geometry.X), w.dtype)
    w = w.reshape(G, K // G, C, *geometry.taps)
    for i, where in _standing(geometry, xp):
        M[where] = w[..., *i]
    return M.reshape(G, K // G * prod(geometry.Y), C * prod(geometry.X))


def _standing(geometry: Geometry, xp: Any) -> Iterator[tuple[tuple[int, ...], tuple[Any, ...]]]:
    """For each tap, the index of where it stands in M as (G, K/G, *Y, C/G, *X): on a diagonal of
    every axis.
    """
    everything, D = slice(None), len(geometry.axes)

    def along(sizes: tuple[int, ...], slices: tuple[slice, ...]) -> list[Array]:
        shapes = ((1,) * a + (-1,) + (1,) * (D - 1 - a) for a in range(D))
        return [
            xp.arange(size)[s].reshape(shape)
            for size, s, shape in zip(sizes, slices, shapes, strict=True)
        ]

    for i, o, h in geometry.places:
        yield i, (everything, everything, *along(geometry.Y, o), everything, *along(geometry.X, h))


def _vectors(a: Array, geometry: Geometry) -> Array:
    """(N, C, *X) -> (G, C/G*Q, N): each image a column."""
    G = geometry.groups
    return a.reshape(len(a), G, prod(a.shape[1:]) // G).transpose(1, 2, 0)


def multiplications(face: str, geometry: Geometry, N: int, C: int, K: int) -> int:
    """A product with every entry of M, whichever the face."""
    return N * _entries(geometry, C, K)


def memory(face: str, geometry: Geometry, N: int, C: int, K: int, itemsize: int) -> int:
    """M, or the outer product of its size, and the result; for conv_weight the places of one tap as
    well.
    """
    result = {
        "conv": N * K * prod(geometry.Y),
        "conv_transpose": N * C * prod(geometry.X),
        "conv_weight": K * C // geometry.groups * (prod(geometry.taps) + prod(geometry.Y)),
    }
    return itemsize * (_entries(geometry, C, K) + result[face])


def _entries(geometry: Geometry, C: int, K: int) -> int:
    return K * (C // geometry.groups) * prod(geometry.X) * prod(geometry.Y)
