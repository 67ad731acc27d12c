"""In one dimension the perfect generator can be written down: G = F^-1 o Phi sends quantiles to
quantiles.

Phi is the distribution function of h from N(0, 1), F that of the data. G's slope is phi(h) /
p(G(h)): between two modes, where hardly any data are, it must all but jump, and a network, whose
slope is bounded, draws too many there.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from minigan.theory import Gaussian, GaussianMixture, Pushforward
from minigan.theory.summands import Array

_HALVINGS = 80
_NORMAL = Gaussian()
_tail = np.frompyfunc(
    lambda z: math.erfc(z / math.sqrt(2)) / 2, 1, 1
)  # P(h > z), exact far out too


def exact_generator(P: GaussianMixture) -> Pushforward:
    """The increasing G with G(h) ~ P for h from N(0, 1), and its slope.

    >>> G = exact_generator(GaussianMixture([-2, 2], 0.5))
    >>> G.forward(np.array([1.0])).round(3), G.slope(np.array([0.0])).round()
    (array([2.238]), array([1490.]))
    """

    def forward(h: Array) -> Array:
        """F(x) = Phi(h) by halving: compared in the tail on h's side, where the numbers are small
        and exact.
        """
        right = h > 0
        goal = _tails(abs(h))
        low = np.full(h.shape, (P.means - 40 * P.stds).min())
        high = np.full(h.shape, (P.means + 40 * P.stds).max())
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            tail = _tail_of(P, middle, right)
            below = np.where(right, tail > goal, tail < goal)
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        found: Array = (low + high) / 2
        return found

    def slope(h: Array) -> Array:
        slopes: Array = np.exp(_NORMAL.log_density(h) - P.log_density(forward(h)))
        return slopes

    return Pushforward(forward, slope)


def _tails(z: Array) -> Array:
    tails: Array = _tail(z).astype(np.float64)
    return tails


def _tail_of(P: GaussianMixture, x: Array, right: NDArray[np.bool_]) -> Array:
    """P(X > x) where `right`, else P(X < x)."""
    z = (x[..., None] - P.means) / P.stds  # (..., K)
    tails: Array = (P.weights * _tails(np.where(right[..., None], z, -z))).sum(axis=-1)
    return tails
