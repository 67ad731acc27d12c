"""blocked: im2col in blocks that fit the cache, with channels last, on all cores.

im2col is slow because it moves its columns through memory, not because it multiplies. Here the
columns are made for a few images or rows at a time, in a scratch buffer that stays in the cache.
Channels come last, so that a row of the kernel is one contiguous run. Results have the usual shape
(N, C, *X) but lie in memory in the order (N, *X, C); inputs in this order are read without a copy,
so nothing is transposed between convolutions.

The transposed convolution gathers: each phase of its result is a convolution with stride 1. An
image of few channels is instead added up from overlapping windows, because its columns are smaller
than the windows to gather.

At stride 1 large images are copied once for each tap of a row only, and the products with the rows
of the kernel are added up (`RowColumns`). If there is enough work, Winograd's forms save products:
`winograd` for kernels twice as long as their stride, which multiplies 9 times instead of 16 in 2-D,
and `winograd_threes` for three taps at stride 1, which multiplies 16 times instead of 36.

The blocks depend on shapes alone, and partial sums are added in a fixed order: the results have the
same bits at any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.conv import block_columns, winograd, winograd_threes
from minigan.conv.block_columns import FEW, Block, Columns, RowColumns, blocks, uses_rows
from minigan.conv.finishing import Finish
from minigan.conv.layout import channels_first, scratch, to_last
from minigan.geometry import Geometry
from minigan.threads import ALONE, matmul, parallel

CHUNKS = 8  # partial sums of conv_weight
_PART = 1 << 15  # entries of w that are added up at a time
_MANY = 16  # with this many channels, Winograd's additions cost little beside its products
_MORE = 64  # with this many channels of x, half as many positions are enough
_MANY_OF_THREE = 32  # the same for winograd_threes, which adds more for each product it saves
_IMAGES = 4  # the least batch for Winograd's form, which gives whole images to threads
_RATIO = 0.75  # the most products of Winograd's form, relative to im2col's


def conv(x: Array, w: Array, geometry: Geometry, finish: Finish | None = None) -> Array:
    """Return y (N, K, *Y): block by block, the columns of x @ w as a matrix.

    `finish`, if given, is applied to the blocks of y; to none if y is one matrix product.

    >>> x, w = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])
    >>> conv(x, w, Geometry.conv((4,), (2,), stride=2))
    array([[[12, 34]]])
    """
    G, N, (K, C) = geometry.groups, len(x), w.shape[:2]
    if is_one_window(geometry):
        return matmul(_flat(x), _flat(w).T).reshape(N, K, *geometry.Y)
    if form := winograd_form("conv", geometry, N, C, K, np.result_type(x, w)):
        return form.conv(x, w, geometry, finish)
    x, size = _channels_last(x, G), prod(geometry.taps) * C
    wT = to_last(w).reshape(G, K // G, size).swapaxes(1, 2)  # (G, T*C/G, K/G)
    y = np.empty((N, *geometry.Y, G, K // G), np.result_type(x, w))
    if finish:
        finish.begin(y)
    parallel(*_convolution(x, wT, y, geometry, finish))
    return _channels_first(y)


def conv_transpose(y: Array, w: Array, geometry: Geometry, finish: Finish | None = None) -> Array:
    """Return x (N, C, *X): each phase is a convolution of y with its own taps, flipped.

    `finish` is as in `conv`; it is not applied if x has few channels, or parts that no tap sees.

    >>> y, w = np.array([[[1, 2]]]), np.array([[[10, 1]]])
    >>> conv_transpose(y, w, Geometry.conv_transpose((2,), (2,), stride=2))
    array([[[10,  1, 20,  2]]])
    """
    G, N, (K, C) = geometry.groups, len(y), w.shape[:2]
    if is_one_window(geometry):
        return matmul(_flat(y), _flat(w)).reshape(N, C, *geometry.X)
    if form := winograd_form("conv_transpose", geometry, N, C, K, np.result_type(y, w)):
        return form.conv_transpose(y, w, geometry, finish)
    if C <= FEW:
        return _overlap_add(y, w, geometry)
    y = _channels_last(y, G)
    w = np.moveaxis(w.reshape(G, K // G, *w.shape[1:]), (1, 2), (-2, -1))  # (G, *taps, K/G, C/G)
    x = np.zeros((N, *geometry.X, G, C), np.result_type(y, w))
    if finish and sum(prod(phase.X) for _, _, phase in geometry.phases) == prod(geometry.X):
        finish.begin(x)
    else:  # some of x is seen by no tap and belongs to no phase
        finish = None
    reverse = (slice(None, None, -1),) * len(geometry.axes)
    pieces: list[tuple[Callable[[Block], None], Block]] = []
    for places, taps, phase in geometry.phases:
        if 0 in phase.X:  # x is too short to have positions of this phase
            continue
        size = prod(phase.taps) * (K // G)
        wT = w[:, *taps][:, *reverse].reshape(G, size, C)  # (G, T*K/G, C/G)
        at = (slice(None), *places)
        work, parts = _convolution(y, wT, x, phase.flipped, finish, at)
        pieces += [(work, part) for part in parts]
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
    if form := winograd_form("conv_weight", geometry, N, C, K, np.result_type(x, y)):
        return form.conv_weight(x, y, geometry)
    x, y, size = _channels_last(x, G), _channels_last(y, G), prod(geometry.taps) * C
    columns, pieces, F = _columns(x, geometry, 0)
    w = np.empty((K, C, *geometry.taps), np.result_type(x, y))
    sums = np.empty((min(len(pieces), CHUNKS), F, K, size // F), w.dtype)

    def correlate(chunk: int) -> None:
        """Add up every CHUNKS-th block."""
        totals = sums[chunk].reshape(F, G, K // G, size // F)
        for number, block in enumerate(pieces[chunk :: len(sums)]):
            yT = y[block].reshape(-1, G, K // G).transpose(1, 2, 0)  # (G, K/G, P)
            for total, cols in zip(totals, columns(block), strict=True):  # (G, P, T*C/G)
                if number == 0:
                    np.matmul(yT, cols, out=total)
                else:
                    total += np.matmul(yT, cols, out=scratch("product", total.shape, total.dtype))

    def collect(k: slice) -> None:
        """Add the partial sums of some kernels, always in the same order."""
        for part in sums[1:]:
            sums[0, :, k] += part[:, k]
        total = np.moveaxis(sums[0, :, k], 0, 1)  # (F, K, T*C/F) -> (K, F, T*C/F)
        w[k] = np.moveaxis(total.reshape(-1, *geometry.taps, C), -1, 1)

    parallel(correlate, range(len(sums)))
    rows = max(1, _PART // max(1, size))
    pieces_of_w = [slice(k, k + rows) for k in range(0, K, rows)]
    parallel(collect, pieces_of_w, alone=w.size < ALONE)
    return w


def is_one_window(geometry: Geometry) -> bool:
    """Return whether x is exactly one window, so that the faces are plain matrix products."""
    return geometry.groups == 1 and all(
        axis.Y == 1 and axis.padding == 0 and axis.taps == axis.X for axis in geometry.axes
    )


def winograd_form(
    face: str, geometry: Geometry, N: int, C: int, K: int, dtype: Any = np.float32
) -> Any:
    """Return the module of Winograd's form that serves this face, or None.

    Its additions must not cost what it saves. N is the size of the batch; C and K are the numbers
    of channels of x and y; `dtype` is that of the result.

    >>> geometry = Geometry.conv((16, 16), (4, 4), stride=2, padding=1)
    >>> winograd_form("conv", geometry, 64, 32, 32).__name__
    'minigan.conv.winograd'
    >>> winograd_form("conv", geometry, 64, 3, 32)  # too few channels
    """
    if N < _IMAGES or min(C, K) < _MANY or is_one_window(geometry):
        return None
    positions = N * prod(geometry.Y)
    if winograd.suits(geometry):
        phase_by_phase = face == "conv_transpose"  # the alternative is slower: less work is enough
        enough = positions >= (1 if phase_by_phase else 4) * block_columns.POSITIONS
        enough |= positions >= 2 * block_columns.POSITIONS and C >= _MORE
        # the ratio is larger if pairs of few results are half empty
        return winograd if enough and winograd.ratio(geometry) <= _RATIO else None
    if winograd_threes.suits(geometry) and min(C, K) >= _MANY_OF_THREE:
        enough = positions >= 16 * max(C, K, block_columns.POSITIONS)
        floats = np.dtype(dtype).kind == "f"  # the form has halves
        saves = winograd_threes.ratio(geometry) <= _RATIO
        return winograd_threes if enough and floats and saves else None
    return None


def _columns(x: Array, geometry: Geometry, K: int) -> tuple[Columns | RowColumns, list[Block], int]:
    """Return the columns of x (N, *X, G, C/G), the blocks, and how many matrices a block has."""
    G, C = x.shape[-2:]
    size = x.itemsize * G * C * prod(geometry.taps)
    if uses_rows(geometry, C, K):
        F = geometry.taps[0]
        return RowColumns(x, geometry), blocks(geometry, len(x), size // F, most=1), F
    return Columns(x, geometry), blocks(geometry, len(x), size), 1


def _convolution(
    x: Array,
    wT: Array,
    y: Array,
    geometry: Geometry,
    finish: Finish | None = None,
    at: tuple[slice, ...] = (),
) -> tuple[Callable[[Block], None], list[Block]]:
    """Return work that writes a block of x * w into y[at] (N, *Y, G, K/G), and the blocks.

    wT (G, T*C/G, K/G) is the kernel as a matrix.
    """
    columns, pieces, F = _columns(x, geometry, wT.shape[-1])
    parts = wT.reshape(len(wT), F, wT.shape[1] // F, wT.shape[2]).swapaxes(0, 1)
    passes = None if finish is None or finish.passes is None else finish.passes[at]
    return partial(_convolve, columns, parts, y[at], finish, passes), pieces


def _convolve(
    columns: Columns | RowColumns,
    wT: Array,
    y: Array,
    finish: Finish | None,
    passes: Array | None,
    block: Block,
) -> None:
    """Write the sum of the columns of this block @ wT into y[block], and finish it."""
    out = y[block]  # (N, *Y, G, K/G)
    shape = (prod(out.shape[:-2]), *out.shape[-2:])  # (P, G, K/G)
    whole = out.flags.c_contiguous
    result = out.reshape(shape) if whole else scratch("result", shape, out.dtype)
    first, *others = zip(columns(block), wT, strict=True)  # (G, P, T*C/G), (G, T*C/G, K/G)
    np.matmul(*first, out=result.swapaxes(0, 1))
    for cols, w in others:
        product = scratch("product", shape, out.dtype)
        np.matmul(cols, w, out=product.swapaxes(0, 1))
        result += product
    if finish:
        finish.apply(result, None if passes is None else passes[block])
    if not whole:
        out[...] = result.reshape(out.shape)


def _overlap_add(y: Array, w: Array, geometry: Geometry) -> Array:
    """Return x (N, C, *X), channels first: windows w transposed @ y, added where they overlap."""
    G, N, (K, C) = geometry.groups, len(y), w.shape[:2]
    T, P = prod(geometry.taps), prod(geometry.Y)
    y = _channels_last(y, G)
    wT = np.ascontiguousarray(w.reshape(G, K // G, C * T).swapaxes(1, 2))  # (G, C/G*T, K/G)
    x: Array = np.zeros((N, G * C, *geometry.X), np.result_type(y, w))
    images = block_columns.images_of_columns(N, x.itemsize * P * G * C * T)

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


def _flat(a: Array) -> Array:
    """(N, C, *X) -> (N, C*Q)."""
    return a.reshape(len(a), prod(a.shape[1:]))


def _channels_last(x: Array, G: int) -> Array:
    """(N, C, *X) -> (N, *X, G, C/G); a copy if channels are many and not last in memory."""
    x = to_last(x)
    x = x if x.shape[-1] <= FEW * G else np.ascontiguousarray(x)
    return x.reshape(*x.shape[:-1], G, x.shape[-1] // G)


def _channels_first(x: Array) -> Array:
    """(N, *X, G, C/G) -> (N, C, *X), a view."""
    return channels_first(x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1]))
