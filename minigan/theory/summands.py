"""The terms that are summed over outcomes, or integrated over x, to give each quantity here.

They take log-probabilities or log-densities lp and lq, so that no ratio can overflow. The logarithm
of a probability 0 is -inf, and 0 log 0 = 0. A discriminator D enters as log D and log(1 - D).

>>> half, quarters = log(np.array([0.5, 0.5])), log(np.array([0.75, 0.25]))
>>> round(float(kl(half, quarters).sum()), 6)
0.143841
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LN2 = math.log(2.0)


def log(p: Array) -> Array:
    """Return log p, and -inf where p is 0.

    >>> log(np.array([0.0, 1.0])).tolist()
    [-inf, 0.0]
    """
    with np.errstate(divide="ignore"):
        logs: Array = np.log(p)
    return logs


def times(p: Array, x: Any) -> Array:
    """Return the product p x, with 0 times infinity = 0.

    >>> times(np.array([0.0, 0.5]), np.array([-np.inf, 4.0])).tolist()
    [0.0, 2.0]
    """
    product: Array = p * np.where(p > 0, x, 0.0)
    return product


def log_ratio(lp: Array, lq: Array) -> Array:
    """Return log p/q, and 0 where p = q = 0.

    With p of the data and q of the model this is the logit of D*.

    >>> log_ratio(log(np.array([0.5, 0.0])), log(np.array([0.25, 0.0]))).round(6).tolist()
    [0.693147, 0.0]
    """
    neither = (lp == -np.inf) & (lq == -np.inf)
    ratio: Array = np.where(neither, 0.0, lp) - np.where(neither, 0.0, lq)
    return ratio


def log_sigmoids(logit: Array) -> tuple[Array, Array]:
    """Return log D and log(1 - D) of D = sigmoid(logit), exact where D itself rounds to 0 or 1.

    >>> [part.round(6).tolist() for part in log_sigmoids(np.array([0.0, 800.0]))]
    [[-0.693147, -0.0], [-0.693147, -800.0]]
    """
    return -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)


def cross_entropy(lp: Array, lq: Array) -> Array:
    """Return -p log q; with q = p this is the term of the entropy."""
    return -times(np.exp(lp), lq)


def kl(lp: Array, lq: Array) -> Array:
    """Return p log(p/q)."""
    return times(np.exp(lp), log_ratio(lp, lq))


def gan(lp: Array, lq: Array) -> Array:
    """Return p log(p/(p + q)) + q log(q/(p + q))."""
    log_best, log_not_best = log_sigmoids(log_ratio(lp, lq))  # D* = p/(p + q)
    return times(np.exp(lp), log_best) + times(np.exp(lq), log_not_best)


def js(lp: Array, lq: Array) -> Array:
    """Return (p log(p/m) + q log(q/m)) / 2 with m = (p + q)/2."""
    log_best, log_not_best = log_sigmoids(log_ratio(lp, lq))  # p/m = 2 D*, q/m = 2 (1 - D*)
    return (times(np.exp(lp), LN2 + log_best) + times(np.exp(lq), LN2 + log_not_best)) / 2


def pearson(lp: Array, lq: Array) -> Array:
    """Return (p - q)^2 / q = (p/sqrt(q) - sqrt(q))^2."""
    square: Array = (np.exp((lp + log_ratio(lp, lq)) / 2) - np.exp(lq / 2)) ** 2
    return square


def squared_hellinger(lp: Array, lq: Array) -> Array:
    """Return (sqrt(p) - sqrt(q))^2."""
    square: Array = (np.exp(lp / 2) - np.exp(lq / 2)) ** 2
    return square


def total_variation(lp: Array, lq: Array) -> Array:
    """Return |p - q| / 2."""
    half: Array = abs(np.exp(lp) - np.exp(lq)) / 2
    return half


def value(lp: Array, lg: Array, log_d: Array, log_not_d: Array) -> Array:
    """Return p log D + g log(1 - D): Goodfellow et al. 2014, equation 1."""
    return times(np.exp(lp), log_d) + times(np.exp(lg), log_not_d)


def regret(lp: Array, lg: Array, log_d: Array, log_not_d: Array) -> Array:
    """Return (p + g) KL(Bernoulli(D*) || Bernoulli(D)) with D* = p/(p + g).

    This is how much smaller p log D + g log(1 - D) is than at its maximum, D*.
    """
    log_best, log_not_best = log_sigmoids(log_ratio(lp, lg))
    best, not_best = np.exp(log_best), np.exp(log_not_best)
    entropy = -times(best, log_best) - times(not_best, log_not_best)
    return times(
        np.exp(lp) + np.exp(lg), -times(best, log_d) - times(not_best, log_not_d) - entropy
    )
