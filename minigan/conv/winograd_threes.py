"""winograd_threes: for kernels of three taps at stride 1, four multiplications instead of six.

Take one axis. A pair of results (y0, y1) sees the entries d0..d3 of x through the taps w0, w1, w2:
six products. Their trilinear form has rank four (Winograd 1980; Lavin and Gray 2016,
arXiv:1509.09308, section 4.1):

    d0 w0 y0 + d1 w1 y0 + d2 w2 y0 + d1 w0 y1 + d2 w1 y1 + d3 w2 y1
        = (d0-d2) w0 y0  +  (d1+d2) (w0+w1+w2)/2 (y0+y1)
        + (d2-d1) (w0-w1+w2)/2 (y0-y1)  -  (d1-d3) w2 y1

So the form is a sum over r of X[r] W[r] Y[r], and a tile of an image (a pair of results along each
of two axes) has 16 terms instead of 36. `conv` computes X and W, multiplies them as matrices for
every r, and applies the transpose of the map from y to Y. At stride 1 `conv_transpose` is a `conv`
with the kernel flipped; `conv_weight` computes X and Y.

A result depends on the entries of its own tile only, and on floats with small integer values
nothing is rounded: a half is exact. But if entries are infinite, or so large that a sum overflows,
a result may be NaN or infinite where the definition gives another value.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.conv.finishing import Finish
from minigan.conv.layout import channels_first, channels_last, clear, kept, scratch
from minigan.conv.winograd_transforms import cut, pairs, sums_of_blocks
from minigan.geometry import Geometry
from minigan.threads import parallel

_BYTES = 3 << 20  # of X and Y in a block of images
_LEAST = 4  # blocks, for up to four threads
BUFFER = 64  # numbers, fewer than in the runs of memory of a step


def suits(geometry: Geometry) -> bool:
    """Return whether every kernel has three taps, stride 1 and a padding of at most 2.

    There must be no dilation and no groups. With a larger padding conv_transpose would have to crop
    y, and many products would only meet zeros.

    >>> suits(Geometry.conv((8, 8), (3, 3), padding=1)), suits(Geometry.conv((8, 8), (3, 3), 2))
    (True, False)
    """
    return geometry.groups == 1 and all(
        axis.taps == 3 > axis.padding and axis.stride == axis.dilation == 1
        for axis in geometry.axes
    )


def ratio(geometry: Geometry) -> float:
    """Return the number of its multiplications divided by that of im2col.

    The ratio is (2/3)**D with D axes if all sizes of y are even; odd sizes leave a pair half empty.

    >>> round(ratio(Geometry.conv((16, 16), (3, 3), padding=1)), 3)
    0.444
    """
    R, P = sizes(geometry)
    return R * P / (prod(geometry.taps) * prod(geometry.Y))


def sizes(geometry: Geometry) -> tuple[int, int]:
    """Return R, the number of terms, and P, the tiles of an image."""
    return 4 ** len(geometry.axes), prod(map(pairs, geometry.axes))


def scratch_of_image(geometry: Geometry, C: int, K: int) -> int:
    """Return how many numbers of scratch `Data` and `Results` use for an image."""
    (*others, last), (R, P) = geometry.axes, sizes(geometry)
    seen = [2 * pairs(axis) + 2 for axis in others]
    plane = 2 * C * (pairs(last) + 1)
    total = plane * prod(seen) + R * P * (C + K)
    even = [2 * pairs(axis) for axis in geometry.axes]
    total += K * prod(even) * (even != list(geometry.Y))
    for a, axis in enumerate(others):  # each step makes four numbers of two
        seen[a] = pairs(axis)
        total += 4 ** (a + 1) * plane * prod(seen)
    return total


def conv(x: Array, w: Array, geometry: Geometry, finish: Finish | None = None) -> Array:
    """Return y (N, K, *Y): Y[r] = X[r] @ W[r].

    >>> conv(np.array([[[1.0, 2, 3, 4]]]), np.array([[[10.0, 1, 0]]]), Geometry.conv((4,), (3,)))
    array([[[12., 23.]]])
    """
    dtype = np.result_type(x, w)
    x, W = channels_last(x), of_kernel(w.astype(dtype, copy=False))  # (N, *X, C), (R, C, K)
    y = np.empty((len(x), *geometry.Y, len(w)), dtype)
    if finish:
        finish.begin(y)

    def work(n: slice) -> None:
        data = kept(Data, geometry, x[n].shape, dtype)
        results = kept(Results, geometry, y[n].shape, y.dtype, True)
        np.matmul(data.of(x[n]), W, out=results.Y)
        results.to(y[n])
        if finish:
            finish.apply(y[n], None if finish.passes is None else finish.passes[n])

    pieces = blocks(geometry, len(x), x.shape[-1] + len(w), x.itemsize)
    parallel(work, pieces, buffer=BUFFER)
    return channels_first(y)


def conv_transpose(y: Array, w: Array, geometry: Geometry, finish: Finish | None = None) -> Array:
    """Return x (N, C, *X): a convolution of y with the flipped kernel, channels exchanged.

    >>> y, w = np.array([[[1.0, 2]]]), np.array([[[10.0, 1, 0]]])
    >>> conv_transpose(y, w, Geometry.conv((4,), (3,)))
    array([[[10., 21.,  2.,  0.]]])
    """
    flip = (slice(None, None, -1),) * len(geometry.axes)
    return conv(y, w.swapaxes(0, 1)[:, :, *flip], geometry.flipped, finish)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """Return w (K, C, *taps): W[r] = X[r] transposed @ Y[r], summed over the blocks of images.

    >>> x, y = np.array([[[1.0, 2, 3, 4]]]), np.array([[[10.0, 1]]])
    >>> conv_weight(x, y, Geometry.conv((4,), (3,)))
    array([[[12., 23., 34.]]])
    """
    sums = _sums(channels_last(x), channels_last(y), geometry)
    for part in sums[1:]:  # always in the same order
        sums[0] += part
    return to_kernel(sums[0], geometry)


def _sums(x: Array, y: Array, geometry: Geometry) -> Array:
    """Return sums (chunks, R, C, K) over blocks of the images x (N, *X, C) and y (N, *Y, K)."""
    N, C, K, (R, _) = len(x), x.shape[-1], y.shape[-1], sizes(geometry)
    dtype = np.result_type(x, y)

    def multiply(n: slice, W: Array) -> None:
        data = kept(Data, geometry, x[n].shape, dtype)
        results = kept(Results, geometry, y[n].shape, dtype)
        np.matmul(data.of(x[n]).swapaxes(1, 2), results.of(y[n]), out=W)

    pieces = blocks(geometry, N, C + K, x.itemsize)
    return sums_of_blocks(pieces, (R, C, K), dtype, multiply, BUFFER)


# ------------------------------------------------------------------------ the maps to X, Y and W


class Data:
    """X (R, N*P, C) of some images x (N, *X, C): d0 - d2, d1 + d2, d2 - d1, d1 - d3 of each axis.

    The even and the odd positions of the last axis lie apart, so that neighbouring tiles have
    neighbouring entries and each step works on long runs of memory. Arrays and views are made once
    for all blocks of the same shape.
    """

    __slots__ = ("X", "frame", "inside", "key", "steps")

    def __init__(self, geometry: Geometry, shape: tuple[int, ...], dtype: Any) -> None:
        (N, *_, C), (*others, last), (R, P) = shape, geometry.axes, sizes(geometry)
        entries, stop = pairs(last) + 1, pairs(last)
        seen = [2 * pairs(axis) + 2 for axis in others]
        self.frame = scratch("frame", (2, N, *seen, entries, C), dtype)
        self.key, self.inside = object(), _inside(self.frame, geometry)
        self.X = scratch("X", (R, N * P, C), dtype)
        self.steps = []
        level, T, M = self.frame, 1, 2 * N  # T terms of M rows: even positions, then odd ones
        for a, tiles in enumerate(map(pairs, others)):
            rest = prod(seen[a + 1 :]) * entries * C
            before, level = level, scratch(f"X{a}", (T, 4, M, tiles, rest), dtype)
            rows = before.reshape(T, M, seen[a], rest)
            d = tuple(rows[:, :, i : i + 2 * tiles : 2] for i in range(4))
            self.steps.append((d, tuple(level[:, i] for i in range(4))))
            T, M = 4 * T, M * tiles
        planes = level.reshape(T, 2, M // 2, entries, C)
        d = tuple(planes[:, i % 2, :, i // 2 : i // 2 + stop] for i in range(4))
        wide = self.X.reshape(T, 4, M // 2, stop, C)
        self.steps.append((d, tuple(wide[:, i] for i in range(4))))

    def of(self, x: Array) -> Array:
        """Return X of x, which is first copied into a frame of zeros."""
        clear(self.frame, self.key)
        for place, part in self.inside:
            np.copyto(place, x[part])
        for (d0, d1, d2, d3), (X0, X1, X2, X3) in self.steps:
            np.subtract(d0, d2, out=X0)
            np.add(d1, d2, out=X1)
            np.subtract(d2, d1, out=X2)
            np.subtract(d1, d3, out=X3)
        return self.X


def _inside(frame: Array, geometry: Geometry) -> list[tuple[Array, Any]]:
    """Return views of a frame (2, N, *sizes, C), and the parts of x that are copied there.

    frame[i] holds the positions i, i + 2, ... of the last axis.
    """
    ends = [min(axis.padding + axis.X, 2 * pairs(axis) + 2) for axis in geometry.axes]
    places = [slice(axis.padding, end) for axis, end in zip(geometry.axes, ends, strict=True)]
    parts = [slice(part.stop - part.start) for part in places]
    inside, (start, stop) = [], (places[-1].start, places[-1].stop)
    for i in range(2):
        first = (start + 1 - i) // 2  # of the entries of frame[i] that lie in x
        place = frame[i, :, *places[:-1], first : (stop + 1 - i) // 2]
        part = slice(2 * first + i - start, parts[-1].stop, 2)
        inside.append((place, (slice(None), *parts[:-1], part)))
    return inside


class Results:
    """Y (R, N*P, K) of some images y (N, *Y, K): y0, y0 + y1, y0 - y1, -y1 of each axis.

    An instance serves one direction: `to`, or `of`, which keeps y0 and y1 as terms 0 and 3 first.
    """

    __slots__ = ("Y", "even", "part", "results", "steps", "whole")

    def __init__(
        self, geometry: Geometry, shape: tuple[int, ...], dtype: Any, to: bool = False
    ) -> None:
        N, *Y, K = shape
        R, P = sizes(geometry)
        self.even = [2 * pairs(axis) for axis in geometry.axes]
        self.whole = None if self.even == Y else scratch("even", (N, *self.even, K), dtype)
        self.part = (slice(None), *map(slice, Y))
        self.Y = scratch("Y", (R, N * P, K), dtype)
        # the four terms of each axis; of the axes before, the two that hold results
        terms, known = (
            self.Y.reshape(*(4 for _ in Y), -1),
            slice(None, 2 if to else None, 3 - 2 * to),
        )
        axes = range(len(Y)) if to else reversed(range(len(Y)))
        self.steps = [tuple(terms[*(known,) * a, i] for i in range(4)) for a in axes]
        wide = self.Y.reshape(*(4 for _ in Y), N, *map(pairs, geometry.axes), K)
        self.results = wide[(known,) * len(Y)]

    def of(self, y: Array) -> Array:
        """Return Y of y, whose odd sizes get one more zero."""
        if self.whole is not None:
            self.whole.fill(0)
            self.whole[self.part] = y
            y = self.whole
        np.copyto(self.results, self._halves(y))
        for Y0, Y1, Y2, Y3 in self.steps:
            np.add(Y0, Y3, out=Y1)
            np.subtract(Y0, Y3, out=Y2)
            np.negative(Y3, out=Y3)
        return self.Y

    def to(self, y: Array) -> None:
        """Write the transpose of this map, applied to Y, into y; Y is overwritten."""
        for Y0, Y1, Y2, Y3 in self.steps:
            np.add(Y0, Y1, out=Y0)
            np.add(Y0, Y2, out=Y0)
            np.subtract(Y1, Y2, out=Y1)
            np.subtract(Y1, Y3, out=Y1)
        whole = y if self.whole is None else self.whole
        np.copyto(self._halves(whole), self.results)
        if whole is not y:
            y[...] = whole[self.part]

    def _halves(self, y: Array) -> Array:
        """Return y (N, *even, K) as a view (2, ..., N, *pairs, K)."""
        D = len(self.even)
        y = y.reshape(len(y), *(n for size in self.even for n in (size // 2, 2)), y.shape[-1])
        return y.transpose(*range(2, 2 * D + 1, 2), 0, *range(1, 2 * D, 2), 2 * D + 1)


def of_kernel(w: Array) -> Array:
    """Return W (R, C, K) of w (K, C, 3, ...): w0, (w0 + w1 + w2)/2, (w0 - w1 + w2)/2, w2."""
    D = w.ndim - 2
    W = np.zeros((*(4 for _ in range(D)), *w.shape[1::-1]), w.dtype)
    W[np.ix_(*([0, 2, 3] for _ in range(D)))] = np.moveaxis(w, (0, 1), (-1, -2))
    for a in range(D):
        W0, W1, W2, W3 = W.swapaxes(0, a)  # w0, nothing, w1, w2
        np.add(W0, W3, out=W1)
        W1 += W2
        W1 /= 2  # (w0 + w1 + w2) / 2
        np.subtract(W1, W2, out=W2)
    return W.reshape(4**D, *W.shape[-2:])


def to_kernel(W: Array, geometry: Geometry) -> Array:
    """Return the transpose of `of_kernel`, applied to W (R, C, K): w; W is overwritten."""
    D = len(geometry.axes)
    W = W.reshape(*(4 for _ in range(D)), *W.shape[-2:])
    for a in range(D):
        W0, W1, W2, W3 = W.swapaxes(0, a)
        W1 += W2
        W1 /= 2
        np.subtract(W1, W2, out=W2)  # the gradient of w1
        W0 += W1
        W3 += W1
    w = W[np.ix_(*([0, 2, 3] for _ in range(D)))]  # (3, ..., C, K)
    return np.moveaxis(w, (-1, -2), (0, 1))


def blocks(geometry: Geometry, N: int, channels: int, itemsize: int) -> list[slice]:
    """Return equal blocks of images with about _BYTES of X and Y each, at least _LEAST blocks."""
    size = itemsize * channels * prod(sizes(geometry))
    return cut(N, max(_LEAST, -(-N * size // _BYTES)))
