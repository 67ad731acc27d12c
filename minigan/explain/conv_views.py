"""Views of one step: a window gathered into y, and the two views of a transposed convolution side
by side.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from minigan.backend import Array
from minigan.conv import holes
from minigan.conv.loops import WindowStep
from minigan.explain.conv_text import shape
from minigan.explain.number_grids import READ_EDGE, WRITTEN_EDGE, Board, Look, Place, draw, outline
from minigan.geometry import Axis, Geometry
from minigan.viz.canvas import PALE, Canvas


def gather(
    canvas: Canvas,
    X: Board,
    W: Board,
    Y: Board,
    step: WindowStep | None,
    geometry: Geometry,
    between: Collection[Place] = (),
) -> None:
    """The window over x, the taps it uses, and y as far as it is computed; `between` are places of
    inserted zeros.
    """
    places = cells([slice(size) for size in geometry.Y])
    done = finished(places, step)
    window, taps = (cells(step.window), cells(step.taps)) if step else ([], [])
    weights = {h: str(W.array[i]) for h, i in zip(window, taps, strict=True)}
    draw(canvas, X, Look(read=window, holes=between, corners=weights))
    draw(canvas, W, Look(read=taps))
    draw(canvas, Y, Look(written=done, hidden=places[len(done) :]))
    if step:
        outline(canvas, X, _reach(geometry, step), READ_EDGE)
        outline(canvas, Y, (*done[-1], 1, 1), WRITTEN_EDGE)


class Panels:
    """The two views of a transposed convolution: y, w and x in each, and where they stand."""

    def __init__(self, geometry: Geometry, y: Array, w: Array, at: Place, width: int) -> None:
        self.geometry, self.y, self.w = geometry, y, w
        self.z, self.flipped = holes.with_holes(y, geometry), holes.flipped(w, geometry)
        self.around = [margins(axis) for axis in geometry.dense.flipped.axes]
        self.crop = [_cropped(axis) for axis in geometry.axes]
        (_, rows), (_, columns) = self.around
        beside = geometry.taps[1] + 1.2  # a kernel, and the room before it
        widest = (
            max(self.crop[1][1], geometry.Y[1] + beside),
            max(columns + beside, self.crop[1][1]),
        )
        self.cell = cell_size(width - 30, sum(widest))
        self.left, self.top = at
        self.right = self.left + max(round(widest[0] * self.cell) + 30, 330)
        self.middle = self.top + max(rows, geometry.taps[0], geometry.Y[0]) * self.cell + 40
        self.bottom = self.middle + self.crop[0][1] * self.cell

    def draw(
        self, canvas: Canvas, scattered: WindowStep | None, x: Array, gathered: WindowStep | None
    ) -> None:
        """Both views: `scattered` is what is added now, if anything is, and x (1, 1, *X) holds the
        sums so far.
        """
        for at, name, what in (
            (self.left, "Scatter", "each y adds itself times w into x"),
            (self.right, "Holes", "zeros into y, w flipped, stride 1"),
        ):
            canvas.text((at, self.top - 40), name, 17, bold=True, anchor="ls")
            canvas.text((at + 76, self.top - 40), what, 14, PALE, "ls")
        self._scatter(
            canvas,
            scattered,
            x,
            finished(cells([slice(size) for size in self.geometry.X]), gathered),
        )
        self._gather(canvas, gathered, x)

    def _scatter(
        self, canvas: Canvas, step: WindowStep | None, x: Array, done: list[Place]
    ) -> None:
        """y and w above, the running sums below, with what is added now."""
        geometry, at = self.geometry, (self.left, self.top)
        beside = (self.left + round((geometry.Y[1] + 1.2) * self.cell), self.top)
        (r, R), (c, C) = self.crop
        Y = Board(self.y[0, 0], at, self.cell, f"y  {shape(geometry.Y)}")
        W = Board(self.w[0, 0], beside, self.cell, f"w  {shape(geometry.taps)}")
        X = Board(x[0, 0], (self.left, self.middle), self.cell, "x, running sums", (r, c), (R, C))
        window = cells(step.window) if step else []
        added = (
            dict(zip(window, (f"+{n}" for n in step.products.ravel()), strict=True)) if step else {}
        )
        draw(canvas, Y, Look(read=[_pair(step.position)] if step else []))
        draw(canvas, W, Look(read=cells(step.taps) if step else []))
        draw(canvas, X, Look(read=window, written=done, corners=added, margin=""))
        if step:
            outline(canvas, X, _reach(geometry, step), READ_EDGE)
        if done:
            outline(canvas, X, (*done[-1], 1, 1), WRITTEN_EDGE)

    def _gather(self, canvas: Canvas, step: WindowStep | None, x: Array) -> None:
        """y with holes and the flipped w above, x below as far as it is computed."""
        (r, R), (c, C) = self.around
        beside = (self.right + round((C + 1.2) * self.cell), self.top)
        below = (
            self.right - self.crop[1][0] * self.cell,
            self.middle - self.crop[0][0] * self.cell,
        )
        x = x if step is None else step.result
        Z = Board(self.z[0, 0], (self.right, self.top), self.cell, "y with holes", (r, c), (R, C))
        W = Board(self.flipped[0, 0], beside, self.cell, "w flipped")
        X = Board(x[0, 0], below, self.cell, f"x  {shape(self.geometry.X)}")
        between = [
            place for place in cells([slice(size) for size in Z.array.shape]) if not Z.array[place]
        ]
        gather(canvas, Z, W, X, step, self.geometry.dense.flipped, between)


def margins(axis: Axis) -> tuple[int, int]:
    """The first position of x that is drawn, and how many are: x and what windows read before and
    after it.
    """
    first = min(0, -axis.padding)
    return first, axis.X + max(0, axis.padding, axis.after) - first


def _cropped(axis: Axis) -> tuple[int, int]:
    """The first position of x that a kernel reaches, or 0, and how many there are to the last, or
    to the end of x.
    """
    first, stop = axis.reach(0, axis.Y)
    return min(first, 0), max(stop, axis.X) - min(first, 0)


def finished(places: list[Place], step: WindowStep | None) -> list[Place]:
    """The places up to that of the step."""
    return places[: places.index(_pair(step.position)) + 1] if step else []


def cell_size(width: int, cells_across: float) -> int:
    """The side of a cell in pixels, so that so many fit."""
    return max(1, min(40, int(width / cells_across)))


def cells(block: Sequence[slice]) -> list[Place]:
    """The places of a block given by two slices, in reading order."""
    rows, columns = (range(s.start or 0, s.stop, s.step or 1) for s in block)
    return [(r, c) for r in rows for c in columns]


def _pair(values: Sequence[int]) -> Place:
    first, second = values
    return first, second


def _reach(geometry: Geometry, step: WindowStep) -> tuple[int, int, int, int]:
    """The window of a step, what lies outside included: row, column, rows, columns."""
    (first, o), (second, p) = zip(geometry.axes, step.position, strict=True)
    return first.position(o, 0), second.position(p, 0), first.span, second.span
