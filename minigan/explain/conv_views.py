"""The boards: one step of a convolution, or of a transposed one in two ways, with the coverage.

A board is 1280 x 720 pixels. Its cells are as large as the room allows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from minigan.backend import Array
from minigan.conv import holes
from minigan.conv.loops import WindowStep
from minigan.explain.number_grids import (
    LETTERS,
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
from minigan.viz.canvas import PALE, WHITE, Canvas

WIDTH, HEIGHT, EDGE = 1280, 720, 24
TOP, BOTTOM = 178, 588  # the room of the grids, in pixels from above
_LARGEST = 48  # pixels, a cell
_LABEL = 1.7  # cells between two grids, with a label between them


class Moment(NamedTuple):
    """One frame of a transposed convolution in two ways: a scattering and a gathering step."""

    scattered: WindowStep | None  # the step of this frame; None if it only gathers
    x: Array  # the sums that scattering has so far
    gathered: WindowStep | None  # the last step of gathering; None at first


class ConvBoard:
    """The board of a convolution: x with its padding, w, y, and the coverage of x."""

    def __init__(self, geometry: Geometry, x: Array, w: Array) -> None:
        self.geometry, self.x, self.w = geometry, x, w
        self.around = [margins(axis) for axis in geometry.axes]
        (_, rows), (_, columns) = self.around
        across = (
            columns + 1 + geometry.taps[1] + 1 + max(geometry.Y[1], 3) + 1.5 + 1.5 + geometry.X[1]
        )
        down = max(rows, geometry.taps[0], geometry.Y[0], 1.5 + geometry.X[0])
        self.cell = cell_size(across, down)

    def draw(self, canvas: Canvas, step: WindowStep) -> None:
        """Draw a gathering step: the window over x, its taps, and y as far as it is computed."""
        geometry, cell, ((r, R), (c, C)) = self.geometry, self.cell, self.around
        left, beside = EDGE, EDGE + round((C + 1) * cell)
        right = beside + max(round((geometry.taps[1] + 1) * cell), 120)
        far = right + max(round((geometry.Y[1] + 1.5) * cell), 150)
        label = f"input x  {shape(geometry.X)}"
        X = NumberGrid(self.x[0, 0], (left, TOP), cell, label, (r, c), (R, C))
        W = NumberGrid(self.w[0, 0], (beside, TOP), cell, f"kernel w  {shape(geometry.taps)}")
        Y = NumberGrid(step.result[0, 0], (right, TOP), cell, f"output y  {shape(geometry.Y)}")
        heading(canvas, left, "Gather", "the window times the kernel, added up")
        draw_gather(canvas, X, W, Y, step, geometry)
        draw_coverage(canvas, geometry, (far, TOP), cell, step.window, "windows")


class TransposedBoard:
    """The board of a transposed convolution: scattering, zeros put in, and the coverage of x."""

    def __init__(self, geometry: Geometry, y: Array, w: Array) -> None:
        self.geometry, self.y, self.w = geometry, y, w
        self.z, self.flipped = holes.with_holes(y, geometry), holes.flipped(w, geometry)
        self.around = [margins(axis) for axis in geometry.dense.flipped.axes]
        self.crop = [_cropped(axis) for axis in geometry.axes]
        (Y0, Y1), (k0, k1), (X0, X1) = geometry.Y, geometry.taps, geometry.X
        (_, rows), (_, columns) = self.around
        (_, tall), (_, wide) = self.crop
        self.widths = max(Y1, k1, 2.5) + 1 + wide, columns + 1 + max(k1, X1), 1.5 + X1
        down = max(Y0 + _LABEL + k0, tall, rows, k0 + _LABEL + X0, 1.5 + X0)
        self.cell = cell_size(sum(self.widths) + 3, down)

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Draw both views and the coverage; `moment` has a scattering and a gathering step."""
        first, second, _ = (max(round(width * self.cell), 260) for width in self.widths)
        between = round(1.5 * self.cell)
        left, middle, right = EDGE, EDGE + first + between, EDGE + first + second + 2 * between
        dense = all(axis.stride == 1 for axis in self.geometry.axes)
        heading(canvas, left, "Scatter", "each y, times w, is added")
        if dense:
            heading(canvas, middle, "Stride 1", "a convolution, w flipped")
        else:
            heading(canvas, middle, "Zeros put in", "between y; w flipped, stride 1")
        done = finished(cells([slice(size) for size in self.geometry.X]), moment.gathered)
        self._scatter(canvas, left, moment, done)
        self._gather(canvas, middle, moment)
        window = [slice(h, h + 1) for h in done[-1]] if done else [slice(0), slice(0)]
        draw_coverage(canvas, self.geometry, (right, TOP), self.cell, window, "products")

    def _scatter(self, canvas: Canvas, left: int, moment: Moment, done: list[Place]) -> None:
        """Draw y above w, and beside them the running sums x with the products of this step."""
        geometry, cell, step, ((r, R), (c, C)) = (
            self.geometry,
            self.cell,
            moment.scattered,
            self.crop,
        )
        below = TOP + round((geometry.Y[0] + _LABEL) * cell)
        beside = left + round((max(geometry.Y[1], geometry.taps[1], 2.5) + 1) * cell)
        Y = NumberGrid(self.y[0, 0], (left, TOP), cell, f"input y  {shape(geometry.Y)}")
        W = NumberGrid(self.w[0, 0], (left, below), cell, f"kernel w  {shape(geometry.taps)}")
        label = f"output x  {shape(geometry.X)}, so far"
        X = NumberGrid(moment.x[0, 0], (beside, TOP), cell, label, (r, c), (R, C))
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

    def _gather(self, canvas: Canvas, left: int, moment: Moment) -> None:
        """Draw y with zeros put in, and beside it the flipped w above x, as far as computed."""
        (r, R), (c, C) = self.around
        geometry, cell, step = self.geometry, self.cell, moment.gathered
        beside = left + round((C + 1) * cell)
        below = TOP + round((geometry.taps[0] + _LABEL) * cell)
        x = moment.x if step is None else step.result
        label = "y" if self.z.shape == self.y.shape else "y with zeros"
        Z = NumberGrid(self.z[0, 0], (left, TOP), cell, label, (r, c), (R, C))
        W = NumberGrid(self.flipped[0, 0], (beside, TOP), cell, "w flipped")
        X = NumberGrid(x[0, 0], (beside, below), cell, f"output x  {shape(geometry.X)}")
        everywhere = cells([slice(size) for size in Z.array.shape])
        zeros = [place for place in everywhere if not Z.array[place]]
        draw_gather(canvas, Z, W, X, step, geometry.dense.flipped, zeros)

    def under(self, step: WindowStep) -> tuple[int, int]:
        """Return how many values of y and how many zeros put in lie under the kernel."""
        window = self.z[0, 0][step.window]
        return int(np.count_nonzero(window)), int((window == 0).sum())


def heading(canvas: Canvas, left: int, name: str, text: str) -> None:
    """Write the heading of a view, and what it does below."""
    canvas.text((left, TOP - 58), name, 20, bold=True, anchor="ls")
    canvas.text((left, TOP - 34), text, LETTERS, PALE, "ls")


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

    `zeros` are the places of zeros put into x; they and the padding are pale under the kernel too.
    """
    places = cells([slice(size) for size in geometry.Y])
    done = finished(places, step)
    window, taps = (cells(step.window), cells(step.taps)) if step else ([], [])
    weights = {h: str(W.array[i]) for h, i in zip(window, taps, strict=True)}
    useful = [i for h, i in zip(window, taps, strict=True) if h not in zeros]
    draw(canvas, X, Look(read=window, zeros=zeros, corners=weights))
    draw(canvas, W, Look(read=useful))
    draw(canvas, Y, Look(written=done, hidden=places[len(done) :]))
    if step:
        outline(canvas, X, _window(geometry, step), READ_EDGE)
        outline(canvas, Y, (*done[-1], 1, 1), WRITTEN_EDGE)


def draw_coverage(
    canvas: Canvas,
    geometry: Geometry,
    at: Place,
    cell: int,
    window: Sequence[slice],
    noun: str,
) -> None:
    """Draw the coverage of x: that of its rows times that of its columns; `window` is outlined."""
    left, top = at
    heading(canvas, left, "Coverage of x", f"{noun}: row times column")
    down, across = (np.array(axis.coverage) for axis in geometry.axes)
    beside = round(1.5 * cell)
    counts = np.outer(down, across)
    most = max(int(counts.max(initial=0)), 1)
    places = cells([slice(size) for size in counts.shape])
    fills = {place: _shade(int(counts[place]) / most) for place in places}
    plain = Look(fills=dict.fromkeys(places, WHITE))
    draw(canvas, NumberGrid(across[None], (left + beside, top), cell), plain)
    draw(canvas, NumberGrid(down[:, None], (left, top + beside), cell), plain)
    grid = NumberGrid(counts, (left + beside, top + beside), cell)
    draw(canvas, grid, Look(fills=fills))
    ranges = [range(size)[part] for size, part in zip(geometry.X, window, strict=True)]
    for h, v in ((h, v) for h in ranges[0] for v in ranges[1]):
        outline(canvas, grid, (h, v, 1, 1), WRITTEN_EDGE)


def _shade(part: float) -> str:
    """Return a shade of blue, darker for a larger part of 1; black text on it is legible."""
    light, dark = (0xF1, 0xF6, 0xFA), (0x56, 0xA0, 0xD3)
    return "#" + "".join(
        f"{round(a + part * (b - a)):02X}" for a, b in zip(light, dark, strict=True)
    )


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


def cell_size(across: float, down: float) -> int:
    """Return the side of a cell in pixels with which this many cells fit the board."""
    room = (WIDTH - 2 * EDGE) / across, (BOTTOM - TOP) / down
    return max(1, min(_LARGEST, int(min(room))))


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
