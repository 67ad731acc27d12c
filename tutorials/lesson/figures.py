"""Figures for a projector: 16:9, large type, the same look in every chapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

from lesson.colours import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, SKY, VERMILION, WHITE

_LOOK: Any = {
    "font.size": 22,
    "axes.titlesize": 24,
    "axes.labelsize": 24,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.prop_cycle": cycler(color=[BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY]),
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 3.0,
    "lines.markersize": 10.0,
    "legend.frameon": False,
    "mathtext.fontset": "stix",
}

_DARK = (BLUE, VERMILION, GREEN, INK, GREY)  # white numbers are easier to read on these


def figure(rows: int = 1, columns: int = 1, **settings: Any) -> tuple[Figure, Any]:
    """Return a 16:9 figure and its axes: one Axes, or an array of them as in plt.subplots.

    `settings` are those of `Figure.subplots`, such as width_ratios=[1, 2]. From the first call on,
    matplotlib's defaults are those of the book.
    """
    mpl.rcParams.update(_LOOK)
    drawn = Figure(figsize=(12.8, 7.2), dpi=125, layout="constrained", facecolor=WHITE)
    layout: Any = drawn.get_layout_engine()
    layout.set(w_pad=0.2, h_pad=0.2)
    axes = drawn.subplots(rows, columns, **settings)
    for each in np.atleast_1d(axes).flat:
        for axis in (each.xaxis, each.yaxis):
            axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    return drawn, axes


def grid(
    axes: Any,
    array: Any,
    label: str = "",
    *,
    fill: Mapping[str, Any] | None = None,
    frame: Mapping[str, Sequence[tuple[slice, slice]]] | None = None,
    faint: Any = None,
    most: tuple[int, int] | None = None,
) -> None:
    """Draw a matrix (H, W), or a vector as one row, as squares with a number in each.

    NaN leaves its square empty. `fill` gives colours and the squares to fill with them, as boolean
    masks: {SKY: array > 2}. `frame` gives colours and the blocks to frame, as pairs of slices.
    Squares where the mask `faint` is true are dotted and grey. `most` is the size (H, W) that the
    picture leaves room for, so that the squares of several grids are of one size.
    """
    array = np.atleast_2d(np.asarray(array, float))
    H, W = array.shape
    faint = np.zeros((H, W), bool) if faint is None else np.atleast_2d(faint)
    masks = [(colour, np.atleast_2d(mask)) for colour, mask in (fill or {}).items()]
    for v, h in np.ndindex(H, W):
        colour = next((c for c, mask in reversed(masks) if mask[v, h]), WHITE)
        edge, style, layer = (GREY, "dotted", 1) if faint[v, h] else (INK, "solid", 2)
        square = Rectangle((h, v), 1, 1, facecolor=colour, edgecolor=edge, linestyle=style)
        square.set(linewidth=1.5, zorder=layer)
        axes.add_patch(square)
        if not np.isnan(array[v, h]):
            ink = WHITE if colour in _DARK else GREY if faint[v, h] else INK
            _write(axes, array[v, h], (h + 0.5, v + 0.5), ink)
    for colour, blocks in (frame or {}).items():
        for rows, columns in blocks:
            top, bottom = range(H)[rows][0], range(H)[rows][-1] + 1
            left, right = range(W)[columns][0], range(W)[columns][-1] + 1
            box = Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=colour)
            axes.add_patch(box)
            box.set(linewidth=5, zorder=4, joinstyle="round")
    H, W = most or (H, W)
    axes.set(xlim=(-0.1, W + 0.1), ylim=(H + 0.1, -0.1), aspect="equal")
    axes.set_axis_off()
    axes.set_title(label, loc="left", fontsize=26)


def _write(axes: Any, number: float, at: tuple[float, float], colour: str) -> None:
    """Draw a number in the middle of its square, as a shape that grows with the square."""
    shape = TextPath((0, 0), f"{number:.4g}".replace("-", "\N{MINUS SIGN}"), size=1.0)
    box = shape.get_extents()
    size = min(0.55, 0.85 / box.width)
    move = Affine2D().translate(-box.x0 - box.width / 2, -0.36).scale(size, -size).translate(*at)
    axes.add_patch(PathPatch(move.transform_path(shape), facecolor=colour, linewidth=0, zorder=5))
