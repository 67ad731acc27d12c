"""How evenly a convolution covers x, as text: the map of coverage, checkerboards and borders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd

from minigan.explain.wording import WIDTH, prose, shape
from minigan.geometry import Axis, Geometry

_MAP = 24  # positions along each axis of a coverage map


def coverage_title(transposed: bool) -> str:
    """Return the heading of a coverage map."""
    if transposed:
        return "Coverage: how many products are added into each position of x"
    return "Coverage: how many windows see each position of x (and add to its gradient)"


def coverage_map(geometry: Geometry) -> list[str]:
    """Return the coverage of x as rows of numbers, or its upper left corner if x is large."""
    down, across = (
        [coverage_at(axis, h) for h in range(axis.X if axis.X <= _MAP else _MAP // 2)]
        for axis in geometry.axes
    )
    width = len(str(max(down) * max(across)))
    across = across[: (WIDTH - 4 + 1) // (width + 1)]
    rows = ["    " + " ".join(f"{a * b:{width}}" for b in across) for a in down]
    if (len(down), len(across)) != geometry.X:
        rows.append(f"    ... the upper left {len(down)}x{len(across)} of {shape(geometry.X)}")
    return rows


def coverage_at(axis: Axis, h: int) -> int:
    """Return how many taps reach position h of x: `axis.coverage[h]`, without the other positions.

    >>> coverage_at(Axis(X=5, Y=3, taps=3, stride=2, padding=1), 1)
    2
    """
    return sum(h in range(axis.X)[axis.tap(i)[1]] for i in range(axis.taps))


def checkerboard(axes: Sequence[tuple[str, Axis]], geometry: Geometry) -> Iterator[str]:
    """Yield lines that say whether the interior of x is covered evenly, and what borders miss.

    `axes` are the axes to describe, each with the name of one position along it.
    """
    for name, axis in axes:
        yield from prose(_interior(axis, name))
    first, second = (axis.interior_coverage for axis in geometry.axes)
    inside = [a * b for a in first for b in second]
    if all(axis.is_uniform for axis in geometry.axes):
        yield from prose(
            f"No checkerboard from counting: inside, every position of x is the sum of {inside[0]} "
            "products. This is necessary but not sufficient, because each phase has weights of its "
            "own (Odena et al., Distill 2016)."
        )
    else:
        counts = " or ".join(map(str, sorted(set(inside), reverse=True)))
        pattern = shape([axis.stride for axis in geometry.axes])
        empty = "; positions with 0 products stay zero" * (0 in inside)
        yield from prose(
            f"A checkerboard: inside, positions are sums of {counts} products, in a pattern that "
            f"repeats every {pattern}{empty}."
        )
    yield from prose(_rule_of_thumb([axis for _, axis in axes]))
    for name, axis in axes:
        yield from prose(_border(axis, name))


def _interior(axis: Axis, name: str) -> str:
    """Return the law of the interior coverage, its numbers, and why they are equal or not."""
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
    plural = "s" * (axis.interior_coverage != (1,))
    return (
        f"{name.capitalize()} h of x, with r = (h + p) mod s, belongs to c(r) products, where "
        f"c(r) = {rule}. Here, for {residues}: {counts} product{plural}. {why}"
    )


def _rule_of_thumb(axes: Sequence[Axis]) -> str:
    """Return the rule of thumb "even kernel", the law that corrects it, and what they say here."""
    parts = []
    for axis in axes:
        rule = "even" if axis.taps % 2 == 0 else "not even"
        law = "divides" if axis.taps % axis.stride == 0 else "does not divide"
        common = gcd(axis.stride, axis.dilation)
        parts.append(
            f"k = {axis.taps} is {rule}, s = {axis.stride} {law} it, and s and d have the greatest "
            f"common factor {common}"
        )
    return (
        "The rule of thumb is to take an even kernel. It holds for s = 2 without dilation. The "
        "law is: the coverage inside is uniform if and only if s divides k and gcd(s, d) = 1. Here "
        f"{'; across, '.join(parts)}."
    )


def _border(axis: Axis, name: str) -> str:
    """Return which positions near the borders have fewer products, or nothing if none has."""
    law = axis.interior_coverage
    fewer = [
        h for h, found in enumerate(axis.coverage) if found < law[(h + axis.padding) % axis.stride]
    ]
    if not fewer:
        return ""
    if len(fewer) == axis.X:
        return f"All {axis.X} {name}s are near a border and have fewer products."
    before = 1 + max((h for h in fewer if 2 * h < axis.X), default=-1)
    after = axis.X - min((h for h in fewer if 2 * h >= axis.X), default=axis.X)
    ends = [f"{name} {number}" for name, number in (("first", before), ("last", after)) if number]
    return (
        f"Near the borders, some of the {' and the '.join(ends)} of {axis.X} {name}s have fewer "
        "products."
    )
