"""Where a search for h begins, and in which scale it measures distances.

A picture is mostly black and white. There tanh is flat, so a large change of h hardly changes the
pixels, and a search by pixels ends in one of many local minima. The values before tanh still
differ. `BeforeTanh` restores them, as far as the rounding of the targets allows, and
`linear_estimate` guesses h from them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.models import outputs
from minigan.threads import matmul

Array = np.ndarray[Any, Any]
_LEAST = (
    1e-5  # float32 has steps of 6e-8 near 1; samples of less than this distance from 1 saturate
)
_PAIRS, _RIDGE = 2000, 0.01  # samples in the regression; its penalty, over the mean square


class BeforeTanh(nn.Module):
    """The map h -> atanh((1 - e) G(h)), for a G with samples in [-1, 1] and a rounding error e.

    >>> before = BeforeTanh(nn.Tanh(), 0.001)
    >>> before.values(np.array([0.0, 1.0])).round(2).tolist()
    [0.0, 3.8]
    """

    def __init__(self, G: nn.Module, rounding: float) -> None:
        super().__init__()
        self.G, self.factor = G, 1 - max(rounding, _LEAST)

    def forward(self, h: Tensor) -> Tensor:
        """Return atanh((1 - e) G(h))."""
        x = self.factor * self.G(h)
        values: Tensor = ((1 + x) / (1 - x)).log() / 2  # atanh(x)
        return values

    def samples(self, values: Array) -> Array:
        """Return the samples of G with these values before tanh."""
        samples: Array = np.tanh(values) / self.factor
        return samples

    def values(self, samples: Array) -> Array:
        """Return the values before tanh of samples in [-1, 1]."""
        values: Array = np.arctanh(self.factor * samples.astype(np.float64))
        return values


def linear_estimate(
    G: nn.Module, targets: Array, latent: int, latent_std: float, generator: np.random.Generator
) -> Array:
    """Return an estimate of h (N, latent) for targets (N, ...), linear in the targets.

    It is the ridge regression of h on G(h), fitted to 2000 pairs with h from N(0, latent_std^2). An
    estimate longer than such an h, latent_std sqrt(latent), is scaled to this length.

    >>> G = nn.Linear(2, 5, generator=0)
    >>> targets = outputs(G, np.array([[0.5, -1.0]]))
    >>> linear_estimate(G, targets, 2, 1.0, np.random.default_rng(1)).round(1).tolist()
    [[0.5, -1.0]]
    """
    h = generator.standard_normal((_PAIRS, latent)) * latent_std
    x = outputs(G, h).reshape(_PAIRS, -1)  # (pairs, ...) -> (pairs, numbers)
    middle = x.mean(axis=0, dtype=np.float64).astype(x.dtype)
    x, wanted = x - middle, targets.reshape(len(targets), -1).astype(x.dtype) - middle
    products = matmul(x, x.T).astype(np.float64)  # (pairs, pairs)
    penalty = _RIDGE * float(np.trace(products)) / x.shape[1]
    products += (penalty + 1e-30) * np.eye(_PAIRS)
    weights = matmul(x.T, np.linalg.solve(products, h).astype(x.dtype))  # (numbers, latent)
    found = matmul(wanted, weights).astype(np.float64)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    usual = latent_std * latent**0.5
    estimate: Array = found * (usual / np.maximum(lengths, usual))
    return estimate
