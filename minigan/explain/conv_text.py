"""The arithmetic of a convolution in words: each size as formula, numbers and result; padding,
coverage, holes.

No number here is worked out: all are read off a `Geometry`, so the text says what the code does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd, prod
from textwrap import wrap

from minigan.geometry import Axis, Geometry

WIDTH = 96
_MAP = 24  # positions along each axis of a coverage map


def describe(geometry: Geometry, transposed: bool) -> str:
    """Everything about a 2-D (transposed) convolution as text, at most 100 columns wide."""
    first, second = geometry.axes
    groups = [("position", first)] if first == second else [("row", first), ("column", second)]
    sections = [_title(geometry, transposed)]
    for name, axis in groups:
        alike = "rows and columns alike" if first == second else f"{name}s"
        sections.append([f"Size, {alike}", *(_size_of_x(axis) if transposed else _size_of_y(axis))])
        sections.append([f"Padding, {alike}", *_padding(axis, transposed)])
        sections.append([f"Sizes that share one output, {alike}", *_sharing(axis, transposed)])
        if transposed:
            sections.append([f"The same as a convolution of stride 1, {alike}", *_holes(axis)])
    sections.append(["Multiplications (one channel each)", *_work(geometry, transposed)])
    sections.append([_coverage_title(transposed), *_map(geometry)])
    sections.append(["Checkerboard?", *_verdict(groups, geometry)])
    return "\n\n".join("\n".join(lines) for lines in sections)


def shape(sizes: Sequence[int]) -> str:
    """Sizes as they are spoken of: 5x7."""
    return "x".join(map(str, sizes))


def settings(geometry: Geometry, transposed: bool) -> str:
    """The settings as keyword arguments, those of an axis alone where both are the same."""
    named = {
        "kernel_size": [a.taps for a in geometry.axes],
        "stride": [a.stride for a in geometry.axes],
        "padding": [a.padding for a in geometry.axes],
        "output_padding": [a.output_padding for a in geometry.axes],
        "dilation": [a.dilation for a in geometry.axes],
    }
    if not transposed:
        del named["output_padding"]
    return ", ".join(f"{name}={v[0] if v[0] == v[1] else tuple(v)}" for name, v in named.items())


def _title(geometry: Geometry, transposed: bool) -> list[str]:
    x, y, w = shape(geometry.X), shape(geometry.Y), shape(geometry.taps)
    if transposed:
        head = f"Transposed convolution: y of {y} -> x of {x}, kernel w of {w}"
    else:
        head = f"Convolution: x of {x} -> y of {y}, kernel w of {w}"
    call = f"nn.Conv{'Transpose' * transposed}2d(..., {settings(geometry, transposed)})"
    letters = "k taps, stride s, padding p, dilation d" + ", output_padding op" * transposed
    lines = [head, "=" * len(head), *wrap(call, WIDTH, subsequent_indent="    "), letters]
    if transposed:
        lines += _prose(
            "It goes from y back to x: each value of y adds itself times the kernel into x.", ""
        )
    return lines


def _size_of_y(axis: Axis) -> list[str]:
    x, k, s, p, d = axis.X, axis.taps, axis.stride, axis.padding, axis.dilation
    padded, room = x + 2 * p, x + 2 * p - axis.span
    return [
        *_prose(
            f"x with its padding is {x} + 2*{p} = {padded} long. The kernel covers d*(k - 1) + 1 "
            f"= {d}*({k} - 1) + 1 = "
            f"{axis.span} of it, so the window can be moved by {padded} - {axis.span} = {room}, "
            f"in steps of {s}: "
            f"{room // s} steps, and the place where it began."
        ),
        "    y = floor((x + 2*p - d*(k - 1) - 1) / s) + 1",
        f"      = floor(({x} + 2*{p} - {d}*({k} - 1) - 1) / {s}) + 1",
        f"      = floor({room} / {s}) + 1",
        f"      = {axis.Y}",
    ]


def _size_of_x(axis: Axis) -> list[str]:
    y, k, s, p, d, op = (
        axis.Y,
        axis.taps,
        axis.stride,
        axis.padding,
        axis.dilation,
        axis.output_padding,
    )
    span = f"d*(k - 1) + 1 = {d}*({k} - 1) + 1 = {axis.span}"
    return [
        *_prose(
            f"The {y} values of y stand s = {s} apart, so the first and the last are {s}*({y} - "
            f"1) = {s * (y - 1)} "
            f"apart. The last one's kernel covers {span} positions from there. Padding crops {p} "
            "at both ends, and "
            f"output_padding computes {op} more at the end."
        ),
        "    x = s*(y - 1) + d*(k - 1) + 1 - 2*p + op",
        f"      = {s}*({y} - 1) + {d}*({k} - 1) + 1 - 2*{p} + {op}",
        f"      = {s * (y - 1)} + {axis.span} - {2 * p} + {op}",
        f"      = {axis.X}",
    ]


def crossed_padding(axis: Axis) -> int:
    """p' = d*(k - 1) - p: the padding of the other direction."""
    return axis.span - 1 - axis.padding


def _padding(axis: Axis, transposed: bool) -> list[str]:
    k, p, d = axis.taps, axis.padding, axis.dilation
    q = crossed_padding(axis)
    cropped = f"; negative: {-q} cropped instead" * (q < 0)
    return [
        f"    p  = {p}",
        f"    p' = d*(k - 1) - p = {d}*({k} - 1) - {p} = {q}",
        *_prose(
            f"In {'the' if transposed else 'this'} convolution from x to y, p zeros go before and "
            "after x; in "
            f"{'this' if transposed else 'the'} transposed convolution from y to x, p' zeros "
            "before and after y"
            f"{cropped}."
        ),
    ]


def _sharing(axis: Axis, transposed: bool) -> list[str]:
    s, op = axis.stride, axis.output_padding
    sizes = axis.same_Y
    least = axis.X - op
    choices = ", ".join(f"{size - least} gives {size}" for size in _few(sizes))
    if not sizes:
        text = f"No x of at least 1 gives y = {axis.Y} with this padding."
    elif len(sizes) == 1:
        text = (
            f"x = {_few(sizes)[0]} alone gives y = {axis.Y} (s = {s}): there is nothing to choose."
        )
    else:
        text = (
            f"x = {_list(sizes)} all give y = {axis.Y}: the floor forgets what s = {s} leaves "
            "over. Back from y, "
            f"output_padding chooses: {choices}."
        )
    if op >= s:
        text += (
            f" Here op = {op} is not below s = {s} (legal, as it is below d = {axis.dilation}) "
            "and goes past them to "
            f"x = {axis.X}, which a convolution takes to y = {_conv_of(axis)}, not {axis.Y}."
        )
    elif not transposed and op:
        text += (
            f" Here x = {axis.X}: the last {op} of the padded x are never read, and the way "
            f"back needs op = {op}."
        )
    return _prose(text)


def _conv_of(axis: Axis) -> int:
    return Geometry.conv(
        (axis.X,), (axis.taps,), axis.stride, axis.padding, axis.dilation, name="explain conv"
    ).Y[0]


def _holes(axis: Axis) -> list[str]:
    y, k, s, d, op = axis.Y, axis.taps, axis.stride, axis.dilation, axis.output_padding
    q, dense = crossed_padding(axis), axis.dense
    before = f"add p' = {q} zeros" if q >= 0 else f"crop -p' = {-q} values"
    after = (
        f"add p' + op = {q} + {op} = {q + op} zeros"
        if q + op >= 0
        else f"crop -(p' + op) = {-q - op} values"
    )
    padded = dense.Y + 2 * q + op
    return [
        f"    1. put s - 1 = {s - 1} zeros between the values of y: s*(y - 1) + 1 = {s}*({y} - 1) "
        f"+ 1 = {dense.Y}",
        f"    2. {before} before and {after} after: {padded}",
        "    3. flip the kernel end to end (and swap its two channel axes)",
        f"    4. convolve, stride 1, dilation {d}: {padded} - d*(k - 1) = {padded} - {d}*({k} - "
        f"1) = {axis.X} = x",
    ]


def _work(geometry: Geometry, transposed: bool) -> list[str]:
    useful = geometry.multiplications(1, 1, 1)
    windows, T = prod(geometry.Y), prod(geometry.taps)
    elsewhere = "where padding crops" if transposed else "on padding"
    text = (
        f"{shape(geometry.Y)} = {windows} values of y times {shape(geometry.taps)} = {T} taps are "
        f"{windows * T} "
        f"products; {useful} of them join x, {windows * T - useful} fall {elsewhere}."
    )
    lines = _prose(text)
    if transposed:
        all_, inside = prod(geometry.X) * T, geometry.dense.multiplications(1, 1, 1)
        strides = "*".join(str(axis.stride) for axis in geometry.axes)
        lines += _prose(
            f"With holes, {shape(geometry.X)} = {prod(geometry.X)} windows times {T} taps are "
            f"{all_}: {useful} useful, "
            f"{inside - useful} meet an inserted zero, {all_ - inside} meet padding. Away from "
            "the borders the share "
            f"of inserted zeros is 1 - 1/({strides}) = {100 * geometry.hole_fraction:.1f} %."
        )
    return lines


def _coverage_title(transposed: bool) -> str:
    if transposed:
        return "Coverage: how many products are added into each position of x"
    return "Coverage: how many windows see each position of x (and add to its gradient)"


def _map(geometry: Geometry) -> list[str]:
    down, across = (
        [coverage_at(a, h) for h in range(a.X if a.X <= _MAP else _MAP // 2)] for a in geometry.axes
    )
    width = len(str(max(down) * max(across)))
    rows = ["    " + " ".join(f"{a * b:{width}}" for b in across) for a in down]
    while max(map(len, rows)) > WIDTH:
        across = across[:-1]
        rows = ["    " + " ".join(f"{a * b:{width}}" for b in across) for a in down]
    if (len(down), len(across)) != geometry.X:
        rows += [f"    ... the upper left {len(down)}x{len(across)} of {shape(geometry.X)}"]
    return rows


def coverage_at(axis: Axis, h: int) -> int:
    """How many taps reach position h of x; `axis.coverage` without the rest of a long axis."""
    return sum(h in range(axis.X)[axis.tap(i)[1]] for i in range(axis.taps))


def _verdict(groups: Sequence[tuple[str, Axis]], geometry: Geometry) -> Iterator[str]:
    for name, axis in groups:
        yield from _prose(_law(axis, name))
    even = all(axis.is_uniform for axis in geometry.axes)
    inside = [
        a * b
        for a in geometry.axes[0].interior_coverage
        for b in geometry.axes[1].interior_coverage
    ]
    if even:
        yield from _prose(
            f"No checkerboard by counting: inside, every position of x is the sum of {inside[0]} "
            "products. That is "
            "necessary, not sufficient: the phases still have weights of their own (Odena et al., "
            "Distill 2016)."
        )
    else:
        counts = " or ".join(map(str, sorted(set(inside), reverse=True)))
        pattern = shape([axis.stride for axis in geometry.axes])
        empty = "; those of 0 are holes" * (0 in inside)
        yield from _prose(
            f"A checkerboard: inside, positions are sums of {counts} products, repeating every "
            f"{pattern}{empty}."
        )
    for name, axis in groups:
        yield from _prose(_border(axis, name))


def _law(axis: Axis, name: str) -> str:
    k, s, d = axis.taps, axis.stride, axis.dilation
    counts = ", ".join(map(str, axis.interior_coverage[:_MAP])) + ", ..." * (s > _MAP)
    rule = "ceil((k - r)/s), 0 for k <= r" if d == 1 else "the number of taps i with d*i = r mod s"
    if axis.is_uniform:
        why = f"They are all the same: s = {s} divides k = {k} and gcd(s, d) = gcd({s}, {d}) = 1."
    elif k % s:
        why = f"They are not all the same: s = {s} does not divide k = {k}."
    else:
        why = (
            f"They are not all the same: s = {s} divides k = {k}, but gcd(s, d) = gcd({s}, {d}) "
            f"= {gcd(s, d)} is not 1."
        )
    residues = "r = 0" if s == 1 else f"r = 0 .. {s - 1}"
    return (
        f"{name.capitalize()} h of x, with r = (h + p) mod s, is reached by c(r) = {rule}. "
        f"Here, for {residues}: {counts} product{'s' * (axis.interior_coverage != (1,))}. {why}"
    )


def _border(axis: Axis, name: str) -> str:
    """What the first and last positions lack, or nothing to say."""
    law = axis.interior_coverage
    short = [
        h for h, count in enumerate(axis.coverage) if count < law[(h + axis.padding) % axis.stride]
    ]
    if not short:
        return ""
    if len(short) == axis.X:
        return f"All {axis.X} {name}s are near a border and have less than that."
    before = 1 + max((h for h in short if 2 * h < axis.X), default=-1)
    after = axis.X - min((h for h in short if 2 * h >= axis.X), default=axis.X)
    ends = [f"{name} {count}" for name, count in (("first", before), ("last", after)) if count]
    return (
        f"At the borders, among the {' and the '.join(ends)} of {axis.X} {name}s, some have "
        "less than that."
    )


def _prose(text: str, indent: str = "    ") -> list[str]:
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _few(sizes: Sequence[int]) -> Sequence[int]:
    return sizes[:6]


def _list(sizes: Sequence[int]) -> str:
    if len(sizes) > 6:
        return f"{', '.join(map(str, sizes[:5]))}, ... and {sizes[-1]}"
    return f"{', '.join(map(str, sizes[:-1]))} and {sizes[-1]}"
