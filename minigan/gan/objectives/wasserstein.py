"""Earth to be moved: a critic whose slope is at most 1 measures W1(data, model), the least mean
distance to carry mass.

W1 = sup E_data D - E_model D over such critics (Arjovsky, Chintala & Bottou 2017, equation 2). The
best one depends on where the outcomes lie, not on the densities alone, so it has no `optimum`. Two
ways to keep the slope down, neither exact: clipped weights give W1 only up to a factor that nobody
knows, and the gradient penalty lets the slope pay for being above 1: where A = F_model - F_data in
1-D, and r is the density of the points that are penalised, the best slope is sign(A) (1 + |A| / (2
weight r)), and E_data D - E_model D = W1 + E_r (A/r)^2 / (2 weight).
"""

from __future__ import annotations

from dataclasses import replace

from minigan.gan.objectives.objective import Objective
from minigan.gan.objectives.penalties import GradientPenalty

wgan_clip = Objective(
    name="wgan-clip",
    paper="Arjovsky, Chintala & Bottou 2017, algorithm 1",
    minimises="W1(data, model), up to an unknown factor",
    real=lambda l: -l,
    fake=lambda m: m,
    fool=lambda m: -m,
    clip=0.01,
    critic_steps=5,
)
"""D's weights stay in [-clip, clip], and so its slope below some bound."""

wgan_gp = replace(
    wgan_clip,
    name="wgan-gp",
    paper="Gulrajani et al. 2017, equation 3",
    minimises="W1(data, model), from above",
    clip=None,
    penalty=GradientPenalty(10.0),
)
"""D pays for a slope other than 1 between data and fakes."""
