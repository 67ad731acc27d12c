"""winograd: kernels twice as long as their stride, with three multiplications where the definition
makes four.

Along such an axis (k = 2s, the DCGAN's 4 and 2 among them) s neighbours of x count as one long
entry d, the kernel is a pair (w0, w1), and a pair of results (y0, y1) sees d0, d1 and d2. Their
part of the trilinear form has four products, but its rank is three (Winograd 1980; for networks
Lavin and Gray 2016, arXiv:1509.09308):

    d0 w0 y0 + d1 w1 y0 + d1 w0 y1 + d2 w1 y1  =  (d0-d1) w0 y0 + d1 (w0+w1) (y0+y1) + (d2-d1) w1 y1

So the form is a sum over r of X[r] W[r] Y[r], and an image has 9 terms for 16. Each face leaves one
factor out: it makes the other two, multiplies them as matrices for every r, and transposes what
would have made the third.

No result uses an entry outside its window, and on integer-valued floats nothing is rounded; but
where entries are infinite, or so large that a difference is, a result may be NaN or infinite that
the definition would make otherwise.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from minigan.backend import Array
from minigan.conv.layout import channels_first, channels_last, kept, scratch
from minigan.geometry import Axis, Geometry
from minigan.threads import parallel

_BYTES = 3 << 19  # of X in a block of images
_LEAST = 4  # blocks, for as many threads
_CHUNKS = 8  # partial sums of conv_weight
_ROWS = 1 << 16  # entries of w at a time


def suits(geometry: Geometry) -> bool:
    """Whether every axis has a kernel twice as long as its stride, without dilation, and there are
    no groups.
    """
    return geometry.groups == 1 and all(
        a.taps == 2 * a.stride and a.dilation == 1 for a in geometry.axes
    )


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """y (N, K, *Y): Y[r] = X[r] @ W[r] transposed."""
    x, W = channels_last(x), _of_kernel(w, geometry)  # (N, *X, C), (R, K, S*C)
    y, WT = np.empty((len(x), *geometry.Y, len(w)), np.result_type(x, w)), W.swapaxes(1, 2)

    def work(n: slice) -> None:
        data, results = (
            kept(_Data, geometry, x[n].shape, x.dtype),
            kept(_Results, geometry, y[n].shape, y.dtype),
        )
        np.matmul(data.of(x[n]), WT, out=results.Y)
        results.to(y[n])

    parallel(work, _blocks(geometry, len(x), x.shape[-1], x.itemsize))
    return channels_first(y)


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """x (N, C, *X): X[r] = Y[r] @ W[r]."""
    y, W = channels_last(y), _of_kernel(w, geometry)  # (N, *Y, K), (R, K, S*C)
    covered = all(
        part == slice(X) for part, X in zip(_inside(geometry)[1], geometry.X, strict=True)
    )
    x = (np.empty if covered else np.zeros)((len(y), *geometry.X, w.shape[1]), np.result_type(y, w))

    def work(n: slice) -> None:
        data, results = (
            kept(_Data, geometry, x[n].shape, x.dtype),
            kept(_Results, geometry, y[n].shape, y.dtype),
        )
        np.matmul(results.of(y[n]), W, out=data.X)
        data.to(x[n])

    parallel(work, _blocks(geometry, len(y), w.shape[1], x.itemsize))
    return channels_first(x)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """w (K, C, *taps): W[r] = Y[r] transposed @ X[r], summed over the blocks of images."""
    x, y = channels_last(x), channels_last(y)
    (N, *_, C), K, (R, _, S) = x.shape, y.shape[-1], _sizes(geometry)
    w, blocks = (
        np.empty((K, C, *geometry.taps), np.result_type(x, y)),
        _blocks(geometry, N, C, x.itemsize),
    )
    sums = np.empty((min(len(blocks), _CHUNKS), R, K, S * C), w.dtype)

    def correlate(chunk: int) -> None:
        total = sums[chunk]
        for number, n in enumerate(blocks[chunk :: len(sums)]):
            data, results = (
                kept(_Data, geometry, x[n].shape, x.dtype),
                kept(_Results, geometry, y[n].shape, y.dtype),
            )
            W = scratch("product", total.shape, w.dtype) if number else total
            np.matmul(results.of(y[n]).swapaxes(1, 2), data.of(x[n]), out=W)
            if number:
                total += W

    def collect(k: slice) -> None:
        W = sums[0, :, k]
        for part in sums[1:]:
            W += part[:, k]
        halves = _halves_of_kernel(w[k], geometry)
        _narrow(W.reshape(_wide(halves)), halves)

    parallel(correlate, range(len(sums)))
    parallel(collect, _kernels(w))
    return w


# -------------------------------------------------- X, W, Y of x, w, y, and the transposes of these
#
# Numbers are first copied into place, so that all arithmetic runs over contiguous memory, where
# NumPy is fastest. The
# views that this takes are made once for blocks that are alike: Python's work is what threads
# cannot share.


class _Data:
    """X (R, P, S*C) of some images x (N, *X, C): d0 - d1, d1, d2 - d1 along every axis."""

    def __init__(self, geometry: Geometry, shape: tuple[int, ...], dtype: Any) -> None:
        (N, *_, C), (R, P, S), D = shape, _sizes(geometry), len(geometry.axes)
        frame = scratch("frame", (N, *map(_seen, geometry.axes), C), dtype)
        inside, read = _inside(geometry)
        self.frame, self.inside, self.read = frame, frame[:, *inside], (slice(None), *read)
        ends = [
            frame.swapaxes(1, a)[:, end]
            for a, h in enumerate(inside, 1)
            for end in (slice(h.start), slice(h.stop, None))
        ]
        self.edges = [edge for edge in ends if edge.size]
        self.tiles = _tiles(frame, geometry)
        self.X = scratch("X", (R, N * P, S * C), dtype)
        self.wide = wide = self.X.reshape(self.tiles.shape)
        self.terms = [
            [wide[*r, i] for i in range(3)] for a in range(D) for r in product(range(3), repeat=a)
        ]
        self.places = [(max(r) < 2, self.tiles[r], wide[r]) for r in product(range(3), repeat=D)]

    def of(self, x: Array) -> Array:
        """X of x, which first goes into a frame of zeros."""
        for edge in self.edges:
            edge.fill(0)
        np.copyto(self.inside, x[self.read])
        np.copyto(self.wide, self.tiles)
        for first, middle, last in self.terms:
            first -= middle
            last -= middle
        return self.X

    def to(self, x: Array) -> None:
        """The transpose, of the present X into x: the last entry of a tile is the first of the
        next.
        """
        for first, middle, last in self.terms:
            middle -= first
            middle -= last
        self.frame.fill(0)
        for alone, place, part in self.places:
            if alone:
                np.copyto(place, part)
            else:
                place += part
        x[self.read] = self.inside


class _Results:
    """Y (R, P, K) of the y (N, *Y, K) of some images: y0, y0 + y1, y1 along every axis."""

    def __init__(self, geometry: Geometry, shape: tuple[int, ...], dtype: Any) -> None:
        (N, *sizes, K), (R, P, _) = shape, _sizes(geometry)
        self.even = [2 * _pairs(axis) for axis in geometry.axes]
        self.whole = None if sizes == self.even else scratch("even", (N, *self.even, K), dtype)
        self.part = (slice(None), *map(slice, sizes))
        self.Y = scratch("Y", (R, N * P, K), dtype)
        self.wide = self.Y.reshape(
            *(3 for _ in sizes), N, *map(_pairs, geometry.axes), *(1 for _ in sizes), K
        )

    def of(self, y: Array) -> Array:
        """Y of y, made even in every size."""
        if self.whole is not None:
            self.whole.fill(0)
            self.whole[self.part] = y
            y = self.whole
        _widen(_halves(y, [(size // 2, 1) for size in self.even]), self.wide)
        return self.Y

    def to(self, y: Array) -> None:
        """The transpose, of the present Y into y."""
        whole = y if self.whole is None else self.whole
        _narrow(self.wide, _halves(whole, [(size // 2, 1) for size in self.even]))
        if whole is not y:
            y[...] = whole[self.part]


def _of_kernel(w: Array, geometry: Geometry) -> Array:
    """W (R, K, S*C) of w (K, C, *taps): w0, w0 + w1, w1 along every axis."""
    (K, C), (R, _, S) = w.shape[:2], _sizes(geometry)
    W = np.empty((R, K, S * C), w.dtype)

    def work(k: slice) -> None:
        halves = _halves_of_kernel(w[k], geometry)
        _widen(halves, W[:, k].reshape(_wide(halves)))

    parallel(work, _kernels(w))
    return W


def _halves_of_kernel(w: Array, geometry: Geometry) -> Array:
    """w (K, C, *taps) as (2, ..., K, *ones, *strides, C)."""
    return _halves(np.moveaxis(w, 1, -1), [(1, axis.stride) for axis in geometry.axes])


def _widen(halves: Array, wide: Array) -> None:
    """(2, ..., *shape) -> (3, ..., *shape): a0, a0 + a1, a1 along every axis."""
    D = len(halves.shape) // 3
    np.copyto(wide[(slice(None, None, 2),) * D], halves)
    for a in reversed(range(D)):
        for r in product((0, 2), repeat=a):
            np.add(wide[*r, 0], wide[*r, 2], out=wide[*r, 1])


def _narrow(wide: Array, halves: Array) -> None:
    """The transpose of `_widen`, into halves."""
    D = len(halves.shape) // 3
    for a in range(D):
        for r in product((0, 2), repeat=a):
            wide[*r, 0] += wide[*r, 1]
            wide[*r, 2] += wide[*r, 1]
    np.copyto(halves, wide[(slice(None, None, 2),) * D])


def _wide(halves: Array) -> tuple[int, ...]:
    """The shape that `_widen` gives."""
    D = len(halves.shape) // 3
    return *(3 for _ in range(D)), *halves.shape[D:]


def _tiles(frame: Array, geometry: Geometry) -> Array:
    """frame (N, *sizes, C) as a view (3, ..., N, *pairs, *strides, C): entries 0, 1, 2 of every
    tile, which overlap.
    """
    batch, *space, channel = frame.strides
    long = [axis.stride * step for axis, step in zip(geometry.axes, space, strict=True)]
    strides = [axis.stride for axis in geometry.axes]
    shape = *(3 for _ in long), len(frame), *map(_pairs, geometry.axes), *strides, frame.shape[-1]
    return as_strided(frame, shape, (*long, batch, *(2 * step for step in long), *space, channel))


def _halves(a: Array, sizes: list[tuple[int, int]]) -> Array:
    """a (N, *sizes, C), each size T*2*s, as a view (2, ..., N, *T, *s, C)."""
    D = len(sizes)
    a = a.reshape(len(a), *(size for T, s in sizes for size in (T, 2, s)), a.shape[-1])
    return a.transpose(
        *range(2, 3 * D, 3), 0, *range(1, 3 * D, 3), *range(3, 3 * D + 1, 3), 3 * D + 1
    )


# -------------------------------------------------------------------------------------------- sizes


def _pairs(axis: Axis) -> int:
    """How many pairs of results the axis has."""
    return -(-axis.Y // 2)


def _seen(axis: Axis) -> int:
    """How many positions these pairs see, the first of them `padding` before x."""
    return axis.stride * (2 * _pairs(axis) + 1)


def _sizes(geometry: Geometry) -> tuple[int, int, int]:
    """R, how many terms there are; P, tiles in an image; S, entries of x that count as one."""
    return (
        3 ** len(geometry.axes),
        prod(map(_pairs, geometry.axes)),
        prod(axis.stride for axis in geometry.axes),
    )


def _inside(geometry: Geometry) -> tuple[list[slice], list[slice]]:
    """Where x lies among the positions seen, and which part of it."""
    read = [min(a.X, max(0, _seen(a) - a.padding)) for a in geometry.axes]
    return [slice(a.padding, a.padding + h) for a, h in zip(geometry.axes, read, strict=True)], [
        *map(slice, read)
    ]


def _blocks(geometry: Geometry, N: int, C: int, itemsize: int) -> list[slice]:
    """Some images at a time: equal blocks, _LEAST of them at least."""
    size = itemsize * C * prod(_sizes(geometry))
    return _cut(N, max(_LEAST, -(-N * size // _BYTES)))


def _kernels(w: Array) -> list[slice]:
    """Some kernels at a time."""
    return _cut(len(w), -(-w.size // _ROWS))


def _cut(count: int, pieces: int) -> list[slice]:
    """range(count) in so many pieces of nearly equal size; at least one."""
    step = max(1, -(-count // max(1, pieces)))
    return [slice(start, min(start + step, count)) for start in range(0, max(1, count), step)]


# -------------------------------------------------------------------------------------------- costs


def multiplications(geometry: Geometry, N: int, C: int, K: int) -> int:
    """Those of the products, the same for each face; pairs and tiles at the edges are whole."""
    R, P, S = _sizes(geometry)
    return int(R * N * P * S * C * K)


def memory(face: str, geometry: Geometry, N: int, C: int, K: int, itemsize: int) -> int:
    """The result, channels-last copies of contiguous inputs, W or its partial sums, and one
    thread's scratch.
    """
    (R, P, S), blocks = _sizes(geometry), _blocks(geometry, N, C, itemsize)
    n = blocks[0].stop if blocks else 0
    x, y, w, W = (
        N * C * prod(geometry.X),
        N * K * prod(geometry.Y),
        K * C * prod(geometry.taps),
        R * K * S * C,
    )
    odd = any(axis.Y % 2 for axis in geometry.axes)
    scratch = (
        C * prod(map(_seen, geometry.axes))
        + odd * K * 2 ** len(geometry.axes) * P
        + R * P * (S * C + K)
    )
    if face == "conv_weight":
        sums = min(len(blocks), _CHUNKS)
        return int(itemsize * (x + y + w + n * scratch + W * (sums + (len(blocks) > sums))))
    return int(itemsize * (x + y + W + n * scratch))
