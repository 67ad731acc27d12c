"""The explorer of the convolution: its data, and the functions whose source the page shows."""

from __future__ import annotations

import numpy as np

from minigan.conv import holes, loops, matrix
from minigan.datasets import digits8
from minigan.geometry import Axis

CODE = (
    *(loops.steps, loops.steps_transpose, holes.conv, holes.conv_transpose),
    *(matrix.conv, matrix.conv_transpose, matrix.matrix),
    *(Axis.conv, Axis.conv_transpose, Axis.coverage, Axis.interior_coverage, Axis.is_uniform),
)

SIZE, TAPS, DRAWS = 8, 6, 9  # the largest input, the largest kernel, and the random kernels


def data(source: object = None) -> dict[str, object]:
    """Return the input and the kernel, an image, and random kernels; `source` is not used.

    The input and the kernel are small integers without 0, so that a zero on the page is always one
    that was put in. The random kernels of the image are positive.
    """
    rng = np.random.default_rng(178)  # no small part equals its mirror image
    return {
        "input": rng.integers(1, 5, (SIZE, SIZE)).tolist(),
        "kernel": rng.integers(1, 4, (TAPS, TAPS)).tolist(),
        "image": digits8().images[0, 0].tolist(),
        "weights": rng.uniform(0.1, 1, (DRAWS, TAPS + 2, TAPS + 2)).round(3).tolist(),
    }
