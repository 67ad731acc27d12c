"""Adam and AdamW: steps along running means of the gradient and of its square."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from minigan.backend import Array, namespace
from minigan.checks import number
from minigan.optim.optimizer import Optimizer
from minigan.optim.state import Group

__all__ = ["Adam", "AdamW"]

_BELOW_1 = math.nextafter(1, 0)  # the largest legal beta


class Moments(Optimizer):
    """The base of Adam and its variants: running means m of g and v of g^2, with two betas."""

    def check(self, group: Group) -> None:
        """Raise ValueError or TypeError unless betas are two numbers in [0, 1)."""
        name, betas = type(self).__name__, group["betas"]
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise ValueError(f"{name}: betas={betas!r} must be two numbers in [0, 1)")
        group["betas"] = tuple(
            number(name, f"betas[{i}]", beta, 0.0, _BELOW_1) for i, beta in enumerate(betas)
        )

    def slots(self, group: Group) -> tuple[str, ...]:
        """Return the names of m and v."""
        return ("exp_avg", "exp_avg_sq")


def decay(group: Group, p: Array, g: Array, decoupled: bool) -> None:
    """Let weight decay shrink p itself if it is decoupled, else add it to g."""
    if group["weight_decay"] and decoupled:
        p *= 1 - group["lr"] * group["weight_decay"]
    elif group["weight_decay"]:
        g += group["weight_decay"] * p


class Adam(Moments):
    """Adam (Kingma & Ba 2015, algorithm 1).

        g <- g + weight_decay p
        m <- beta1 m + (1 - beta1) g            m' = m / (1 - beta1^t)
        v <- beta2 v + (1 - beta2) g^2          v' = v / (1 - beta2^t)
        p <- p - lr m' / (sqrt(v') + eps)

    m and v start as zeros, which makes them too small in the first steps t = 1, 2, ...; m' and v'
    correct this. With `amsgrad`, v' uses the largest v so far (Reddi et al. 2018). With `maximize`
    the step goes along the gradient. Raises ValueError if a setting is not legal.

    >>> import minigan
    >>> p = minigan.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = Adam([p], lr=0.5)  # the first step is lr times the sign of g
    >>> (9 * p[0] - 0.1 * p[1]).backward(); optimizer.step(); p
    tensor([0.5, 1.5], requires_grad=True)
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

    def slots(self, group: Group) -> tuple[str, ...]:
        """Return the names of m, v and, with amsgrad, the largest v."""
        return (*super().slots(group), *["max_exp_avg_sq"] * group["amsgrad"])

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """Make step t of the equation above."""
        xp, (m, v, *largest) = namespace(p), averages
        beta1, beta2 = group["betas"]
        decay(group, p, g, self.decoupled)
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        g *= g
        g *= 1 - beta2
        v += g  # from here on g is used as memory for the step
        for maximum in largest:
            xp.maximum(maximum, v, out=maximum)
            v = maximum
        xp.sqrt(v, out=g)
        g /= (1 - beta2**t) ** 0.5
        g += group["eps"]
        xp.divide(m, g, out=g)
        g *= group["lr"] / (1 - beta1**t)
        p -= g


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2).

        p <- (1 - lr weight_decay) p, then the step of Adam without weight decay

    In Adam the decay is part of g, and is divided by sqrt(v') like the gradient; here it is not.

    >>> import minigan
    >>> p = minigan.tensor([1.0], requires_grad=True)
    >>> optimizer = AdamW([p], lr=0.5, weight_decay=0.5)
    >>> (9 * p).sum().backward(); optimizer.step(); round(p.item(), 6)
    0.25
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
