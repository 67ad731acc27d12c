"""The value V(D, G) of the game, the best discriminator D*, and the regret of any other D.

For a fixed G the value V(D, G) = E_P log D + E_G log(1 - D) is concave in D. It is largest at
D* = p/(p + g), where it is 2 JSD(P, G) - 2 ln 2 (Goodfellow et al. 2014, proposition 1 and
theorem 1). So for every D

    V(D, G) = 2 JSD(P, G) - 2 ln 2 - regret(D)

Each of the three is computed as a sum of its own, and none from the other two. So the equation is a
theorem that could fail, and a loss of 1.386 = 2 ln 2 means a perfect G only if the regret is 0.

As in `divergences`, p_data and p_model are arrays of probabilities, or `Distribution`s. For
distributions D is given by its logit, a function of x.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from minigan.theory import summands, validation
from minigan.theory.divergences import js
from minigan.theory.families import Distribution, total
from minigan.theory.quadrature import Function, Integral
from minigan.theory.summands import Array, log, log_ratio, log_sigmoids
from minigan.theory.summation import as_distributions


def optimal_discriminator(p_data: ArrayLike, p_model: ArrayLike) -> Array:
    """Return D* = p_data/(p_data + p_model), of arrays (..., K), and 1/2 where both are 0.

    It is 1 only where p_model = 0. Elsewhere D = 1 would cost an infinite loss, so if D* rounds to
    1 the next smaller number is returned. Raises ValueError if an argument does not hold
    probabilities. For distributions use `optimal_logit`.

    >>> optimal_discriminator([0.5, 0.5, 0], [0.75, 0.25, 0]).round(4)
    array([0.4   , 0.6667, 0.5   ])
    """
    checked = validation.probabilities("optimal_discriminator", p_data=p_data, p_model=p_model)
    p, g = np.broadcast_arrays(*checked)
    sums = p + g
    best = np.divide(p, sums, out=np.full(p.shape, 0.5), where=sums > 0)
    below_1: Array = np.minimum(best, np.where(g > 0, np.nextafter(1.0, 0.0), 1.0))
    return below_1


@overload
def optimal_logit(p_data: Distribution, p_model: Distribution) -> Function: ...
@overload
def optimal_logit(p_data: ArrayLike, p_model: ArrayLike) -> Array: ...
def optimal_logit(p_data: Any, p_model: Any) -> Array | Function:
    """Return the logit of D*, log p_data - log p_model; for distributions, a function of x.

    It is 0 where both are 0, and infinite where one is. Raises ValueError if an array does not hold
    probabilities.

    >>> from minigan.theory import Gaussian
    >>> optimal_logit(Gaussian(0), Gaussian(2))(np.array([0.0, 1.0]))  # m^2/2 - m x
    array([2., 0.])
    """
    if sides := as_distributions("optimal_logit", p_data=p_data, p_model=p_model):
        P, G = sides
        return lambda x: log_ratio(P.log_density(x), G.log_density(x))
    p, g = validation.probabilities("optimal_logit", p_data=p_data, p_model=p_model)
    return log_ratio(log(p), log(g))


@overload
def value(
    d: Function, p_data: Distribution, p_model: Distribution, **integral: Any
) -> Integral: ...
@overload
def value(d: ArrayLike, p_data: ArrayLike, p_model: ArrayLike, *, logits: bool = ...) -> Array: ...
def value(
    d: Any, p_data: Any, p_model: Any, *, logits: bool = False, **integral: Any
) -> Array | Integral:
    """Return V(D, G) = sum p_data log D + p_model log(1 - D); the loss of D is -V.

    For arrays (..., K), d holds probabilities in [0, 1], or logits with `logits=True`; one number
    serves all outcomes. For distributions, d is the logit of D as a function of x, and `tolerance`
    and `cuts` are those of `total`: `cuts` are the kinks of the logit, and points around its narrow
    peaks. V is -inf if D = 0 where p_data > 0, or D = 1 where p_model > 0. Raises ValueError for d
    outside [0, 1], if an array does not hold probabilities, and if shapes do not match; TypeError
    if arrays and distributions, or their options, are mixed.

    >>> value([0.4, 2 / 3], [0.5, 0.5], [0.75, 0.25]).round(7)
    np.float64(-1.3186502)
    """
    return _summed("value", summands.value, d, p_data, p_model, logits, integral)


@overload
def regret(
    d: Function, p_data: Distribution, p_model: Distribution, **integral: Any
) -> Integral: ...
@overload
def regret(d: ArrayLike, p_data: ArrayLike, p_model: ArrayLike, *, logits: bool = ...) -> Array: ...
def regret(
    d: Any, p_data: Any, p_model: Any, *, logits: bool = False, **integral: Any
) -> Array | Integral:
    """Return regret(D) = V(D*, G) - V(D, G) >= 0, as a sum of its own.

    It is 2 E_M[KL(Bernoulli(D*) || Bernoulli(D))] with M = (P + G)/2. Arguments and errors are
    those of `value`.

    >>> regret(0.5, [0.5, 0.5], [0.75, 0.25]).round(7)
    np.float64(0.0676442)
    """
    return _summed("regret", summands.regret, d, p_data, p_model, logits, integral, 0.0)


@overload
def decompose(
    d: Function, p_data: Distribution, p_model: Distribution, **integral: Any
) -> tuple[Integral, Integral, Integral]: ...
@overload
def decompose(
    d: ArrayLike, p_data: ArrayLike, p_model: ArrayLike, *, logits: bool = ...
) -> tuple[Array, Array, Array]: ...
def decompose(
    d: Any, p_data: Any, p_model: Any, *, logits: bool = False, **integral: Any
) -> tuple[Any, Any, Any]:
    """Return (value, js, regret), three separate sums of which value = 2 js - 2 ln 2 - regret.

    Arguments and errors are those of `value`.

    >>> V, JSD, lost = decompose([0.5, 0.6], [0.5, 0.5], [0.75, 0.25])
    >>> abs(V - (2 * JSD - 2 * np.log(2) - lost)) < 1e-15
    np.True_
    >>> from minigan.theory import Gaussian
    >>> V, JSD, lost = decompose(lambda x: 0 * x, Gaussian(0), Gaussian(2))  # D = 1/2 everywhere
    >>> round(-V.value, 6), round(2 * math.log(2) - 2 * JSD.value, 6), round(lost.value, 6)
    (1.386294, 0.712633, 0.673662)
    """
    V = value(d, p_data, p_model, logits=logits, **integral)
    return V, js(p_data, p_model), regret(d, p_data, p_model, logits=logits, **integral)


def _summed(
    function: str,
    summand: Callable[..., Array],
    d: Any,
    p_data: Any,
    p_model: Any,
    logits: bool,
    integral: dict[str, Any],
    low: float = -math.inf,
) -> Array | Integral:
    """Return the sum of summand(log p, log g, log D, log(1 - D)), or its integral; see `summed`."""
    if sides := as_distributions(function, p_data=p_data, p_model=p_model):
        if not callable(d):
            raise TypeError(f"{function}: d={d!r} must be a function of x, the logit of D")
        P, G = sides
        return total(
            lambda x: summand(P.log_density(x), G.log_density(x), *log_sigmoids(d(x))),
            P,
            G,
            **integral,
        )
    if integral:
        raise TypeError(f"{function}: {', '.join(integral)} is for distributions, not for arrays")
    p, g = validation.probabilities(function, p_data=p_data, p_model=p_model)
    log_d, log_not_d = validation.log_discriminator(function, d, logits, p_data=p, p_model=g)
    sums: Array = summand(log(p), log(g), log_d, log_not_d).sum(axis=-1)
    return sums.clip(low)
