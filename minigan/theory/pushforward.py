"""The distribution of G(h) for h from a Gaussian and a monotone G: a generator with known density.

By the change of variables, X = G(h) has the density p(x) = N(h) / |G'(h)| at h = G^-1(x).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minigan.backend import Seed
from minigan.theory.families import STANDARD, Distribution, Gaussian
from minigan.theory.quadrature import Function, Integral
from minigan.theory.summands import Array


@dataclass(frozen=True)
class Pushforward(Distribution):
    """X = forward(h) for h from `base`: forward is strictly monotone, `slope` is its derivative.

    Without an `inverse`, h is found by bisection within 40 standard deviations of the base's mean.
    The density is 0 where no such h exists, and where the inverse is not finite. Raises ValueError
    if within 8 standard deviations the slope is 0, not finite, or changes its sign.

    >>> lognormal = Pushforward(np.exp, slope=np.exp, inverse=np.log)
    >>> round(lognormal.expectation(lambda x: x).value, 6)  # sqrt(e)
    1.648721
    """

    forward: Function
    slope: Function
    inverse: Function | None = None
    base: Gaussian = STANDARD

    def __post_init__(self) -> None:
        slopes = self.slope(self.base.mean + self.base.std * np.linspace(-8, 8, 1001))
        if not (np.isfinite(slopes).all() and ((slopes > 0).all() or (slopes < 0).all())):
            raise ValueError(
                f"Pushforward: slopes from {slopes.min()} to {slopes.max()} (legal: finite, of "
                "one sign, not 0)"
            )

    def log_density(self, x: Array) -> Array:
        """Return log N(h) - log |slope(h)| at h = inverse(x)."""
        with np.errstate(invalid="ignore", divide="ignore"):  # outside the range of forward
            h = self._bisect(x) if self.inverse is None else self.inverse(x)
        outside = ~np.isfinite(h)
        h = np.where(outside, self.base.mean, h)
        return np.where(outside, -np.inf, self.base.log_density(h) - np.log(abs(self.slope(h))))

    def sample(self, n: int, generator: Seed = None) -> Array:
        """Return n draws of forward(h)."""
        return self.forward(self.base.sample(n, generator))

    def cuts(self) -> Array:
        """Return the cuts of the base, mapped by forward."""
        return self.forward(self.base.cuts())

    def expectation(self, f: Function) -> Integral:
        """Return E[f(X)] = E_h[f(forward(h))], an integral over h without inverse and slope."""
        return self.base.expectation(lambda h: f(self.forward(h)))

    def _bisect(self, x: Array) -> Array:
        """Return h with forward(h) = x, and nan where there is none."""
        reach = 40 * self.base.std
        ends = np.array([self.base.mean - reach, self.base.mean + reach])
        low, high = ends if np.diff(self.forward(ends)) > 0 else ends[::-1]
        low, high = np.full(x.shape, low), np.full(x.shape, high)
        outside = (x < self.forward(low)) | (x > self.forward(high))
        for _ in range(60):  # 80 standard deviations halved down to rounding
            middle = (low + high) / 2
            below = self.forward(middle) < x
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.where(outside, np.nan, (low + high) / 2)


def affine(scale: float, shift: float, base: Gaussian = STANDARD) -> Pushforward:
    """Return the distribution of X = scale h + shift, h from the base.

    Raises ValueError unless both are finite and scale is not 0.

    >>> affine(2, 1).density(1) == Gaussian(1, 2).density(1)
    np.True_
    """
    if not (np.isfinite([scale, shift]).all() and scale):
        raise ValueError(f"affine: scale={scale}, shift={shift} (legal: finite, scale not 0)")
    return Pushforward(
        lambda h: scale * h + shift,
        lambda h: np.full_like(h, scale),
        lambda x: (x - shift) / scale,
        base,
    )
