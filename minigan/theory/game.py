"""The game in numbers: the value V(D, G), the best discriminator D*, and what any other one
regrets.

For a fixed G the value V(D, G) = E_P log D + E_G log(1 - D) is concave in D and largest at D* =
p/(p + g), where it is 2 JSD(P, G) - 2 ln 2 (Goodfellow et al. 2014, proposition 1 and theorem 1).
For any D, then,

    V(D, G) = 2 JSD(P, G) - 2 ln 2 - regret(D)

Each of the three is a sum of its own below: none is computed as the rest of the others, so the
equation is a theorem that can fail, and a loss of 1.386 = 2 ln 2 means a perfect G only if the
regret is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from minigan.theory import checks, summands
from minigan.theory.divergences import js
from minigan.theory.summands import Array


def optimal_discriminator(p_data: ArrayLike, p_model: ArrayLike) -> Array:
    """D* = p_data/(p_data + p_model), and 1/2 where neither has mass: there any D is as good.

    It is 1 only where the model has no mass: beside that it would be infinitely wrong, so it is not
    rounded up to 1. Raises ValueError if one is no distribution.

    >>> optimal_discriminator([0.5, 0.5, 0], [0.75, 0.25, 0]).round(4)
    array([0.4   , 0.6667, 0.5   ])
    """
    p, g = np.broadcast_arrays(
        *checks.distributions("optimal_discriminator", p_data=p_data, p_model=p_model)
    )
    either = p + g
    best = np.divide(p, either, out=np.full(p.shape, 0.5), where=either > 0)
    below_1: Array = np.minimum(best, np.where(g > 0, np.nextafter(1.0, 0.0), 1.0))
    return below_1


def optimal_logit(p_data: ArrayLike, p_model: ArrayLike) -> Array:
    """The logit of D*, log p_data - log p_model: +-inf where one has no mass, 0 where neither
    has.
    """
    p, g = checks.distributions("optimal_logit", p_data=p_data, p_model=p_model)
    return summands.log_ratio(checks.log(p), checks.log(g))


def value(d: ArrayLike, p_data: ArrayLike, p_model: ArrayLike, *, logits: bool = False) -> Array:
    """V(D, G) = sum p_data log d + p_model log(1 - d), with d in [0, 1], or logits; the loss of D
    is -V.

    -inf where d is surely wrong: 0 where there are data, or 1 where there are none and G draws.
    Raises ValueError for a d outside [0, 1], for no distributions, and for shapes that do not
    match.

    >>> value([0.4, 2 / 3], [0.5, 0.5], [0.75, 0.25]).round(7)
    np.float64(-1.3186502)
    """
    total: Array = summands.value(*_checked("value", d, p_data, p_model, logits)).sum(axis=-1)
    return total


def regret(d: ArrayLike, p_data: ArrayLike, p_model: ArrayLike, *, logits: bool = False) -> Array:
    """V(D*, G) - V(D, G) as a sum of its own: 2 E_m[KL(Bernoulli(D*) || Bernoulli(d))] >= 0, m =
    (p_data + p_model)/2.

    Raises ValueError as `value` does.

    >>> regret(0.5, [0.5, 0.5], [0.75, 0.25]).round(7)
    np.float64(0.0676442)
    """
    total: Array = summands.regret(*_checked("regret", d, p_data, p_model, logits)).sum(axis=-1)
    return total.clip(0.0)  # rounding may leave -1e-17


def decompose(
    d: ArrayLike, p_data: ArrayLike, p_model: ArrayLike, *, logits: bool = False
) -> tuple[Array, Array, Array]:
    """(value, js, regret), three sums of which value = 2 js - 2 ln 2 - regret.

    Raises ValueError as `value` does.

    >>> V, JSD, lost = decompose([0.5, 0.6], [0.5, 0.5], [0.75, 0.25])
    >>> abs(V - (2 * JSD - 2 * np.log(2) - lost)) < 1e-15
    np.True_
    """
    p, g = p_data, p_model
    return value(d, p, g, logits=logits), js(p, g), regret(d, p, g, logits=logits)


def _checked(
    function: str, d: ArrayLike, p_data: ArrayLike, p_model: ArrayLike, logits: bool
) -> list[Any]:
    """log p, log g, log D and log(1 - D)."""
    p, g = checks.distributions(function, p_data=p_data, p_model=p_model)
    return [
        checks.log(p),
        checks.log(g),
        *checks.discriminator(function, d, logits, p_data=p, p_model=g),
    ]
