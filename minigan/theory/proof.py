"""The proof as a ladder: from V(D, G) to 2 JSD - 2 ln 2 - regret(D), each line an equation of two
numbers.

The theorem is Goodfellow et al. 2014, proposition 1 and theorem 1. Every side below is computed as
it is written, by sums or quadratures of its own: a line holds because it is true, not because its
sides share their code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from minigan.theory import population
from minigan.theory.families import (
    Discrete,
    Distribution,
    Gaussian,
    GaussianMixture,
    Midpoint,
    total,
)
from minigan.theory.pushforward import Pushforward, affine
from minigan.theory.quadrature import Function
from minigan.theory.summands import LN2, Array, log_ratio, log_sigmoids


@dataclass(frozen=True)
class Case:
    """Data P, a model G and some discriminator D, given by its logit; each side of the proof is a
    number of these.
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
        """How far apart the sides of a line may be: 1e-9 for sums, 1e-7 for quadratures."""
        return 1e-9 if self.P.discrete else 1e-7

    def payoff(self) -> float:
        """E_P[log D(X)] + E_h[log(1 - D(G(h)))], over h where G is a map."""
        mean_log_d = self.P.expectation(lambda x: log_sigmoids(self.logit(x))[0]).value
        return mean_log_d + self.G.expectation(lambda x: log_sigmoids(self.logit(x))[1]).value

    def value(self) -> float:
        """V(D, G), one sum over x."""
        return population.value(self.logit, self.P, self.G).value

    def best_value(self) -> float:
        """V(D*, G)."""
        return population.value(population.optimal_logit(self.P, self.G), self.P, self.G).value

    def slopes(self) -> float:
        """The absolute slope of p log D + g log(1 - D) in D's logit, at D*, summed over x."""
        best = population.optimal_logit(self.P, self.G)

        def slope(x: Array) -> Array:
            log_d, log_not_d = log_sigmoids(best(x))
            size: Array = abs(
                self.P.density(x) * np.exp(log_not_d) - self.G.density(x) * np.exp(log_d)
            )
            return size

        return total(slope, self.P, self.G).value

    def ratios(self) -> float:
        """E_P[log p/(p + g)] + E_G[log g/(p + g)]."""

        def log_share(part: Distribution) -> Function:
            def of_both(x: Array) -> Array:
                return log_ratio(
                    part.log_density(x), np.logaddexp(self.P.log_density(x), self.G.log_density(x))
                )

            return of_both

        return (
            self.P.expectation(log_share(self.P)).value
            + self.G.expectation(log_share(self.G)).value
        )

    def to_middle(self) -> float:
        """KL(P||M) + KL(G||M)."""
        return population.kl(self.P, self.M).value + population.kl(self.G, self.M).value

    def excess(self) -> float:
        """H(P, M) - H(P) + H(G, M) - H(G)."""
        cross = (
            population.cross_entropy(self.P, self.M).value
            + population.cross_entropy(self.G, self.M).value
        )
        return cross - population.entropy(self.P).value - population.entropy(self.G).value

    def gap(self) -> float:
        """H(M) - (H(P) + H(G))/2."""
        ends = population.entropy(self.P).value + population.entropy(self.G).value
        return population.entropy(self.M).value - ends / 2

    def jsd(self) -> float:
        """JSD(P, G)."""
        return population.js(self.P, self.G).value

    def regret(self) -> float:
        """2 E_M[KL(Bern D* || Bern D)]."""
        return population.regret(self.logit, self.P, self.G).value


@dataclass(frozen=True)
class Line:
    """One line of the proof for one case: the equation, why it holds, and its two sides as
    numbers.
    """

    left_side: str
    right_side: str
    because: str
    left: float
    right: float
    bound: float

    @property
    def difference(self) -> float:
        """The left side less the right."""
        return self.left - self.right

    @property
    def holds(self) -> bool:
        """Whether the sides agree within the bound."""
        return abs(self.difference) <= self.bound


@dataclass(frozen=True)
class Rung:
    """One line of the proof for any case: what its two sides are, how each is computed, and why
    they are equal.
    """

    left_side: str
    left: Callable[[Case], float]
    right_side: str
    right: Callable[[Case], float]
    because: str


PROOF = (
    Rung(
        "E_P[log D(X)] + E_h[log(1 - D(G(h)))]",
        Case.payoff,
        "sum p log D + g log(1 - D)",
        Case.value,
        "g is the density of G(h)",
    ),
    Rung(
        "sum |p (1 - D*) - g D*|",
        Case.slopes,
        "0",
        lambda _: 0.0,
        "V has no slope at D* = p/(p + g)",
    ),
    Rung(
        "V(D*, G)",
        Case.best_value,
        "E_P[log p/(p + g)] + E_G[log g/(p + g)]",
        Case.ratios,
        "put D* into V",
    ),
    Rung(
        "E_P[log p/(p + g)] + E_G[log g/(p + g)]",
        Case.ratios,
        "KL(P||M) + KL(G||M) - 2 ln 2",
        lambda case: case.to_middle() - 2 * LN2,
        "p + g = 2m",
    ),
    Rung(
        "KL(P||M) + KL(G||M)",
        Case.to_middle,
        "H(P, M) - H(P) + H(G, M) - H(G)",
        Case.excess,
        "KL = cross-entropy - entropy",
    ),
    Rung("H(M) - (H(P) + H(G))/2", Case.gap, "JSD(P, G)", Case.jsd, "H(P, M) + H(G, M) = 2 H(M)"),
    Rung(
        "V(D*, G)",
        Case.best_value,
        "2 JSD(P, G) - 2 ln 2",
        lambda case: 2 * case.jsd() - 2 * LN2,
        "the theorem: D* measures JSD",
    ),
    Rung(
        "V(D*, G) - V(D, G)",
        lambda case: case.best_value() - case.value(),
        "2 E_M[KL(Bern D*||Bern D)] = regret(D)",
        Case.regret,
        ">= 0: no D beats D*",
    ),
    Rung(
        "loss of D = -V(D, G)",
        lambda case: -case.value(),
        "2 ln 2 - 2 JSD(P, G) + regret(D)",
        lambda case: 2 * LN2 - 2 * case.jsd() + case.regret(),
        "what you see in training",
    ),
)
"""From the definition of V to the loss that is seen."""

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
        "P = N(0, 1), G(h) = h, and D = sigmoid(x/2), which sees what is not there",
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
"""What `minigan theory` climbs: coins, holes, Gaussians, and a G whose density takes a change of
variables.
"""


def ladder(case: Case) -> Iterator[Line]:
    """The lines of the proof for one case, from the definition of V to the loss that is seen.

    >>> all(line.holds for case in CASES for line in ladder(case))
    True
    """
    for rung in PROOF:
        sides = rung.left(case), rung.right(case)
        yield Line(rung.left_side, rung.right_side, rung.because, *sides, case.bound)
