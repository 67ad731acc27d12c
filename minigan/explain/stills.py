"""Figures of the README, drawn from arrays that are computed while drawing."""

from __future__ import annotations

import numpy as np

from minigan.explain.conv_frames import in_step, numbers
from minigan.explain.conv_views import Panels, cells
from minigan.explain.number_grids import Board, Look, Place, draw
from minigan.geometry import Geometry
from minigan.viz.canvas import PALE, Canvas, Path_, save_png

_SHADES = {1: "#E3EEF6", 2: "#A9CDE6", 4: "#56A0D3"}  # darker is more
_LEGEND = (
    "orange: what is read, and added, now; green: finished, and framed the x computed now, the "
    "same in both;",
    "dashed: cropped by the padding (scatter), zeros around y (holes); pale: zeros put between "
    "the values of y",
)


def transposed_convolution_figure(path: Path_) -> None:
    """Write what a transposed convolution does: as scatter, as a convolution with holes, and how
    evenly it covers x.
    """
    geometry = Geometry.conv_transpose((3, 3), (3, 3), stride=2, padding=1)
    _, w, y = numbers(geometry)
    canvas = Canvas(1060, 760)
    canvas.text((20, 40), "What a transposed convolution does", 26, anchor="ls", bold=True)
    says = (
        "kernel 3, stride 2, padding 1: from y 3x3 to x 5x5, in two ways that give the same numbers"
    )
    canvas.text((20, 66), says, 16, PALE, "ls")
    panels = Panels(geometry, y, w, (20, 150), 670)
    for scattered, x, gathered in in_step(y, w, geometry):
        if scattered is not None and scattered.position == (
            1,
            1,
        ):  # the middle of y: a whole kernel
            panels.draw(canvas, scattered, x, gathered)
            break
    left = 800
    canvas.text((left, panels.top - 40), "Coverage", 17, bold=True, anchor="ls")
    canvas.text((left + 96, panels.top - 40), "products per x", 14, PALE, "ls")
    below = _coverage(canvas, (left, panels.top), 3, "kernel 3, stride 2: a checkerboard")
    _coverage(canvas, (left, below + 60), 4, "kernel 4, stride 2: even inside")
    for number, line in enumerate(_LEGEND):
        canvas.text((20, 724 + 20 * number), line, 14, PALE, "ls")
    save_png(canvas.image, path)


def _coverage(canvas: Canvas, at: Place, taps: int, label: str) -> int:
    """Draw by how many products a kernel of so many taps fills each x at stride 2, padding 1; where
    the map ends.
    """
    geometry = Geometry.conv_transpose((4, 4), (taps, taps), stride=2, padding=1)
    down, across = (axis.coverage for axis in geometry.axes)
    counts = np.outer(down, across)
    fills = {
        place: _SHADES[int(counts[place])]
        for place in cells([slice(size) for size in counts.shape])
    }
    draw(canvas, Board(counts, at, 28, label), Look(fills=fills))
    return at[1] + 28 * len(counts)
