"""Pictures of samples: a grid of images, a film of digits emerging from noise, and whatever suits
points.

A pixel of an image becomes a square of pixels: scaled by whole numbers, never smoothed, so what is
seen is what was generated.
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
    font,
    pixels_of,
    save_gif,
    save_png,
)
from minigan.viz.plots import draw_histogram, draw_scatter, histogram, limits, scatter

_GAP = 2  # pixels between images
_MARGIN = 12
_BYTES = 2_000_000  # of a film, if it can be done


def samples(array: Array, path: Path_, title: str = "", **options: Any) -> None:
    """Draw samples as what they are: images (N, C, H, W) as a grid, points (N, 2) as a scatter, (N,
    1) as a histogram.

    Options are those of `grid`, `scatter` and `histogram`. Raises ValueError for any other shape.
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
    """Write images (N, C, H, W), floats in [-1, 1] (clipped) or uint8, as one PNG.

    Gray for C = 1, RGB for C = 3; the title above, a label of each row on the left, the note (or
    their number and size) below. Nearly as many rows as columns by default. Raises ValueError for
    other shapes, no images, or values that are not finite, TypeError for other types.
    """
    pixels = _bytes("grid", images)
    columns = _columns("grid", pixels, columns)
    side, count = pixels.shape[2], min(columns, len(pixels))
    scale = max(1, min((820 - count * _GAP) // (count * side), 128 // side))
    note = f"{len(pixels)} images of {pixels.shape[1]} x {side} pixels" if note is None else note
    save_png(
        _page(_tiles(pixels, columns, scale), title, note, rows, pixels.shape[1] * scale).image,
        path,
    )


def contact_sheet(images: Array, path: Path_, columns: int | None = None, scale: int = 1) -> None:
    """Write nothing but the images: no title, no labels, each pixel a square of scale x scale."""
    pixels = _bytes("contact_sheet", images)
    save_png(_tiles(pixels, _columns("contact_sheet", pixels, columns), scale), path)


def gif(
    frames: Iterable[tuple[Array, str]],
    path: Path_,
    title: str = "",
    columns: int | None = None,
    data: Array | None = None,
    centers: Array | None = None,
    seconds: float = 0.2,
) -> None:
    """Write a film of samples: each frame an array, as for `samples`, and its caption; the last one
    is held.

    `columns` is for images, `data` and `centers` for points. Raises ValueError where there is no
    frame or frames differ in kind.
    """
    reel = [(to_numpy(array), caption) for array, caption in frames]
    if not reel:
        raise ValueError("gif: frames is empty (legal: at least one (array, caption))")
    kinds = {_kind("gif", array) for array, _ in reel}
    if len(kinds) > 1:
        raise ValueError(
            f"gif: frames are of different kinds: {', '.join(sorted(kinds))} (legal: one kind)"
        )
    if kinds != {"images"}:
        draw = draw_scatter if kinds == {"points"} else draw_histogram
        box = limits(
            "gif", *([array for array in (data, centers) if array is not None] or [reel[-1][0]])
        )
        titles = [f"{title}: {caption}" if title else caption for _, caption in reel]
        figures = [
            draw(a, t, data, centers, box, 100) for (a, _), t in zip(reel, titles, strict=True)
        ]
        return save_gif([pixels_of(figure) for figure in figures], path, seconds)
    pages = [_frame(array, title, caption, columns) for array, caption in reel]
    if reel[0][0].shape[1] == 3:
        return save_gif(pages, path, seconds)
    for shades in (
        16,
        8,
    ):  # of gray: enough to the eye, and noise, which does not compress, takes half the file
        save_gif([_in_shades(page, shades) for page in pages], path, seconds)
        if Path(path).stat().st_size < _BYTES:
            break
    return None


def _frame(images: Array, title: str, caption: str, columns: int | None) -> Pixels:
    pixels = _bytes("gif", images)
    columns = _columns("gif", pixels, columns)
    scale = max(1, min(560 // (min(columns, len(pixels)) * pixels.shape[2]), 96 // pixels.shape[2]))
    return np.asarray(_page(_tiles(pixels, columns, scale), title, caption, (), 0).image)


def _in_shades(page: Pixels, shades: int) -> Pixels:
    step = 255 / (shades - 1)
    rounded: Pixels = np.rint(np.rint(page / step) * step).astype(np.uint8)
    return rounded


def _page(tiles: Pixels, title: str, note: str, rows: Sequence[str], step: int) -> Canvas:
    """The tiles with a title above, a note below and a label left of each row, `step` pixels high
    without its gap.
    """
    left = _MARGIN + max((round(font(14).getlength(label)) + 8 for label in rows), default=0)
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
    """Images (N, H, W, 3), scaled by a whole number, in rows; gray between them, white where none
    is left.
    """
    N, H, W, _ = pixels.shape
    rows, columns = ceil(N / columns), min(N, columns)
    step = H * scale + _GAP, W * scale + _GAP
    board = np.full((rows * columns, *step, 3), 255, np.uint8)
    board[:N] = 176
    board[:N, : H * scale, : W * scale] = pixels.repeat(scale, axis=1).repeat(scale, axis=2)
    board = board.reshape(rows, columns, *step, 3).swapaxes(
        1, 2
    )  # (rows, H + gap, columns, W + gap, 3)
    return board.reshape(rows * step[0], columns * step[1], 3)[:-_GAP, :-_GAP]


def _bytes(name: str, images: Array) -> Pixels:
    """Images (N, C, H, W) as (N, H, W, 3) of 0..255."""
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
    if columns is None:
        return ceil(sqrt(len(pixels)))
    if columns < 1:
        raise ValueError(f"{name}: columns={columns} must be at least 1")
    return columns


def _kind(name: str, array: Array) -> str:
    shape = array.shape
    if len(shape) == 4:
        return "images"
    if len(shape) == 1 or (len(shape) == 2 and shape[1] in (1, 2)):
        return "points" if shape[1:] == (2,) else "numbers"
    legal = "images (N, C, H, W), points (N, 2), numbers (N, 1) or (N,)"
    raise ValueError(f"{name}: samples of shape {shape} (legal: {legal})")
