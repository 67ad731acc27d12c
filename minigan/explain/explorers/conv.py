"""The explorer of the convolution: its data, and the functions whose source the page shows."""

from __future__ import annotations

import numpy as np

from minigan.conv import holes, loops, matrix
from minigan.datasets import digits8
from minigan.geometry import Axis, Geometry

CODE = (
    *(loops.steps, loops.steps_transpose, holes.conv, holes.conv_transpose),
    *(matrix.conv, matrix.conv_transpose, matrix.matrix),
    *(Axis.conv, Axis.conv_transpose, Axis.coverage, Axis.interior_coverage, Axis.is_uniform),
)

LIMITS = {
    "size": (1, 6),
    "kernel": (1, 6),
    "stride": (1, 4),
    "padding": (0, 4),
    "output_padding": (0, 3),
    "dilation": (1, 3),
}
DRAWS = 9  # random kernels


def data(source: object = None) -> dict[str, object]:
    """Return the input and the kernel, an image, and random kernels; `source` is not used.

    The input and the kernel are small integers without 0, so that a zero on the page is always one
    that was put in. The random kernels of the image are positive.
    """
    rng = np.random.default_rng(178)  # no small part equals its mirror image
    return {
        "limits": {name: list(limits) for name, limits in LIMITS.items()},
        "input": rng.integers(1, 5, (8, 8)).tolist(),
        "kernel": rng.integers(1, 4, (6, 6)).tolist(),
        "image": digits8().images[0, 0].tolist(),
        "weights": rng.uniform(0.1, 1, (DRAWS, 8, 8)).round(3).tolist(),
    }


def page_settings(geometry: Geometry, transposed: bool) -> dict[str, object]:
    """Return the settings of the page that show a geometry.

    Raises ValueError if the two axes differ, or if a setting is out of the page's limits.
    """
    first, second = geometry.axes
    if first != second:
        raise ValueError(
            "explain conv: a page (.html) has the same size and settings for rows and columns; "
            "give one number for each, or write a .gif or .png"
        )
    settings = {
        "size": first.Y if transposed else first.X,
        "kernel": first.taps,
        "stride": first.stride,
        "padding": first.padding,
        "output_padding": first.output_padding if transposed else 0,
        "dilation": first.dilation,
    }
    for name, value in settings.items():
        low, high = LIMITS[name]
        if not low <= value <= high:
            raise ValueError(
                f"explain conv: {name}={value} is not legal for a page (legal: {low} to {high}; a "
                ".gif or .png has no such limit)"
            )
    return {"transposed": "yes" if transposed else "no", **settings}
