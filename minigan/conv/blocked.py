"""blocked: im2col in blocks that fit the cache, with channels last, on all cores.

im2col is slow because it moves its columns through memory, not because it multiplies. Here the
columns are made for a few images or rows at a time, in a scratch buffer that stays in the cache.
Channels come last, so that a row of the kernel is one contiguous run. Results have the usual shape
(N, C, *X) but lie in memory in the order (N, *X, C); inputs in this order are read without a copy,
so nothing is transposed between convolutions.

The transposed convolution gathers: each phase of its result is a convolution with stride 1. An
image of few channels is instead added up from overlapping windows, because its columns are smaller
than the windows to gather.

If a kernel is twice as long as its stride and there is enough work, blocked uses Winograd's form
(`winograd`), which multiplies 9 times instead of 16 in 2-D.

The blocks depend on shapes alone, and partial sums are added in a fixed order: the results have the
same bits at any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod

import numpy as np

from minigan.backend import Array
from minigan.conv import block_columns, winograd
from minigan.conv.block_columns import FEW, Block, Columns, blocks
from minigan.conv.layout import scratch
from minigan.geometry import Geometry
from minigan.threads import matmul, parallel

CHUNKS = 8  # partial sums of conv_weight
_PART = 1 << 15  # entries of w that are added up at a time
_MANY = 16  # with this many channels, Winograd's additions cost little beside its products
_IMAGES = 4  # the least batch for Winograd's form, which gives whole images to threads
_RATIO = 0.75  # the most products of Winograd's form, relative to im2col's


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """Return y (N, K, *Y): block by block, the columns of x @ w as a matrix.

    >>> x, w = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])
    >>> conv(x, w, Geometry.conv((4,), (2,), stride=2))
    array([[[12, 34]]])
    """
    G, N, (K, C) = geometry.groups, len(x), w.shape[:2]
    if is_one_window(geometry):
        return matmul(_flat(x), _flat(w).T).reshape(N, K, *geometry.Y)
    if uses_winograd("conv", geometry, N, C, K):
        return winograd.conv(x, w, geometry)
    x, size = _channels_last(x, G), prod(geometry.taps) * C
    wT = np.moveaxis(w, 1, -1).reshape(G, K // G, size).swapaxes(1, 2)  # (G, T*C/G, K/G)
    y = np.empty((N, *geometry.Y, G, K // G), np.result_type(x, w))
    work = partial(_convolve, Columns(x, geometry), wT, y)
    parallel(work, blocks(geometry, N, x.itemsize * G * size))
    return _channels_first(y)


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """Return x (N, C, *X): each phase is a convolution of y with its own taps, flipped.

    >>> y, w = np.array([[[1, 2]]]), np.array([[[10, 1]]])
    >>> conv_transpose(y, w, Geometry.conv_transpose((2,), (2,), stride=2))
    array([[[10,  1, 20,  2]]])
    """
    G, N, (K, C) = geometry.groups, len(y), w.shape[:2]
    if is_one_window(geometry):
        return matmul(_flat(y), _flat(w)).reshape(N, C, *geometry.X)
    if uses_winograd("conv_transpose", geometry, N, C, K):
        return winograd.conv_transpose(y, w, geometry)
    if C <= FEW:
        return _overlap_add(y, w, geometry)
    y = _channels_last(y, G)
    w = np.moveaxis(w.reshape(G, K // G, *w.shape[1:]), (1, 2), (-2, -1))  # (G, *taps, K/G, C/G)
    x = np.zeros((N, *geometry.X, G, C), np.result_type(y, w))
    reverse = (slice(None, None, -1),) * len(geometry.axes)
    pieces: list[tuple[Callable[[Block], None], Block]] = []
    for places, taps, phase in geometry.phases:
        if 0 in phase.X:  # x is too short to have positions of this phase
            continue
        size = prod(phase.taps) * (K // G)
        wT = w[:, *taps][:, *reverse].reshape(G, size, C)  # (G, T*K/G, C/G)
        work = partial(_convolve, Columns(y, phase.flipped), wT, x[:, *places])
        pieces += [(work, block) for block in blocks(phase.flipped, N, y.itemsize * G * size)]
    parallel(lambda piece: piece[0](piece[1]), pieces)
    return _channels_first(x)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """Return w (K, C/G, *taps): the sum over the blocks of y transposed @ the columns of x.

    >>> x, y = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])
    >>> conv_weight(x, y, Geometry.conv((4,), (2,), stride=2))
    array([[[13, 24]]])
    """
    G, N, K, C = geometry.groups, len(x), y.shape[1], x.shape[1] // geometry.groups
    if is_one_window(geometry):
        return matmul(_flat(y).T, _flat(x)).reshape(K, C, *geometry.taps)
    if uses_winograd("conv_weight", geometry, N, C, K):
        return winograd.conv_weight(x, y, geometry)
    x, y, size = _channels_last(x, G), _channels_last(y, G), prod(geometry.taps) * C
    columns, pieces = Columns(x, geometry), blocks(geometry, N, x.itemsize * G * size)
    w = np.empty((K, C, *geometry.taps), np.result_type(x, y))
    sums = np.empty((min(len(pieces), CHUNKS), K, size), w.dtype)

    def correlate(chunk: int) -> None:
        """Add up every CHUNKS-th block."""
        total = sums[chunk].reshape(G, K // G, size)
        for number, block in enumerate(pieces[chunk :: len(sums)]):
            cols = columns(block)  # (G, P, T*C/G)
            yT = y[block].reshape(cols.shape[1], G, K // G).transpose(1, 2, 0)  # (G, K/G, P)
            if number == 0:
                np.matmul(yT, cols, out=total)
            else:
                total += np.matmul(yT, cols, out=scratch("product", total.shape, total.dtype))

    def collect(k: slice) -> None:
        """Add the partial sums of some kernels, always in the same order."""
        for part in sums[1:]:
            sums[0, k] += part[k]
        w[k] = np.moveaxis(sums[0, k].reshape(-1, *geometry.taps, C), -1, 1)

    parallel(correlate, range(len(sums)))
    rows = max(1, _PART // max(1, size))
    parallel(collect, [slice(k, k + rows) for k in range(0, K, rows)])
    return w


def is_one_window(geometry: Geometry) -> bool:
    """Return whether x is exactly one window, so that the faces are plain matrix products."""
    return geometry.groups == 1 and all(
        axis.Y == 1 and axis.padding == 0 and axis.taps == axis.X for axis in geometry.axes
    )


def uses_winograd(face: str, geometry: Geometry, N: int, C: int, K: int) -> bool:
    """Return whether this face uses Winograd's form: its additions must not cost what it saves.

    N is the size of the batch; C and K are the numbers of channels of x and y.

    >>> geometry = Geometry.conv((16, 16), (4, 4), stride=2, padding=1)
    >>> uses_winograd("conv", geometry, 64, 32, 32), uses_winograd("conv", geometry, 64, 3, 32)
    (True, False)
    """
    if min(C, K) < _MANY or N < _IMAGES:
        return False
    if is_one_window(geometry) or not winograd.suits(geometry):
        return False
    positions = N * prod(geometry.Y)
    phase_by_phase = face == "conv_transpose"  # the alternative is slower, so less work is enough
    if positions < (1 if phase_by_phase else 4) * block_columns.POSITIONS:
        return False
    return winograd.ratio(geometry) <= _RATIO  # it is larger if pairs of few results are half empty


def _convolve(columns: Columns, wT: Array, y: Array, block: Block) -> None:
    """Write the columns of this block @ wT into y[block]."""
    out = y[block]  # (N, *Y, G, K/G)
    cols = columns(block)  # (G, P, T*C/G)
    shape = (cols.shape[1], *out.shape[-2:])  # (P, G, K/G)
    if out.flags.c_contiguous:
        np.matmul(cols, wT, out=out.reshape(shape).swapaxes(0, 1))
    else:
        result = scratch("product", shape, out.dtype)
        np.matmul(cols, wT, out=result.swapaxes(0, 1))
        out[...] = result.reshape(out.shape)


def _overlap_add(y: Array, w: Array, geometry: Geometry) -> Array:
    """Return x (N, C, *X), channels first: windows w transposed @ y, added where they overlap."""
    G, N, (K, C) = geometry.groups, len(y), w.shape[:2]
    T, P = prod(geometry.taps), prod(geometry.Y)
    y = _channels_last(y, G)
    wT = np.ascontiguousarray(w.reshape(G, K // G, C * T).swapaxes(1, 2))  # (G, C/G*T, K/G)
    x: Array = np.zeros((N, G * C, *geometry.X), np.result_type(y, w))
    images = images_of_columns(x.itemsize * P * G * C * T)

    def add(n: slice) -> None:
        part = x[n]
        yT = y[n].reshape(len(part) * P, G, K // G).transpose(1, 2, 0)  # (G, K/G, N*P)
        cols = np.matmul(wT, yT, out=scratch("columns", (*wT.shape[:2], yT.shape[2]), x.dtype))
        cols = cols.reshape(G * C, *geometry.taps, len(part), *geometry.Y)
        for i, o, h in geometry.places:
            window = part.swapaxes(0, 1)[..., *h]
            window += cols[:, *i, :, *o]

    parallel(add, [slice(n, n + images) for n in range(0, N, images)])
    return x


def images_of_columns(bytes_of_image: int) -> int:
    """Return how many images have columns that fit a block, at least one."""
    return max(1, block_columns.BYTES // max(1, bytes_of_image))


def _flat(a: Array) -> Array:
    """(N, C, *X) -> (N, C*Q)."""
    return a.reshape(len(a), prod(a.shape[1:]))


def _channels_last(x: Array, G: int) -> Array:
    """(N, C, *X) -> (N, *X, G, C/G); a copy if channels are many and not last in memory."""
    x = np.moveaxis(x, 1, -1)
    x = x if x.shape[-1] <= FEW * G else np.ascontiguousarray(x)
    return x.reshape(*x.shape[:-1], G, x.shape[-1] // G)


def _channels_first(x: Array) -> Array:
    """(N, *X, G, C/G) -> (N, C, *X), a view."""
    return np.moveaxis(x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1]), -1, 1)
