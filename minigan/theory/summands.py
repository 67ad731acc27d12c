"""What is added up: every quantity here is a sum over outcomes, or an integral over x, of one of
these summands.

They take log-probabilities or log-densities, lp and lq, so that no ratio overflows; -inf is where
nothing has mass, and 0 log 0 = 0. A discriminator enters as the pair log D, log(1 - D).
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LN2 = log(2.0)


def times(p: Array, x: Any) -> Array:
    """The product p x, where no mass times infinity is nothing."""
    product: Array = p * np.where(p > 0, x, 0.0)
    return product


def log_ratio(lp: Array, lq: Array) -> Array:
    """log p/q, and 0 where neither has mass: the logit of D* is this with the data's p and the
    model's q.
    """
    neither = (lp == -np.inf) & (lq == -np.inf)
    ratio: Array = np.where(neither, 0.0, lp) - np.where(neither, 0.0, lq)
    return ratio


def log_sigmoids(logit: Array) -> tuple[Array, Array]:
    """log D and log(1 - D) of D = sigmoid(logit), exact where D itself rounds to 0 or 1."""
    return -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)


def cross_entropy(lp: Array, lq: Array) -> Array:
    """-p log q; with q = p, the entropy."""
    return -times(np.exp(lp), lq)


def kl(lp: Array, lq: Array) -> Array:
    """p log(p/q)."""
    return times(np.exp(lp), log_ratio(lp, lq))


def gan(lp: Array, lq: Array) -> Array:
    """p log(p/(p + q)) + q log(q/(p + q))."""
    log_p_share, log_q_share = log_sigmoids(log_ratio(lp, lq))
    return times(np.exp(lp), log_p_share) + times(np.exp(lq), log_q_share)


def js(lp: Array, lq: Array) -> Array:
    """(p log(p/m) + q log(q/m)) / 2 with m = (p + q)/2."""
    log_p_share, log_q_share = log_sigmoids(log_ratio(lp, lq))
    return (times(np.exp(lp), LN2 + log_p_share) + times(np.exp(lq), LN2 + log_q_share)) / 2


def pearson(lp: Array, lq: Array) -> Array:
    """(p - q)^2 / q = (p/sqrt(q) - sqrt(q))^2."""
    square: Array = (np.exp((lp + log_ratio(lp, lq)) / 2) - np.exp(lq / 2)) ** 2
    return square


def squared_hellinger(lp: Array, lq: Array) -> Array:
    """(sqrt(p) - sqrt(q))^2."""
    square: Array = (np.exp(lp / 2) - np.exp(lq / 2)) ** 2
    return square


def total_variation(lp: Array, lq: Array) -> Array:
    """|p - q| / 2."""
    half: Array = abs(np.exp(lp) - np.exp(lq)) / 2
    return half


def value(lp: Array, lg: Array, log_d: Array, log_not_d: Array) -> Array:
    """p log D + g log(1 - D): Goodfellow et al. 2014, equation 1."""
    return times(np.exp(lp), log_d) + times(np.exp(lg), log_not_d)


def regret(lp: Array, lg: Array, log_d: Array, log_not_d: Array) -> Array:
    """(p + g) KL(Bernoulli(D*) || Bernoulli(D)): what D loses here because it is not D* = p/(p +
    g).
    """
    log_best, log_not_best = log_sigmoids(log_ratio(lp, lg))
    best, not_best = np.exp(log_best), np.exp(log_not_best)
    entropy = -times(best, log_best) - times(not_best, log_not_best)
    return times(
        np.exp(lp) + np.exp(lg), -times(best, log_d) - times(not_best, log_not_d) - entropy
    )
