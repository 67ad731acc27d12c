"""The frames of a film: a convolution window by window, and a transposed one in two ways at once.

Every number in a frame comes from the arrays of a step of `minigan.conv.loops`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.checks import integer
from minigan.conv import definition, holes, loops
from minigan.explain.conv_captions import ROOM, conv_lines, legend, title, transposed_lines
from minigan.explain.conv_views import (
    BOTTOM,
    EDGE,
    HEIGHT,
    WIDTH,
    ConvBoard,
    Moment,
    TransposedBoard,
)
from minigan.explain.number_grids import LETTERS, fits
from minigan.explain.wording import settings, shape
from minigan.geometry import Axis, Geometry
from minigan.viz.canvas import PALE, Canvas, Pixels, fitting

MOST = 100  # frames
_MOST_CELLS = 100  # along a side of an array
_COUNTED = 10_000  # steps


def frames(geometry: Geometry, transposed: bool) -> Iterator[Pixels]:
    """Yield the frames (720, 1280, 3) of a 2-D (transposed) convolution of small integers.

    There are at most MOST of them. If an array is too large to draw, the frames show a smaller
    input with the same settings, and say so. Raises ValueError if the smallest one is too large.
    """
    small, note = _fitting(geometry, transposed)
    note += f"; the first {MOST} steps" * (len(_steps(small, transposed)) > MOST)
    paint = _painter(small, transposed, note)
    return (paint(step) for step in islice(_running(small, transposed), MOST))


def still(geometry: Geometry, transposed: bool, step: int | None = None) -> tuple[Pixels, int, int]:
    """Return one frame, the number of its step from 1 on, and the number of all steps.

    By default the step is the one nearest to the middle among those with the most products. Steps
    after the 10,000th are left out. Raises ValueError if there is no such step, or if an array is
    too large to draw even for the smallest input.
    """
    small, note = _fitting(geometry, transposed)
    counts = _steps(small, transposed)
    if step is None:
        most = max(counts)
        best = [at for at, count in enumerate(counts) if count == most]
        step = 1 + min(best, key=lambda at: abs(2 * at - len(counts) + 1))
    elif not 1 <= integer("explain conv", "step", step) <= len(counts):
        raise ValueError(f"explain conv: step={step} is not legal (legal: 1 to {len(counts)})")
    note += f"; step {step} of {len(counts)}"
    shown = next(islice(_running(small, transposed), step - 1, None))
    return _painter(small, transposed, note)(shown), step, len(counts)


def numbers(geometry: Geometry) -> tuple[Array, Array, Array]:
    """Return small integers x (1, 1, *X), w (1, 1, *taps) and y (1, 1, *Y), without 0."""
    rng = np.random.default_rng(2)
    x = rng.integers(1, 5, (1, 1, *geometry.X))
    w = rng.integers(1, 4, (1, 1, *geometry.taps))
    return x, w, rng.integers(1, 5, (1, 1, *geometry.Y))


def in_step(y: Array, w: Array, geometry: Geometry) -> Iterator[Moment]:
    """Yield the moments of a transposed convolution, which is computed in two ways.

    As soon as scattering has finished a position of x, gathering computes it too. So after each
    moment both have the same x up to the last position that was gathered. In each moment products
    are added, or a position is gathered.
    """
    scattering = loops.steps_transpose(y, w, geometry)
    z, flipped = holes.with_holes(y, geometry), holes.flipped(w, geometry)
    gathering = loops.steps(z, flipped, geometry.dense.flipped)
    x: Array = np.zeros((1, 1, *geometry.X), y.dtype)
    at: tuple[int, ...] = (-1, -1)
    gathered = None
    for h in product(*map(range, geometry.X)):
        last = tuple(map(_last, geometry.axes, h))
        scattered = None
        while min(last) >= 0 and at < last:
            scattered = next(scattering)
            x, at = scattered.result, scattered.position
            if at < last and scattered.products.size:
                yield Moment(scattered, x, gathered)
        gathered = next(gathering)
        yield Moment(scattered, x, gathered)


def _last(axis: Axis, h: int) -> int:
    """Return the last position of y that joins position h of x, or -1 if there is none."""
    return max((o for o in range(axis.Y) if h in range(axis.X)[axis.window(o)[1]]), default=-1)


def _running(geometry: Geometry, transposed: bool) -> Iterator[Any]:
    """Yield the steps of the film, whose arrays fill as it runs."""
    x, w, y = numbers(geometry)
    if transposed:
        return in_step(y, w, geometry)
    return iter(loops.steps(x, w, geometry))


def _steps(geometry: Geometry, transposed: bool) -> list[int]:
    """Return for each step of the film how many products make the output that is computed."""
    counts = []
    down, across = (axis.coverage for axis in geometry.axes)
    for step in islice(_running(geometry, transposed), _COUNTED):
        if not transposed:
            counts.append(step.products.size)
        elif step.gathered is None:
            counts.append(0)
        else:
            h, v = step.gathered.position
            counts.append(down[h] * across[v])
    return counts


def fitting_geometry(geometry: Geometry, transposed: bool) -> Geometry:
    """Return the geometry, with a smaller input if its numbers would not fit their cells.

    Raises ValueError if an array is too large to draw even for the smallest input.
    """
    sizes = geometry.Y if transposed else geometry.X
    for most in range(min(max(sizes), 24), 0, -1):
        small = geometry.over(_at_most(axis, transposed, most) for axis in geometry.axes)
        side = max(*small.X, *small.Y, *small.taps)
        if side <= _MOST_CELLS and _is_legible(small, transposed):
            return small
    if side > _MOST_CELLS:
        raise ValueError(
            f"explain conv: an array with a side of {side} is too large to draw, even for the "
            f"smallest input (legal: at most {_MOST_CELLS})"
        )
    return small


def _is_legible(geometry: Geometry, transposed: bool) -> bool:
    """Return whether the largest number of the output fits a cell of the board."""
    cell = _board(geometry, transposed).cell
    if not fits(cell, "0"):
        return False
    x, w, y = numbers(geometry)
    if transposed:
        output = definition.conv_transpose(y, w, geometry)
    else:
        output = definition.conv(x, w, geometry)
    return fits(cell, str(output.max(initial=0)))


def _at_most(axis: Axis, transposed: bool, most: int) -> Axis:
    """Return the axis with an input of at most so many positions, or the smallest legal one."""
    k, s, p, op, d = axis.taps, axis.stride, axis.padding, axis.output_padding, axis.dilation
    for size in range(axis.Y if transposed else axis.X, 0, -1):
        try:
            if transposed:
                axis = Geometry.conv_transpose((size,), (k,), s, p, op, d).axes[0]
            else:
                axis = Geometry.conv((size,), (k,), s, p, d).axes[0]
        except ValueError:  # smaller inputs are not legal
            break
        if size <= most:
            break
    return axis


def _fitting(geometry: Geometry, transposed: bool) -> tuple[Geometry, str]:
    """Return the geometry that is drawn, and a note if its input is smaller."""
    small = fitting_geometry(geometry, transposed)
    whole = shape(geometry.Y if transposed else geometry.X)
    return small, f"; drawn smaller than {whole}" * (small != geometry)


def _board(geometry: Geometry, transposed: bool) -> ConvBoard | TransposedBoard:
    x, w, y = numbers(geometry)
    return TransposedBoard(geometry, y, w) if transposed else ConvBoard(geometry, x, w)


def _painter(geometry: Geometry, transposed: bool, note: str) -> Callable[[Any], Pixels]:
    """Return the function that draws one step on a board of its own."""
    board = _board(geometry, transposed)

    def paint(step: Any) -> Pixels:
        canvas = _page(geometry, transposed, note)
        if isinstance(board, TransposedBoard):
            board.draw(canvas, step)
            lines = transposed_lines(board, step)
        else:
            board.draw(canvas, step)
            lines = conv_lines(board, step)
        for number, line in enumerate(lines):
            canvas.text((EDGE, BOTTOM + 18 + 28 * number), line, fitting(line, 19, ROOM))
        return np.asarray(canvas.image)

    return paint


def _page(geometry: Geometry, transposed: bool, note: str) -> Canvas:
    canvas, head = Canvas(WIDTH, HEIGHT), title(geometry, transposed)
    canvas.text((EDGE, 46), head, fitting(head, 30, ROOM, bold=True), bold=True, anchor="ls")
    line = settings(geometry, transposed).replace("_size", "") + note
    canvas.text((EDGE, 78), line, fitting(line, 19, ROOM), PALE, "ls")
    for number, line in enumerate(legend(geometry, transposed)):
        canvas.text((EDGE, 688 + 22 * number), line, fitting(line, LETTERS, ROOM), PALE, "ls")
    return canvas
