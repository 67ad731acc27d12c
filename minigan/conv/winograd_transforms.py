"""The factors X, W and Y of Winograd's form, computed from x, w and y, and the transposed maps.

Along each axis X holds d0 - d1, d1, d2 - d1 of every tile, W holds w0, w0 + w1, w1, and Y holds
y0, y0 + y1, y1. R = 3**D counts these terms for D axes, P the tiles of an image (a tile makes a
pair of results along each axis), and S the neighbours of x that count as one entry d.

Numbers are first copied into contiguous memory, where NumPy's arithmetic is fastest. The views that
this needs are made once for all blocks of the same shape, because Python code does not run on
several threads at once.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from minigan.backend import Array
from minigan.conv.layout import channels_first, clear, scratch, to_last
from minigan.geometry import Axis, Geometry
from minigan.threads import parallel

CHUNKS = 8  # partial sums of conv_weight
_BYTES = 3 << 20  # of X in a block of images
_LEAST = 4  # blocks, for up to four threads, if each has enough tiles:
TILES = 128  # with fewer, products spend their time on reading W
_ROWS = 1 << 16  # entries of w in a piece


class Data:
    """X (R, P, S*C) of some images x (N, *X, C): d0 - d1, d1, d2 - d1 along every axis."""

    def __init__(self, geometry: Geometry, shape: tuple[int, ...], dtype: Any) -> None:
        (N, *_, C), (R, P, S), D = shape, sizes(geometry), len(geometry.axes)
        read = read_part(geometry)
        inside = [
            slice(axis.padding, axis.padding + part.stop)
            for axis, part in zip(geometry.axes, read, strict=True)
        ]
        frame = scratch("frame", (N, *map(seen, geometry.axes), C), dtype)
        self.frame, self.inside, self.read = frame, frame[:, *inside], (slice(None), *read)
        self.key, self.tiles = object(), _tiles(frame, geometry)
        self.X = scratch("X", (R, N * P, S * C), dtype)
        self.wide = wide = self.X.reshape(self.tiles.shape)
        self.terms = [
            [wide[*r, i] for i in range(3)] for a in range(D) for r in product(range(3), repeat=a)
        ]
        self.places = [(max(r) < 2, self.tiles[r], wide[r]) for r in product(range(3), repeat=D)]

    def of(self, x: Array) -> Array:
        """Return X of x, which is first copied into a frame of zeros."""
        clear(self.frame, self.key)
        np.copyto(self.inside, x[self.read])
        np.copyto(self.wide, self.tiles)
        for first, middle, last in self.terms:
            first -= middle
            last -= middle
        return self.X

    def to(self, x: Array) -> None:
        """Write the transpose of this map, applied to X, into x.

        The last entry of a tile is the first of the next tile, so these two are added.
        """
        for first, middle, last in self.terms:
            middle -= first
            middle -= last
        clear(self.frame)
        for alone, place, part in self.places:
            if alone:
                np.copyto(place, part)
            else:
                place += part
        x[self.read] = self.inside


class Results:
    """Y (R, P, K) of the y (N, *Y, K) of some images: y0, y0 + y1, y1 along every axis."""

    def __init__(self, geometry: Geometry, shape: tuple[int, ...], dtype: Any) -> None:
        (N, *Y, K), (R, P, _) = shape, sizes(geometry)
        self.even = [2 * pairs(axis) for axis in geometry.axes]
        self.whole = None if self.even == Y else scratch("even", (N, *self.even, K), dtype)
        self.part = (slice(None), *map(slice, Y))
        self.Y = scratch("Y", (R, N * P, K), dtype)
        self.wide = self.Y.reshape(
            *(3 for _ in Y), N, *map(pairs, geometry.axes), *(1 for _ in Y), K
        )

    def of(self, y: Array) -> Array:
        """Return Y of y, whose odd sizes get one more zero."""
        if self.whole is not None:
            self.whole.fill(0)
            self.whole[self.part] = y
            y = self.whole
        _widen(_halves(y, [(size // 2, 1) for size in self.even]), self.wide)
        return self.Y

    def to(self, y: Array) -> None:
        """Write the transpose of this map, applied to Y, into y."""
        whole = y if self.whole is None else self.whole
        _narrow(self.wide, _halves(whole, [(size // 2, 1) for size in self.even]))
        if whole is not y:
            y[...] = whole[self.part]


def of_kernel(w: Array, geometry: Geometry) -> Array:
    """Return W (R, K, S*C) of w (K, C, *taps): w0, w0 + w1, w1 along every axis."""
    (K, C), (R, _, S) = w.shape[:2], sizes(geometry)
    W = np.empty((R, K, S * C), w.dtype)

    def work(k: slice) -> None:
        halves = _halves(to_last(w[k]), [(1, axis.stride) for axis in geometry.axes])
        _widen(halves, W[:, k].reshape(_wide(halves)))

    parallel(work, cut(len(w), -(-w.size // (2 * _ROWS))))  # it has less to do than a sum
    return W


def to_kernel(W: Array, w: Array, geometry: Geometry) -> None:
    """Write the transpose of `of_kernel`, applied to W, into w; W is overwritten.

    The result is first written with channels last, as W has them, because a copy that exchanges
    channels and taps is fast only between contiguous arrays.
    """
    w_last = scratch("kernel", (len(w), *geometry.taps, w.shape[1]), w.dtype)
    halves = _halves(w_last, [(1, axis.stride) for axis in geometry.axes])
    _narrow(W.reshape(_wide(halves)), halves)
    np.copyto(w, channels_first(w_last))


def _widen(halves: Array, wide: Array) -> None:
    """(2, ..., *shape) -> (3, ..., *shape): a0, a0 + a1, a1 along every axis."""
    D = len(halves.shape) // 3
    np.copyto(wide[(slice(None, None, 2),) * D], halves)
    for a in reversed(range(D)):
        for r in product((0, 2), repeat=a):
            np.add(wide[*r, 0], wide[*r, 2], out=wide[*r, 1])


def _narrow(wide: Array, halves: Array) -> None:
    """(3, ..., *shape) -> (2, ..., *shape): the transpose of `_widen`."""
    D = len(halves.shape) // 3
    for a in range(D):
        for r in product((0, 2), repeat=a):
            wide[*r, 0] += wide[*r, 1]
            wide[*r, 2] += wide[*r, 1]
    np.copyto(halves, wide[(slice(None, None, 2),) * D])


def _wide(halves: Array) -> tuple[int, ...]:
    """Return the shape that `_widen` gives."""
    D = len(halves.shape) // 3
    return *(3 for _ in range(D)), *halves.shape[D:]


def _tiles(frame: Array, geometry: Geometry) -> Array:
    """frame (N, *sizes, C) as a view (3, ..., N, *pairs, *strides, C): d0, d1, d2 of every tile.

    Tiles overlap: d2 of one tile is d0 of the next.
    """
    batch, *space, channel = frame.strides
    steps = [axis.stride * step for axis, step in zip(geometry.axes, space, strict=True)]
    strides = [axis.stride for axis in geometry.axes]
    shape = *(3 for _ in steps), len(frame), *map(pairs, geometry.axes), *strides, frame.shape[-1]
    return as_strided(frame, shape, (*steps, batch, *(2 * step for step in steps), *space, channel))


def _halves(a: Array, parts: list[tuple[int, int]]) -> Array:
    """a (N, *sizes, C) as a view (2, ..., N, *T, *s, C), where each size is T*2*s."""
    D = len(parts)
    a = a.reshape(len(a), *(size for T, s in parts for size in (T, 2, s)), a.shape[-1])
    return a.transpose(
        *range(2, 3 * D, 3), 0, *range(1, 3 * D, 3), *range(3, 3 * D + 1, 3), 3 * D + 1
    )


# ------------------------------------------------------------------- what both forms have in common


def sums_of_blocks(
    pieces: list[slice],
    shape: tuple[int, ...],
    dtype: Any,
    multiply: Callable[[slice, Array], None],
    buffer: int | None = None,
) -> Array:
    """Return sums (chunks, *shape): chunk i adds up the products of every CHUNKS-th block from i.

    `multiply(n, out)` writes the product of the images n into out. So the order of the sums depends
    on the blocks alone, and not on the number of threads.
    """
    sums = np.empty((min(len(pieces), CHUNKS), *shape), dtype)

    def add_up(chunk: int) -> None:
        total = sums[chunk]
        first, *others = pieces[chunk :: len(sums)]
        multiply(first, total)
        for n in others:
            product = scratch("product", shape, dtype)
            multiply(n, product)
            total += product

    parallel(add_up, range(len(sums)), buffer=buffer)
    return sums


# ------------------------------------------------------------------------------- sizes and blocks


def pairs(axis: Axis) -> int:
    """Return how many pairs of results the axis has; an odd Y leaves the last one half empty."""
    return -(-axis.Y // 2)


def seen(axis: Axis) -> int:
    """Return how many positions these pairs see, the first of them `padding` before x."""
    return axis.stride * (2 * pairs(axis) + 1)


def sizes(geometry: Geometry) -> tuple[int, int, int]:
    """Return R, the number of terms; P, the tiles of an image; S, the neighbours in an entry d."""
    D, P = len(geometry.axes), prod(map(pairs, geometry.axes))
    return 3**D, P, prod(axis.stride for axis in geometry.axes)


def read_part(geometry: Geometry) -> list[slice]:
    """Return the part of x that the pairs of results see."""
    return [slice(min(axis.X, max(0, seen(axis) - axis.padding))) for axis in geometry.axes]


def blocks(geometry: Geometry, N: int, C: int, itemsize: int, tiles: int = TILES) -> list[slice]:
    """Return blocks of images with about _BYTES of X each; up to _LEAST blocks have less.

    They differ by one image at most, and these smaller ones have at least so many tiles. If images
    suffice, the number of blocks is 1 or even, so that two threads get the same work.
    """
    R, P, S = sizes(geometry)
    count = max(1, min(_LEAST, N * P // tiles), -(-N * itemsize * C * R * P * S // _BYTES))
    return cut(N, count + count % 2 if count > 1 else 1)


def kernels(K: int, size: int) -> list[slice]:
    """Return pieces of K kernels that have `size` entries together, about _ROWS in a piece."""
    return cut(K, -(-size // _ROWS))


def cut(count: int, pieces: int) -> list[slice]:
    """Return range(count) in so many pieces, or as many as it has numbers; the first is a longest.

    >>> cut(8, 3)
    [slice(0, 3, None), slice(3, 6, None), slice(6, 8, None)]
    """
    pieces = max(1, min(pieces, count))
    ends = [-(-count * i // pieces) for i in range(pieces + 1)]
    return [slice(start, end) for start, end in pairwise(ends)]
