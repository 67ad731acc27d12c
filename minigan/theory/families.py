"""Distributions of one number whose density is known everywhere: discrete, Gaussian, mixtures of
Gaussians.

Each has its density, its logarithm, samples, and expectations that are sums or quadratures, never
samples.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import log, pi

import numpy as np
from numpy.typing import ArrayLike

from minigan.backend import Seed, as_generator
from minigan.theory import checks
from minigan.theory.quadrature import Function, Integral, integrate
from minigan.theory.summands import Array

_SPREAD = np.array(
    [-8.0, -5, -2.5, 0, 2.5, 5, 8]
)  # where a Gaussian is cut, in standard deviations


class Distribution(ABC):
    """A distribution of one number x: density (of a discrete one, probability), samples, exact
    expectations.
    """

    discrete: bool = False  # whether points have mass, so that expectations are sums

    @abstractmethod
    def log_density(self, x: Array) -> Array:
        """log p at each x, -inf where there is no mass."""

    @abstractmethod
    def sample(self, n: int, generator: Seed = None) -> Array:
        """Draw n numbers, shape (n,)."""

    @abstractmethod
    def cuts(self) -> Array:
        """Points between which the density is smooth, and beyond which next to nothing is; of a
        discrete one, all x.
        """

    def density(self, x: ArrayLike) -> Array:
        """p at each x."""
        return np.exp(self.log_density(np.asarray(x, np.float64)))

    def expectation(self, f: Function) -> Integral:
        """E[f(x)], by sum or by quadrature with its error; f maps numbers (n,) to numbers (n,),
        where there is mass.
        """

        def weighted(x: Array) -> Array:
            p = self.density(x)
            seen = p > 0
            p[seen] *= f(x[seen])
            return p

        return total(weighted, self)


def total(
    f: Function, *distributions: Distribution, tolerance: float = 1e-12, cuts: ArrayLike = ()
) -> Integral:
    """f(x) summed over all outcomes of discrete distributions, or integrated over the line for the
    others.

    A larger tolerance is faster where f has kinks, as a D of ReLUs has, unless `cuts` say where.
    They are also needed round what is narrower than the distributions, which a quadrature may
    overlook. Raises TypeError if discrete ones are mixed with others: they have no density in
    common.
    """
    kinds = {each.discrete for each in distributions}
    if len(kinds) != 1:
        raise TypeError(
            "total: distributions must be all discrete, or none (a point has mass for one, none "
            "for another)"
        )
    x = np.unique(np.concatenate([each.cuts() for each in distributions]))
    with np.errstate(over="ignore"):  # where a divergence is infinite
        if kinds == {False}:
            return integrate(f, np.concatenate([x, np.ravel(cuts)]), tolerance)
        values = f(x)
    return Integral(float(values.sum()), float(np.finfo(np.float64).eps * abs(values).sum()))


class Discrete(Distribution):
    """Probabilities (K,) of outcomes (K,), numbers that are all different: 0, 1, ..., K-1 unless
    given.

    Raises ValueError for anything else.

    >>> Discrete([0.75, 0.25]).density([0, 1, 7])
    array([0.75, 0.25, 0.  ])
    """

    discrete = True

    def __init__(self, probabilities: ArrayLike, outcomes: ArrayLike | None = None) -> None:
        (p,) = checks.distributions("Discrete", probabilities=probabilities)
        x = np.arange(p.size) if outcomes is None else np.asarray(outcomes)
        real = x.dtype.kind in "biuf" and bool(np.isfinite(x).all())
        if p.ndim != 1 or x.shape != p.shape or not real or len(np.unique(x)) != x.size:
            raise ValueError(
                f"Discrete: probabilities of shape {p.shape} and outcomes of shape {x.shape}, "
                f"dtype {x.dtype} "
                "(legal: both (K,), and outcomes real, finite and all different)"
            )
        order = np.argsort(x)
        self.probabilities, self.outcomes = p[order], x[order].astype(np.float64)

    def log_density(self, x: Array) -> Array:
        """The log-probability of each x."""
        place = np.minimum(np.searchsorted(self.outcomes, x), self.outcomes.size - 1)
        return checks.log(np.where(self.outcomes[place] == x, self.probabilities[place], 0.0))

    def sample(self, n: int, generator: Seed = None) -> Array:
        """Draw n outcomes."""
        drawn: Array = as_generator(generator).choice(
            self.outcomes, size=count(n), p=self.probabilities
        )
        return drawn

    def cuts(self) -> Array:
        """The outcomes."""
        return self.outcomes


@dataclass(frozen=True)
class Gaussian(Distribution):
    """N(mean, std^2). Raises ValueError unless both are finite and std > 0.

    >>> round(Gaussian().entropy, 6), Gaussian(0).kl(Gaussian(2))
    (1.418939, 2.0)
    """

    mean: float = 0.0
    std: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.mean) and 0 < self.std < np.inf):
            raise ValueError(f"Gaussian: mean={self.mean}, std={self.std} (legal: finite, std > 0)")

    def log_density(self, x: Array) -> Array:
        """-z^2/2 - log(std sqrt(2 pi)) with z = (x - mean)/std."""
        z = (x - self.mean) / self.std
        logs: Array = -z * z / 2 - (log(self.std) + log(2 * pi) / 2)
        return logs

    def sample(self, n: int, generator: Seed = None) -> Array:
        """mean + std N(0, 1)."""
        return self.mean + self.std * as_generator(generator).standard_normal(count(n))

    def cuts(self) -> Array:
        """The mean, and up to 8 standard deviations from it."""
        return self.mean + self.std * _SPREAD

    @property
    def entropy(self) -> float:
        """log(std) + log(2 pi e)/2, in closed form."""
        return log(self.std) + (log(2 * pi) + 1) / 2

    def kl(self, other: Gaussian) -> float:
        """KL(self || other), in closed form."""
        scale, shift = self.std / other.std, (self.mean - other.mean) / other.std
        return (scale * scale + shift * shift - 1) / 2 - log(scale)


STANDARD = Gaussian()
"""N(0, 1), what a generator is fed."""


class GaussianMixture(Distribution):
    """Gaussians of means (K,) and stds (a number, or (K,)), drawn with weights (K,), equal unless
    given.

    Raises ValueError unless means are finite, stds > 0 and weights >= 0 of sum 1, as many as means.

    >>> GaussianMixture([-2, 2], 0.5, [0.25, 0.75]).sample(3, generator=0).shape
    (3,)
    """

    def __init__(
        self, means: ArrayLike, stds: ArrayLike = 1.0, weights: ArrayLike | None = None
    ) -> None:
        self.means = np.array(means, np.float64)
        shape = self.means.shape
        if len(shape) != 1 or not self.means.size:
            raise ValueError(f"GaussianMixture: means of shape {shape} (legal: (K,), K at least 1)")
        self.stds = (
            np.broadcast_to(stds, shape) if np.ndim(stds) == 0 else np.array(stds, np.float64)
        )
        shares = np.full(shape, 1 / self.means.size) if weights is None else weights
        (self.weights,) = checks.distributions("GaussianMixture", weights=shares)
        if not shape == self.stds.shape == self.weights.shape:
            raise ValueError(
                f"GaussianMixture: means of shape {shape}, stds of shape {self.stds.shape} and "
                "weights of shape "
                f"{self.weights.shape} (legal: all (K,))"
            )
        self.parts = [
            Gaussian(mean, std)
            for mean, std in zip(self.means.tolist(), self.stds.tolist(), strict=True)
        ]

    def log_density(self, x: Array) -> Array:
        """log sum w N(x): the sum is taken in log space."""
        logs = [
            w + part.log_density(x)
            for w, part in zip(checks.log(self.weights), self.parts, strict=True)
        ]
        mixed: Array = np.logaddexp.reduce(logs)
        return mixed

    def sample(self, n: int, generator: Seed = None) -> Array:
        """Choose a part, draw from it."""
        rng = as_generator(generator)
        chosen = rng.choice(len(self.parts), size=count(n), p=self.weights)
        drawn: Array = self.means[chosen] + self.stds[chosen] * rng.standard_normal(n)
        return drawn

    def cuts(self) -> Array:
        """Those of the parts."""
        return np.concatenate([part.cuts() for part in self.parts])


class Midpoint(Distribution):
    """M = (P + Q)/2, the middle of the Jensen-Shannon divergence.

    Raises TypeError if only one of them is discrete.
    """

    def __init__(self, P: Distribution, Q: Distribution) -> None:
        if P.discrete != Q.discrete:
            raise TypeError(
                "Midpoint: P and Q must be both discrete, or neither (a point has mass for one "
                "alone)"
            )
        self.P, self.Q, self.discrete = P, Q, P.discrete

    def log_density(self, x: Array) -> Array:
        """log((p + q)/2)."""
        return np.logaddexp(self.P.log_density(x), self.Q.log_density(x)) - log(2)

    def sample(self, n: int, generator: Seed = None) -> Array:
        """Toss a coin for each: P or Q."""
        rng = as_generator(generator)
        heads = rng.random(count(n)) < 0.5
        return np.where(heads, self.P.sample(n, rng), self.Q.sample(n, rng))

    def cuts(self) -> Array:
        """Those of P and Q."""
        return np.concatenate([self.P.cuts(), self.Q.cuts()])


def count(n: int) -> int:
    """How many to draw; ValueError if negative."""
    if n < 0:
        raise ValueError(f"sample: n={n} must be >= 0")
    return n
