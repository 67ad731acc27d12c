"""The theory of the game, in nats: entropy, divergences, the value V(D, G), D* and the regret.

Each quantity is one function that takes arrays of probabilities or whole distributions.

>>> P, G = [0.5, 0.5], [0.75, 0.25]
>>> js(P, G).round(7), value(optimal_discriminator(P, G), P, G).round(7)
(np.float64(0.0338221), np.float64(-1.3186502))
"""

from minigan.theory.divergences import cross_entropy, entropy, f_divergence, js, kl
from minigan.theory.f_divergences import F_DIVERGENCES, FDivergence
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
from minigan.theory.proof import CASES, PROOF, Case, Equation, Line, prove
from minigan.theory.pushforward import Pushforward, affine
from minigan.theory.quadrature import Integral, integrate
from minigan.theory.report import losses_table, losses_text, proof_text

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
    "prove",
    "Line",
    "Case",
    "CASES",
    "PROOF",
    "Equation",
    "losses",
    "Loss",
    "proof_text",
    "losses_table",
    "losses_text",
]
