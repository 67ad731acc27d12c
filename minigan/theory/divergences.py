"""Entropy and the divergences of two distributions, in nats.

Each function takes arrays of probabilities, whose last axis has the outcomes, and returns an array;
or it takes two `Distribution`s, and returns an `Integral`: a value and its error.

>>> from minigan.theory import Gaussian
>>> kl([0.5, 0.5], [0.75, 0.25]).round(6), round(kl(Gaussian(0), Gaussian(2)).value, 6)
(np.float64(0.143841), 2.0)
"""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from minigan.theory import summands
from minigan.theory.f_divergences import named
from minigan.theory.families import Distribution
from minigan.theory.quadrature import Integral
from minigan.theory.summands import LN2, Array
from minigan.theory.summation import summed


@overload
def entropy(p: Distribution) -> Integral: ...
@overload
def entropy(p: ArrayLike) -> Array: ...
def entropy(p: ArrayLike | Distribution) -> Array | Integral:
    """Return H(P) = -sum p log p, of p (..., K); of a density it may be negative.

    Raises ValueError if p does not hold probabilities.

    >>> entropy([0.5, 0.25, 0.25]) / np.log(2)
    np.float64(1.5)
    """
    return summed("entropy", lambda lp: summands.cross_entropy(lp, lp), p=p)


@overload
def cross_entropy(p: Distribution, q: Distribution) -> Integral: ...
@overload
def cross_entropy(p: ArrayLike, q: ArrayLike) -> Array: ...
def cross_entropy(p: ArrayLike | Distribution, q: ArrayLike | Distribution) -> Array | Integral:
    """Return H(P, Q) = -sum p log q = H(P) + KL(P||Q), of p and q (..., K).

    Raises ValueError if p or q does not hold probabilities.

    >>> cross_entropy([1, 0], [0.5, 0.5]).round(6)
    np.float64(0.693147)
    """
    return summed("cross_entropy", summands.cross_entropy, p=p, q=q)


@overload
def kl(p: Distribution, q: Distribution) -> Integral: ...
@overload
def kl(p: ArrayLike, q: ArrayLike) -> Array: ...
def kl(p: ArrayLike | Distribution, q: ArrayLike | Distribution) -> Array | Integral:
    """Return KL(P||Q) = sum p log(p/q) >= 0, of p and q (..., K); inf where p > 0 and q = 0.

    Raises ValueError if p or q does not hold probabilities.

    >>> kl([0.5, 0.5], [0.75, 0.25]).round(6)
    np.float64(0.143841)
    """
    return summed("kl", summands.kl, 0.0, p=p, q=q)


@overload
def js(p: Distribution, q: Distribution) -> Integral: ...
@overload
def js(p: ArrayLike, q: ArrayLike) -> Array: ...
def js(p: ArrayLike | Distribution, q: ArrayLike | Distribution) -> Array | Integral:
    """Return JSD(P, Q) = (KL(P||M) + KL(Q||M))/2 with M = (P + Q)/2, of p and q (..., K).

    It is also H(M) - (H(P) + H(Q))/2. It lies in [0, ln 2], and is 0 only if P = Q. Raises
    ValueError if p or q does not hold probabilities.

    >>> from minigan.theory import Gaussian
    >>> js([0.5, 0.5], [0.75, 0.25]).round(7), round(js(Gaussian(0), Gaussian(2)).value, 6)
    (np.float64(0.0338221), 0.336831)
    """
    return summed("js", summands.js, 0.0, LN2, p=p, q=q)


@overload
def f_divergence(p: Distribution, q: Distribution, name: str) -> Integral: ...
@overload
def f_divergence(p: ArrayLike, q: ArrayLike, name: str) -> Array: ...
def f_divergence(
    p: ArrayLike | Distribution, q: ArrayLike | Distribution, name: str
) -> Array | Integral:
    """Return D_f(P||Q) = sum q f(p/q), of p and q (..., K), f by its name in `F_DIVERGENCES`.

    Raises ValueError if the name is unknown, and if p or q does not hold probabilities.

    >>> f_divergence([0.5, 0.5], [0.75, 0.25], "pearson").round(6)
    np.float64(0.333333)
    """
    summand = named(name).summand
    least = float(summand(np.zeros(()), np.zeros(())))  # f(1), by Jensen's inequality
    return summed("f_divergence", summand, least, p=p, q=q)
