"""The breakpoints of a ReLU net of one number, which is a piecewise linear function.

A quadrature with cuts at all breakpoints meets no kink. And between them the net is a linear
interpolation, which is cheap to evaluate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigan import nn
from minigan.autograd import no_grad
from minigan.functions import tensor

Array = NDArray[np.float64]


@no_grad()
def breakpoints_of(model: nn.Module, low: float, high: float) -> Array | None:
    """Return the breakpoints (K,) of a model of one number in [low, high], ends included, in order.

    Returns None if the model is not a Sequential, or not linear between the breakpoints of its
    ReLUs and LeakyReLUs. Its weights must be float64.

    >>> model = nn.Sequential(nn.Linear(1, 2, bias=False), nn.ReLU()).double()
    >>> breakpoints_of(model, -1, 1).tolist()  # the units have their kink at 0
    [-1.0, 0.0, 1.0]
    """
    if not isinstance(model, nn.Sequential):
        return None
    x = np.array([low, high], np.float64)
    for number, layer in enumerate(model):
        if isinstance(layer, nn.ReLU | nn.LeakyReLU):
            x = _with_zeros(x, _values(model[:number], x))
    middle, ends = _values(model, (x[1:] + x[:-1]) / 2), _values(model, x)
    return x if np.allclose(middle, (ends[1:] + ends[:-1]) / 2, rtol=1e-9, atol=1e-9) else None


def _values(model: Any, x: Array) -> Array:
    """Return the outputs (K, units) of the model for numbers (K,)."""
    values: Array = model(tensor(x[:, None])).numpy()  # (K,) -> (K, 1)
    return values.reshape(len(x), -1)


def _with_zeros(x: Array, z: Array) -> Array:
    """Return the numbers x (K,), and those where z (K, units) is 0, z being linear between them."""
    row, unit = np.nonzero(z[:-1] * z[1:] < 0)
    before, after = z[row, unit], z[row + 1, unit]
    zeros = x[row] + (x[row + 1] - x[row]) * (before / (before - after))
    return np.unique(np.concatenate([x, zeros]))
