"""What a loss of D means: 2 ln 2 - 2 JSD, below which no D can go, and the regret of the D that you
have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from minigan.theory import population
from minigan.theory.families import Distribution, Gaussian
from minigan.theory.quadrature import Function
from minigan.theory.summands import LN2


@dataclass(frozen=True)
class Loss:
    """A loss of D taken apart: loss = floor + regret, each computed by itself."""

    model: str
    discriminator: str
    loss: float
    jsd: float
    regret: float
    verdict: str

    @property
    def floor(self) -> float:
        """2 ln 2 - 2 JSD, the loss of D*."""
        return 2 * LN2 - 2 * self.jsd

    @classmethod
    def of(
        cls,
        logit: Function,
        P: Distribution,
        G: Distribution,
        model: str,
        discriminator: str,
        verdict: str,
    ) -> Loss:
        """The loss of a D, given by its logit, in the game of P and G; the rest are words for
        them.
        """
        V, JSD, regret = population.decompose(logit, P, G)
        return cls(model, discriminator, -V.value, JSD.value, regret.value, verdict)


_CASES = (  # G's mean m, D's logit in units of that of D*, what to call it, verdict
    (0.0, 1.0, "D*", "G is perfect"),
    (2.0, 0.0, "1/2 everywhere", "D knows nothing"),
    (2.0, -0.25, "-1/4 of D*'s logit", "worse than nothing"),
    (2.0, 0.5, "1/2 of D*'s logit", "D is timid"),
    (2.0, 4.0, "4 times D*'s logit", "D is overconfident"),
    (2.0, 1.0, "D*", "no D can do better"),
    (0.5, 1.0, "D*", "G is close"),
    (1.0, 1.0, "D*", "less so"),
    (4.0, 1.0, "D*", "G is far"),
    (6.0, 1.0, "D*", "D sees nearly all"),
)


def losses() -> Iterator[Loss]:
    """P = N(0, 1) against G = N(m, 1), where D* has the logit m^2/2 - m x, before discriminators
    good and bad.

    >>> next(losses()).verdict
    'G is perfect'
    """
    for m, scale, discriminator, verdict in _CASES:
        yield Loss.of(
            _logit(scale, m), Gaussian(), Gaussian(m), f"N({m:g}, 1)", discriminator, verdict
        )


def _logit(scale: float, m: float) -> Function:
    return lambda x: scale * (m * m / 2 - m * x)
