"""Distributions of one number whose density is known: discrete, Gaussian, and Gaussian mixtures.

Each has a density, the logarithm of the density, samples, and expectations. An expectation is a sum
or a quadrature, never an average over samples.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import log, pi

import numpy as np
from numpy.typing import ArrayLike

from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.theory import validation
from minigan.theory.quadrature import Function, Integral, integrate
from minigan.theory.summands import Array
from minigan.theory.summands import log as log_of

_CUTS = np.array([-8.0, -5, -2.5, 0, 2.5, 5, 8])  # of a Gaussian, in standard deviations


class Distribution(ABC):
    """A distribution of one number x: density (probability, if discrete), samples, expectations."""

    discrete: bool = False  # True if single points have a probability: expectations are sums

    @abstractmethod
    def log_density(self, x: Array) -> Array:
        """Return log p at each x, and -inf where p = 0."""

    @abstractmethod
    def sample(self, n: int, generator: Seed = None) -> Array:
        """Return n draws, float64 (n,)."""

    @abstractmethod
    def cuts(self) -> Array:
        """Return points between which the density is smooth, and beyond which it is almost 0.

        For a discrete distribution these are all outcomes.
        """

    def density(self, x: ArrayLike) -> Array:
        """Return p at each x, in the shape of x."""
        return np.exp(self.log_density(np.asarray(x, np.float64)))

    def expectation(self, f: Function) -> Integral:
        """Return E[f(x)], by a sum or by a quadrature; f maps numbers (n,) to numbers (n,).

        f is only called where p > 0.
        """

        def weighted(x: Array) -> Array:
            p = self.density(x)
            positive = p > 0
            p[positive] *= f(x[positive])
            return p

        return total(weighted, self)


def total(
    f: Function, *distributions: Distribution, tolerance: float = 1e-12, cuts: ArrayLike = ()
) -> Integral:
    """Return f(x) summed over all outcomes if the distributions are discrete, else its integral.

    `cuts` are further points for the quadrature: the kinks of f, and points around peaks that are
    narrower than the distributions, which a quadrature may miss. Where f has kinks that `cuts` do
    not name, a larger `tolerance` is faster. Raises TypeError if only some of the distributions are
    discrete, because then they have no common density.

    >>> total(lambda x: 0 * x + 1, Discrete([0.5, 0.25, 0.25])).value  # three outcomes
    3.0
    """
    kinds = {each.discrete for each in distributions}
    if len(kinds) != 1:
        raise TypeError(
            "total: distributions must be all discrete, or none (a single point has a probability "
            "only in a discrete one)"
        )
    x = np.unique(np.concatenate([each.cuts() for each in distributions]))
    with np.errstate(over="ignore"):  # an infinite divergence is legal
        if kinds == {False}:
            return integrate(f, np.concatenate([x, np.ravel(cuts)]), tolerance)
        values = f(x)
    return Integral(float(values.sum()), float(np.finfo(np.float64).eps * abs(values).sum()))


class Discrete(Distribution):
    """Probabilities (K,) of outcomes (K,), which are different numbers, by default 0, ..., K-1.

    Raises ValueError for anything else.

    >>> Discrete([0.75, 0.25]).density([0, 1, 7])
    array([0.75, 0.25, 0.  ])
    """

    discrete = True

    def __init__(self, probabilities: ArrayLike, outcomes: ArrayLike | None = None) -> None:
        (p,) = validation.probabilities("Discrete", probabilities=probabilities)
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
        """Return the log-probability of each x."""
        place = np.minimum(np.searchsorted(self.outcomes, x), self.outcomes.size - 1)
        return log_of(np.where(self.outcomes[place] == x, self.probabilities[place], 0.0))

    def sample(self, n: int, generator: Seed = None) -> Array:
        """Return n outcomes, drawn with these probabilities."""
        size = integer("sample", "n", n, least=0)
        drawn: Array = as_generator(generator).choice(
            self.outcomes, size=size, p=self.probabilities
        )
        return drawn

    def cuts(self) -> Array:
        """Return the outcomes."""
        return self.outcomes


@dataclass(frozen=True)
class Gaussian(Distribution):
    """The normal distribution N(mean, std^2).

    Raises ValueError unless both are finite and std > 0.

    >>> round(Gaussian().entropy, 6), Gaussian(0).kl(Gaussian(2))
    (1.418939, 2.0)
    """

    mean: float = 0.0
    std: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.mean) and 0 < self.std < np.inf):
            raise ValueError(f"Gaussian: mean={self.mean}, std={self.std} (legal: finite, std > 0)")

    def log_density(self, x: Array) -> Array:
        """Return -z^2/2 - log(std sqrt(2 pi)) with z = (x - mean)/std."""
        z = (x - self.mean) / self.std
        logs: Array = -z * z / 2 - (log(self.std) + log(2 * pi) / 2)
        return logs

    def sample(self, n: int, generator: Seed = None) -> Array:
        """Return n draws of mean + std N(0, 1)."""
        size = integer("sample", "n", n, least=0)
        return self.mean + self.std * as_generator(generator).standard_normal(size)

    def cuts(self) -> Array:
        """Return the mean, and points up to 8 standard deviations from it."""
        return self.mean + self.std * _CUTS

    @property
    def entropy(self) -> float:
        """The entropy in closed form, log(std) + log(2 pi e)/2.

        Source: Cover & Thomas 2006, example 8.1.2.
        """
        return log(self.std) + (log(2 * pi) + 1) / 2

    def kl(self, other: Gaussian) -> float:
        """Return KL(self || other) in closed form."""
        scale, shift = self.std / other.std, (self.mean - other.mean) / other.std
        return (scale * scale + shift * shift - 1) / 2 - log(scale)


STANDARD = Gaussian()
"""N(0, 1), the distribution of a generator's input h."""


class GaussianMixture(Distribution):
    """A mixture of K Gaussians: means (K,), stds (a number, or (K,)) and weights (K,).

    By default the weights are equal. Raises ValueError unless means are finite, stds > 0, weights
    >= 0 with sum 1, and there are as many of each.

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
        weights = np.full(shape, 1 / self.means.size) if weights is None else weights
        (self.weights,) = validation.probabilities("GaussianMixture", weights=weights)
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
        """Return log sum w N(x), with the sum taken in log space."""
        logs = [
            w + part.log_density(x)
            for w, part in zip(log_of(self.weights), self.parts, strict=True)
        ]
        mixed: Array = np.logaddexp.reduce(logs)
        return mixed

    def sample(self, n: int, generator: Seed = None) -> Array:
        """Return n draws, each from a Gaussian that is chosen by the weights."""
        size, rng = integer("sample", "n", n, least=0), as_generator(generator)
        chosen = rng.choice(len(self.parts), size=size, p=self.weights)
        drawn: Array = self.means[chosen] + self.stds[chosen] * rng.standard_normal(size)
        return drawn

    def cuts(self) -> Array:
        """Return the cuts of all Gaussians."""
        return np.concatenate([part.cuts() for part in self.parts])


class Midpoint(Distribution):
    """The mixture M = (P + Q)/2, as in the Jensen-Shannon divergence.

    Raises TypeError if only one of P and Q is discrete.

    >>> Midpoint(Discrete([1.0, 0]), Discrete([0, 1.0])).density([0, 1])
    array([0.5, 0.5])
    """

    def __init__(self, P: Distribution, Q: Distribution) -> None:
        if P.discrete != Q.discrete:
            raise TypeError(
                "Midpoint: P and Q must be both discrete, or neither (a single point has a "
                "probability only in a discrete one)"
            )
        self.P, self.Q, self.discrete = P, Q, P.discrete

    def log_density(self, x: Array) -> Array:
        """Return log((p + q)/2)."""
        return np.logaddexp(self.P.log_density(x), self.Q.log_density(x)) - log(2)

    def sample(self, n: int, generator: Seed = None) -> Array:
        """Return n draws, each from P or from Q with probability 1/2."""
        size, rng = integer("sample", "n", n, least=0), as_generator(generator)
        from_P = rng.random(size) < 0.5
        return np.where(from_P, self.P.sample(size, rng), self.Q.sample(size, rng))

    def cuts(self) -> Array:
        """Return the cuts of P and Q."""
        return np.concatenate([self.P.cuts(), self.Q.cuts()])
