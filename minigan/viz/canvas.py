"""Drawing tools: a canvas of pixels, fonts, eight colours, and files that are written as a whole.

Pictures of pixels are drawn with Pillow: a pixel of the data becomes a square of pixels, and
nothing is smoothed. Plots are drawn with matplotlib, on figures of their own, in matplotlib's own
style: the user's style, rcParams, backend and LaTeX change nothing, and are not changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from itertools import accumulate
from typing import Any, ParamSpec, TypeVar

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from minigan.files import replacing
from minigan.viz.lettering import lettered

# Okabe and Ito (2008), "Color Universal Design": distinguishable with every kind of colour vision
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILION, PURPLE, BLACK = "#0072B2", "#D55E00", "#CC79A7", "#000000"
OKABE_ITO = (BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE, YELLOW, BLACK)
INK, PALE, WHITE = "#222222", "#707070", "#FFFFFF"  # PALE on WHITE is legible: contrast 4.5 : 1

Path_ = str | os.PathLike[str]
Pixels = NDArray[np.uint8]  # (H, W, 3)
P = ParamSpec("P")
T = TypeVar("T")


def in_own_style(draw: Callable[P, T]) -> Callable[P, T]:
    """Return a function that draws with matplotlib's default settings, and restores the user's.

    The settings count when a figure is made and when it is saved, so a function that does both is
    decorated as a whole.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        with matplotlib.rc_context():
            matplotlib.rcdefaults()  # all settings but the backend
            return draw(*args, **kwargs)

    return drawn


class Canvas:
    """A white picture; positions are in pixels from its upper left corner."""

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
        """Write a text at a point, in one line, without letters that no font has.

        `anchor` says which point of the text that is, as in Pillow: l, m, r for left, middle,
        right, then a, m, s for top, middle, baseline.
        """
        text, file = lettered(text, bold)
        self.draw.text(at, text, fill=color, font=_font(file, size), anchor=anchor)

    def paste(self, pixels: Pixels, at: tuple[int, int]) -> None:
        """Copy pixels (H, W, 3) into the picture, with their upper left corner at a point."""
        self.image.paste(Image.fromarray(pixels), at)

    def dashes(self, box: tuple[int, int, int, int], color: str, dash: int = 4) -> None:
        """Draw a dashed rectangle; `box` is left, top, right, bottom, all included."""
        left, top, right, bottom = box
        for start in range(left, right, 2 * dash):
            for y in (top, bottom):
                self.draw.line((start, y, min(start + dash - 1, right), y), color)
        for start in range(top, bottom, 2 * dash):
            for x in (left, right):
                self.draw.line((x, start, x, min(start + dash - 1, bottom)), color)


def font(size: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans, a font that comes with matplotlib; `size` is in pixels."""
    return _font(lettered("", bold).file, size)


@lru_cache(64)
def _font(file: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width in pixels of a text that `Canvas.text` writes."""
    text, file = lettered(text, bold)
    return _font(file, size).getlength(text)


def fitting(text: str, size: float, width: float, bold: bool = False) -> float:
    """Return the font size, reduced if the text would be wider than `width` pixels."""
    return size * min(1.0, width / max(1.0, text_width(text, size, bold)))


def in_lines(text: str, size: float, width: float) -> str:
    """Return a text in lines of at most `width` pixels; a longer word is cut into pieces."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and text_width(f"{lines[-1]} {word}", size) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
        while text_width(lines[-1], size) > width and len(lines[-1]) > 1:
            pieces = accumulate(lines[-1])
            fits = max(1, sum(text_width(piece, size) <= width for piece in pieces))
            lines[-1:] = [lines[-1][:fits], lines[-1][fits:]]
    return "\n".join(lines)


def figure(width: float, height: float, title: str = "") -> tuple[Figure, Any]:
    """Return a matplotlib figure with one pair of axes, outside pyplot; sizes are in inches.

    The title is no formula: $ and _ are drawn as they are.
    """
    drawn = Figure(figsize=(width, height), dpi=150, layout="constrained", facecolor=WHITE)
    FigureCanvasAgg(drawn)
    axes = drawn.add_subplot()
    # matplotlib's own wrapping would read a $ as mathematics, and cut no long name
    text, family = plain_text(title, 13)
    lines = in_lines(text, 13 * 150 / 72, 150 * width - 150)
    axes.set_title(lines, color=INK, loc="left", parse_math=False, **family)
    axes.tick_params(labelsize=10.5, colors=INK)
    axes.spines[["top", "right"]].set_visible(False)
    return drawn, axes


def plain_text(text: str, size: float, bold: bool = False) -> tuple[str, dict[str, Any]]:
    """Return a text as it can be drawn, and the font as an option of matplotlib's texts."""
    text, file = lettered(text, bold)
    return text, {"fontproperties": FontProperties(fname=file, size=size)}


@in_own_style
def pixels_of(drawn: Figure) -> Pixels:
    """Return the pixels (H, W, 3) of a figure."""
    canvas: Any = FigureCanvasAgg(drawn)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


@in_own_style
def save_png(picture: Image.Image | Pixels | Figure, path: Path_) -> None:
    """Write a PNG file, as a whole or not at all. Raises OSError if it cannot be written."""
    with replacing(path) as file, file.open("wb") as target:
        if isinstance(picture, Figure):
            picture.savefig(target, format="png", dpi=picture.dpi, metadata={"Software": None})
        else:
            image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
            image.save(target, format="PNG", optimize=True)


def in_one_palette(frames: Sequence[Pixels], colors: int = 64) -> list[Image.Image]:
    """Return the frames in few colours; all frames have the same palette, so nothing flickers.

    The palette is that of the first, the middle and the last frame.
    """
    typical = np.concatenate([frames[0], frames[len(frames) // 2], frames[-1]])
    palette = Image.fromarray(typical).quantize(colors, dither=Image.Dither.NONE)
    shades = np.array(palette.getpalette(), np.uint8).reshape(-1, 3)
    shades[(shades >= 248).all(axis=1)] = 255  # Pillow's palette is coarse; white must stay white
    palette.putpalette(shades.tobytes())
    return [
        Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE)
        for frame in frames
    ]


def save_gif(frames: Sequence[Pixels], path: Path_, seconds: float, hold: float = 2.0) -> None:
    """Write a GIF that repeats, as a whole or not at all.

    A frame is shown for `seconds`, the last one for `hold` seconds.
    """
    first, *rest = in_one_palette(frames)
    times = [round(1000 * seconds)] * len(rest) + [round(1000 * hold)]
    with replacing(path) as file, file.open("wb") as target:
        first.save(target, format="GIF", save_all=True, append_images=rest, duration=times, loop=0)
