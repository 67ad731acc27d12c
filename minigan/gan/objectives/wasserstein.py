"""Wasserstein GANs: a critic D with slope at most 1 measures W1(data, model).

W1 is the least mean distance that mass must be moved to turn one distribution into the other. It is
the supremum of E_data D - E_model D over all D with slope at most 1 (Arjovsky, Chintala & Bottou
2017, equation 2). The best D depends on the distances of outcomes and not on their probabilities
alone, so there is no `optimum`.

There are two ways to bound the slope, and neither is exact. With clipped weights the difference is
W1 only up to an unknown factor. With the gradient penalty a slope above 1 is possible at a cost: in
one dimension let A = F_model - F_data and let r be the density of the points that are penalised.
The best slope is then sign(A) (1 + |A| / (2 weight r)), and E_data D - E_model D is
W1 + E_r (A/r)^2 / (2 weight).
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
"""The weights of D are clipped to [-clip, clip], which bounds its slope."""

wgan_gp = replace(
    wgan_clip,
    name="wgan-gp",
    paper="Gulrajani et al. 2017, equation 3",
    minimises="W1(data, model), from above",
    clip=None,
    penalty=GradientPenalty(10.0),
)
"""A penalty keeps the slope of D near 1 between real and fake samples."""
