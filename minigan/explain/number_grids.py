"""Boards of small integers: an array as squares with numbers in them, a window over it, and the
rest left quiet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from minigan.viz.canvas import INK, PALE, WHITE, Canvas

Place = tuple[int, int]

# light shades of Okabe and Ito's colours: what is read is orange, what is written is green, what is
# data is blue
READ, READ_EDGE = "#FBE3B5", "#D55E00"
WRITTEN, WRITTEN_EDGE = "#BFE5D9", "#009E73"
DATA, EDGE, HOLE = "#DCEBF5", "#9AA7B0", "#F4F4F4"


@dataclass(frozen=True)
class Board:
    """Where an array is drawn: its upper left corner, the side of a cell, and the first row and
    column shown.

    Indices are those of the array; rows and columns outside it, down to -1, -2, ..., are margins of
    `shown`.
    """

    array: NDArray[np.int64]  # (H, W)
    at: Place
    cell: int
    label: str = ""
    first: Place = (0, 0)
    shown: Place | None = None  # rows and columns, margins included

    @property
    def size(self) -> Place:
        """Rows and columns that are shown."""
        rows, columns = self.array.shape
        return self.shown or (rows, columns)

    def box(
        self, row: int, column: int, rows: int = 1, columns: int = 1
    ) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of a block of cells, edges included."""
        left = self.at[0] + (column - self.first[1]) * self.cell
        top = self.at[1] + (row - self.first[0]) * self.cell
        return left, top, left + columns * self.cell, top + rows * self.cell

    def has(self, row: int, column: int) -> bool:
        """Whether the place is one of the array, not of a margin."""
        rows, columns = int(self.array.shape[0]), int(self.array.shape[1])
        return 0 <= row < rows and 0 <= column < columns


@dataclass(frozen=True)
class Look:
    """How the cells of a board look at one step; a cell in several collections looks like the
    first.
    """

    read: Collection[Place] = ()
    written: Collection[Place] = ()
    hidden: Collection[Place] = ()  # not computed yet
    holes: Collection[Place] = ()
    corners: Mapping[Place, str] = field(default_factory=dict)
    fills: Mapping[Place, str] = field(default_factory=dict)  # colors of their own
    margin: str = "0"  # what stands in a margin


def draw(canvas: Canvas, board: Board, look: Look) -> None:
    """Draw the board: solid cells for the array, dashed ones for its margins, its label above."""
    if board.label:
        canvas.text(
            (board.at[0], board.at[1] - 6), board.label, max(14, board.cell * 0.42), anchor="ls"
        )
    (row, column), (rows, columns) = board.first, board.size
    places = [(r, c) for r in range(row, row + rows) for c in range(column, column + columns)]
    for place in sorted(
        places, key=lambda place: board.has(*place)
    ):  # solid edges over dashed ones
        box, inside = board.box(*place), board.has(*place)
        canvas.draw.rectangle(box, _fill(place, inside, look), EDGE if inside else None)
        if not inside:
            canvas.dashes(box, EDGE, 3)
        text = (
            look.margin if not inside else "" if place in look.hidden else str(board.array[place])
        )
        _write(
            canvas,
            board.cell,
            box,
            text,
            look.corners.get(place, ""),
            not inside or place in look.holes,
        )


def _fill(place: Place, inside: bool, look: Look) -> str:
    if place in look.read:
        return READ
    if place in look.written:
        return WRITTEN
    if not inside or place in look.hidden:
        return WHITE
    return look.fills.get(place, HOLE if place in look.holes else DATA)


def _write(
    canvas: Canvas, cell: int, box: tuple[int, int, int, int], text: str, corner: str, quiet: bool
) -> None:
    """A number in its cell, and a small one in the lower right corner; nothing where the cell is
    too small to read.
    """
    if cell < 14:
        return
    size, shift = cell * (0.46 if len(text) < 3 else 0.38), 0.0
    if corner and cell >= 24:
        shift = cell * 0.12
        canvas.text((box[2] - 2, box[3] - 2), corner, cell * 0.34, READ_EDGE, "rs")
    canvas.text(
        ((box[0] + box[2]) / 2 - shift, (box[1] + box[3]) / 2 - shift),
        text,
        size,
        PALE if quiet else INK,
        "mm",
    )


def outline(canvas: Canvas, board: Board, block: tuple[int, int, int, int], color: str) -> None:
    """A thick frame round a block of cells: row, column, rows, columns."""
    left, top, right, bottom = board.box(*block)
    canvas.draw.rectangle(
        (left - 1, top - 1, right + 1, bottom + 1), outline=color, width=max(3, board.cell // 11)
    )
