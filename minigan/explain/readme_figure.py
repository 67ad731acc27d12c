"""The README's figure of a transposed convolution, drawn from arrays that it computes."""

from __future__ import annotations

import numpy as np

from minigan.explain.conv_frames import in_step, numbers
from minigan.explain.conv_views import TransposedViews, cells
from minigan.explain.number_grids import Look, NumberGrid, Place, draw
from minigan.geometry import Geometry
from minigan.viz.canvas import PALE, Canvas, Path_, save_png

_SHADES = {1: "#E3EEF6", 2: "#A9CDE6", 4: "#56A0D3"}  # darker is more
_LEGEND = (
    "orange: read now and added now; green: finished; green frame: the x computed now, the same on "
    "both sides;",
    "dashed: cropped by the padding (scatter), zeros around y (holes); pale: zeros between the "
    "values of y",
)


def transposed_convolution_figure(path: Path_) -> None:
    """Write a picture of a transposed convolution: scattering, holes, and two coverage maps.

    `path` names a PNG file. Raises OSError if it cannot be written.
    """
    geometry = Geometry.conv_transpose((3, 3), (3, 3), stride=2, padding=1)
    _, w, y = numbers(geometry)
    canvas = Canvas(1060, 760)
    canvas.text((20, 40), "What a transposed convolution does", 26, anchor="ls", bold=True)
    text = (
        "kernel 3, stride 2, padding 1: from y 3x3 to x 5x5, in two ways that give the same numbers"
    )
    canvas.text((20, 66), text, 16, PALE, "ls")
    views = TransposedViews(geometry, y, w, (20, 150), 670)
    for scattered, x, gathered in in_step(y, w, geometry):
        if scattered is not None and scattered.position == (1, 1):  # the middle of y
            views.draw(canvas, scattered, x, gathered)
            break
    left = 800
    canvas.text((left, views.top - 40), "Coverage", 17, bold=True, anchor="ls")
    canvas.text((left + 96, views.top - 40), "products per x", 14, PALE, "ls")
    below = _coverage(canvas, (left, views.top), 3, "kernel 3, stride 2: a checkerboard")
    _coverage(canvas, (left, below + 60), 4, "kernel 4, stride 2: even inside")
    for number, line in enumerate(_LEGEND):
        canvas.text((20, 724 + 20 * number), line, 14, PALE, "ls")
    save_png(canvas.image, path)


def _coverage(canvas: Canvas, at: Place, taps: int, label: str) -> int:
    """Draw the coverage of x by a kernel of so many taps, stride 2, padding 1.

    Returns the lower end of the map in pixels.
    """
    geometry = Geometry.conv_transpose((4, 4), (taps, taps), stride=2, padding=1)
    down, across = (axis.coverage for axis in geometry.axes)
    counts = np.outer(down, across)
    places = cells([slice(size) for size in counts.shape])
    fills = {place: _SHADES[int(counts[place])] for place in places}
    draw(canvas, NumberGrid(counts, at, 28, label), Look(fills=fills))
    return at[1] + 28 * len(counts)
