"""f-GANs: D maximises a lower bound of an f-divergence, and G minimises it.

D_f(P||Q) is the supremum of E_P T - E_Q f*(T) over all critics T, with f*(t) = sup_u t u - f(u) and
equality at T = f'(p/q) (Nowozin, Cseke & Tomioka 2016, equations 4 and 6). D raises this bound, and
G lowers it: the loss of G is -E_Q f*(T).

The output v of D is any number, but T must be in the domain of f*. With T(v) = f'(exp v) the best v
is log p - log q, as in the original GAN, and f*(T(v)) = exp(v) f'(exp v) - f(exp v). Three
objectives use another T(v), that of the paper:

pearson           T = v, since f* is defined everywhere, and so nothing grows exponentially
neyman            v is twice the logarithm, so exp(-v) occurs and not exp(-2v)
total-variation   T = tanh(v)/2, since f' is a step; where D is sure, G has no gradient

Each f is that of `minigan.theory`, because the published table contradicts itself. f-gan is the
original GAN in this form; it is not marked `logistic`, since v is called the output of a critic.
"""

from __future__ import annotations

import math

import numpy as np

from minigan.autograd import Tensor
from minigan.functions import where
from minigan.gan.objectives.objective import (
    Array,
    Objective,
    OfProbabilities,
    Optimum,
    PerSample,
)
from minigan.nn import functional as F
from minigan.theory import F_DIVERGENCES, f_divergence, optimal_logit


def _f_gan(
    name: str,
    T: PerSample,
    conjugate: PerSample,
    output: OfProbabilities = optimal_logit,
    unit: str = "",
) -> Objective:
    """Return the objective for D_f, from T(v), f*(T(v)) and the best v, a function of p and q."""
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
        unit=unit,
    )


def _pearson_output(p: Array, q: Array) -> Array:
    """Return f'(p/q) = 2 (p/q - 1), and 0 where p = q = 0."""
    best: Array = F_DIVERGENCES["pearson"].optimal_critic(p, q)
    return best


def _twice_logit(p: Array, q: Array) -> Array:
    """Return 2 log p/q, since f'(u) = 1 - u^-2 = 1 - exp(-v) at v = 2 log u."""
    return 2 * optimal_logit(p, q)


def _tv_output(p: Array, q: Array) -> Array:
    """Return +-infinity, where tanh(v) is the sign of p - q, and 0 where p = q."""
    return np.where(p == q, 0.0, np.copysign(np.inf, p - q))


def _half_tanh(v: Tensor) -> Tensor:
    """Return tanh(v)/2, which is both T(v) and f*(T(v)) of the total variation."""
    return v.tanh() / 2


F_GANS = (
    # f = u log u
    _f_gan("kl", lambda v: 1 + v, lambda v: v.exp(), unit="nats"),
    # f = -log u
    _f_gan("reverse-kl", lambda v: -(-v).exp(), lambda v: v - 1, unit="nats"),
    # f = u/2 log(2u/(1 + u)) + 1/2 log(2/(1 + u))
    _f_gan(
        "js",
        lambda v: (math.log(2) + F.logsigmoid(v)) / 2,
        lambda v: -(math.log(2) + F.logsigmoid(-v)) / 2,
        unit="nats",
    ),
    # f = u log(u/(1 + u)) - log(1 + u): the original GAN, T = log D and f*(T) = -log(1 - D)
    _f_gan("gan", lambda v: F.logsigmoid(v), lambda v: -F.logsigmoid(-v), unit="nats"),
    # f = (u - 1)^2 for u >= 0, so f*(t) = -f(0) = -1 for t below f'(0) = -2
    _f_gan("pearson", lambda v: v, lambda v: where(v > -2, v + v**2 / 4, -1.0), _pearson_output),
    # f = (u - 1)^2 / u
    _f_gan("neyman", lambda v: 1 - (-v).exp(), lambda v: 2 - 2 * (-v / 2).exp(), _twice_logit),
    # f = (sqrt u - 1)^2
    _f_gan("squared-hellinger", lambda v: 1 - (-v / 2).exp(), lambda v: (v / 2).exp() - 1),
    # f = |u - 1| / 2
    _f_gan("total-variation", _half_tanh, _half_tanh, _tv_output),
)
