"""The original GAN: the output of D is a logit l, and its loss is -V(D, G).

D(x) = sigmoid(l) is the probability that x is real. V(D, G) = E log D(x) + E log(1 - D(G(h))) is
equation 1 of Goodfellow et al. 2014. With logits, log D = logsigmoid(l) and log(1 - D) =
logsigmoid(-l), which stay exact where D rounds to 0 or 1. The best D is p/(p + q), with the logit
log p - log q, and its loss is 2 ln 2 - 2 JSD. There are two losses of G, minimax and
non-saturating, and a variant with the penalty R1.

>>> from minigan import tensor
>>> round(minimax.discriminator(tensor([0.0]), tensor([0.0])).item(), 6)  # D = 1/2: 2 ln 2
1.386294
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
"""G lowers V itself, E log(1 - D(G(h))).

The derivative in the logit of a fake is -D(G(h)), so the gradient of G vanishes where D is sure
that a sample is fake.
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
"""G raises E log D(G(h)).

The fixed point is that of minimax, but the derivative in the logit is -(1 - D(G(h))), which is
large where D is sure.
"""

r1 = replace(
    non_saturating,
    name="r1",
    paper="Mescheder, Geiger & Nowozin 2018, equation 9",
    minimises="that of non-saturating, for a D that is smooth on the data",
    optimum=None,  # it depends on the gradients of the densities too
    penalty=R1(10.0),
)
"""Non-saturating, with a penalty on the gradient of D at real samples.

The game converges near the solution, where without the penalty D and G circle around it. At p = q
the best logit is 0 everywhere, and its penalty is 0.
"""
