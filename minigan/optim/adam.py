"""Adam: a step against the gradient's running mean, measured in its running root mean square."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from minigan.backend import Array, namespace
from minigan.checks import number
from minigan.optim.optimizer import Group, Optimizer

_BELOW_1 = math.nextafter(1, 0)


class Adam(Optimizer):
    """m <- beta1 m + (1 - beta1) g;    v <- beta2 v + (1 - beta2) g^2
    p <- p - lr m' / (sqrt(v') + eps),    m' = m / (1 - beta1^t),    v' = v / (1 - beta2^t)

    Kingma & Ba 2015, algorithm 1; g includes weight_decay p. The primes remove the bias towards the
    zeros that m and v start from. With `amsgrad`, v' uses the largest v so far (Reddi et al. 2018).
    `maximize` goes along the gradient.
    """

    decoupled = False  # whether weight decay shrinks p itself instead of entering g

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "amsgrad": amsgrad, "maximize": maximize})

    def check(self, group: Group) -> None:
        """Two betas, not negative and below 1."""
        name, betas = type(self).__name__, group["betas"]
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise ValueError(f"{name}: betas={betas!r} must be two numbers in [0, 1)")
        group["betas"] = tuple(
            number(name, f"betas[{i}]", beta, 0.0, _BELOW_1) for i, beta in enumerate(betas)
        )

    def slots(self, group: Group) -> tuple[str, ...]:
        """The averages m and v, and v's maximum."""
        return ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")[: 3 if group["amsgrad"] else 2]

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """One step; see the class."""
        xp, (m, v, *largest) = namespace(p), averages
        (beta1, beta2), lr, decay = group["betas"], group["lr"], group["weight_decay"]
        if decay and self.decoupled:
            p *= 1 - lr * decay
        elif decay:
            g += decay * p
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        g *= g
        g *= 1 - beta2
        v += g
        for maximum in largest:
            xp.maximum(maximum, v, out=maximum)
            v = maximum
        xp.sqrt(v, out=g)
        g /= (1 - beta2**t) ** 0.5
        g += group["eps"]
        xp.divide(m, g, out=g)
        g *= lr / (1 - beta1**t)
        p -= g


class AdamW(Adam):
    """Adam, except that weight decay shrinks the parameters themselves: p <- (1 - lr weight_decay)
    p, then Adam's step.

    Inside g, the decay would be divided by sqrt(v') as the gradient is (Loshchilov & Hutter 2019,
    algorithm 2).
    """

    decoupled = True

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)
