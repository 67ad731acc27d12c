"""blocked: im2col by blocks that fit the cache, channels last, each block one product, on all
cores.

What slows im2col down is not multiplying but moving columns through memory. So they are made for a
few images or rows at a time, in a scratch that stays in the cache, with channels last, so that a
row of the kernel is one contiguous run. Results have the shape (N, C, *X) of everywhere else on
memory in the order (N, *X, C), and inputs that come so are read without a copy: between
convolutions nothing is transposed.

The transposed convolution gathers: each phase of its result is a convolution of stride 1. Only
images of few channels are put together from overlapping windows, for there the columns are smaller
than what would be gathered.

Where a kernel is twice as long as its stride and there is enough to do, `winograd` multiplies 9
times for 16.

Blocks are cut by shape alone and partial sums added in a fixed order: the same bits at any number
of threads.
"""

from __future__ import annotations

from functools import partial
from itertools import product
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from minigan.backend import Array
from minigan.conv import im2col, polyphase, winograd
from minigan.conv.layout import local, scratch
from minigan.geometry import Geometry
from minigan.threads import matmul, parallel

Block = tuple[slice, slice]  # images n, and positions o along the first axis of y

_BYTES = 1 << 19  # of columns in a block: they should stay in the cache
_POSITIONS = 256  # in a block at least, or a product spends its time on reading w
_CHUNKS = 8  # partial sums of conv_weight
_PART = 1 << 15  # entries of w that are collected at a time
_FEW = 3  # channels too few to be a run of their own
_MANY = 16  # channels, so that additions cost little beside products
_IMAGES = 4  # at least: what it hands to threads are whole images
_SHARE = 0.75  # of the multiplications, or additions cost more than is saved


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """y (N, K, *Y): block by block, the columns of x @ w as a matrix."""
    G, N, (K, C) = geometry.groups, len(x), w.shape[:2]
    if _is_one_window(geometry):
        return matmul(_flat(x), _flat(w).T).reshape(N, K, *geometry.Y)
    if _saves("conv", geometry, N, C, K):
        return winograd.conv(x, w, geometry)
    x, size = _channels_last(x, G), prod(geometry.taps) * C
    wT = np.moveaxis(w, 1, -1).reshape(G, K // G, size).swapaxes(1, 2)  # (G, T*C/G, K/G)
    y = np.empty((N, *geometry.Y, G, K // G), np.result_type(x, w))
    parallel(
        partial(_convolve, _Columns(x, geometry), wT, y),
        _blocks(geometry, N, x.itemsize * G * size),
    )
    return _channels_first(y)


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """x (N, C, *X): each phase of it is a convolution of y with the flipped taps that reach this
    phase.
    """
    G, N, (K, C) = geometry.groups, len(y), w.shape[:2]
    if _is_one_window(geometry):
        return matmul(_flat(y), _flat(w)).reshape(N, C, *geometry.X)
    if _saves("conv_transpose", geometry, N, C, K):
        return winograd.conv_transpose(y, w, geometry)
    if C <= _FEW:
        return _overlap_add(y, w, geometry)
    y = _channels_last(y, G)
    w = np.moveaxis(w.reshape(G, K // G, *w.shape[1:]), (1, 2), (-2, -1))  # (G, *taps, K/G, C/G)
    x = np.zeros((N, *geometry.X, G, C), np.result_type(y, w))
    flip, pieces = (slice(None, None, -1),) * len(geometry.axes), []
    for places, taps, phase in geometry.phases:
        if 0 in phase.X:  # x is too short to have this phase
            continue
        size = prod(phase.taps) * (K // G)
        wT = w[:, *taps][:, *flip].reshape(G, size, C)  # (G, T*K/G, C/G)
        work = partial(_convolve, _Columns(y, phase.flipped), wT, x[:, *places])
        pieces += [
            partial(work, block) for block in _blocks(phase.flipped, N, y.itemsize * G * size)
        ]
    parallel(lambda piece: piece(), pieces)
    return _channels_first(x)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """w (K, C/G, *taps): the sum over the blocks of y transposed @ the columns of x."""
    G, N, K, C = geometry.groups, len(x), y.shape[1], x.shape[1] // geometry.groups
    if _is_one_window(geometry):
        return matmul(_flat(y).T, _flat(x)).reshape(K, C, *geometry.taps)
    if _saves("conv_weight", geometry, N, C, K):
        return winograd.conv_weight(x, y, geometry)
    x, y, size = _channels_last(x, G), _channels_last(y, G), prod(geometry.taps) * C
    columns, blocks = _Columns(x, geometry), _blocks(geometry, N, x.itemsize * G * size)
    w = np.empty((K, C, *geometry.taps), np.result_type(x, y))
    sums = np.empty((min(len(blocks), _CHUNKS), K, size), w.dtype)

    def correlate(chunk: int) -> None:
        total = sums[chunk].reshape(G, K // G, size)
        for number, block in enumerate(blocks[chunk :: len(sums)]):
            cols = columns(block)  # (G, P, T*C/G)
            yT = y[block].reshape(cols.shape[1], G, K // G).transpose(1, 2, 0)  # (G, K/G, P)
            if number == 0:
                np.matmul(yT, cols, out=total)
            else:
                total += np.matmul(yT, cols, out=scratch("product", total.shape, total.dtype))

    def collect(k: slice) -> None:
        for part in sums[1:]:
            sums[0, k] += part[k]
        w[k] = np.moveaxis(sums[0, k].reshape(-1, *geometry.taps, C), -1, 1)

    parallel(correlate, range(len(sums)))
    rows = max(1, _PART // max(1, size))
    parallel(collect, [slice(k, k + rows) for k in range(0, K, rows)])
    return w


def _convolve(columns: _Columns, wT: Array, y: Array, block: Block) -> None:
    """y[block] = the columns of this block of x @ wT."""
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
    """x (N, C, *X) in this order in memory: the windows w transposed @ y, added image by image
    where they overlap.
    """
    G, N, K, C = geometry.groups, len(y), len(w), w.shape[1]
    y = _channels_last(y, G)
    wT = np.ascontiguousarray(
        w.reshape(G, K // G, C * prod(geometry.taps)).swapaxes(1, 2)
    )  # (G, C/G*T, K/G)
    x: Array = np.zeros((N, G * C, *geometry.X), np.result_type(y, w))
    P = prod(geometry.Y)
    images = max(1, _BYTES // max(1, x.itemsize * P * wT[..., 0].size))

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


class _Columns:
    """The windows of x (N, *X, G, C/G), a block at a time, as a matrix (G, P, T*C/G) for each
    group.

    A block whose windows hang over an edge is first copied into a frame of zeros. The views that
    this takes are kept for the next block if it lies alike, for Python's share of a block is time
    in which no other thread can run.
    """

    def __init__(self, x: Array, geometry: Geometry) -> None:
        self.x, self.geometry, self.key = x, geometry, object()
        self.reach = [axis.reach(0, axis.Y) for axis in geometry.axes]
        self.hangs = any(
            lo < 0 or hi > X for (lo, hi), X in zip(self.reach, geometry.X, strict=True)
        )
        if not self.hangs:
            self.windows = _windows(
                x[:, *(slice(lo, hi) for lo, hi in self.reach)], geometry, geometry.Y
            )

    def __call__(self, block: Block) -> Array:
        n, o = block
        if not self.hangs:
            return self._matrix(_runs(self.windows[n, o], self.geometry))
        reach = [self.geometry.axes[0].reach(o.start, o.stop), *self.reach[1:]]
        inside = [slice(max(lo, 0), max(0, hi)) for lo, hi in reach]
        x = self.x[n, *inside]
        starts, sizes = [max(-lo, 0) for lo, _ in reach], [hi - lo for lo, hi in reach]
        key = self.key, x.shape, starts[0], sizes[0]
        if getattr(local, "key", None) != key:
            local.key = local.inside = local.runs = None  # let go of the old frame
            frame = scratch("frame", (len(x), *sizes, *x.shape[-2:]), x.dtype)
            frame.fill(0)
            local.inside = frame[
                :, *(slice(h, h + size) for h, size in zip(starts, x.shape[1:], strict=False))
            ]
            local.runs = _runs(
                _windows(frame, self.geometry, (o.stop - o.start, *self.geometry.Y[1:])),
                self.geometry,
            )
            local.key = key
        np.copyto(local.inside, x)
        return self._matrix(local.runs)

    def _matrix(self, runs: Array) -> Array:
        """Runs in the order of memory, copied if need be -> (G, P, T*C/G)."""
        if not runs.flags.c_contiguous:
            columns = scratch("columns", runs.shape, runs.dtype)
            np.copyto(columns, runs)
            runs = columns
        G, C, D, T = len(runs), self.x.shape[-1], len(self.geometry.axes), prod(self.geometry.taps)
        if C <= _FEW:
            return runs.reshape(G, T * C, prod(runs.shape[D + 2 :])).swapaxes(1, 2)
        return runs.reshape(G, prod(runs.shape[1 : D + 2]), T * C)


def _windows(x: Array, geometry: Geometry, Y: tuple[int, ...]) -> Array:
    """A view (N, *Y, *taps, G, C/G) of the windows of x, whose first window starts where x
    starts.
    """
    batch, *space, group, channel = x.strides
    steps = [step * axis.stride for step, axis in zip(space, geometry.axes, strict=True)]
    dilated = [step * axis.dilation for step, axis in zip(space, geometry.axes, strict=True)]
    shape = (len(x), *Y, *geometry.taps, *x.shape[-2:])
    return as_strided(x, shape, (batch, *steps, *dilated, group, channel), writeable=False)


def _runs(windows: Array, geometry: Geometry) -> Array:
    """(N, *Y, *taps, G, C/G) -> (G, N, *Y, *taps, C/G); for few channels (G, *taps, C/G, N, *Y):
    long runs last.
    """
    D = len(geometry.axes)
    position, taps = range(D + 1), range(D + 1, 2 * D + 1)
    if windows.shape[-1] <= _FEW:
        return windows.transpose(2 * D + 1, *taps, 2 * D + 2, *position)
    return windows.transpose(2 * D + 1, *position, *taps, 2 * D + 2)


def _blocks(geometry: Geometry, N: int, bytes_of_window: int) -> list[Block]:
    """Blocks of whole images, or of rows of one image: _BYTES of columns, but _POSITIONS windows at
    least.
    """
    Y, row = geometry.Y[0], prod(geometry.Y[1:])
    positions = max(_POSITIONS, _BYTES // max(1, bytes_of_window))
    images, rows = max(1, positions // max(1, Y * row)), max(1, min(Y, positions // max(1, row)))
    starts = product(range(0, max(1, N), images), range(0, Y, rows))
    return [(slice(n, min(n + images, N)), slice(o, min(o + rows, Y))) for n, o in starts]


def _is_one_window(geometry: Geometry) -> bool:
    """Whether x is exactly one window, so that the three faces are plain matrix products."""
    return geometry.groups == 1 and all(
        a.Y == 1 and a.padding == 0 and a.taps == a.X for a in geometry.axes
    )


def _saves(face: str, geometry: Geometry, N: int, C: int, K: int) -> bool:
    """Whether winograd's fewer multiplications save more time than the additions that they need
    take.
    """
    enough = (
        _POSITIONS if face == "conv_transpose" else 4 * _POSITIONS
    )  # which else is made phase by phase
    if min(C, K) < _MANY or N < _IMAGES or N * prod(geometry.Y) < enough:
        return False
    if _is_one_window(geometry) or not winograd.suits(geometry):
        return False
    plain = im2col.multiplications(face, geometry, N, C, K)
    return (
        winograd.multiplications(geometry, N, C, K) <= _SHARE * plain
    )  # pairs of few results are half empty


def _flat(a: Array) -> Array:
    """(N, C, *X) -> (N, C*Q)."""
    return a.reshape(len(a), prod(a.shape[1:]))


def _channels_last(x: Array, G: int) -> Array:
    """(N, C, *X) -> (N, *X, G, C/G); a copy if there are many channels and they are not last in
    memory.
    """
    x = np.moveaxis(x, 1, -1)
    x = x if x.shape[-1] <= _FEW * G else np.ascontiguousarray(x)
    return x.reshape(*x.shape[:-1], G, x.shape[-1] // G)


def _channels_first(x: Array) -> Array:
    """(N, *X, G, C/G) -> (N, C, *X), a view."""
    return np.moveaxis(x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1]), -1, 1)


def multiplications(face: str, geometry: Geometry, N: int, C: int, K: int) -> int:
    """Those of winograd where it saves; else one for every tap of every window, phase by phase
    where x is gathered.
    """
    if _saves(face, geometry, N, C, K):
        return winograd.multiplications(geometry, N, C, K)
    gathers = C // geometry.groups > _FEW and not _is_one_window(geometry)
    if face == "conv_transpose" and gathers:
        return polyphase.multiplications(face, geometry, N, C, K)
    return im2col.multiplications(face, geometry, N, C, K)


def memory(face: str, geometry: Geometry, N: int, C: int, K: int, itemsize: int) -> int:
    """The result, channels-last copies of contiguous inputs, w as a matrix, partial sums, and one
    thread's scratch.
    """
    G, (T, X, Y) = (
        geometry.groups,
        (prod(sizes) for sizes in (geometry.taps, geometry.X, geometry.Y)),
    )
    w, x_last, y_last = K * C // G * T, N * C * X * (C > _FEW * G), N * K * Y * (K > _FEW * G)
    if _is_one_window(geometry):
        return itemsize * {"conv": N * K, "conv_transpose": N * C * T, "conv_weight": w}[face]
    if _saves(face, geometry, N, C, K):
        return winograd.memory(face, geometry, N, C, K, itemsize)
    if face == "conv":
        return itemsize * (
            x_last + w * (C > G) + N * K * Y + _scratch_size(geometry, N, C, itemsize)
        )
    if face == "conv_weight":
        blocks = len(_blocks(geometry, N, itemsize * C * T))
        sums = w * (1 + min(blocks, _CHUNKS) + (blocks > _CHUNKS))
        return itemsize * (x_last + y_last + sums + _scratch_size(geometry, N, C, itemsize))
    if C <= _FEW * G:
        images = min(N, max(1, _BYTES // max(1, itemsize * C * T * Y)))
        return itemsize * (y_last + w + N * C * X + images * C * T * Y)
    phases = [phase.flipped for _, _, phase in geometry.phases]
    scratch = max(_scratch_size(phase, N, K, itemsize, C * (len(phases) > 1)) for phase in phases)
    return itemsize * (y_last + w + N * C * X + scratch)


def _scratch_size(geometry: Geometry, N: int, C: int, itemsize: int, K: int = 0) -> int:
    """Entries of scratch for the largest block: padded images, columns, and the product if not
    written in place.
    """
    T, size = prod(geometry.taps), 0
    for n, o in _blocks(geometry, N, itemsize * C * T):
        images, P = n.stop - n.start, (o.stop - o.start) * prod(geometry.Y[1:])
        reach = [
            geometry.axes[0].reach(o.start, o.stop),
            *(axis.reach(0, axis.Y) for axis in geometry.axes[1:]),
        ]
        hangs = any(
            lo < 0 or hi > axis.X for (lo, hi), axis in zip(reach, geometry.axes, strict=True)
        )
        padded = C * prod(hi - lo for lo, hi in reach) if hangs else 0
        size = max(size, images * (padded + P * C * T + P * K))
    return size
