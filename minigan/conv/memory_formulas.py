"""The memory of each formulation at its peak, as formulas that count entries of arrays.

A test compares them with the allocator's peak: there they miss only Python's own objects. In a
search over random sizes some formulas were off by up to 5 %, where pieces of unequal size meet
NumPy's buffers.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import prod

from minigan.conv import block_columns, blocked, winograd, winograd_threes, winograd_transforms
from minigan.conv.tasks import (
    Task,
    all_phases,
    entries_of_matrix,
    gathers_by_phases,
    has_phases,
    sizes_of_definition,
    uses_winograd,
)
from minigan.geometry import Geometry


def of_definition(task: Task) -> int:
    """It holds every S, and an array before and after the largest contraction."""
    S = sum(axis.Y * axis.taps * axis.X for axis in task.geometry.axes)
    return S + max(a + b for a, b in pairwise([*sizes_of_definition(task), task.result]))


def of_loops(task: Task) -> int:
    """It holds the result, a window's products, and their sum or the next step's products."""
    N, C, K, T = task.N, task.C, task.K, prod(task.geometry.taps)
    products = N * task.w
    sums = {"conv": N * K, "conv_transpose": N * C * T, "conv_weight": task.w}
    next_products = products if prod(task.geometry.Y) > 1 else 0
    return task.result + products + max(next_products, sums[task.face])


def of_im2col(task: Task) -> int:
    """It holds the columns, the result, and y with its channels first."""
    columns = task.N * task.C * prod(task.geometry.taps) * prod(task.geometry.Y)
    x, y, w = task.x, task.y, task.w
    return columns + {"conv": y, "conv_transpose": max(y, x), "conv_weight": y + w}[task.face]


def of_holes(task: Task) -> int:
    """It holds what im2col does at stride 1, y with holes, and the flipped kernel."""
    dense = replace(task, geometry=task.geometry.dense)
    if task.face == "conv":
        return max(of_im2col(dense), dense.y + task.y)
    if task.face == "conv_weight":
        return dense.y + of_im2col(dense)
    flipped = task.as_conv(dense.geometry.flipped)
    return dense.y + max(2 * task.w, task.w + of_im2col(flipped))


def of_matrix(task: Task) -> int:
    """It holds M, or a product of this size, and the result; conv_weight also one tap's entries."""
    tap = task.w // prod(task.geometry.taps) * prod(task.geometry.Y)
    return entries_of_matrix(task) + task.result + (tap if task.face == "conv_weight" else 0)


def of_polyphase(task: Task) -> int:
    """It holds the result, and what im2col needs for the largest phase and its kernel."""
    phases = list(all_phases(task))
    if task.face == "conv_transpose":
        flipped = (task.as_conv(phase.geometry.flipped) for phase in phases)
        return task.result + max(phase.w + of_im2col(phase) for phase in flipped)
    copied = task.face == "conv" and has_phases(task.geometry)  # the taps of a phase lie apart
    return task.result + max(copied * phase.w + of_im2col(phase) for phase in phases)


def of_blocked(task: Task) -> int:
    """It holds the result, inputs with channels last, w as a matrix, partial sums and scratch."""
    geometry, C, K = task.geometry, task.C, task.K
    if blocked.is_one_window(geometry):
        return task.result
    if uses_winograd(task):
        return of_winograd(task)
    few = block_columns.FEW * geometry.groups
    copies = (few < C) * task.x if task.face != "conv_transpose" else 0
    copies += (few < K) * task.y if task.face != "conv" else 0
    if task.face == "conv":
        w = _matrix_of_kernel(geometry.taps, C // geometry.groups, K)
        scratch = _scratch_of_blocks(geometry, task.N, C, task.itemsize, K)
        return copies + w + task.y + scratch
    if task.face == "conv_weight":
        return copies + task.w + _sums_of_blocks(task)
    if gathers_by_phases(task):
        return copies + task.x + _scratch_of_phases(task)
    columns = C * prod(geometry.taps) * prod(geometry.Y)
    images = min(task.N, block_columns.images_of_columns(task.N, task.itemsize * columns))
    w = task.w * (geometry.groups < K)
    return copies + w + task.x + images * columns + _copied_block(task, images, geometry.Y[0])


def _matrix_of_kernel(taps: tuple[int, ...], summed: int, others: int) -> int:
    """Return the entries of the copy that is made when a kernel becomes a matrix.

    One axis of the matrix joins the taps and the channels to sum over. With one tap, or one such
    channel, nothing is copied.
    """
    return prod(taps) * summed * others if prod(taps) > 1 and summed > 1 else 0


def _copied_block(task: Task, images: int, rows: int) -> int:
    """Return the entries of the copy of y that is made for a block, to join images and positions.

    It is not made if the channels of y lie last, or if the block has one image or one channel.
    """
    few = block_columns.FEW * task.geometry.groups
    if few < task.K or images == 1 or task.K == 1:
        return 0
    return images * rows * prod(task.geometry.Y[1:]) * task.K


def _sums_of_blocks(task: Task) -> int:
    """Return the entries of the partial sums of conv_weight, and the scratch of a block."""
    geometry, N, C = task.geometry, task.N, task.C
    rows = block_columns.uses_rows(geometry, C, 0)
    F, most = (geometry.taps[0], 1) if rows else (1, None)
    bytes_of_window = task.itemsize * C * prod(geometry.taps) // F
    count = len(block_columns.blocks(geometry, N, bytes_of_window, most))
    images, height = block_columns.block_shape(geometry, N, bytes_of_window, most)
    sums = task.w * min(count, blocked.CHUNKS) + task.w // F * (count > blocked.CHUNKS)
    scratch = _scratch_of_blocks(geometry, N, C, task.itemsize, 0)
    return sums + scratch + _copied_block(task, min(images, N), height)


def _scratch_of_phases(task: Task) -> int:
    """Return the entries of the kernels of all phases as matrices, and the scratch of a block.

    At stride 1 the results are written into x; else the positions of a phase lie apart, and a block
    is computed in scratch first.
    """
    geometry, w, scratch = task.geometry, 0, 0
    K, C = task.K // geometry.groups, task.C
    apart = any(axis.stride > 1 for axis in geometry.axes)
    for _, _, phase in geometry.phases:
        if 0 in phase.X:
            continue
        w += _matrix_of_kernel(phase.taps, K, C)
        block = _scratch_of_blocks(phase.flipped, task.N, task.K, task.itemsize, C, apart)
        scratch = max(scratch, block)
    return w + scratch


def of_winograd(task: Task) -> int:
    """It holds the result, inputs with channels last, W or its partial sums, and scratch.

    conv_weight also holds some kernels with their channels last.
    """
    if winograd_threes.suits(task.geometry):
        return of_winograd_threes(task)
    geometry, C, K = task.geometry, task.C, task.K
    R, P, S = winograd_transforms.sizes(geometry)
    transposed = task.face == "conv_transpose"
    tiles = winograd.TILES_OF_TRANSPOSED if transposed else winograd_transforms.TILES
    blocks = winograd_transforms.blocks(geometry, task.N, C, task.itemsize, tiles)
    W = _kernel_or_sums(task, R * K * S * C, len(blocks))
    if task.face == "conv_weight":
        w_last = task.w // K * winograd_transforms.kernels(K, task.w)[0].stop
        if winograd.keeps_terms(geometry, task.N, C, K, task.itemsize):
            W = task.w + R * K * S * C + max(w_last, task.N * R * P * (S * C + K))
        else:
            W += w_last
    frame = C * prod(map(winograd_transforms.seen, geometry.axes))
    even = K * prod(2 * winograd_transforms.pairs(axis) for axis in geometry.axes)
    padded = even if any(axis.Y % 2 for axis in geometry.axes) else 0
    images: int = blocks[0].stop
    return task.x + task.y + W + images * (frame + padded + R * P * (S * C + K))


def of_winograd_threes(task: Task) -> int:
    """It holds the same, also where x is computed as a convolution of y.

    conv_weight holds the inputs no more when it makes w.
    """
    if task.face == "conv_transpose":
        return of_winograd_threes(task.as_conv(task.geometry.flipped))
    geometry, C, K = task.geometry, task.C, task.K
    blocks = winograd_threes.blocks(geometry, task.N, C + K, task.itemsize)
    W = _kernel_or_sums(task, winograd_threes.sizes(geometry)[0] * C * K, len(blocks))
    images: int = blocks[0].stop
    held = task.x + task.y
    if task.face == "conv_weight":
        held, W = max(held, task.w), W - task.w
    return held + W + images * winograd_threes.scratch_of_image(geometry, C, K)


def _kernel_or_sums(task: Task, W: int, count: int) -> int:
    """Return the entries of W, or for conv_weight of w and of its sums over `count` blocks."""
    chunks = winograd_transforms.CHUNKS
    if task.face != "conv_weight":
        return W
    return task.w + W * (min(count, chunks) + (count > chunks))


def _scratch_of_blocks(
    geometry: Geometry, N: int, C: int, itemsize: int, K: int, apart: bool = False
) -> int:
    """Return the scratch of the largest block of a convolution from C to K channels.

    It holds padded images, columns, with rows of taps their products, and a result if that lies
    `apart` in memory. K is 0 for conv_weight.
    """
    rows_of_taps = block_columns.uses_rows(geometry, C, K)
    T = prod(geometry.taps[rows_of_taps:])
    images, rows = block_columns.block_shape(
        geometry, N, itemsize * C * T, 1 if rows_of_taps else None
    )
    seen = block_columns.along_rows(geometry) if rows_of_taps else geometry
    beyond_block = block_columns.rows_beyond(geometry) if rows_of_taps else 0
    largest, (first, *others) = 0, seen.axes
    for o in range(0, geometry.Y[0], rows):
        end = min(o + rows, geometry.Y[0])
        row, stop = prod(geometry.Y[1:]), end + beyond_block
        reach = [first.reach(o, stop), *(axis.reach(0, axis.Y) for axis in others)]
        beyond = (start < 0 or stop > X for (start, stop), X in zip(reach, geometry.X, strict=True))
        frame = C * prod(stop - start for start, stop in reach) if any(beyond) else 0
        results = (end - o) * row * K * (rows_of_taps + apart)
        largest = max(largest, frame + (stop - o) * row * C * T + results)
    return min(images, N) * largest
