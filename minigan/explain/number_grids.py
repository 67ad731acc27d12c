"""An array of small integers drawn as a grid of cells, with the cells of a window coloured."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from minigan.viz.canvas import INK, PALE, WHITE, Canvas, fitting, text_width

Place = tuple[int, int]

# light shades of Okabe and Ito's colours: orange is read, green is written, blue is data
READ, READ_EDGE = "#FBE3B5", "#D55E00"
WRITTEN, WRITTEN_EDGE = "#BFE5D9", "#009E73"
DATA, EDGE, ZERO = "#DCEBF5", "#9AA7B0", "#F6F6F6"

LETTERS = 16  # pixels: the least size of what a lecture room reads
WITH_CORNER = 34  # pixels: the least cell that has room for two numbers


@dataclass(frozen=True)
class NumberGrid:
    """An array and the place where it is drawn: upper left corner, side of a cell, and margins.

    Rows and columns are counted as in the array. `first` and `shown` may include margins: rows and
    columns outside the array, such as -1.
    """

    array: NDArray[np.int64]  # (H, W)
    at: Place
    cell: int
    label: str = ""
    first: Place = (0, 0)
    shown: Place | None = None  # rows and columns, margins included

    @property
    def size(self) -> Place:
        """The numbers of rows and columns that are shown."""
        rows, columns = self.array.shape
        return self.shown or (rows, columns)

    def box(
        self, row: int, column: int, rows: int = 1, columns: int = 1
    ) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of a block of cells, in pixels."""
        left = self.at[0] + (column - self.first[1]) * self.cell
        top = self.at[1] + (row - self.first[0]) * self.cell
        return left, top, left + columns * self.cell, top + rows * self.cell

    def has(self, row: int, column: int) -> bool:
        """Return whether the cell belongs to the array and not to a margin."""
        rows, columns = int(self.array.shape[0]), int(self.array.shape[1])
        return 0 <= row < rows and 0 <= column < columns


@dataclass(frozen=True)
class Look:
    """How the cells of a grid look at one step; the first collection with a cell decides."""

    read: Collection[Place] = ()
    written: Collection[Place] = ()
    hidden: Collection[Place] = ()  # not computed yet
    zeros: Collection[Place] = ()  # put in between values; pale even if they are read
    corners: Mapping[Place, str] = field(default_factory=dict)
    fills: Mapping[Place, str] = field(default_factory=dict)  # colours of single cells
    margin: str = "0"  # the text of a margin's cells


def draw(canvas: Canvas, grid: NumberGrid, look: Look) -> None:
    """Draw a grid: solid cells for the array, dashed cells for its margins, and its label above."""
    look = replace(  # sets, because each cell is searched in each of them
        look,
        read=frozenset(look.read),
        written=frozenset(look.written),
        hidden=frozenset(look.hidden),
        zeros=frozenset(look.zeros),
    )
    if grid.label:
        canvas.text((grid.at[0], grid.at[1] - 7), grid.label, LETTERS, anchor="ls")
    (row, column), (rows, columns) = grid.first, grid.size
    places = [(r, c) for r in range(row, row + rows) for c in range(column, column + columns)]
    for place in sorted(places, key=lambda place: grid.has(*place)):  # solid edges over dashed
        box, inside = grid.box(*place), grid.has(*place)
        canvas.draw.rectangle(box, _fill(place, inside, look), EDGE if inside else None)
        if not inside:
            canvas.dashes(box, EDGE, 3)
        text = _text(grid, place, look) if inside else look.margin
        corner, pale = look.corners.get(place, ""), not inside or place in look.zeros
        _write(canvas, grid.cell, box, text, corner, pale)


def _text(grid: NumberGrid, place: Place, look: Look) -> str:
    return "" if place in look.hidden else str(grid.array[place])


def _fill(place: Place, inside: bool, look: Look) -> str:
    if place in look.zeros or (not inside and place in look.read and look.margin):
        return ZERO
    if place in look.read:
        return READ
    if place in look.written:
        return WRITTEN
    if not inside or place in look.hidden:
        return WHITE
    return look.fills.get(place, DATA)


def fits(cell: int, text: str) -> bool:
    """Return whether a text of the least size fits the width of a cell, without its edges."""
    return _size(cell, text) > 0


@lru_cache(1000)
def _size(cell: int, text: str) -> float:
    """Return the size of a number in a cell, at least LETTERS, or 0 if it does not fit."""
    if text_width(text, LETTERS) > cell - 2:
        return 0
    return max(LETTERS, min(22, fitting(text, cell * 0.5, cell - 4)))


def _write(
    canvas: Canvas, cell: int, box: tuple[int, int, int, int], text: str, corner: str, pale: bool
) -> None:
    """Write a number into its cell and another below it, if the cell has room for them.

    No number is smaller than LETTERS.
    """
    size = _size(cell, text)
    if not size or not text:
        return
    middle, color = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), PALE if pale else INK
    if corner and cell >= WITH_CORNER:
        canvas.text((box[0] + 4, box[1] + 2), text, LETTERS, color)
        canvas.text((box[2] - 3, box[3] - 3), corner, LETTERS, PALE if pale else READ_EDGE, "rs")
    else:
        canvas.text(middle, text, size, color, "mm")


def outline(canvas: Canvas, grid: NumberGrid, block: tuple[int, int, int, int], color: str) -> None:
    """Draw a thick frame round a block of cells, given as row, column, rows, columns."""
    left, top, right, bottom = grid.box(*block)
    box, width = (left - 1, top - 1, right + 1, bottom + 1), max(3, grid.cell // 11)
    canvas.draw.rectangle(box, outline=color, width=width)
