"""What each formulation costs: its multiplications and its memory, as formulas.

N counts images, C channels of x, K channels of y, and G groups; X, Y and T count the positions of
x, the positions of y and the taps of all axes together. The formulas count what the code does,
including products with the zeros of padding and holes. Tests compare them with counted
multiplications and with the allocator's peak. "winograd" is no formulation of its own: `blocked`
uses it where `blocked.uses_winograd` is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product
from math import prod

from minigan.checks import one_of
from minigan.conv import Face, block_columns, blocked, winograd, winograd_transforms
from minigan.geometry import Geometry


@dataclass(frozen=True)
class Task:
    """One face of a convolution with the sizes on which its cost depends."""

    face: Face
    geometry: Geometry
    N: int
    C: int
    K: int
    itemsize: int = 4  # bytes of a number

    @property
    def x(self) -> int:
        """The number of entries of x."""
        return self.N * self.C * prod(self.geometry.X)

    @property
    def y(self) -> int:
        """The number of entries of y."""
        return self.N * self.K * prod(self.geometry.Y)

    @property
    def w(self) -> int:
        """The number of entries of w."""
        return self.K * self.C // self.geometry.groups * prod(self.geometry.taps)

    @property
    def result(self) -> int:
        """The number of entries of the result."""
        return {"conv": self.y, "conv_transpose": self.x, "conv_weight": self.w}[self.face]

    def as_conv(self, geometry: Geometry) -> Task:
        """Return the task of convolving y into x, with a flipped geometry."""
        return replace(self, face="conv", geometry=geometry, C=self.K, K=self.C)


def multiplications(name: str, face: Face, geometry: Geometry, N: int, C: int, K: int) -> int:
    """Return how many multiplications a formulation makes for one face.

    `name` is one of `minigan.conv.FORMULATIONS`, or "winograd". N counts images, C channels of x, K
    channels of y. Raises ValueError if the name is not known.

    >>> geometry = Geometry.conv_transpose((8, 8), (4, 4), stride=2, padding=1)
    >>> [multiplications(by, "conv_transpose", geometry, 1, 1, 1) for by in ("loops", "holes")]
    [900, 4096]
    """
    _check("multiplications", name, geometry)
    return COSTS[name][0](Task(face, geometry, N, C, K))


def memory(
    name: str, face: Face, geometry: Geometry, N: int, C: int, K: int, itemsize: int = 4
) -> int:
    """Return how many bytes a formulation holds at its peak for one face.

    These are the result and all that is made on the way, for contiguous inputs, on one thread. For
    "definition" the copies that np.einsum makes are not counted. Raises as `multiplications` does.

    >>> geometry = Geometry.conv_transpose((8, 8), (4, 4), stride=2, padding=1)
    >>> [memory(by, "conv_transpose", geometry, 1, 1, 1) for by in ("loops", "im2col", "matrix")]
    [1152, 5120, 66560]
    """
    _check("memory", name, geometry)
    return itemsize * COSTS[name][1](Task(face, geometry, N, C, K, itemsize))


def _check(function: str, name: str, geometry: Geometry) -> None:
    one_of(function, "name", name, *COSTS)
    if name == "winograd" and not winograd.suits(geometry):
        raise ValueError(
            f"{function}: name='winograd' needs kernels twice as long as their strides, without "
            "dilation or groups"
        )


# -------------------------------------------------------------------------------- multiplications


def _definition(task: Task) -> int:
    """It multiplies by each S, axis by axis, and then by the last array."""
    sizes, summed = _sizes_of_definition(task), task.geometry.X
    other = task.K
    if task.face == "conv_transpose":
        summed, other = task.geometry.Y, task.C
    with_S = sum(a * b for a, b in zip(sizes[1:], summed, strict=True))
    return with_S + sizes[-1] * other // task.geometry.groups


def _loops(task: Task) -> int:
    """It makes the useful multiplications only."""
    return task.geometry.multiplications(task.N, task.C, task.K)


def _im2col(task: Task) -> int:
    """It multiplies once for every tap of every window: N K C/G T Y."""
    return task.N * task.w * prod(task.geometry.Y)


def _holes(task: Task) -> int:
    """It is im2col at stride 1: only about one product in prod(stride) meets no hole."""
    dense = task.geometry.dense
    if task.face == "conv_transpose":
        return _im2col(task.as_conv(dense.flipped))
    return _im2col(replace(task, geometry=dense))


def _matrix(task: Task) -> int:
    """It multiplies every entry of M by every image: N K C/G X Y."""
    return task.N * _entries_of_matrix(task)


def _polyphase(task: Task) -> int:
    """It is im2col in every phase; along each axis the phases add up."""
    if task.face != "conv_transpose":
        return _im2col(task)
    along = (sum(p.axis.taps * p.axis.X for p in axis.phases) for axis in task.geometry.axes)
    return task.N * task.K * task.C // task.geometry.groups * prod(along)


def _blocked(task: Task) -> int:
    """It is im2col, polyphase (if it gathers x phase by phase) or winograd."""
    if _uses_winograd(task):
        return _winograd(task)
    return _polyphase(task) if _gathers_by_phases(task) else _im2col(task)


def _winograd(task: Task) -> int:
    """It makes R products for each tile, entry and pair of channels, in half empty tiles too."""
    return task.N * task.C * task.K * prod(winograd_transforms.sizes(task.geometry))


# ------------------------------------------------------------------ memory, in entries of arrays


def _memory_of_definition(task: Task) -> int:
    """It holds every S, and an array before and after the largest contraction."""
    S = sum(axis.Y * axis.taps * axis.X for axis in task.geometry.axes)
    return S + max(a + b for a, b in pairwise([*_sizes_of_definition(task), task.result]))


def _memory_of_loops(task: Task) -> int:
    """It holds the result, a window's products, and their sum or the next step's products."""
    N, C, K, T = task.N, task.C, task.K, prod(task.geometry.taps)
    products = N * task.w
    sums = {"conv": N * K, "conv_transpose": N * C * T, "conv_weight": task.w}
    next_products = products if prod(task.geometry.Y) > 1 else 0
    return task.result + products + max(next_products, sums[task.face])


def _memory_of_im2col(task: Task) -> int:
    """It holds the columns, the result, and y with its channels first."""
    columns = task.N * task.C * prod(task.geometry.taps) * prod(task.geometry.Y)
    x, y, w = task.x, task.y, task.w
    return columns + {"conv": y, "conv_transpose": max(y, x), "conv_weight": y + w}[task.face]


def _memory_of_holes(task: Task) -> int:
    """It holds what im2col does at stride 1, y with holes, and the flipped kernel."""
    dense = replace(task, geometry=task.geometry.dense)
    if task.face == "conv":
        return max(_memory_of_im2col(dense), dense.y + task.y)
    if task.face == "conv_weight":
        return dense.y + _memory_of_im2col(dense)
    flipped = task.as_conv(dense.geometry.flipped)
    return dense.y + max(2 * task.w, task.w + _memory_of_im2col(flipped))


def _memory_of_matrix(task: Task) -> int:
    """It holds M, or a product of this size, and the result; conv_weight also one tap's entries."""
    tap = task.w // prod(task.geometry.taps) * prod(task.geometry.Y)
    return _entries_of_matrix(task) + task.result + (tap if task.face == "conv_weight" else 0)


def _memory_of_polyphase(task: Task) -> int:
    """It holds the result, and what im2col needs for the largest phase and its kernel."""
    phases = list(_phases(task))
    if task.face == "conv_transpose":
        flipped = (task.as_conv(phase.geometry.flipped) for phase in phases)
        return task.result + max(phase.w + _memory_of_im2col(phase) for phase in flipped)
    copied = task.face == "conv" and _has_phases(task.geometry)  # the taps of a phase lie apart
    return task.result + max(copied * phase.w + _memory_of_im2col(phase) for phase in phases)


def _memory_of_blocked(task: Task) -> int:
    """It holds the result, inputs with channels last, w as a matrix, partial sums and scratch."""
    geometry, N, C, K = task.geometry, task.N, task.C, task.K
    itemsize, few = task.itemsize, block_columns.FEW * geometry.groups
    if blocked.is_one_window(geometry):
        return task.result
    if _uses_winograd(task):
        return _memory_of_winograd(task)
    x, y = (few < C) * task.x, (few < K) * task.y  # the copies
    if task.face == "conv":
        w = (geometry.groups < C) * task.w
        return x + w + task.y + _scratch_of_blocks(geometry, N, C, itemsize)
    if task.face == "conv_weight":
        count = len(block_columns.blocks(geometry, N, itemsize * C * prod(geometry.taps)))
        sums = min(count, blocked.CHUNKS) + (count > blocked.CHUNKS)
        return x + y + task.w * (1 + sums) + _scratch_of_blocks(geometry, N, C, itemsize)
    if not _gathers_by_phases(task):
        columns = C * prod(geometry.taps) * prod(geometry.Y)
        images = min(N, blocked.images_of_columns(itemsize * columns))
        return y + task.w + task.x + images * columns
    results = C if _has_phases(geometry) else 0  # a single phase is written in place
    phases = (phase.geometry.flipped for phase in _phases(task))
    scratch = max(_scratch_of_blocks(phase, N, K, itemsize, results) for phase in phases)
    return y + task.w + task.x + scratch


def _memory_of_winograd(task: Task) -> int:
    """It holds the result, inputs with channels last, W or its partial sums, and scratch."""
    geometry, C, K = task.geometry, task.C, task.K
    R, P, S = winograd_transforms.sizes(geometry)
    blocks = winograd_transforms.blocks(geometry, task.N, C, task.itemsize)
    W, count, chunks = R * K * S * C, len(blocks), winograd.CHUNKS
    if task.face == "conv_weight":
        W = task.w + W * (min(count, chunks) + (count > chunks))
    frame = C * prod(map(winograd_transforms.seen, geometry.axes))
    even = K * prod(2 * winograd_transforms.pairs(axis) for axis in geometry.axes)
    padded = even if any(axis.Y % 2 for axis in geometry.axes) else 0
    images: int = blocks[0].stop
    return task.x + task.y + W + images * (frame + padded + R * P * (S * C + K))


# ------------------------------------------------------------------------------ sizes on the way


def _sizes_of_definition(task: Task) -> list[int]:
    """Return the entries of x (conv_transpose: y) before the first S, and after each S."""
    transposed = task.face == "conv_transpose"
    sizes = [task.y if transposed else task.x]
    for axis in task.geometry.axes:
        old, new = (axis.Y, axis.X) if transposed else (axis.X, axis.Y)
        sizes.append(sizes[-1] // old * axis.taps * new)
    return sizes


def _entries_of_matrix(task: Task) -> int:
    X, Y = prod(task.geometry.X), prod(task.geometry.Y)
    return task.K * (task.C // task.geometry.groups) * X * Y


def _uses_winograd(task: Task) -> bool:
    return blocked.uses_winograd(task.face, task.geometry, task.N, task.C, task.K)


def _gathers_by_phases(task: Task) -> bool:
    """Return whether blocked computes x phase by phase."""
    many = task.C // task.geometry.groups > block_columns.FEW
    return task.face == "conv_transpose" and many and not blocked.is_one_window(task.geometry)


def _has_phases(geometry: Geometry) -> bool:
    return any(len(axis.phases) > 1 for axis in geometry.axes)


def _phases(task: Task) -> Iterator[Task]:
    """Yield the task for each phase; phases of equal sizes come once."""
    along = [dict.fromkeys(phase.axis for phase in axis.phases) for axis in task.geometry.axes]
    for axes in product(*along):
        yield replace(task, geometry=task.geometry.over(axes))


def _scratch_of_blocks(geometry: Geometry, N: int, C: int, itemsize: int, K: int = 0) -> int:
    """Return the scratch of the largest block: padded images, columns, K channels of results."""
    T, first, *others = prod(geometry.taps), *geometry.axes
    images, rows = block_columns.block_shape(geometry, N, itemsize * C * T)
    largest = 0
    for o in range(0, first.Y, rows):
        end = min(o + rows, first.Y)
        P = (end - o) * prod(geometry.Y[1:])
        reach = [first.reach(o, end), *(axis.reach(0, axis.Y) for axis in others)]
        beyond = (start < 0 or stop > X for (start, stop), X in zip(reach, geometry.X, strict=True))
        frame = C * prod(stop - start for start, stop in reach) if any(beyond) else 0
        largest = max(largest, frame + P * C * T + P * K)
    return min(images, N) * largest


# for each formulation: its multiplications, and its memory in entries
COSTS: dict[str, tuple[Callable[[Task], int], Callable[[Task], int]]] = {
    "definition": (_definition, _memory_of_definition),
    "loops": (_loops, _memory_of_loops),
    "im2col": (_im2col, _memory_of_im2col),
    "holes": (_holes, _memory_of_holes),
    "matrix": (_matrix, _memory_of_matrix),
    "polyphase": (_polyphase, _memory_of_polyphase),
    "blocked": (_blocked, _memory_of_blocked),
    "winograd": (_winograd, _memory_of_winograd),
}
