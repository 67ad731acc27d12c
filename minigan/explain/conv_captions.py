"""The texts of a board: its title, the products of its step, and what its colours mean."""

from __future__ import annotations

from math import prod
from textwrap import wrap

from minigan.backend import Array
from minigan.conv.loops import WindowStep
from minigan.explain.conv_views import EDGE, WIDTH, ConvBoard, Moment, TransposedBoard
from minigan.explain.number_grids import LETTERS
from minigan.explain.wording import shape
from minigan.geometry import Geometry
from minigan.viz.canvas import text_width

ROOM = WIDTH - 2 * EDGE  # pixels


def title(geometry: Geometry, transposed: bool) -> str:
    """Return the operation, and which array is the input and which the output.

    >>> title(Geometry.conv((5, 5), 3, stride=2), transposed=False)
    'Convolution: input x 5x5 \N{RIGHTWARDS ARROW} output y 2x2'
    """
    x, y = f"x {shape(geometry.X)}", f"y {shape(geometry.Y)}"
    if transposed:
        return f"Transposed convolution: input {y} \N{RIGHTWARDS ARROW} output {x}"
    return f"Convolution: input {x} \N{RIGHTWARDS ARROW} output {y}"


def conv_lines(board: ConvBoard, step: WindowStep) -> list[str]:
    """Return the products of an output, and how many values lie under the kernel."""
    values, taps = step.products.size, prod(board.geometry.taps)
    under = _counted(values, "value") + f", {_counted(taps - values, 'zero')} of the padding" * (
        taps > values
    )
    sum_ = _cut(f"y[{_index(step)}]", step, board.x, board.w)
    return [sum_, f"Under the kernel now: {under}."]


def transposed_lines(board: TransposedBoard, moment: Moment) -> list[str]:
    """Return what the input adds, and the products of the output that is gathered."""
    lines = [_added(moment.scattered, board.y)]
    if moment.gathered:
        step = moment.gathered
        values, zeros = board.under(step)
        padding = prod(board.geometry.taps) - values - zeros
        parts = [_counted(values, "value")]
        parts += [f"{_counted(zeros, 'zero')} put in"] * (zeros > 0)
        parts += [f"{_counted(padding, 'zero')} of the padding"] * (padding > 0)
        name = f"x[{_index(step)}]"
        total = step.result[(0, 0, *step.position)]
        window, taps = board.z[0, 0][step.window], board.flipped[0, 0][step.taps]
        terms = [f"{a}*{b}" for a, b in zip(window.ravel(), taps.ravel(), strict=True) if a]
        tail = f".   Under the kernel now: {', '.join(parts)}"
        lines.append(_joined(f"{name} = ", terms or ["0"], f" = {total}{tail}"))
    return lines


def spelled(step: WindowStep, x: Array, w: Array, most: int) -> str:
    """Return the products of a gathering step and their sum, such as 1*0 + 2*3 = 6.

    More than `most` products are cut with dots.
    """
    pairs = zip(x[0, 0][step.window].ravel(), w[0, 0][step.taps].ravel(), strict=True)
    terms = [f"{a}*{b}" for a, b in pairs] or ["0"]
    if len(terms) > most:
        terms = [*terms[: most - 1], "..."]
    return f"{' + '.join(terms)} = {step.result[(0, 0, *step.position)]}"


def _cut(name: str, step: WindowStep, x: Array, w: Array) -> str:
    """Return the sum of a step with as many products as fit a line."""
    texts = (f"{name} = {spelled(step, x, w, most)}" for most in range(step.products.size, 1, -1))
    short = f"{name} = {spelled(step, x, w, 2)}"
    return next((text for text in texts if text_width(text, LETTERS) <= ROOM), short)


def _joined(start: str, terms: list[str], end: str) -> str:
    """Return a sum with as many terms as fit a line."""
    for most in range(len(terms), 0, -1):
        shown = terms if most == len(terms) else [*terms[:most], "..."]
        text = start + " + ".join(shown) + end
        if text_width(text, LETTERS) <= ROOM:
            break
    return text


def _added(step: WindowStep | None, y: Array) -> str:
    if step is None:
        return "No input is left that reaches this x: it is finished."
    value = y[(0, 0, *step.position)]
    terms = [f"{value}*{product // value}" for product in step.products.ravel()]
    if not terms:
        return f"y[{_index(step)}] = {value} adds nothing: all of its kernel is cropped."
    start = f"y[{_index(step)}] = {value} adds "
    return start + ", ".join(terms)


def _counted(number: int, noun: str) -> str:
    """Return a number and a noun.

    >>> _counted(1, "value"), _counted(5, "zero")
    ('1 value', '5 zeros')
    """
    return f"{number} {noun}{'s' * (number != 1)}"


def legend(geometry: Geometry, transposed: bool) -> list[str]:
    """Return what the colours and lines of a board mean."""
    if not transposed:
        text = (
            "Orange: under the kernel, with the weight in the corner. Green: computed; green "
            "frames: the output computed now, and the inputs it reads."
        )
        return wrap(text + " Dashed: padding, zeros that add nothing.", 130)
    text = (
        "Orange: read now; +n: added now, and contained in the number above. Green: finished; "
        "green frame: the x computed now, the same number in both views. Dashed: cropped "
        "(scatter), zeros around y (right). "
    )
    return wrap(text + "Pale: zeros put in." * (geometry.dense != geometry), 140)


def _index(step: WindowStep) -> str:
    return ", ".join(map(str, step.position))
