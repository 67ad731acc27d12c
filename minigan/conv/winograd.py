"""winograd: for kernels twice as long as their stride, three multiplications instead of four.

Take one axis with kernel k = 2*s (the DCGAN's 4 and 2, for example). Count s neighbours of x as one
long entry d. Then the kernel is a pair (w0, w1), and a pair of results (y0, y1) sees d0, d1 and d2.
Their part of the trilinear form has four products, but its rank is three (Winograd 1980; for
networks Lavin and Gray 2016, arXiv:1509.09308):

    d0 w0 y0 + d1 w1 y0 + d1 w0 y1 + d2 w1 y1  =  (d0-d1) w0 y0 + d1 (w0+w1) (y0+y1) + (d2-d1) w1 y1

So the form is a sum over r of X[r] W[r] Y[r], and a tile of an image has 9 terms instead of 16.
Each face leaves one factor out: it computes the other two, multiplies them as matrices for every
r, and applies the transpose of the map that would have computed the third.

A result depends on the entries of its own window only, and on floats with small integer values
nothing is rounded. But if entries are infinite, or so large that a difference overflows, a result
may be NaN or infinite where the definition gives another value.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.conv.finishing import Finish
from minigan.conv.layout import channels_first, channels_last, kept
from minigan.conv.winograd_transforms import (
    CHUNKS,
    Data,
    Results,
    blocks,
    cut,
    kernels,
    of_kernel,
    read_part,
    sizes,
    sums_of_blocks,
    to_kernel,
)
from minigan.geometry import Geometry
from minigan.threads import ALONE, parallel

# The least tiles in a block of conv_transpose: as in 0.1, so that its runs keep their bits.
TILES_OF_TRANSPOSED = 1


def suits(geometry: Geometry) -> bool:
    """Return whether every kernel is twice as long as its stride, with no dilation or groups.

    >>> suits(Geometry.conv((8, 8), (4, 4), stride=2)), suits(Geometry.conv((8, 8), (3, 3)))
    (True, False)
    """
    return geometry.groups == 1 and all(
        axis.taps == 2 * axis.stride and axis.dilation == 1 for axis in geometry.axes
    )


def ratio(geometry: Geometry) -> float:
    """Return the number of its multiplications divided by that of im2col.

    The ratio is (3/4)**D with D axes if all sizes of y are even; odd sizes leave a pair half empty.

    >>> ratio(Geometry.conv((16, 16), (4, 4), stride=2, padding=1))
    0.5625
    """
    R, P, S = sizes(geometry)
    return R * P * S / (prod(geometry.taps) * prod(geometry.Y))


def conv(x: Array, w: Array, geometry: Geometry, finish: Finish | None = None) -> Array:
    """Return y (N, K, *Y): Y[r] = X[r] @ W[r] transposed.

    >>> conv(np.array([[[1, 2, 3]]]), np.array([[[10, 1]]]), Geometry.conv((3,), (2,)))
    array([[[12, 23]]])
    """
    x, W = channels_last(x), of_kernel(w, geometry)  # (N, *X, C), (R, K, S*C)
    y, WT = np.empty((len(x), *geometry.Y, len(w)), np.result_type(x, w)), W.swapaxes(1, 2)
    if finish:
        finish.begin(y)

    def work(n: slice) -> None:
        data, results = _transforms(geometry, x[n], y[n])
        np.matmul(data.of(x[n]), WT, out=results.Y)
        results.to(y[n])
        if finish:
            finish.apply(y[n], None if finish.passes is None else finish.passes[n])

    parallel(work, blocks(geometry, len(x), x.shape[-1], x.itemsize))
    return channels_first(y)


def conv_transpose(y: Array, w: Array, geometry: Geometry, finish: Finish | None = None) -> Array:
    """Return x (N, C, *X): X[r] = Y[r] @ W[r].

    >>> conv_transpose(np.array([[[1, 2]]]), np.array([[[10, 1]]]), Geometry.conv((3,), (2,)))
    array([[[10, 21,  2]]])
    """
    y, W = channels_last(y), of_kernel(w, geometry)  # (N, *Y, K), (R, K, S*C)
    covered = read_part(geometry) == [slice(X) for X in geometry.X]
    x = (np.empty if covered else np.zeros)((len(y), *geometry.X, w.shape[1]), np.result_type(y, w))

    if finish:
        finish.begin(x)

    def work(n: slice) -> None:
        data, results = _transforms(geometry, x[n], y[n])
        np.matmul(results.of(y[n]), W, out=data.X)
        data.to(x[n])
        if finish:
            finish.apply(x[n], None if finish.passes is None else finish.passes[n])

    parallel(work, blocks(geometry, len(y), w.shape[1], x.itemsize, TILES_OF_TRANSPOSED))
    return channels_first(x)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """Return w (K, C, *taps): W[r] = Y[r] transposed @ X[r], summed over the blocks of images.

    >>> conv_weight(np.array([[[1, 2, 3]]]), np.array([[[10, 1]]]), Geometry.conv((3,), (2,)))
    array([[[12, 23]]])
    """
    x, y = channels_last(x), channels_last(y)
    (N, *_, C), K = x.shape, y.shape[-1]
    w = np.empty((K, C, *geometry.taps), np.result_type(x, y))
    keeps = keeps_terms(geometry, N, C, K, x.itemsize)
    sums = (_product_of_terms if keeps else _sums)(x, y, geometry, w.dtype)

    def collect(k: slice) -> None:
        """Add the partial sums of some kernels, always in the same order."""
        W = sums[0, :, k]
        for part in sums[1:]:
            W += part[:, k]
        to_kernel(W, w[k], geometry)

    parallel(collect, kernels(K, w.size), alone=w.size < ALONE)
    return w


def keeps_terms(geometry: Geometry, N: int, C: int, K: int, itemsize: int) -> bool:
    """Return whether conv_weight keeps X and Y of all images, because they need less memory.

    The alternative are partial sums of W over blocks of images. With many channels and few
    positions they are larger, and a block has few positions to sum over.

    >>> geometry = Geometry.conv((8, 8), (4, 4), stride=2, padding=1)
    >>> keeps_terms(geometry, 64, 256, 512, 4), keeps_terms(geometry, 64, 16, 16, 4)
    (True, False)
    """
    _, P, S = sizes(geometry)
    chunks = min(CHUNKS, len(blocks(geometry, N, C, itemsize)))
    return (chunks - 1) * K * S * C > N * P * (S * C + K)


def _sums(x: Array, y: Array, geometry: Geometry, dtype: Any) -> Array:
    """Return sums (chunks, R, K, S*C) over the blocks of images x (N, *X, C) and y (N, *Y, K)."""
    (N, *_, C), K, (R, _, S) = x.shape, y.shape[-1], sizes(geometry)

    def multiply(n: slice, W: Array) -> None:
        data, results = _transforms(geometry, x[n], y[n])
        np.matmul(results.of(y[n]).swapaxes(1, 2), data.of(x[n]), out=W)

    return sums_of_blocks(blocks(geometry, N, C, x.itemsize), (R, K, S * C), dtype, multiply)


def _product_of_terms(x: Array, y: Array, geometry: Geometry, dtype: Any) -> Array:
    """Return W (1, R, K, S*C): one product of X and Y of all images for each term and few k."""
    (N, *_, C), K, (R, P, S) = x.shape, y.shape[-1], sizes(geometry)
    X, Y = np.empty((R, N * P, S * C), x.dtype), np.empty((R, N * P, K), y.dtype)
    W = np.empty((1, R, K, S * C), dtype)

    def transform(n: slice) -> None:
        data, results = _transforms(geometry, x[n], y[n])
        at = slice(P * n.start, P * n.stop)
        X[:, at], Y[:, at] = data.of(x[n]), results.of(y[n])

    def multiply(piece: tuple[int, slice]) -> None:
        r, k = piece
        np.matmul(Y[r, :, k].T, X[r], out=W[0, r, k])

    parallel(transform, blocks(geometry, N, C, x.itemsize))
    parallel(multiply, list(product(range(R), cut(K, 2))))
    return W


def _transforms(geometry: Geometry, x: Array, y: Array) -> tuple[Data, Results]:
    """Return the transforms of some images of x and y, kept by this thread."""
    return kept(Data, geometry, x.shape, x.dtype), kept(Results, geometry, y.shape, y.dtype)
