"""What pictures are made of: pixels, letters, eight colours that everyone can tell apart, and files
that appear whole.

Pixel pictures are drawn by Pillow, where a pixel of data becomes a square of pixels and nothing is
blurred; plots by matplotlib, on a figure of their own, so that nobody's pyplot state or rcParams
change.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from minigan.files import replacing

# Okabe and Ito (2008), "Color Universal Design": distinguishable with every kind of colour vision
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILION, PURPLE, BLACK = "#0072B2", "#D55E00", "#CC79A7", "#000000"
OKABE_ITO = (BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE, YELLOW, BLACK)
INK, PALE, WHITE = (
    "#222222",
    "#707070",
    "#FFFFFF",
)  # PALE on WHITE keeps the contrast 4.5 : 1 that reading needs

Path_ = str | os.PathLike[str]
Pixels = NDArray[np.uint8]  # (H, W, 3)


class Canvas:
    """A white picture, measured in pixels from its upper left corner."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height), WHITE)
        self.draw = ImageDraw.Draw(self.image)

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: float,
        color: str = INK,
        anchor: str = "la",
        bold: bool = False,
    ) -> None:
        """Write; `anchor` as in Pillow: l m r for left, middle, right, then a m s for top, middle,
        baseline.
        """
        self.draw.text(at, text, fill=color, font=font(size, bold), anchor=anchor)

    def paste(self, pixels: Pixels, at: tuple[int, int]) -> None:
        """Lay pixels (H, W, 3) on the picture."""
        self.image.paste(Image.fromarray(pixels), at)

    def dashes(self, box: tuple[int, int, int, int], color: str, dash: int = 4) -> None:
        """A rectangle with broken edges; box is left, top, right, bottom, edges included."""
        left, top, right, bottom = box
        for start in range(left, right, 2 * dash):
            for y in (top, bottom):
                self.draw.line((start, y, min(start + dash - 1, right), y), color)
        for start in range(top, bottom, 2 * dash):
            for x in (left, right):
                self.draw.line((x, start, x, min(start + dash - 1, bottom)), color)


@lru_cache(64)
def font(size: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which comes with matplotlib, at a height of so many pixels."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path(), "fonts", "ttf", name)), size)


def fitting(text: str, size: float, width: float, bold: bool = False) -> float:
    """The size, made smaller where the text would be wider than so many pixels."""
    return size * min(1.0, width / max(1.0, font(size, bold).getlength(text)))


def figure(width: float, height: float, title: str = "") -> tuple[Figure, Any]:
    """A matplotlib figure with one pair of axes, sizes in inches, outside pyplot."""
    drawn = Figure(figsize=(width, height), dpi=150, layout="constrained", facecolor=WHITE)
    FigureCanvasAgg(drawn)
    axes = drawn.add_subplot()
    axes.set_title(title, fontsize=13, color=INK, loc="left", wrap=True)
    axes.tick_params(labelsize=10.5, colors=INK)
    axes.spines[["top", "right"]].set_visible(False)
    return drawn, axes


def pixels_of(drawn: Figure) -> Pixels:
    """The figure as it looks on its canvas."""
    canvas: Any = FigureCanvasAgg(drawn)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def save_png(picture: Image.Image | Pixels | Figure, path: Path_) -> None:
    """Write a PNG file; it appears whole or not at all. Raises OSError as the file system does."""
    with replacing(path) as file, file.open("wb") as target:
        if isinstance(picture, Figure):
            picture.savefig(target, format="png", dpi=picture.dpi, metadata={"Software": None})
        else:
            image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
            image.save(target, format="PNG", optimize=True)


def in_one_palette(frames: Sequence[Pixels], colors: int = 64) -> list[Image.Image]:
    """The frames in few colours, taken from the first, the middle and the last, so that nothing
    flickers.
    """
    typical = np.concatenate([frames[0], frames[len(frames) // 2], frames[-1]])
    palette = Image.fromarray(typical).quantize(colors, dither=Image.Dither.NONE)
    shades = np.array(palette.getpalette(), np.uint8).reshape(-1, 3)
    shades[(shades >= 248).all(axis=1)] = (
        255  # Pillow's search is coarse, and paper should be white
    )
    palette.putpalette(shades.tobytes())
    return [
        Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE)
        for frame in frames
    ]


def save_gif(frames: Sequence[Pixels], path: Path_, seconds: float, hold: float = 2.0) -> None:
    """Write an endless GIF: `seconds` a frame, `hold` for the last; it appears whole or not at
    all.
    """
    first, *rest = in_one_palette(frames)
    times = [round(1000 * seconds)] * len(rest) + [round(1000 * hold)]
    with replacing(path) as file, file.open("wb") as target:
        first.save(target, format="GIF", save_all=True, append_images=rest, duration=times, loop=0)
