"""The theory of the game, in nats, on arrays of probabilities and on distributions: every claim is
a number.

>>> P, G = [0.5, 0.5], [0.75, 0.25]
>>> js(P, G).round(7), value(optimal_discriminator(P, G), P, G).round(7)
(np.float64(0.0338221), np.float64(-1.3186502))
"""

from minigan.theory import population
from minigan.theory.divergences import (
    F_DIVERGENCES,
    FDivergence,
    cross_entropy,
    entropy,
    f_divergence,
    js,
    kl,
)
from minigan.theory.families import (
    Discrete,
    Distribution,
    Gaussian,
    GaussianMixture,
    Midpoint,
    total,
)
from minigan.theory.game import decompose, optimal_discriminator, optimal_logit, regret, value
from minigan.theory.loss import Loss, losses
from minigan.theory.proof import CASES, PROOF, Case, Line, Rung, ladder
from minigan.theory.pushforward import Pushforward, affine
from minigan.theory.quadrature import Integral, integrate
from minigan.theory.report import ladder_text, losses_table, losses_text

__all__ = [
    "entropy",
    "cross_entropy",
    "kl",
    "js",
    "f_divergence",
    "F_DIVERGENCES",
    "FDivergence",
    "optimal_discriminator",
    "optimal_logit",
    "value",
    "regret",
    "decompose",
    "population",
    "Distribution",
    "Discrete",
    "Gaussian",
    "GaussianMixture",
    "Midpoint",
    "Pushforward",
    "affine",
    "total",
    "integrate",
    "Integral",
    "ladder",
    "Line",
    "Case",
    "CASES",
    "PROOF",
    "Rung",
    "losses",
    "Loss",
    "ladder_text",
    "losses_table",
    "losses_text",
]
