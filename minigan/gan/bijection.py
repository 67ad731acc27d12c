"""The exact generator on a line: G = F^-1 o Phi maps quantiles of h to quantiles of the data.

Phi is the distribution function of h from N(0, 1), and F is that of the data. The slope of G is
phi(h) / p(G(h)), which is very large between two modes, where p is almost 0. The slope of a network
is bounded, so a learned G draws too many samples there.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from minigan.theory import Gaussian, GaussianMixture, Pushforward
from minigan.theory.summands import Array

_HALVINGS = 80
_NORMAL = Gaussian()
# P(h > z), with a small relative error also for large z
_tail = np.frompyfunc(lambda z: math.erfc(z / math.sqrt(2)) / 2, 1, 1)


def exact_generator(P: GaussianMixture) -> Pushforward:
    """Return the distribution of the increasing G with G(h) ~ P for h from N(0, 1).

    Its `forward` is G, and its `slope` the derivative of G.

    >>> G = exact_generator(GaussianMixture([-2, 2], 0.5))
    >>> G.forward(np.array([1.0])).round(3), G.slope(np.array([0.0])).round()
    (array([2.238]), array([1490.]))
    """

    def forward(h: Array) -> Array:
        """Return x with F(x) = Phi(h), by bisection.

        The tails on h's side are compared, since small numbers have a small absolute error.
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
        """Return phi(h) / p(G(h))."""
        slopes: Array = np.exp(_NORMAL.log_density(h) - P.log_density(forward(h)))
        return slopes

    return Pushforward(forward, slope)


def _tails(z: Array) -> Array:
    """Return P(h > z) for h from N(0, 1)."""
    tails: Array = _tail(z).astype(np.float64)
    return tails


def _tail_of(P: GaussianMixture, x: Array, right: NDArray[np.bool_]) -> Array:
    """Return P(X > x) where `right`, else P(X < x)."""
    z = (x[..., None] - P.means) / P.stds  # (..., K)
    tails: Array = (P.weights * _tails(np.where(right[..., None], z, -z))).sum(axis=-1)
    return tails
