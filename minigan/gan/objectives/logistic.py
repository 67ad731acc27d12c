"""The first game: D says by how much it takes a sample for data, as log odds, and pays the
logarithm of its error.

D(x) = sigmoid(l), so log D = logsigmoid(l) and log(1 - D) = logsigmoid(-l), exact where D rounds to
0 or 1. D's loss is -V(D, G) of Goodfellow et al. 2014, equation 1. The best D is p/(p + q), its
logit log p - log q, and there D loses 2 ln 2 - 2 JSD. Two generators play against it, and R1 keeps
D flat on the data.
"""

from __future__ import annotations

from dataclasses import replace

from minigan.gan.objectives.objective import Objective, Optimum
from minigan.gan.objectives.penalties import R1
from minigan.nn import functional as F
from minigan.theory import f_divergence, js, kl, optimal_logit

minimax = Objective(
    name="minimax",
    paper="Goodfellow et al. 2014, equation 1",
    minimises="2 JSD(data, model) - 2 ln 2",
    real=lambda l: -F.logsigmoid(l),
    fake=lambda m: -F.logsigmoid(-m),
    fool=lambda m: F.logsigmoid(-m),
    optimum=Optimum(
        output=optimal_logit,
        loss=lambda p, q: -f_divergence(p, q, "gan"),
        lowers=lambda p, q: f_divergence(p, q, "gan"),
    ),
    logistic=True,
    unit="nats",
)
"""G lowers V itself, E log(1 - D(G(h))): its gradient, D(G(h)) for each sample, vanishes where D is
sure.
"""

non_saturating = replace(
    minimax,
    name="non-saturating",
    paper="Goodfellow et al. 2014, section 3",
    minimises="KL(model || data) - 2 JSD(data, model)",  # Arjovsky & Bottou 2017, theorem 2.5
    fool=lambda m: -F.logsigmoid(m),
    optimum=Optimum(
        output=optimal_logit,
        loss=lambda p, q: -f_divergence(p, q, "gan"),
        lowers=lambda p, q: kl(q, p) - 2 * js(p, q),
    ),
)
"""G raises E log D(G(h)): the same fixed point, and a gradient of 1 - D where minimax has D."""

r1 = replace(
    non_saturating,
    name="r1",
    paper="Mescheder, Geiger & Nowozin 2018, equation 9",
    minimises="that of non-saturating, for a D that is smooth on the data",
    optimum=None,  # it depends on how the densities change from point to point
    penalty=R1(10.0),
)
"""With R1 the game converges where without it D and G go round in circles; at p = q the best D, 0,
pays nothing.
"""
