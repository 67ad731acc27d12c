"""The same quantities of whole distributions instead of arrays: no sample, no noise, and the error
is stated.

Each is one sum or one adaptive quadrature of its summand. D is given by its logit, a function of x;
`cuts` lie where it has kinks, and round what is narrower in it than P and G are.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from minigan.theory import summands
from minigan.theory.divergences import named
from minigan.theory.families import Distribution, total
from minigan.theory.quadrature import Function, Integral
from minigan.theory.summands import Array, log_ratio, log_sigmoids


def entropy(P: Distribution) -> Integral:
    """H(P), of a density the differential entropy: it may be negative.

    >>> from minigan.theory import Gaussian
    >>> round(entropy(Gaussian()).value, 6)
    1.418939
    """
    return cross_entropy(P, P)


def cross_entropy(P: Distribution, Q: Distribution) -> Integral:
    """H(P, Q) = -E_P log q."""
    return total(lambda x: summands.cross_entropy(P.log_density(x), Q.log_density(x)), P, Q)


def f_divergence(P: Distribution, Q: Distribution, name: str) -> Integral:
    """D_f(P||Q) for a name of `F_DIVERGENCES`."""
    summand = named(name).summand
    return total(lambda x: summand(P.log_density(x), Q.log_density(x)), P, Q)


def kl(P: Distribution, Q: Distribution) -> Integral:
    """KL(P||Q)."""
    return f_divergence(P, Q, "kl")


def js(P: Distribution, Q: Distribution) -> Integral:
    """JSD(P, Q).

    >>> from minigan.theory import Gaussian
    >>> round(js(Gaussian(0), Gaussian(2)).value, 6)
    0.336831
    """
    return f_divergence(P, Q, "js")


def optimal_logit(P: Distribution, G: Distribution) -> Function:
    """The logit of D* = p/(p + g): log p - log g as a function of x.

    For N(0, 1) and N(m, 1) it is m^2/2 - m x.
    """
    return lambda x: log_ratio(P.log_density(x), G.log_density(x))


def value(
    logit: Function,
    P: Distribution,
    G: Distribution,
    tolerance: float = 1e-12,
    cuts: ArrayLike = (),
) -> Integral:
    """V(D, G), of D = sigmoid(logit(x)); the loss of D on endless data is -V."""
    return _of_discriminator(summands.value, logit, P, G, tolerance, cuts)


def regret(
    logit: Function,
    P: Distribution,
    G: Distribution,
    tolerance: float = 1e-12,
    cuts: ArrayLike = (),
) -> Integral:
    """V(D*, G) - V(D, G) by an integral of its own, 2 E_m[KL(Bernoulli(D*) || Bernoulli(D))]."""
    return _of_discriminator(summands.regret, logit, P, G, tolerance, cuts)


def decompose(
    logit: Function,
    P: Distribution,
    G: Distribution,
    tolerance: float = 1e-12,
    cuts: ArrayLike = (),
) -> tuple[Integral, Integral, Integral]:
    """(value, js, regret) by three quadratures, each on nodes of its own: value = 2 js - 2 ln 2 -
    regret.

    >>> from minigan.theory import Gaussian
    >>> V, JSD, lost = decompose(lambda x: 0 * x, Gaussian(0), Gaussian(2))  # D = 1/2 everywhere
    >>> round(-V.value, 6), round(2 * (summands.LN2 - JSD.value), 6), round(lost.value, 6)
    (1.386294, 0.712633, 0.673662)
    """
    return value(logit, P, G, tolerance, cuts), js(P, G), regret(logit, P, G, tolerance, cuts)


def _of_discriminator(
    summand: Any,
    logit: Function,
    P: Distribution,
    G: Distribution,
    tolerance: float,
    cuts: ArrayLike,
) -> Integral:
    def f(x: Array) -> Array:
        terms: Array = summand(P.log_density(x), G.log_density(x), *log_sigmoids(logit(x)))
        return terms

    return total(f, P, G, tolerance=tolerance, cuts=cuts)
