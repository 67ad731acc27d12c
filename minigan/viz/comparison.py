"""Generators side by side: what each decoder draws of the same h, a block of rows for each, real
images above.
"""

from __future__ import annotations

import numpy as np

from minigan.studies import Comparison
from minigan.viz.canvas import Path_
from minigan.viz.pictures import grid


def draw_comparison(comparison: Comparison, path: Path_, columns: int = 12, lines: int = 2) -> None:
    """Write held-out images, and below them blocks of rows, one for each decoder and prior, of the
    same h.
    """
    count = min(columns * lines, len(comparison.images))
    blocks = [
        ("held-out images", comparison.images),
        *((drawn.name, drawn.images) for drawn in comparison.drawn),
    ]
    rows = [row for name, _ in blocks for row in (name, *[""] * (-(-count // columns) - 1))]
    note = (
        "each place in a block has the same h; N(m, C): moved to mean and covariance of the h "
        "of training images"
    )
    images = np.concatenate([block[:count] for _, block in blocks])
    grid(images, path, "The same h before every decoder", columns, rows, note)
