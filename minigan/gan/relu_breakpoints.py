"""On a line, a perceptron of ReLUs is a broken line: where it turns can be computed, and between it
is straight.

So a quadrature may be cut at every turn, and meets no kink; and D is as cheap as an interpolation.
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
def turns(model: nn.Module, low: float, high: float) -> Array | None:
    """The numbers in [low, high] where a model of one number turns, ends included, in order; None
    if it is no such one.

    It is one if it is a Sequential, and straight between the turns of its ReLUs and LeakyReLUs. Its
    weights must be float64.

    >>> hat = nn.Sequential(nn.Linear(1, 2, bias=False), nn.ReLU()).double()  # one turn, at 0
    >>> turns(hat, -1, 1).tolist()
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
    """What the model makes of numbers (K,): (K, units)."""
    values: Array = model(tensor(x[:, None])).numpy()  # (K,) -> (K, 1)
    return values.reshape(len(x), -1)


def _with_zeros(x: Array, z: Array) -> Array:
    """The numbers x (K,) and where z (K, units), straight between them, is 0."""
    row, unit = np.nonzero(z[:-1] * z[1:] < 0)
    before, after = z[row, unit], z[row + 1, unit]
    zeros = x[row] + (x[row + 1] - x[row]) * (before / (before - after))
    return np.unique(np.concatenate([x, zeros]))
