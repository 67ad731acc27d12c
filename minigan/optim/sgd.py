"""Stochastic gradient descent: a step against the gradient, or against a running sum of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from minigan.backend import Array
from minigan.checks import number
from minigan.optim.optimizer import Optimizer
from minigan.optim.state import Group

__all__ = ["SGD"]


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum (Sutskever et al. 2013, in PyTorch's form).

        g <- g + weight_decay p
        b <- momentum b + (1 - dampening) g        at the first step b <- g
        p <- p - lr b

    Without momentum b is g. With `nesterov` the last line is p <- p - lr (g + momentum b). With
    `maximize` the step goes along the gradient. Raises ValueError if a setting is not legal.

    >>> import minigan
    >>> p = minigan.tensor([1.0], requires_grad=True)
    >>> optimizer = SGD([p], lr=0.5)
    >>> (p * p).sum().backward(); optimizer.step(); p.tolist()
    [0.0]
    """

    counts = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
        }
        super().__init__(params, {**settings, "nesterov": nesterov, "maximize": maximize})

    def check(self, group: Group) -> None:
        """Raise ValueError if nesterov has no momentum, or has a dampening."""
        number("SGD", "dampening", group["dampening"])
        if group["nesterov"] and not (group["momentum"] > 0 and group["dampening"] == 0):
            raise ValueError(
                "SGD: nesterov=True needs momentum > 0 and dampening = 0, not "
                f"momentum={group['momentum']} and dampening={group['dampening']}"
            )

    def slots(self, group: Group) -> tuple[str, ...]:
        """Return the name of the running sum b, if there is momentum."""
        return ("momentum_buffer",) if group["momentum"] else ()

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """Make one step of the equation above."""
        if group["weight_decay"]:
            g += group["weight_decay"] * p
        for b in averages:  # b, if there is momentum
            if t == 1:
                b[...] = g
            else:
                b *= group["momentum"]
                b += (1 - group["dampening"]) * g
            g = g + group["momentum"] * b if group["nesterov"] else b
        p -= group["lr"] * g
