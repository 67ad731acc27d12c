"""The frames of a film: a convolution window by window, and a transposed one in two ways at once.

Every number in a frame comes from the arrays of a step of `minigan.conv.loops`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from math import prod
from textwrap import wrap
from typing import NamedTuple

import numpy as np

from minigan.backend import Array
from minigan.conv import holes, loops
from minigan.conv.loops import WindowStep
from minigan.explain.conv_views import TransposedViews, cell_size, draw_gather, margins
from minigan.explain.number_grids import NumberGrid, Place
from minigan.explain.wording import settings, shape
from minigan.geometry import Axis, Geometry
from minigan.viz.canvas import PALE, Canvas, Pixels, fitting

MOST = 100  # frames
WIDTH = 800
_MOST_CELLS = {False: 24, True: 16}  # along a grid; key: whether the convolution is transposed
_EDGE = 20
_ROOM = WIDTH - 2 * _EDGE


class Moment(NamedTuple):
    """One frame of a transposed convolution in two ways: a scattering and a gathering step."""

    scattered: WindowStep | None  # the step of this frame; None if it only gathers
    x: Array  # the sums that scattering has so far
    gathered: WindowStep | None  # the last step of gathering; None at first


def frames(geometry: Geometry, transposed: bool) -> Iterator[Pixels]:
    """Yield the frames (H, W, 3) of a 2-D (transposed) convolution of small integers.

    There are at most MOST of them. If an array is too large to draw, the frames show a smaller
    input with the same settings, and say so.
    """
    small = fitting_geometry(geometry, transposed)
    notes = (
        [f"drawn smaller than {shape(geometry.Y if transposed else geometry.X)}"]
        if small != geometry
        else []
    )
    _, w, y = numbers(small)
    steps = sum(1 for _ in in_step(y, w, small)) if transposed else prod(small.Y)
    notes += [f"first {MOST} of {steps} steps"] if steps > MOST else []
    images = _transposed_frames(small, notes) if transposed else _conv_frames(small, notes)
    return islice(images, MOST)


def numbers(geometry: Geometry) -> tuple[Array, Array, Array]:
    """Return small integers x (1, 1, *X), w (1, 1, *taps) and y (1, 1, *Y); w and y have no 0."""
    rng = np.random.default_rng(2)
    x = rng.integers(0, 5, (1, 1, *geometry.X))
    w = rng.integers(1, 4, (1, 1, *geometry.taps))
    return x, w, rng.integers(1, 5, (1, 1, *geometry.Y))


def in_step(y: Array, w: Array, geometry: Geometry) -> Iterator[Moment]:
    """Yield the moments of a transposed convolution, which is computed in two ways.

    As soon as scattering has finished a position of x, gathering computes it too. So after each
    moment both have the same x up to the last position that was gathered.
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
            if at < last:
                yield Moment(scattered, x, gathered)
        gathered = next(gathering)
        yield Moment(scattered, x, gathered)


def _last(axis: Axis, h: int) -> int:
    """Return the last position of y that joins position h of x, or -1 if there is none."""
    return max((o for o in range(axis.Y) if h in range(axis.X)[axis.window(o)[1]]), default=-1)


def fitting_geometry(geometry: Geometry, transposed: bool) -> Geometry:
    """Return the geometry, with a smaller input if a grid would have too many rows or columns."""
    return geometry.over(_fitting_axis(axis, transposed) for axis in geometry.axes)


def _fitting_axis(axis: Axis, transposed: bool) -> Axis:
    k, s, p, op, d = axis.taps, axis.stride, axis.padding, axis.output_padding, axis.dilation
    for size in range(axis.Y if transposed else axis.X, 0, -1):
        try:
            if transposed:
                axis = Geometry.conv_transpose((size,), (k,), s, p, op, d).axes[0]
            else:
                axis = Geometry.conv((size,), (k,), s, p, d).axes[0]
        except ValueError:  # smaller inputs are not legal
            break
        _, extent = margins(axis.dense.flipped if transposed else axis)
        if max(extent, axis.X) <= _MOST_CELLS[transposed]:
            break
    return axis


def spelled(step: WindowStep, x: Array, w: Array, most: int) -> str:
    """Return the products of a gathering step and their sum, such as 1*0 + 2*3 = 6.

    More than `most` products are cut with dots.
    """
    pairs = zip(x[0, 0][step.window].ravel(), w[0, 0][step.taps].ravel(), strict=True)
    terms = [f"{a}*{b}" for a, b in pairs] or ["0"]
    if len(terms) > most:
        terms = [*terms[: most - 1], "..."]
    return f"{' + '.join(terms)} = {step.result[(0, 0, *step.position)]}"


def _conv_frames(geometry: Geometry, notes: list[str]) -> Iterator[Pixels]:
    x, w, _ = numbers(geometry)
    (r, R), (c, C) = map(margins, geometry.axes)
    columns = C + geometry.taps[1] + geometry.Y[1] + 3  # with room between the grids
    cell = cell_size(_ROOM, columns)
    left, top = _EDGE + (_ROOM - columns * cell) // 2, 100
    middle, right = left + round((C + 1.5) * cell), left + (C + geometry.taps[1] + 3) * cell
    X = NumberGrid(x[0, 0], (left, top), cell, f"x  {shape(geometry.X)}", (r, c), (R, C))
    W = NumberGrid(w[0, 0], (middle, top), cell, f"w  {shape(geometry.taps)}")
    head = f"Convolution: x {shape(geometry.X)} \N{RIGHTWARDS ARROW} y {shape(geometry.Y)}"
    bottom = top + cell * max(R, geometry.taps[0], geometry.Y[0])
    legend = (
        "orange: the window, each x with its weight in the corner; dashed: padding, which adds "
        "nothing to the sum"
    )
    for step in loops.steps(x, w, geometry):
        Y = NumberGrid(step.result[0, 0], (right, top), cell, f"y  {shape(geometry.Y)}")
        canvas = _page(bottom + 100, head, geometry, False, [legend], notes)
        draw_gather(canvas, X, W, Y, step, geometry)
        text = f"y[{_index(step)}] = {spelled(step, x, w, 60)}"
        _lines(canvas, text, (_EDGE, bottom + 16), _ROOM)
        yield np.asarray(canvas.image)


def _transposed_frames(geometry: Geometry, notes: list[str]) -> Iterator[Pixels]:
    _, w, y = numbers(geometry)
    views = TransposedViews(geometry, y, w, (_EDGE, 132), _ROOM)
    head = (
        f"Transposed convolution: y {shape(geometry.Y)} \N{RIGHTWARDS ARROW} x "
        f"{shape(geometry.X)}, in two ways"
    )
    legend = [
        "orange: read now and added now; green: finished; green frame: the x computed now, the "
        "same on both sides;",
        "dashed: cropped by the padding p (left), zeros around y (right); pale: zeros between the "
        "values of y",
    ]
    for scattered, x, gathered in in_step(y, w, geometry):
        canvas = _page(views.bottom + 124, head, geometry, True, legend, notes)
        views.draw(canvas, scattered, x, gathered)
        room = views.right - views.left - 20
        _lines(canvas, _added(scattered, y), (views.left, views.bottom + 12), room)
        if gathered:
            text = f"x[{_index(gathered)}] = {spelled(gathered, views.z, views.flipped, 24)}"
            _lines(canvas, text, (views.right, views.bottom + 12), WIDTH - _EDGE - views.right)
        yield np.asarray(canvas.image)


def _added(step: WindowStep | None, y: Array) -> str:
    if step is None:
        return "no more products are added to this x"
    value = y[(0, 0, *step.position)]
    terms = ", ".join(f"{value}*{product // value}" for product in step.products.ravel())
    return f"y[{_index(step)}] = {value} adds {terms or 'nothing: all of its kernel is cropped'}"


def _page(
    height: int,
    head: str,
    geometry: Geometry,
    transposed: bool,
    legend: list[str],
    notes: list[str],
) -> Canvas:
    canvas = Canvas(WIDTH, height)
    canvas.text((_EDGE, 32), head, fitting(head, 21, _ROOM, bold=True), bold=True, anchor="ls")
    line = "; ".join([settings(geometry, transposed).replace("_size", ""), *notes])
    canvas.text((_EDGE, 56), line, fitting(line, 15, _ROOM), PALE, "ls")
    for number, line in enumerate(reversed(legend)):
        at, size = (_EDGE, height - 12 - 17 * number), fitting(line, 12.5, _ROOM)
        canvas.text(at, line, size, PALE, "ls")
    return canvas


def _lines(canvas: Canvas, text: str, at: Place, width: int) -> None:
    """Write text in at most three lines; of a longer text, the beginning and the end."""
    lines = wrap(text, round(width / 8.3))
    if len(lines) > 3:
        lines = [*lines[:2], "... " + lines[-1]]
    for number, line in enumerate(lines):
        canvas.text((at[0], at[1] + 20 * number), line, 14.5)


def _index(step: WindowStep) -> str:
    return ",".join(map(str, step.position))
