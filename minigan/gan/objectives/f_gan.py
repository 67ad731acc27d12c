"""f-GAN: any f-divergence can be played for; D's output, put into the domain of f's conjugate,
bounds it from below.

D_f(P||Q) = sup E_P T - E_Q f*(T), with f*(t) = sup_u t u - f(u) and equality at T = f'(p/q)
(Nowozin, Cseke & Tomioka 2016, equations 4 and 6). D raises the bound and G lowers it: G's loss is
-E_Q f*(T). D's output v is free, T(v) is not, and with T(v) = f'(exp v) the best v is log p - log
q, as in the first game, and f*(T(v)) = exp(v) f'(exp v) - f(exp v). Three go another way, the
paper's: in pearson T is v itself, for f* is defined everywhere and so nothing grows exponentially;
in neyman v is twice that logarithm, so that what grows is exp(-v), not exp(-2v); in
total-variation, where f' is a step, T = tanh(v)/2, and where D is sure G learns nothing: as far
apart as can be is flat. Each f is derived from its divergence as `minigan.theory` defines it; the
published table contradicts itself.
"""

from __future__ import annotations

import math

import numpy as np

from minigan.autograd import Tensor
from minigan.functions import where
from minigan.gan.objectives.objective import Array, Objective, OfDensities, Optimum, PerSample
from minigan.nn import functional as F
from minigan.theory import F_DIVERGENCES, f_divergence, optimal_logit


def _f_gan(
    name: str, T: PerSample, conjugate: PerSample, output: OfDensities = optimal_logit
) -> Objective:
    """The game for D_f, from T(v), f*(T(v)) and the best v."""
    return Objective(
        name=f"f-{name}",
        paper="Nowozin, Cseke & Tomioka 2016, equation 6",
        minimises=f"D_f(data || model), f of {name}",
        real=lambda v: -T(v),
        fake=conjugate,
        fool=lambda v: -conjugate(v),
        hide=T,
        optimum=Optimum(
            output,
            loss=lambda p, q: -f_divergence(p, q, name),
            lowers=lambda p, q: f_divergence(p, q, name),
        ),
        unit="nats",
    )


def _pearson_output(p: Array, q: Array) -> Array:
    """f'(p/q) = 2 (p/q - 1); 0 where neither has mass."""
    best: Array = F_DIVERGENCES["pearson"].optimal_critic(p, q)
    return best


def _twice_logit(p: Array, q: Array) -> Array:
    """f' is 1 - (q/p)^2."""
    return 2 * optimal_logit(p, q)


def _tv_output(p: Array, q: Array) -> Array:
    """tanh(v) is to be the sign of p - q."""
    return np.where(p == q, 0.0, np.copysign(np.inf, p - q))


def _half_tanh(v: Tensor) -> Tensor:
    return v.tanh() / 2


F_GANS = (
    # f = u log u
    _f_gan("kl", lambda v: 1 + v, lambda v: v.exp()),
    # f = -log u
    _f_gan("reverse-kl", lambda v: -(-v).exp(), lambda v: v - 1),
    # f = u/2 log(2u/(1 + u)) + 1/2 log(2/(1 + u))
    _f_gan(
        "js",
        lambda v: (math.log(2) + F.logsigmoid(v)) / 2,
        lambda v: -(math.log(2) + F.logsigmoid(-v)) / 2,
    ),
    # f = u log(u/(1 + u)) - log(1 + u): the first game, T = log D and f*(T) = -log(1 - D)
    _f_gan("gan", lambda v: F.logsigmoid(v), lambda v: -F.logsigmoid(-v)),
    # f = (u - 1)^2, whose u stops at 0: f* = -f(0) below f'(0) = -2
    _f_gan("pearson", lambda v: v, lambda v: where(v > -2, v + v**2 / 4, -1.0), _pearson_output),
    # f = (u - 1)^2 / u
    _f_gan("neyman", lambda v: 1 - (-v).exp(), lambda v: 2 - 2 * (-v / 2).exp(), _twice_logit),
    # f = (sqrt u - 1)^2
    _f_gan("squared-hellinger", lambda v: 1 - (-v / 2).exp(), lambda v: (v / 2).exp() - 1),
    # f = |u - 1| / 2
    _f_gan("total-variation", _half_tanh, _half_tanh, _tv_output),
)
