"""A picture of what several decoders draw of the same h."""

from __future__ import annotations

import numpy as np

from minigan.studies import Comparison
from minigan.viz.canvas import Path_
from minigan.viz.pictures import grid


def draw_comparison(comparison: Comparison, path: Path_, columns: int = 12, lines: int = 2) -> None:
    """Write held-out images, and below them a block of rows for each decoder and prior."""
    count = min(columns * lines, len(comparison.images))
    blocks = [
        ("held-out images", comparison.images),
        *((drawn.name, drawn.images) for drawn in comparison.drawn),
    ]
    rows = [row for name, _ in blocks for row in (name, *[""] * (-(-count // columns) - 1))]
    note = (
        "the same place in each block has the same h; N(m, C): h moved to the mean and covariance "
        "of the h of training images"
    )
    images = np.concatenate([block[:count] for _, block in blocks])
    grid(images, path, "The same h before every decoder", columns, rows, note)
