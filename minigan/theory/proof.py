"""The proof of V(D, G) = 2 JSD - 2 ln 2 - regret(D), line by line, with both sides as numbers.

The theorem is Goodfellow et al. 2014, proposition 1 and theorem 1. Each side is computed as it is
written, by sums or quadratures of its own. So the two sides of a line share no result, and a
wrong line is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from minigan.theory.divergences import cross_entropy, entropy, js, kl
from minigan.theory.families import (
    Discrete,
    Distribution,
    Gaussian,
    GaussianMixture,
    Midpoint,
    total,
)
from minigan.theory.game import optimal_logit, regret, value
from minigan.theory.pushforward import Pushforward, affine
from minigan.theory.quadrature import Function
from minigan.theory.summands import LN2, Array, log_ratio, log_sigmoids


@dataclass(frozen=True)
class Case:
    """Data P, a model G and a discriminator D, given by its logit, a function of x.

    Each method is one side of a line of the proof, as a number.
    """

    name: str
    words: str
    P: Distribution
    G: Distribution
    logit: Function

    @property
    def M(self) -> Midpoint:
        """The mixture (P + G)/2."""
        return Midpoint(self.P, self.G)

    @property
    def bound(self) -> float:
        """The largest legal difference of two sides: 1e-9 for sums, 1e-7 for quadratures."""
        return 1e-9 if self.P.discrete else 1e-7

    def expected_logs(self) -> float:
        """Return E_P[log D(X)] + E_h[log(1 - D(G(h)))]; for a G that is a map, over h."""
        mean_log_d = self.P.expectation(lambda x: log_sigmoids(self.logit(x))[0]).value
        return mean_log_d + self.G.expectation(lambda x: log_sigmoids(self.logit(x))[1]).value

    def value(self) -> float:
        """Return V(D, G), as one sum over x."""
        return value(self.logit, self.P, self.G).value

    def best_value(self) -> float:
        """Return V(D*, G)."""
        return value(optimal_logit(self.P, self.G), self.P, self.G).value

    def slopes(self) -> float:
        """Return sum |p (1 - D*) - g D*|: the slope of p log D + g log(1 - D) in D's logit."""
        best = optimal_logit(self.P, self.G)

        def slope(x: Array) -> Array:
            log_d, log_not_d = log_sigmoids(best(x))
            size: Array = abs(
                self.P.density(x) * np.exp(log_not_d) - self.G.density(x) * np.exp(log_d)
            )
            return size

        return total(slope, self.P, self.G).value

    def expected_log_ratios(self) -> float:
        """Return E_P[log p/(p + g)] + E_G[log g/(p + g)]."""

        def log_fraction(part: Distribution) -> Function:
            """Return the logarithm of the part's density over p + g, as a function of x."""

            def at(x: Array) -> Array:
                both = np.logaddexp(self.P.log_density(x), self.G.log_density(x))
                return log_ratio(part.log_density(x), both)

            return at

        return (
            self.P.expectation(log_fraction(self.P)).value
            + self.G.expectation(log_fraction(self.G)).value
        )

    def kl_to_mixture(self) -> float:
        """Return KL(P||M) + KL(G||M)."""
        return kl(self.P, self.M).value + kl(self.G, self.M).value

    def cross_entropies_minus_entropies(self) -> float:
        """Return H(P, M) - H(P) + H(G, M) - H(G)."""
        cross = cross_entropy(self.P, self.M).value + cross_entropy(self.G, self.M).value
        return cross - entropy(self.P).value - entropy(self.G).value

    def entropy_of_mixture_minus_mean(self) -> float:
        """Return H(M) - (H(P) + H(G))/2."""
        both = entropy(self.P).value + entropy(self.G).value
        return entropy(self.M).value - both / 2

    def jsd(self) -> float:
        """Return JSD(P, G)."""
        return js(self.P, self.G).value

    def regret(self) -> float:
        """Return regret(D) = 2 E_M[KL(Bern D* || Bern D)]."""
        return regret(self.logit, self.P, self.G).value


@dataclass(frozen=True)
class Line:
    """One line of the proof for one case: the equation, why it holds, and both sides as numbers."""

    left_side: str
    right_side: str
    because: str
    left: float
    right: float
    bound: float

    @property
    def difference(self) -> float:
        """The left side minus the right side."""
        return self.left - self.right

    @property
    def holds(self) -> bool:
        """Whether the two sides differ by at most the bound."""
        return abs(self.difference) <= self.bound


@dataclass(frozen=True)
class Equation:
    """One line of the proof for any case: both sides as text and as functions, and the reason."""

    left_side: str
    left: Callable[[Case], float]
    right_side: str
    right: Callable[[Case], float]
    because: str


PROOF = (
    Equation(
        "E_P[log D(X)] + E_h[log(1 - D(G(h)))]",
        Case.expected_logs,
        "sum p log D + g log(1 - D)",
        Case.value,
        "g is the density of G(h)",
    ),
    Equation(
        "sum |p (1 - D*) - g D*|",
        Case.slopes,
        "0",
        lambda _: 0.0,
        "V has no slope at D* = p/(p + g)",
    ),
    Equation(
        "V(D*, G)",
        Case.best_value,
        "E_P[log p/(p + g)] + E_G[log g/(p + g)]",
        Case.expected_log_ratios,
        "put D* into V",
    ),
    Equation(
        "E_P[log p/(p + g)] + E_G[log g/(p + g)]",
        Case.expected_log_ratios,
        "KL(P||M) + KL(G||M) - 2 ln 2",
        lambda case: case.kl_to_mixture() - 2 * LN2,
        "p + g = 2m",
    ),
    Equation(
        "KL(P||M) + KL(G||M)",
        Case.kl_to_mixture,
        "H(P, M) - H(P) + H(G, M) - H(G)",
        Case.cross_entropies_minus_entropies,
        "KL = cross-entropy - entropy",
    ),
    Equation(
        "H(M) - (H(P) + H(G))/2",
        Case.entropy_of_mixture_minus_mean,
        "JSD(P, G)",
        Case.jsd,
        "H(P, M) + H(G, M) = 2 H(M)",
    ),
    Equation(
        "V(D*, G)",
        Case.best_value,
        "2 JSD(P, G) - 2 ln 2",
        lambda case: 2 * case.jsd() - 2 * LN2,
        "the theorem: D* measures JSD",
    ),
    Equation(
        "V(D*, G) - V(D, G)",
        lambda case: case.best_value() - case.value(),
        "2 E_M[KL(Bern D*||Bern D)] = regret(D)",
        Case.regret,
        ">= 0: no D beats D*",
    ),
    Equation(
        "loss of D = -V(D, G)",
        lambda case: -case.value(),
        "2 ln 2 - 2 JSD(P, G) + regret(D)",
        lambda case: 2 * LN2 - 2 * case.jsd() + case.regret(),
        "what you see in training",
    ),
)
"""The equations of the proof, from the definition of V to the loss that is seen in training."""

CASES = (
    Case(
        "coins",
        "P = (1/2, 1/2), G = (3/4, 1/4), and D = (0.3, 0.8)",
        Discrete([0.5, 0.5]),
        Discrete([0.75, 0.25]),
        lambda x: np.log(np.where(x == 0, 3 / 7, 4.0)),
    ),
    Case(
        "holes",
        "P = (.5, .3, .2, 0, 0), G = (0, .3, .1, .6, 0): outcomes only one has, or neither; D = "
        "1/2",
        Discrete([0.5, 0.3, 0.2, 0, 0]),
        Discrete([0, 0.3, 0.1, 0.6, 0]),
        np.zeros_like,
    ),
    Case(
        "far",
        "P = N(0, 1), G(h) = h + 2 for h from N(0, 1), and D = 1/2, which has learned nothing",
        Gaussian(),
        affine(1, 2),
        np.zeros_like,
    ),
    Case(
        "perfect",
        "P = N(0, 1), G(h) = h, and D = sigmoid(x/2), which sees a difference that is not there",
        Gaussian(),
        affine(1, 0),
        lambda x: x / 2,
    ),
    Case(
        "modes",
        "P = half N(-2, 1/4), half N(2, 1/4), G(h) = h + h^3/5, and D = sigmoid(x^2/2 - 2)",
        GaussianMixture([-2, 2], 0.5),
        Pushforward(lambda h: h + h**3 / 5, lambda h: 1 + 3 * h**2 / 5),
        lambda x: x * x / 2 - 2,
    ),
)
"""Five cases: two discrete ones, two with Gaussians, and one with a nonlinear monotone G."""


def prove(case: Case) -> Iterator[Line]:
    """Yield the lines of the proof for one case, both sides computed.

    >>> all(line.holds for case in CASES for line in prove(case))
    True
    """
    for equation in PROOF:
        left, right = equation.left(case), equation.right(case)
        yield Line(
            equation.left_side, equation.right_side, equation.because, left, right, case.bound
        )
