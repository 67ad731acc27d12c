"""f-divergences D_f(P||Q) = sum q f(p/q), f convex: f, its conjugate, and the bound of a critic.

The conjugate f*(t) = sup over u >= 0 of t u - f(u) bounds the divergence from below: for every
critic T, sum p T - q f*(T) <= D_f(P||Q), with equality at T = f'(p/q). A GAN's discriminator is
such a critic (Nguyen, Wainwright & Jordan 2010; Nowozin, Cseke & Tomioka 2016, equation 4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from minigan.theory import summands, validation
from minigan.theory.summands import LN2, Array, log, log_ratio, log_sigmoids, times


@dataclass(frozen=True)
class FDivergence:
    """One f-divergence.

    `summand` is q f(p/q) as a function of log p and log q, `slope` is f'(u) as a function of log u,
    and `dual` is f*(t).

    >>> F_DIVERGENCES["pearson"].f(3.0).round(9)  # f = (u - 1)^2
    np.float64(4.0)
    >>> F_DIVERGENCES["pearson"].conjugate(4.0)  # f* = t + t^2/4
    np.float64(8.0)
    """

    name: str
    summand: Callable[[Array, Array], Array]
    slope: Callable[[Array], Array]
    dual: Callable[[Array], Array]

    def f(self, u: ArrayLike) -> Array:
        """Return f(u), which is the summand where q = 1.

        Raises ValueError unless u is finite and >= 0.
        """
        ratios, _ = validation.numbers(self.name, "u", u)
        if not ((ratios >= 0) & (ratios < np.inf)).all():
            raise ValueError(
                f"{self.name}: f of u from {ratios.min()} to {ratios.max()} (legal: finite, u >= 0)"
            )
        with np.errstate(over="ignore"):
            return self.summand(log(ratios), np.zeros_like(ratios))

    def conjugate(self, t: ArrayLike) -> Array:
        """Return f*(t), the supremum over u >= 0 of t u - f(u); inf where it is not bounded.

        Raises ValueError if t holds nan.
        """
        slopes, _ = validation.numbers(self.name, "t", t)
        if np.isnan(slopes).any():
            raise ValueError(f"{self.name}: f* of t=nan (legal: numbers, or infinite)")
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            values: Array = self.dual(slopes)[()]  # `dual` says what f* is outside its domain
        return values

    def optimal_critic(self, p: ArrayLike, q: ArrayLike) -> Array:
        """Return T = f'(p/q), the critic whose bound is the divergence; f'(1) where p = q = 0.

        Raises ValueError if p or q does not hold probabilities.
        """
        function = f"optimal_critic of {self.name}"
        lp, lq = map(log, validation.probabilities(function, p=p, q=q))
        with np.errstate(over="ignore"):
            return self.slope(log_ratio(lp, lq))

    def bound(self, critic: ArrayLike, p: ArrayLike, q: ArrayLike) -> Array:
        """Return sum p T - q f*(T), which is at most D_f(P||Q); critic T (..., K), or one number.

        It is -inf if the critic leaves the domain of f*, or rounds to its end. Raises ValueError if
        p or q does not hold probabilities, and if the critic holds nan or has another number of
        outcomes.
        """
        function = f"bound of {self.name}"
        a, b = validation.probabilities(function, p=p, q=q)
        t, _ = validation.numbers(function, "critic", critic)
        if np.isnan(t).any():
            raise ValueError(f"{function}: critic holds nan (legal: numbers, or infinite)")
        if t.ndim:
            validation.require_match(function, {"critic": t, "p": a, "q": b})
        outside = t > self.slope(np.array(np.inf))  # f*'s domain ends at f'(inf), even if q = 0
        with np.errstate(invalid="ignore"):
            terms = times(a, t) - np.where(outside, np.inf, times(b, self.conjugate(t)))
        # inf - inf is -inf here: f* grows faster than t, and -t faster than -f*(-t)
        infinite = ~(terms > -np.inf)
        sums = np.where(infinite, 0.0, terms).sum(axis=-1)
        bounds: Array = np.where(infinite.any(axis=-1), -np.inf, sums)
        return bounds[()]  # a number for one pair of distributions


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

Each conjugate is derived from its f here, because the published table contradicts itself.
"""


def named(name: str) -> FDivergence:
    """Return the f-divergence of this name.

    Raises ValueError, with the legal names, if there is none.

    >>> named("kl").name
    'kl'
    """
    if name not in F_DIVERGENCES:
        raise ValueError(
            f"f_divergence: name={name!r} is unknown (legal: {', '.join(F_DIVERGENCES)})"
        )
    return F_DIVERGENCES[name]
