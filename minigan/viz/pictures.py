"""Pictures of samples: a grid of images, an animation, and plots of points.

A pixel of an image becomes a square of pixels, enlarged by a whole factor and never smoothed, so
the picture shows exactly what was generated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from minigan.backend import Array, to_numpy
from minigan.viz.canvas import (
    PALE,
    Canvas,
    Path_,
    Pixels,
    fitting,
    in_own_style,
    pixels_of,
    save_gif,
    save_png,
    text_width,
)
from minigan.viz.plots import draw_histogram, draw_scatter, histogram, limits, scatter

_GAP = 2  # pixels between images
_MARGIN = 12
_BYTES = 2_000_000  # the size of an animation, where fewer shades of gray can achieve it


def samples(array: Array, path: Path_, title: str = "", **options: Any) -> None:
    """Write samples: images (N, C, H, W) as a grid, points (N, 2) as dots, (N, 1) as a histogram.

    The options are those of `grid`, `scatter` and `histogram`. Raises ValueError for other shapes.
    """
    draw: dict[str, Callable[..., None]] = {"images": grid, "points": scatter, "numbers": histogram}
    draw[_kind("samples", array)](array, path, title, **options)


def grid(
    images: Array,
    path: Path_,
    title: str = "",
    columns: int | None = None,
    rows: Sequence[str] = (),
    note: str | None = None,
) -> None:
    """Write images (N, C, H, W) as one PNG: floats in [-1, 1], which are clipped, or uint8.

    C = 1 is gray and C = 3 is RGB. The title stands above, `rows` are labels left of the rows, and
    the note stands below; by default it says the number and size of the images. By default there
    are about as many rows as columns. Raises ValueError for other shapes, no images, or values that
    are not finite, and TypeError for other dtypes.
    """
    pixels = _bytes("grid", images)
    columns = _columns("grid", pixels, columns)
    side, count = pixels.shape[2], min(columns, len(pixels))
    scale = max(1, min((820 - count * _GAP) // (count * side), 128 // side))
    note = f"{len(pixels)} images of {pixels.shape[1]} x {side} pixels" if note is None else note
    page = _page(_tiles(pixels, columns, scale), title, note, rows, pixels.shape[1] * scale)
    save_png(page.image, path)


def contact_sheet(images: Array, path: Path_, columns: int | None = None, scale: int = 1) -> None:
    """Write images (N, C, H, W) without title and labels; a pixel becomes scale x scale pixels."""
    pixels = _bytes("contact_sheet", images)
    save_png(_tiles(pixels, _columns("contact_sheet", pixels, columns), scale), path)


@in_own_style
def gif(
    frames: Iterable[tuple[Array, str]],
    path: Path_,
    title: str = "",
    columns: int | None = None,
    data: Array | None = None,
    centers: Array | None = None,
    seconds: float = 0.2,
) -> None:
    """Write an animation of samples; a frame is an array, as for `samples`, and its caption.

    A frame is shown for `seconds`, the last one longer. `columns` is for images, `data` and
    `centers` are for points. Raises ValueError if there is no frame, or frames of different kinds.
    """
    pairs = [(to_numpy(array), caption) for array, caption in frames]
    if not pairs:
        raise ValueError("gif: frames is empty (legal: at least one (array, caption))")
    kinds = {_kind("gif", array) for array, _ in pairs}
    if len(kinds) > 1:
        raise ValueError(
            f"gif: frames are of different kinds: {', '.join(sorted(kinds))} (legal: one kind)"
        )
    if kinds != {"images"}:
        draw = draw_scatter if kinds == {"points"} else draw_histogram
        shown = [array for array in (data, centers) if array is not None] or [pairs[-1][0]]
        if kinds == {"numbers"}:  # the first frame may lie far from the data
            shown += [pairs[0][0], pairs[-1][0]]
        box = limits("gif", *shown)
        prefix = f"{title}: " if title else ""
        figures = [draw(array, prefix + text, data, centers, box, 100) for array, text in pairs]
        return save_gif([pixels_of(figure) for figure in figures], path, seconds)
    pages = [_frame(array, title, caption, columns) for array, caption in pairs]
    if pairs[0][0].shape[1] == 3:
        return save_gif(pages, path, seconds)
    for shades in (16, 8):  # of gray: the eye needs no more, and noise does not compress
        save_gif([_in_shades(page, shades) for page in pages], path, seconds)
        if Path(path).stat().st_size < _BYTES:
            break
    return None


def _frame(images: Array, title: str, caption: str, columns: int | None) -> Pixels:
    """Return the page of an animation that shows images."""
    pixels = _bytes("gif", images)
    columns = _columns("gif", pixels, columns)
    scale = max(1, min(560 // (min(columns, len(pixels)) * pixels.shape[2]), 96 // pixels.shape[2]))
    return np.asarray(_page(_tiles(pixels, columns, scale), title, caption, (), 0).image)


def _in_shades(page: Pixels, shades: int) -> Pixels:
    """Return the page with its values rounded to a number of shades."""
    step = 255 / (shades - 1)
    rounded: Pixels = np.rint(np.rint(page / step) * step).astype(np.uint8)
    return rounded


def _page(tiles: Pixels, title: str, note: str, rows: Sequence[str], step: int) -> Canvas:
    """Return the tiles with a title above, a note below, and a label left of each row.

    A row is `step` pixels high, without the gap below it.
    """
    left = _MARGIN + max((round(text_width(label, 14)) + 8 for label in rows), default=0)
    top = 44 if title else _MARGIN
    width = max(left + tiles.shape[1] + _MARGIN, 360)
    left += (width - _MARGIN - left - tiles.shape[1]) // 2
    bottom = top + tiles.shape[0]
    page = Canvas(width, bottom + (30 if note else _MARGIN))
    room = width - 2 * _MARGIN
    page.text((_MARGIN, 22), title, fitting(title, 19, room, bold=True), anchor="lm", bold=True)
    page.text((_MARGIN, bottom + 16), note, fitting(note, 14, room), PALE, anchor="lm")
    for number, label in enumerate(rows):
        page.text((left - 8, top + number * (step + _GAP) + step // 2), label, 14, anchor="rm")
    page.paste(tiles, (left, top))
    return page


def _tiles(pixels: Pixels, columns: int, scale: int) -> Pixels:
    """Return images (N, H, W, 3) in rows, enlarged `scale` times; the gaps are gray.

    The rest of the last row is white.
    """
    N, H, W, _ = pixels.shape
    rows, columns = ceil(N / columns), min(N, columns)
    step = H * scale + _GAP, W * scale + _GAP
    board = np.full((rows * columns, *step, 3), 255, np.uint8)
    board[:N] = 176
    board[:N, : H * scale, : W * scale] = pixels.repeat(scale, axis=1).repeat(scale, axis=2)
    board = board.reshape(rows, columns, *step, 3).swapaxes(1, 2)  # (rows, H+gap, columns, W+gap)
    return board.reshape(rows * step[0], columns * step[1], 3)[:-_GAP, :-_GAP]


def _bytes(name: str, images: Array) -> Pixels:
    """Return images (N, C, H, W) as pixels (N, H, W, 3) in 0..255; `name` is the caller's."""
    array = to_numpy(images)
    if array.ndim != 4 or array.shape[1] not in (1, 3) or array.size == 0:
        raise ValueError(
            f"{name}: images of shape {array.shape} (legal: (N, 1, H, W) or (N, 3, H, W), not "
            "empty)"
        )
    if array.dtype != np.uint8:
        if array.dtype.kind != "f":
            raise TypeError(
                f"{name}: images of dtype {array.dtype} (legal: floats in [-1, 1], or uint8)"
            )
        if not np.isfinite(array).all():
            raise ValueError(f"{name}: images hold values that are not finite")
        array = ((array.astype(np.float64).clip(-1, 1) + 1) * 127.5).round().astype(np.uint8)
    return np.moveaxis(array if array.shape[1] == 3 else array.repeat(3, axis=1), 1, -1)


def _columns(name: str, pixels: Pixels, columns: int | None) -> int:
    """Return the number of columns, by default about as many as rows."""
    if columns is None:
        return ceil(sqrt(len(pixels)))
    if columns < 1:
        raise ValueError(f"{name}: columns={columns} must be at least 1")
    return columns


def _kind(name: str, array: Array) -> str:
    """Return "images", "points" or "numbers", by the shape of samples."""
    shape = array.shape
    if len(shape) == 4:
        return "images"
    if len(shape) == 1 or (len(shape) == 2 and shape[1] in (1, 2)):
        return "points" if shape[1:] == (2,) else "numbers"
    legal = "images (N, C, H, W), points (N, 2), numbers (N, 1) or (N,)"
    raise ValueError(f"{name}: samples of shape {shape} (legal: {legal})")
