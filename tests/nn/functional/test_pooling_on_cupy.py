"""Pooling, padding, resizing and folding on the stand-in for CuPy: NumPy's numbers to order two."""

from typing import Any

import numpy as np
import pytest
from fake_cupy import installed

import minigan
from minigan import Tensor
from minigan.nn.functional import (
    adaptive_avg_pool2d,
    avg_pool2d,
    fold,
    interpolate,
    max_pool2d,
    pad,
    pixel_shuffle,
    pixel_unshuffle,
    unfold,
)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: max_pool2d(x, 3, 2, 1, ceil_mode=True),
        lambda x: avg_pool2d(x, 3, 2, 1, True, False),
        lambda x: avg_pool2d(x, 2, divisor_override=3),
        lambda x: adaptive_avg_pool2d(x, (2, 3)),
        lambda x: pad(x, (1, -2, 1, 0), value=2.0),
        lambda x: pad(x, (1, 2, 1, 0), "reflect"),
        lambda x: pad(x, (1, 2, 1, 0), "replicate"),
        lambda x: pad(x, (1, 2, 1, 0), "circular"),
        lambda x: interpolate(x, scale_factor=2),
        lambda x: interpolate(x, (4, 9)),
        lambda x: interpolate(x, (4, 9), mode="bilinear"),
        lambda x: pixel_shuffle(pixel_unshuffle(x, 1), 2),
        lambda x: fold(unfold(x, 2, 1, 1, 2), (6, 5), 2, 1, 1, 2),
    ],
)
def test_same_numbers(function: Any) -> None:
    x = np.random.default_rng(0).normal(size=(2, 4, 6, 5))
    x[0, 0, 1, 1] = np.nan
    with installed():
        found = []
        for device in ("cpu", "cuda"):
            a = Tensor(x, device=device).requires_grad_()
            y = function(a)
            (g,) = minigan.grad((y * y).sum(), a, create_graph=True)
            (h,) = minigan.grad((g * g).sum(), a)
            assert y.device.startswith(device) and h.device.startswith(device)
            found.append([one.detach().cpu().numpy() for one in (y, g, h)])
        for here, there in zip(*found, strict=True):
            np.testing.assert_array_equal(here, there)
