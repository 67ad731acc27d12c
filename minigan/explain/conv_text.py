"""The arithmetic of a convolution as text: each size as a formula, with numbers, and its result.

All numbers are read from a `Geometry`, which the convolution itself uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from minigan.explain.cost_text import cost_table, products
from minigan.explain.coverage_text import checkerboard, coverage_map, coverage_title
from minigan.explain.wording import WIDTH, prose, settings, shape
from minigan.geometry import Axis, Geometry


def describe(geometry: Geometry, transposed: bool) -> str:
    """Return all about a 2-D (transposed) convolution as text, at most 100 columns wide."""
    first, second = geometry.axes
    axes = [("position", first)] if first == second else [("row", first), ("column", second)]
    sections = [_title(geometry, transposed)]
    for name, axis in axes:
        which = "rows and columns alike" if first == second else f"{name}s"
        sections.append([f"Size, {which}", *(_size_of_x(axis) if transposed else _size_of_y(axis))])
        sections.append([f"Padding, {which}", *_padding(axis, transposed)])
        sections.append([f"Sizes of x that give the same y, {which}", *_same_y(axis, transposed)])
        if transposed:
            sections.append([f"The same as a convolution of stride 1, {which}", *_holes(axis)])
    sections.append(["Multiplications (one channel each)", *products(geometry, transposed)])
    sections.append(["Cost of the seven formulations, float32", *cost_table(geometry, transposed)])
    sections.append([coverage_title(transposed), *coverage_map(geometry)])
    sections.append(["Checkerboard?", *checkerboard(axes, geometry)])
    return "\n\n".join("\n".join(lines) for lines in sections)


def _title(geometry: Geometry, transposed: bool) -> list[str]:
    x, y, w = shape(geometry.X), shape(geometry.Y), shape(geometry.taps)
    if transposed:
        head = f"Transposed convolution: input y of {y} -> output x of {x}, kernel w of {w}"
    else:
        head = f"Convolution: input x of {x} -> output y of {y}, kernel w of {w}"
    call = f"nn.Conv{'Transpose' * transposed}2d(..., {settings(geometry, transposed)})"
    letters = "k kernel size, s stride, p padding, d dilation" + ", op output padding" * transposed
    lines = [head, "=" * len(head), *wrap(call, WIDTH, subsequent_indent="    "), letters]
    if transposed:
        lines += prose(
            "Each value of the input y, times the kernel, is added to the output x. A convolution "
            "with these settings goes the other way, from x to y.",
            "",
        )
    return lines


def _size_of_y(axis: Axis) -> list[str]:
    X, k, s, p, d = axis.X, axis.taps, axis.stride, axis.padding, axis.dilation
    padded, room = X + 2 * p, X + 2 * p - axis.span
    text = (
        f"x with its padding has {X} + 2*{p} = {padded} positions. The kernel covers d*(k - 1) + 1 "
        f"= {d}*({k} - 1) + 1 = {axis.span} of them, so the window can move by {padded} - "
        f"{axis.span} = {room}. In steps of {s} these are {room // s} steps, and y has one value "
        "more than there are steps."
    )
    return [
        *prose(text),
        "    y = floor((x + 2*p - d*(k - 1) - 1) / s) + 1",
        f"      = floor(({X} + 2*{p} - {d}*({k} - 1) - 1) / {s}) + 1",
        f"      = floor({room} / {s}) + 1",
        f"      = {axis.Y}",
    ]


def _size_of_x(axis: Axis) -> list[str]:
    Y, k, s, p, d = axis.Y, axis.taps, axis.stride, axis.padding, axis.dilation
    op = axis.output_padding
    text = (
        f"The {Y} values of y stand s = {s} apart, so the first and the last are {s}*({Y} - 1) = "
        f"{s * (Y - 1)} apart. From there the kernel of the last value covers d*(k - 1) + 1 = "
        f"{d}*({k} - 1) + 1 = {axis.span} positions. The padding crops {p} at both ends, and "
        f"output_padding adds {op} at the end."
    )
    return [
        *prose(text),
        "    x = s*(y - 1) + d*(k - 1) + 1 - 2*p + op",
        f"      = {s}*({Y} - 1) + {d}*({k} - 1) + 1 - 2*{p} + {op}",
        f"      = {s * (Y - 1)} + {axis.span} - {2 * p} + {op}",
        f"      = {axis.X}",
    ]


def _padding(axis: Axis, transposed: bool) -> list[str]:
    k, p, d = axis.taps, axis.padding, axis.dilation
    q = axis.dense.flipped.padding
    this, other = ("the", "this") if transposed else ("this", "the")
    crop = f" Here p' is negative: y is cropped by {-q} at both ends." * (q < 0)
    return [
        f"    p  = {p}",
        f"    p' = d*(k - 1) - p = {d}*({k} - 1) - {p} = {q}",
        *prose(
            f"In {this} convolution from x to y, p zeros stand before and after x. In {other} "
            f"transposed convolution from y to x, p' zeros stand before and after y.{crop}"
        ),
    ]


def _same_y(axis: Axis, transposed: bool) -> list[str]:
    s, op, sizes = axis.stride, axis.output_padding, axis.same_Y
    if not sizes:
        text = f"No x of at least 1 gives y = {axis.Y} with this padding."
    elif len(sizes) == 1:
        text = f"Only x = {sizes[0]} gives y = {axis.Y} (s = {s}), so there is nothing to choose."
    else:
        choices = ", ".join(f"{size - axis.least_X} gives {size}" for size in sizes[:6])
        text = (
            f"x = {_list(sizes)} all give y = {axis.Y}, because the convolution divides by s = {s} "
            f"and drops the remainder. From y back to x, output_padding chooses: {choices}."
        )
    if op >= s:
        Y = Axis.conv(axis.X, axis.taps, s, axis.padding, axis.dilation).Y
        text += (
            f" Here op = {op} is not below s = {s} (this is legal because it is below d = "
            f"{axis.dilation}), so x = {axis.X} is not one of them: a convolution takes it to y = "
            f"{Y}, not {axis.Y}."
        )
    elif not transposed and op:
        text += (
            f" Here x = {axis.X}: the convolution does not read the last {op} of the padded x, and "
            f"the way back needs op = {op}."
        )
    return prose(text)


def _list(sizes: Sequence[int]) -> str:
    """Return 16, 17 and 18; of more than six sizes the first five and the last."""
    if len(sizes) > 6:
        return f"{', '.join(map(str, sizes[:5]))}, ... and {sizes[-1]}"
    return f"{', '.join(map(str, sizes[:-1]))} and {sizes[-1]}"


def _holes(axis: Axis) -> list[str]:
    Y, k, s, d, op = axis.Y, axis.taps, axis.stride, axis.dilation, axis.output_padding
    holes, q = axis.dense.Y, axis.dense.flipped.padding
    before = f"add p' = {_zeros(q)}" if q >= 0 else f"crop -p' = {-q} values"
    after = f"add p' + op = {q} + {op} = {_zeros(q + op)}"
    if q + op < 0:
        after = f"crop -(p' + op) = {-q - op} values"
    padded = holes + 2 * q + op
    put = f"put s - 1 = {_zeros(s - 1)} between" if s > 1 else "put no zeros (s - 1 = 0) between"
    return [
        f"    1. {put} the values of y: s*(y - 1) + 1 = {s}*({Y} - 1) + 1 = {holes}",
        f"    2. {before} before and {after} after: {padded}",
        "    3. flip the kernel end to end (and swap its two channel axes)",
        f"    4. convolve, stride 1, dilation {d}: {padded} - d*(k - 1) = {padded} - {d}*({k} - "
        f"1) = {axis.X} = x",
    ]


def _zeros(count: int) -> str:
    return f"{count} zero{'s' * (count != 1)}"
