"""The two parts of a loss of D: 2 ln 2 - 2 JSD, the lowest loss of any D, and the regret of D."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from minigan.theory.families import Distribution, Gaussian
from minigan.theory.game import decompose
from minigan.theory.quadrature import Function
from minigan.theory.summands import LN2


@dataclass(frozen=True)
class Loss:
    """A loss of D and its parts, each computed by itself: loss = floor + regret.

    `model`, `discriminator` and `verdict` are the words of a row in `losses_table`.
    """

    model: str
    discriminator: str
    loss: float
    jsd: float
    regret: float
    verdict: str

    @property
    def floor(self) -> float:
        """The loss of D*, 2 ln 2 - 2 JSD."""
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
        """Return the loss of the D with this logit, against P and G, with words for the table."""
        V, JSD, regret = decompose(logit, P, G)
        return cls(model, discriminator, -V.value, JSD.value, regret.value, verdict)


_CASES = (  # the mean m of G, the logit of D in units of that of D*, words for D, verdict
    (0.0, 1.0, "D*", "G is perfect"),
    (2.0, 0.0, "1/2 everywhere", "D knows nothing"),
    (2.0, -0.25, "-1/4 of D*'s logit", "worse than nothing"),
    (2.0, 0.5, "1/2 of D*'s logit", "D is underconfident"),
    (2.0, 4.0, "4 times D*'s logit", "D is overconfident"),
    (2.0, 1.0, "D*", "no D can do better"),
    (0.5, 1.0, "D*", "G is close"),
    (1.0, 1.0, "D*", "G is less close"),
    (4.0, 1.0, "D*", "G is far"),
    (6.0, 1.0, "D*", "nearly separable"),
)


def losses() -> Iterator[Loss]:
    """Yield the losses of good and bad discriminators for P = N(0, 1) and G = N(m, 1).

    The logit of D* is m^2/2 - m x there.

    >>> next(losses()).verdict
    'G is perfect'
    """
    for m, scale, discriminator, verdict in _CASES:
        yield Loss.of(
            _logit(scale, m), Gaussian(), Gaussian(m), f"N({m:g}, 1)", discriminator, verdict
        )


def _logit(scale: float, m: float) -> Function:
    """Return the logit of D* for N(0, 1) and N(m, 1), times `scale`, as a function of x."""
    return lambda x: scale * (m * m / 2 - m * x)
