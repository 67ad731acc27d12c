"""What each formulation costs: its multiplications and its memory, as formulas.

N counts images, C channels of x, K channels of y, and G groups; X, Y and T count the positions of
x, the positions of y and the taps of all axes together. The formulas count what the code does,
including products with the zeros of padding and holes. Tests compare them with counted
multiplications and with the allocator's peak. "winograd" is no formulation of its own: `blocked`
uses it where `blocked.winograd_form` finds one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod

from minigan.checks import one_of
from minigan.conv import Face, memory_formulas, winograd, winograd_threes, winograd_transforms
from minigan.conv.tasks import (
    Task,
    entries_of_matrix,
    gathers_by_phases,
    sizes_of_definition,
    uses_winograd,
)
from minigan.geometry import Geometry


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

    These are the result and all that is made on the way, for contiguous inputs of floats, on one
    thread. Copies that np.einsum and np.matmul make themselves are not counted. Raises as
    `multiplications` does.

    >>> geometry = Geometry.conv_transpose((8, 8), (4, 4), stride=2, padding=1)
    >>> [memory(by, "conv_transpose", geometry, 1, 1, 1) for by in ("loops", "im2col", "matrix")]
    [1152, 5120, 66560]
    """
    _check("memory", name, geometry)
    return itemsize * COSTS[name][1](Task(face, geometry, N, C, K, itemsize))


def _check(function: str, name: str, geometry: Geometry) -> None:
    one_of(function, "name", name, *COSTS)
    if name == "winograd" and not (winograd.suits(geometry) or winograd_threes.suits(geometry)):
        raise ValueError(
            f"{function}: name='winograd' needs kernels twice as long as their strides, or three "
            "taps at stride 1 and a padding of at most 2, without dilation or groups"
        )


# -------------------------------------------------------------------------------- multiplications


def _definition(task: Task) -> int:
    """It multiplies by each S, axis by axis, and then by the last array."""
    sizes, summed = sizes_of_definition(task), task.geometry.X
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
    return task.N * entries_of_matrix(task)


def _polyphase(task: Task) -> int:
    """It is im2col in every phase; along each axis the phases add up."""
    if task.face != "conv_transpose":
        return _im2col(task)
    along = (sum(p.axis.taps * p.axis.X for p in axis.phases) for axis in task.geometry.axes)
    return task.N * task.K * task.C // task.geometry.groups * prod(along)


def _blocked(task: Task) -> int:
    """It is im2col, polyphase (if it gathers x phase by phase) or winograd."""
    if uses_winograd(task):
        return _winograd(task)
    return _polyphase(task) if gathers_by_phases(task) else _im2col(task)


def _winograd(task: Task) -> int:
    """It makes R products for each tile, entry and pair of channels, in half empty tiles too."""
    geometry = task.geometry
    if winograd.suits(geometry):
        return task.N * task.C * task.K * prod(winograd_transforms.sizes(geometry))
    if task.face == "conv_transpose":
        geometry = geometry.flipped
    return task.N * task.C * task.K * prod(winograd_threes.sizes(geometry))


# for each formulation: its multiplications, and its memory in entries
COSTS: dict[str, tuple[Callable[[Task], int], Callable[[Task], int]]] = {
    "definition": (_definition, memory_formulas.of_definition),
    "loops": (_loops, memory_formulas.of_loops),
    "im2col": (_im2col, memory_formulas.of_im2col),
    "holes": (_holes, memory_formulas.of_holes),
    "matrix": (_matrix, memory_formulas.of_matrix),
    "polyphase": (_polyphase, memory_formulas.of_polyphase),
    "blocked": (_blocked, memory_formulas.of_blocked),
    "winograd": (_winograd, memory_formulas.of_winograd),
}
