"""The columns of im2col for one block of windows at a time, with channels last, in scratch."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from minigan.backend import Array
from minigan.conv.layout import local, scratch
from minigan.geometry import Geometry

Block = tuple[slice, slice]  # images n, and positions o along the first axis of y

BYTES = 3 << 18  # of columns in a block, so that they stay in the cache
POSITIONS = 256  # at least in a block; with fewer a product spends its time on reading w
FEW = 3  # with at most this many channels, runs of positions are longer than runs of channels


def block_shape(
    geometry: Geometry, N: int, bytes_of_window: int, most: int | None = None
) -> tuple[int, int]:
    """Return the images and the rows of an image in one block: whole images, or rows of one image.

    A block has about BYTES of columns, but at least POSITIONS windows, and at most `most` images.
    """
    Y, row = geometry.Y[0], prod(geometry.Y[1:])
    positions = max(POSITIONS, BYTES // max(1, bytes_of_window))
    images, rows = max(1, positions // max(1, Y * row)), max(1, min(Y, positions // max(1, row)))
    return balanced(images, max(1, N)) if most is None else min(images, most), rows


def images_of_columns(N: int, bytes_of_image: int) -> int:
    """Return how many of N whole images make a block with about BYTES of columns."""
    return balanced(max(1, BYTES // max(1, bytes_of_image)), max(1, N))


def balanced(images: int, N: int) -> int:
    """Return how many of N images make a block: about `images`, and N / 2, N / 4, N / 6, ...

    So two threads get about the same work; it is the same if N can be divided so. If N is at most
    `images`, all N are one block. If `images` is 1, each image is a block.

    >>> balanced(48, 64), balanced(62, 128), balanced(100, 64)
    (32, 64, 64)
    """
    if images == 1 or images >= N:
        return min(images, N)
    return -(-N // (2 * max(1, round(N / images / 2))))


def blocks(
    geometry: Geometry, N: int, bytes_of_window: int, most: int | None = None
) -> list[Block]:
    """Return the blocks of N images, each with the `block_shape` or what is left of it.

    >>> len(blocks(Geometry.conv((300, 10), (1, 1)), N=1, bytes_of_window=2000))  # of 39 rows
    8
    """
    Y, (images, rows) = geometry.Y[0], block_shape(geometry, N, bytes_of_window, most)
    starts = product(range(0, max(1, N), images), range(0, Y, rows))
    return [(slice(n, min(n + images, N)), slice(o, min(o + rows, Y))) for n, o in starts]


def uses_rows(geometry: Geometry, C: int, K: int) -> bool:
    """Return whether `RowColumns` serve a convolution from C to K channels faster than `Columns`.

    They copy less, but each further row of taps adds its K products to the result. `K=0` stands for
    a sum over positions, to which nothing is added position by position.

    >>> geometry = Geometry.conv((32, 32), (3, 3), padding=1)
    >>> uses_rows(geometry, 32, 32), uses_rows(geometry, 32, 128), uses_rows(geometry, 3, 32)
    (True, False, False)
    """
    first, *others = geometry.axes
    size = C * prod(axis.taps for axis in others)
    possible = geometry.groups == 1 and first.stride == 1 and first.taps > 1
    worthwhile = C > FEW and 2 * size >= 3 * K
    return possible and worthwhile and prod(geometry.Y) >= 2 * POSITIONS  # a block has one image


class Columns:
    """The windows of x (N, *X, G, C/G); `columns(block)` is a matrix (G, P, T*C/G) of P windows.

    A block whose windows reach beyond an edge is first copied into a frame of zeros. The views that
    this needs are kept for the next block if it has the same shape, because Python code does not
    run on several threads at once.
    """

    def __init__(self, x: Array, geometry: Geometry) -> None:
        self.x, self.geometry, self.key = x, geometry, object()
        self.reach = [axis.reach(0, axis.Y) for axis in geometry.axes]
        self.needs_padding = any(
            start < 0 or stop > X for (start, stop), X in zip(self.reach, geometry.X, strict=True)
        )
        if not self.needs_padding:
            seen = x[:, *(slice(start, stop) for start, stop in self.reach)]
            self.windows = _windows(seen, geometry, geometry.Y)

    def __call__(self, block: Block) -> list[Array]:
        """Return the columns of a block as a matrix (G, P, T*C/G), in scratch; a list of one."""
        return [self.matrix(*block)]

    def matrix(self, n: slice, o: slice) -> Array:
        """Return the columns as a matrix (G, P, T*C/G), in scratch."""
        if not self.needs_padding:
            return self._matrix(_runs(self.windows[n, o], self.geometry))
        reach = [self.geometry.axes[0].reach(o.start, o.stop), *self.reach[1:]]
        x = self.x[n, *(slice(max(start, 0), max(0, stop)) for start, stop in reach)]
        before = [max(-start, 0) for start, _ in reach]  # zeros before x
        sizes = [stop - start for start, stop in reach]
        key = self.key, x.shape, before[0], sizes[0]
        if getattr(local, "key", None) != key:
            local.key = local.inside = local.runs = None  # free the old frame
            frame = scratch("frame", (len(x), *sizes, *x.shape[-2:]), x.dtype)
            frame.fill(0)
            places = zip(before, x.shape[1:], strict=False)
            local.inside = frame[:, *(slice(h, h + size) for h, size in places)]
            windows = _windows(frame, self.geometry, (o.stop - o.start, *self.geometry.Y[1:]))
            local.runs = _runs(windows, self.geometry)
            local.key = key
        np.copyto(local.inside, x)
        return self._matrix(local.runs)

    def _matrix(self, runs: Array) -> Array:
        """Return runs as a matrix (G, P, T*C/G); they are copied if they are not contiguous."""
        if not runs.flags.c_contiguous:
            columns = scratch("columns", runs.shape, runs.dtype)
            np.copyto(columns, runs)
            runs = columns
        G, C, D, T = len(runs), self.x.shape[-1], len(self.geometry.axes), prod(self.geometry.taps)
        if C <= FEW:
            return runs.reshape(G, T * C, prod(runs.shape[D + 2 :])).swapaxes(1, 2)
        return runs.reshape(G, prod(runs.shape[1 : D + 2]), T * C)


class RowColumns:
    """The same columns as one matrix (1, P, T'*C) for each tap of the first axis, at stride 1.

    The matrices are parts of one matrix: the columns along the other axes, which have T' taps, of
    all rows of x that the block sees. So a number of x is copied T' times instead of T.
    """

    def __init__(self, x: Array, geometry: Geometry) -> None:
        self.geometry, self.beyond = geometry, rows_beyond(geometry)
        self.columns = Columns(x, along_rows(geometry))

    def __call__(self, block: Block) -> list[Array]:
        """Return the matrices of a block of one image, in scratch."""
        n, o = block
        matrix = self.columns.matrix(n, slice(o.start, o.stop + self.beyond))
        first, row = self.geometry.axes[0], prod(self.geometry.Y[1:])
        starts = [first.dilation * row * i for i in range(first.taps)]
        return [matrix[:, start : start + (o.stop - o.start) * row] for start in starts]


def rows_beyond(geometry: Geometry) -> int:
    """Return how many rows of x a block sees in addition to one for each row of y."""
    first = geometry.axes[0]
    return first.dilation * (first.taps - 1)


def along_rows(geometry: Geometry) -> Geometry:
    """Return the geometry of windows that have one tap along the first axis, for all rows seen."""
    first, *others = geometry.axes
    rows = replace(first, Y=first.Y + rows_beyond(geometry), taps=1, dilation=1)
    return geometry.over([rows, *others])


def _windows(x: Array, geometry: Geometry, Y: tuple[int, ...]) -> Array:
    """Return a view (N, *Y, *taps, G, C/G) of the windows; the first one starts where x starts."""
    batch, *space, group, channel = x.strides
    steps = [step * axis.stride for step, axis in zip(space, geometry.axes, strict=True)]
    gaps = [step * axis.dilation for step, axis in zip(space, geometry.axes, strict=True)]
    shape = (len(x), *Y, *geometry.taps, *x.shape[-2:])
    return as_strided(x, shape, (batch, *steps, *gaps, group, channel), writeable=False)


def _runs(windows: Array, geometry: Geometry) -> Array:
    """Return (N, *Y, *taps, G, C/G) as (G, N, *Y, *taps, C/G), so that long runs come last.

    With few channels the order is (G, *taps, C/G, N, *Y).
    """
    D = len(geometry.axes)
    position, taps = range(D + 1), range(D + 1, 2 * D + 1)
    if windows.shape[-1] <= FEW:
        return windows.transpose(2 * D + 1, *taps, 2 * D + 2, *position)
    return windows.transpose(2 * D + 1, *position, *taps, 2 * D + 2)
