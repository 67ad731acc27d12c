"""Entropy and the distances between distributions, in nats: arrays of probabilities, last axis
outcomes.

An f-divergence is D_f(P||Q) = sum q f(p/q) with f convex. Its conjugate f*(t) = sup over u >= 0 of
t u - f(u) bounds it from below by any critic T, sum p T - q f*(T), with equality at T = f'(p/q): a
GAN's discriminator is such a critic (Nguyen, Wainwright & Jordan 2010; Nowozin, Cseke & Tomioka
2016, equation 4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from minigan.theory import checks, summands
from minigan.theory.summands import LN2, Array, log_ratio, log_sigmoids, times


@dataclass(frozen=True)
class FDivergence:
    """One f: `summand` is q f(p/q) of log p and log q, `slope` is f'(u) of log u, `dual` is
    f*(t).
    """

    name: str
    summand: Callable[[Array, Array], Array]
    slope: Callable[[Array], Array]
    dual: Callable[[Array], Array]

    def f(self, u: ArrayLike) -> Array:
        """f(u) at finite ratios u >= 0, else ValueError: the summand where q = 1."""
        ratios, _ = checks.numbers(self.name, "u", u)
        if not ((ratios >= 0) & (ratios < np.inf)).all():
            raise ValueError(
                f"{self.name}: f of u from {ratios.min()} to {ratios.max()} (legal: finite, u >= 0)"
            )
        with np.errstate(over="ignore"):
            return self.summand(checks.log(ratios), np.zeros_like(ratios))

    def conjugate(self, t: ArrayLike) -> Array:
        """f*(t), the supremum over u >= 0 of t u - f(u); inf where there is none.

        Raises ValueError for a t of nan.
        """
        slopes, _ = checks.numbers(self.name, "t", t)
        if np.isnan(slopes).any():
            raise ValueError(f"{self.name}: f* of t=nan (legal: numbers, or infinite)")
        with np.errstate(
            over="ignore", divide="ignore", invalid="ignore"
        ):  # outside f*'s domain, which `dual` fills
            return self.dual(slopes)

    def optimal_critic(self, p: ArrayLike, q: ArrayLike) -> Array:
        """T = f'(p/q): the critic whose bound is the divergence; f'(1) where neither has mass."""
        lp, lq = map(checks.log, checks.distributions(f"optimal_critic of {self.name}", p=p, q=q))
        with np.errstate(over="ignore"):
            return self.slope(log_ratio(lp, lq))

    def bound(self, critic: ArrayLike, p: ArrayLike, q: ArrayLike) -> Array:
        """sum p T - q f*(T), never above D_f(P||Q); -inf if the critic leaves f*'s domain, or
        rounds to its end.

        Raises ValueError if p or q is no distribution, or the critic is nan or has another number
        of outcomes.
        """
        function = f"bound of {self.name}"
        a, b = checks.distributions(function, p=p, q=q)
        t, _ = checks.numbers(function, "critic", critic)
        if np.isnan(t).any():
            raise ValueError(f"{function}: critic holds nan (legal: numbers, or infinite)")
        if t.ndim:
            checks.match(function, {"critic": t, "p": a, "q": b})
        outside = t > self.slope(
            np.array(np.inf)
        )  # f*'s domain ends at f'(inf), also where q has no mass
        with np.errstate(invalid="ignore"):
            terms = times(a, t) - np.where(outside, np.inf, times(b, self.conjugate(t)))
        sunk = ~(
            terms > -np.inf
        )  # inf - inf is -inf here: f* grows faster than t, and -t faster than -f*(-t)
        total: Array = np.where(sunk.any(axis=-1), -np.inf, np.where(sunk, 0.0, terms).sum(axis=-1))
        return total[()]  # a number, if there is one


F_DIVERGENCES = {
    divergence.name: divergence
    for divergence in (
        FDivergence("kl", summands.kl, lambda v: 1 + v, lambda t: np.exp(t - 1)),
        FDivergence(
            "reverse-kl",
            lambda lp, lq: summands.kl(lq, lp),
            lambda v: -np.exp(-v),
            lambda t: np.where(t < 0, -1 - np.log(-t), np.inf),
        ),
        FDivergence(
            "js",
            summands.js,
            lambda v: (LN2 + log_sigmoids(v)[0]) / 2,
            lambda t: np.where(2 * t < LN2, -np.log(2 - np.exp(2 * t)) / 2, np.inf),
        ),
        FDivergence(  # the critic is log D*: this one is the game itself
            "gan",
            summands.gan,
            lambda v: log_sigmoids(v)[0],
            lambda t: np.where(t < 0, -np.log(-np.expm1(t)), np.inf),
        ),
        FDivergence(
            "pearson",
            summands.pearson,
            lambda v: 2 * np.expm1(v),
            lambda t: np.where(t > -2, t + t**2 / 4, -1.0),
        ),
        FDivergence(
            "neyman",
            lambda lp, lq: summands.pearson(lq, lp),
            lambda v: -np.expm1(-2 * v),
            lambda t: np.where(t <= 1, 2 - 2 * np.sqrt(1 - t), np.inf),
        ),
        FDivergence(
            "squared-hellinger",
            summands.squared_hellinger,
            lambda v: -np.expm1(-v / 2),
            lambda t: np.where(t < 1, 1 / (1 - t) - 1, np.inf),
        ),
        FDivergence(
            "total-variation",
            summands.total_variation,
            lambda v: np.sign(v) / 2,
            lambda t: np.where(t <= 0.5, np.maximum(t, -0.5), np.inf),
        ),
    )
}
"""The f-divergences by name.

Each is derived from its f here: published tables contradict their own generators.
"""


def named(name: str) -> FDivergence:
    """The f-divergence of this name; ValueError, with the legal ones, if there is none."""
    if name not in F_DIVERGENCES:
        raise ValueError(
            f"f_divergence: name={name!r} is unknown (legal: {', '.join(F_DIVERGENCES)})"
        )
    return F_DIVERGENCES[name]


def entropy(p: ArrayLike) -> Array:
    """H(P) = -sum p log p. Raises ValueError if p is no distribution.

    >>> entropy([0.5, 0.25, 0.25]) / np.log(2)
    np.float64(1.5)
    """
    return _total("entropy", lambda lp: summands.cross_entropy(lp, lp), p=p)


def cross_entropy(p: ArrayLike, q: ArrayLike) -> Array:
    """H(P, Q) = -sum p log q = H(P) + KL(P||Q). Raises ValueError if p or q is no distribution.

    >>> cross_entropy([1, 0], [0.5, 0.5]).round(6)
    np.float64(0.693147)
    """
    return _total("cross_entropy", summands.cross_entropy, p=p, q=q)


def kl(p: ArrayLike, q: ArrayLike) -> Array:
    """KL(P||Q) = sum p log(p/q) >= 0; inf where P has mass and Q none.

    Raises ValueError if p or q is no distribution.

    >>> kl([0.5, 0.5], [0.75, 0.25]).round(6)
    np.float64(0.143841)
    """
    return _total("kl", summands.kl, p=p, q=q).clip(0.0)  # rounding may leave -1e-17


def js(p: ArrayLike, q: ArrayLike) -> Array:
    """JSD(P, Q) = (KL(P||M) + KL(Q||M))/2 = H(M) - (H(P) + H(Q))/2 with M = (P + Q)/2: in [0, ln
    2], 0 iff P = Q.

    Raises ValueError if p or q is no distribution.

    >>> js([0.5, 0.5], [0.75, 0.25]).round(7)
    np.float64(0.0338221)
    """
    return _total("js", summands.js, p=p, q=q).clip(
        0.0, LN2
    )  # rounding may leave these bounds by 1e-17


def f_divergence(p: ArrayLike, q: ArrayLike, name: str) -> Array:
    """D_f(P||Q) = sum q f(p/q), for a name of `F_DIVERGENCES`.

    Raises ValueError for others, and for no distributions.

    >>> f_divergence([0.5, 0.5], [0.75, 0.25], "pearson").round(6)
    np.float64(0.333333)
    """
    summand = named(name).summand
    least = summand(
        np.zeros(()), np.zeros(())
    )  # f(1), by Jensen's inequality; rounding may leave it by 1e-17
    return _total("f_divergence", summand, p=p, q=q).clip(least)


def _total(function: str, summand: Callable[..., Array], **arguments: ArrayLike) -> Array:
    """The sum over outcomes of a summand of log-probabilities."""
    logs = map(checks.log, checks.distributions(function, **arguments))
    with np.errstate(over="ignore"):  # where a divergence is infinite
        total: Array = summand(*logs).sum(axis=-1) + 0.0  # no -0.0
    return total
