"""One step of a convolution, and the two views of a transposed convolution side by side."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from minigan.backend import Array
from minigan.conv import holes
from minigan.conv.loops import WindowStep
from minigan.explain.number_grids import (
    READ_EDGE,
    WRITTEN_EDGE,
    Look,
    NumberGrid,
    Place,
    draw,
    outline,
)
from minigan.explain.wording import shape
from minigan.geometry import Axis, Geometry
from minigan.viz.canvas import PALE, Canvas


def draw_gather(
    canvas: Canvas,
    X: NumberGrid,
    W: NumberGrid,
    Y: NumberGrid,
    step: WindowStep | None,
    geometry: Geometry,
    zeros: Collection[Place] = (),
) -> None:
    """Draw a step of a convolution: the window over x, its taps, and y as far as it is computed.

    `zeros` are the places of inserted zeros in x.
    """
    places = cells([slice(size) for size in geometry.Y])
    done = finished(places, step)
    window, taps = (cells(step.window), cells(step.taps)) if step else ([], [])
    weights = {h: str(W.array[i]) for h, i in zip(window, taps, strict=True)}
    draw(canvas, X, Look(read=window, holes=zeros, corners=weights))
    draw(canvas, W, Look(read=taps))
    draw(canvas, Y, Look(written=done, hidden=places[len(done) :]))
    if step:
        outline(canvas, X, _window(geometry, step), READ_EDGE)
        outline(canvas, Y, (*done[-1], 1, 1), WRITTEN_EDGE)


class TransposedViews:
    """The two views of a transposed convolution, side by side: y, w and x in each.

    On the left y is scattered over x. On the right a window gathers from y with holes.
    """

    def __init__(self, geometry: Geometry, y: Array, w: Array, at: Place, width: int) -> None:
        self.geometry, self.y, self.w = geometry, y, w
        self.z, self.flipped = holes.with_holes(y, geometry), holes.flipped(w, geometry)
        self.around = [margins(axis) for axis in geometry.dense.flipped.axes]
        self.crop = [_cropped(axis) for axis in geometry.axes]
        (_, rows), (_, columns) = self.around
        beside = geometry.taps[1] + 1.2  # a kernel, and the room before it
        left = max(self.crop[1][1], geometry.Y[1] + beside)
        right = max(columns + beside, self.crop[1][1])
        self.cell = cell_size(width - 30, left + right)
        self.left, self.top = at
        self.right = self.left + max(round(left * self.cell) + 30, 330)
        self.middle = self.top + max(rows, geometry.taps[0], geometry.Y[0]) * self.cell + 40
        self.bottom = self.middle + self.crop[0][1] * self.cell

    def draw(
        self, canvas: Canvas, scattered: WindowStep | None, x: Array, gathered: WindowStep | None
    ) -> None:
        """Draw both views: a scattering step with its sums x (1, 1, *X), and a gathering step."""
        for left, name, text in (
            (self.left, "Scatter", "each y adds itself times w into x"),
            (self.right, "Holes", "zeros into y, w flipped, stride 1"),
        ):
            canvas.text((left, self.top - 40), name, 17, bold=True, anchor="ls")
            canvas.text((left + 76, self.top - 40), text, 14, PALE, "ls")
        done = finished(cells([slice(size) for size in self.geometry.X]), gathered)
        self._scatter(canvas, scattered, x, done)
        self._gather(canvas, gathered, x)

    def _scatter(
        self, canvas: Canvas, step: WindowStep | None, x: Array, done: list[Place]
    ) -> None:
        """Draw y and w above, and below the running sums x with the products of this step."""
        geometry, at = self.geometry, (self.left, self.top)
        beside = (self.left + round((geometry.Y[1] + 1.2) * self.cell), self.top)
        (r, R), (c, C) = self.crop
        Y = NumberGrid(self.y[0, 0], at, self.cell, f"y  {shape(geometry.Y)}")
        W = NumberGrid(self.w[0, 0], beside, self.cell, f"w  {shape(geometry.taps)}")
        X = NumberGrid(
            x[0, 0], (self.left, self.middle), self.cell, "x, running sums", (r, c), (R, C)
        )
        window = cells(step.window) if step else []
        products = [f"+{n}" for n in step.products.ravel()] if step else []
        added = dict(zip(window, products, strict=True))
        draw(canvas, Y, Look(read=[_pair(step.position)] if step else []))
        draw(canvas, W, Look(read=cells(step.taps) if step else []))
        draw(canvas, X, Look(read=window, written=done, corners=added, margin=""))
        if step:
            outline(canvas, X, _window(geometry, step), READ_EDGE)
        if done:
            outline(canvas, X, (*done[-1], 1, 1), WRITTEN_EDGE)

    def _gather(self, canvas: Canvas, step: WindowStep | None, x: Array) -> None:
        """Draw y with holes and the flipped w above, and below x as far as it is computed."""
        (r, R), (c, C) = self.around
        beside = (self.right + round((C + 1.2) * self.cell), self.top)
        (before_rows, _), (before_columns, _) = self.crop
        below = self.right - before_columns * self.cell, self.middle - before_rows * self.cell
        x = x if step is None else step.result
        Z = NumberGrid(
            self.z[0, 0], (self.right, self.top), self.cell, "y with holes", (r, c), (R, C)
        )
        W = NumberGrid(self.flipped[0, 0], beside, self.cell, "w flipped")
        X = NumberGrid(x[0, 0], below, self.cell, f"x  {shape(self.geometry.X)}")
        everywhere = cells([slice(size) for size in Z.array.shape])
        zeros = [place for place in everywhere if not Z.array[place]]
        draw_gather(canvas, Z, W, X, step, self.geometry.dense.flipped, zeros)


def margins(axis: Axis) -> tuple[int, int]:
    """Return the first drawn position and the number of them: x, and the padding that is read."""
    first = min(0, -axis.padding)
    return first, axis.X + max(0, axis.padding, axis.after) - first


def _cropped(axis: Axis) -> tuple[int, int]:
    """Return the first drawn position and the number of them: x, and what its padding crops."""
    first, stop = axis.reach(0, axis.Y)
    return min(first, 0), max(stop, axis.X) - min(first, 0)


def finished(places: list[Place], step: WindowStep | None) -> list[Place]:
    """Return the places up to that of the step."""
    return places[: places.index(_pair(step.position)) + 1] if step else []


def cell_size(width: int, cells_across: float) -> int:
    """Return the side of a cell in pixels with which this many cells fit the width."""
    return max(1, min(40, int(width / cells_across)))


def cells(block: Sequence[slice]) -> list[Place]:
    """Return the places of a block of two slices, row by row."""
    rows, columns = (range(s.start or 0, s.stop, s.step or 1) for s in block)
    return [(r, c) for r in rows for c in columns]


def _pair(values: Sequence[int]) -> Place:
    first, second = values
    return first, second


def _window(geometry: Geometry, step: WindowStep) -> tuple[int, int, int, int]:
    """Return the whole window of a step, parts outside x too: row, column, rows, columns."""
    (first, o), (second, p) = zip(geometry.axes, step.position, strict=True)
    return first.position(o, 0), second.position(p, 0), first.span, second.span
