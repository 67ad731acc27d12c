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

from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.conv.finishing import Finish
from minigan.conv.layout import channels_first, channels_last, kept, scratch
from minigan.conv.winograd_transforms import cut, edges, pairs, sums_of_blocks
from minigan.geometry import Geometry
from minigan.threads import parallel

_BYTES = 3 << 18  # of X and Y in a block of images
_LEAST = 4  # blocks, for up to four threads


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
    seen = [2 * pairs(axis) + 2 for axis in geometry.axes]
    even = [2 * pairs(axis) for axis in geometry.axes]
    total = C * prod(seen) + K * prod(even) * (even != list(geometry.Y))
    for a in reversed(range(len(even))):  # each step makes four numbers of two
        seen[a], even[a] = 2 * even[a], 2 * even[a]
        total += C * prod(seen) + K * prod(even)
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
        results = kept(Results, geometry, y[n].shape, y.dtype)
        np.matmul(data.of(x[n]), W, out=results.Y)
        results.to(y[n])
        if finish:
            finish.apply(y[n], None if finish.passes is None else finish.passes[n])

    parallel(work, blocks(geometry, len(x), x.shape[-1] + len(w), x.itemsize))
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
    x, y = channels_last(x), channels_last(y)
    N, C, K, (R, _) = len(x), x.shape[-1], y.shape[-1], sizes(geometry)
    pieces = blocks(geometry, N, C + K, x.itemsize)
    dtype = np.result_type(x, y)

    def multiply(n: slice, W: Array) -> None:
        data = kept(Data, geometry, x[n].shape, dtype)
        results = kept(Results, geometry, y[n].shape, dtype)
        np.matmul(data.of(x[n]).swapaxes(1, 2), results.of(y[n]), out=W)

    sums = sums_of_blocks(pieces, (R, C, K), dtype, multiply)
    for part in sums[1:]:  # always in the same order
        sums[0] += part
    return to_kernel(sums[0], geometry)


# ------------------------------------------------------------------------ the maps to X, Y and W


class Data:
    """X (R, N*P, C) of some images x (N, *X, C): d0 - d2, d1 + d2, d2 - d1, d1 - d3 of each axis.

    Its arrays and views are made once for all blocks of the same shape.
    """

    def __init__(self, geometry: Geometry, shape: tuple[int, ...], dtype: Any) -> None:
        N, *_, C = shape
        ends = [min(axis.padding + axis.X, 2 * pairs(axis) + 2) for axis in geometry.axes]
        inside = [slice(a.padding, end) for a, end in zip(geometry.axes, ends, strict=True)]
        frame = scratch("frame", (N, *(2 * pairs(a) + 2 for a in geometry.axes), C), dtype)
        self.edges = edges(frame, inside)
        self.inside = frame[:, *inside]
        self.read = (slice(None), *(slice(part.stop - part.start) for part in inside))
        levels = [frame, *_levels("X", frame.shape, geometry, dtype)]
        self.steps = []
        for axis, (before, after) in zip(reversed(geometry.axes), pairwise(levels), strict=True):
            stop = 2 * pairs(axis)
            d = [_part(before, geometry, slice(i, i + stop, 2)) for i in range(4)]
            self.steps.append((d, list(after)))
        self.X = levels[-1].reshape(sizes(geometry)[0], -1, C)

    def of(self, x: Array) -> Array:
        """Return X of x, which is first copied into a frame of zeros."""
        for edge in self.edges:
            edge.fill(0)
        np.copyto(self.inside, x[self.read])
        for (d0, d1, d2, d3), (X0, X1, X2, X3) in self.steps:
            np.subtract(d0, d2, out=X0)
            np.add(d1, d2, out=X1)
            np.subtract(d2, d1, out=X2)
            np.subtract(d1, d3, out=X3)
        return self.X


class Results:
    """Y (R, N*P, K) of some images y (N, *Y, K): y0, y0 + y1, y0 - y1, -y1 of each axis."""

    def __init__(self, geometry: Geometry, shape: tuple[int, ...], dtype: Any) -> None:
        N, *Y, K = shape
        even = (N, *(2 * pairs(axis) for axis in geometry.axes), K)
        self.whole = None if even == shape else scratch("even", even, dtype)
        self.geometry, self.part = geometry, (slice(None), *map(slice, Y))
        self.levels = _levels("Y", even, geometry, dtype)
        self.Y = self.levels[-1].reshape(sizes(geometry)[0], -1, K)

    def of(self, y: Array) -> Array:
        """Return Y of y, whose odd sizes get one more zero."""
        if self.whole is not None:
            self.whole.fill(0)
            self.whole[self.part] = y
            y = self.whole
        for (y0, y1), (Y0, Y1, Y2, Y3) in self._steps(y):
            np.copyto(Y0, y0)
            np.add(y0, y1, out=Y1)
            np.subtract(y0, y1, out=Y2)
            np.negative(y1, out=Y3)
        return self.Y

    def to(self, y: Array) -> None:
        """Write the transpose of this map, applied to Y, into y."""
        whole = y if self.whole is None else self.whole
        for (y0, y1), (Y0, Y1, Y2, Y3) in reversed(self._steps(whole)):
            np.add(Y0, Y1, out=y0)
            y0 += Y2
            np.subtract(Y1, Y2, out=y1)
            y1 -= Y3
        if whole is not y:
            y[...] = whole[self.part]

    def _steps(self, y: Array) -> list[tuple[list[Array], Array]]:
        """Return for each axis the pair of results and the four terms."""
        halves = [slice(0, None, 2), slice(1, None, 2)]
        return [
            ([_part(before, self.geometry, half) for half in halves], after)
            for before, after in pairwise([y, *self.levels])
        ]


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


def _levels(name: str, shape: tuple[int, ...], geometry: Geometry, dtype: Any) -> list[Array]:
    """Return an array for each step from a size to terms and tiles, of the shape (N, *sizes, C).

    The last axis comes first, so that the larger steps have the longer runs of memory. For two axes
    the shapes are (4, N, size, P', C) and (4, 4, N, P, P', C).
    """
    levels: list[Array] = []
    D = len(geometry.axes)
    for axis in reversed(geometry.axes):
        shape = (4, *shape[:D], pairs(axis), *shape[D + 1 :])
        levels.append(scratch(f"{name}{len(levels)}", shape, dtype))
    return levels


def _part(level: Array, geometry: Geometry, part: slice) -> Array:
    """Return this part of the axis that becomes terms and tiles in the next step."""
    return level[(slice(None),) * len(geometry.axes) + (part,)]


def blocks(geometry: Geometry, N: int, channels: int, itemsize: int) -> list[slice]:
    """Return equal blocks of images with about _BYTES of X and Y each, at least _LEAST blocks."""
    size = itemsize * channels * prod(sizes(geometry))
    return cut(N, max(_LEAST, -(-N * size // _BYTES)))
