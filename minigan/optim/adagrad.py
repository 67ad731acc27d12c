"""Adagrad and Adadelta: steps that are scaled by all gradients so far, or by the recent ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from minigan.backend import Array, namespace
from minigan.checks import number
from minigan.functions import full_like, tensor
from minigan.optim.optimizer import Optimizer
from minigan.optim.state import Group

__all__ = ["Adagrad", "Adadelta"]


class Adagrad(Optimizer):
    """Adagrad (Duchi et al. 2011).

        g <- g + weight_decay p
        s <- s + g^2
        p <- p - lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps)

    s starts as `initial_accumulator_value`. With `maximize` the step goes along the gradient.
    Raises ValueError if a setting is not legal.

    >>> import minigan
    >>> p = minigan.tensor([1.0], requires_grad=True)
    >>> optimizer = Adagrad([p], lr=0.25)  # the first step is lr times the sign of g
    >>> (5 * p).sum().backward(); optimizer.step(); p
    tensor([0.75], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
        }
        super().__init__(params, {**settings, "maximize": maximize})

    def check(self, group: Group) -> None:
        """Raise ValueError or TypeError unless decay and initial value are not negative."""
        for name in ("lr_decay", "initial_accumulator_value"):
            number("Adagrad", name, group[name], 0.0)

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters with settings of their own. Raises as the constructor does."""
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        for p in group["params"]:  # as in PyTorch the state exists before the first step
            start = full_like(p.detach(), group["initial_accumulator_value"])
            self.state[p] = {"step": tensor(0.0), "sum": start}

    def slots(self, group: Group) -> tuple[str, ...]:
        """Return the name of s."""
        return ("sum",)

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """Make step t of the equation above."""
        (s,) = averages
        if group["weight_decay"]:
            g += group["weight_decay"] * p
        s += g * g
        g /= namespace(p).sqrt(s) + group["eps"]
        p -= group["lr"] / (1 + (t - 1) * group["lr_decay"]) * g


class Adadelta(Optimizer):
    """Adadelta (Zeiler 2012, algorithm 1).

        g <- g + weight_decay p
        v <- rho v + (1 - rho) g^2
        d <- sqrt(u + eps) / sqrt(v + eps) g
        u <- rho u + (1 - rho) d^2
        p <- p - lr d

    u and v start as zeros. With `maximize` the step goes along the gradient. Raises ValueError if a
    setting is not legal.

    >>> import minigan
    >>> p = minigan.tensor([1.0], requires_grad=True)
    >>> optimizer = Adadelta([p], lr=0.5, rho=0.75, eps=1.0)
    >>> (2 * p).sum().backward(); optimizer.step(); p  # v = 1, d = 2 / sqrt(1 + 1)
    tensor([0.29289323], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "maximize": maximize})

    def check(self, group: Group) -> None:
        """Raise ValueError or TypeError unless rho is in [0, 1]."""
        number("Adadelta", "rho", group["rho"], 0.0, 1.0)

    def slots(self, group: Group) -> tuple[str, ...]:
        """Return the names of v and u."""
        return ("square_avg", "acc_delta")

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """Make one step of the equation above."""
        xp, (v, u), rho, eps = namespace(p), averages, group["rho"], group["eps"]
        if group["weight_decay"]:
            g += group["weight_decay"] * p
        v *= rho
        v += (1 - rho) * (g * g)
        d = xp.sqrt(u + eps)
        d /= xp.sqrt(v + eps)
        d *= g
        u *= rho
        u += (1 - rho) * (d * d)
        p -= group["lr"] * d
