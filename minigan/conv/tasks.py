"""One face of a convolution with its sizes, and what `blocked` does with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from minigan.conv import Face, block_columns, blocked
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


def uses_winograd(task: Task) -> bool:
    """Return whether blocked uses one of Winograd's forms."""
    return blocked.winograd_form(task.face, task.geometry, task.N, task.C, task.K) is not None


def gathers_by_phases(task: Task) -> bool:
    """Return whether blocked computes x phase by phase."""
    many = task.C // task.geometry.groups > block_columns.FEW
    return task.face == "conv_transpose" and many and not blocked.is_one_window(task.geometry)


def has_phases(geometry: Geometry) -> bool:
    """Return whether the positions of x fall into several phases."""
    return any(len(axis.phases) > 1 for axis in geometry.axes)


def all_phases(task: Task) -> Iterator[Task]:
    """Yield the task for each phase; phases of equal sizes come once."""
    along = [dict.fromkeys(phase.axis for phase in axis.phases) for axis in task.geometry.axes]
    for axes in product(*along):
        yield replace(task, geometry=task.geometry.over(axes))


def sizes_of_definition(task: Task) -> list[int]:
    """Return the entries of x (conv_transpose: y) before the first S, and after each S."""
    transposed = task.face == "conv_transpose"
    sizes = [task.y if transposed else task.x]
    for axis in task.geometry.axes:
        old, new = (axis.Y, axis.X) if transposed else (axis.X, axis.Y)
        sizes.append(sizes[-1] // old * axis.taps * new)
    return sizes


def entries_of_matrix(task: Task) -> int:
    """Return the entries of the matrix M of "matrix", for all groups."""
    X, Y = prod(task.geometry.X), prod(task.geometry.Y)
    return task.K * (task.C // task.geometry.groups) * X * Y
