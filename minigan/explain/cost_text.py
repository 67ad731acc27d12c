"""What a convolution costs, as text: its products, and a table of the seven formulations."""

from __future__ import annotations

from math import prod

from minigan.conv import FORMULATIONS, Face, blocked, costs
from minigan.explain.wording import count, prose, shape
from minigan.geometry import Geometry

_BATCH, _CHANNELS = 64, 32  # of the second pair of columns
_WIDTHS = (15, 15, 14, 20, 14)  # of the columns


def products(geometry: Geometry, transposed: bool) -> list[str]:
    """Return how many products are useful and how many meet padding or a hole."""
    useful = geometry.multiplications(1, 1, 1)
    windows, T = prod(geometry.Y), prod(geometry.taps)
    others = "are cropped by the padding" if transposed else "meet the padding"
    lines = prose(
        f"{shape(geometry.Y)} = {windows} values of y times {shape(geometry.taps)} = {T} taps are "
        f"{windows * T} products: {useful} of them are useful, {windows * T - useful} {others}."
    )
    if transposed:
        made, inside = prod(geometry.X) * T, geometry.dense.multiplications(1, 1, 1)
        strides = "*".join(str(axis.stride) for axis in geometry.axes)
        put = (
            "With zeros put in" if any(axis.stride > 1 for axis in geometry.axes) else "At stride 1"
        )
        lines += prose(
            f"{put}, {shape(geometry.X)} = {prod(geometry.X)} windows times {T} taps are "
            f"{made}: {useful} useful, {inside - useful} meet an inserted zero, {made - inside} "
            "meet padding. Away from the borders, the fraction of products with an inserted zero "
            f"is 1 - 1/({strides}) = {100 * geometry.hole_fraction:.1f} %."
        )
    return lines


def cost_table(geometry: Geometry, transposed: bool) -> list[str]:
    """Return the multiplications and bytes of each formulation, for one image and for a batch."""
    face: Face = "conv_transpose" if transposed else "conv"
    cases = [(1, 1, 1), (_BATCH, _CHANNELS, _CHANNELS)]  # N, C, K
    rows = [["", *["multiplications", "bytes"] * len(cases)]]
    for name in FORMULATIONS:
        numbers = [
            cost(name, face, geometry, *case)
            for case in cases
            for cost in (costs.multiplications, costs.memory)
        ]
        rows.append([name, *map(count, numbers)])
    one, many = "1 image, 1 channel each", f"{_BATCH} images, {_CHANNELS} channels each"
    head = f"{'':{_WIDTHS[0]}}{one:>{sum(_WIDTHS[1:3])}}{many:>{sum(_WIDTHS[3:])}}"
    return [head, *map(_row, rows), *_notes(geometry, face)]


def _row(cells: list[str]) -> str:
    name, *numbers = cells
    columns = zip(numbers, _WIDTHS[1:], strict=True)
    return f"    {name:<{_WIDTHS[0] - 4}}" + "".join(f"{text:>{width}}" for text, width in columns)


def _notes(geometry: Geometry, face: Face) -> list[str]:
    """Return what the numbers of the table mean."""
    lines = prose(
        "loops makes only the useful products. The others also multiply by zeros: of the padding "
        "(im2col, polyphase, blocked), of holes (holes), of the matrix (matrix) or of indicators "
        "(definition). The bytes are those of the result and of all that is made on the way."
    )
    if form := blocked.winograd_form(face, geometry, _BATCH, _CHANNELS, _CHANNELS):
        lines += prose(
            f"blocked uses Winograd's form here for {_BATCH} images: it makes "
            f"{100 * form.ratio(geometry):.0f} % of im2col's multiplications."
        )
    return lines
