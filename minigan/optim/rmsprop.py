"""RMSprop: a step against the gradient, measured in its running root mean square."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from minigan.backend import Array, namespace
from minigan.optim.optimizer import Group, Optimizer


class RMSprop(Optimizer):
    """v <- alpha v + (1 - alpha) g^2;    p <- p - lr g / (sqrt(v) + eps)

    g includes weight_decay p (Tieleman & Hinton 2012, lecture 6.5). `centered` takes the mean's
    square from v, so that the root is a standard deviation (Graves 2013, eq. 40); with `momentum`,
    b <- momentum b + g / (sqrt(v) + eps) and p <- p - lr b. `maximize` goes along the gradient.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
        }
        super().__init__(params, {**settings, "centered": centered, "maximize": maximize})

    def slots(self, group: Group) -> tuple[str, ...]:
        """The mean of g^2, then the running sum b and the mean of g where they are asked for."""
        return (
            "square_avg",
            *(["momentum_buffer"] if group["momentum"] else []),
            *(["grad_avg"] if group["centered"] else []),
        )

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """One step; see the class."""
        named = dict(zip(self.slots(group), averages, strict=True))
        xp, alpha, v = namespace(p), group["alpha"], named["square_avg"]
        if group["weight_decay"]:
            g += group["weight_decay"] * p
        v *= alpha
        v += (1 - alpha) * (g * g)
        if "grad_avg" in named:
            mean = named["grad_avg"]
            mean += (1 - alpha) * (g - mean)
            root = xp.sqrt(v - mean * mean)
        else:
            root = xp.sqrt(v)
        root += group["eps"]
        g /= root
        if "momentum_buffer" in named:
            b = named["momentum_buffer"]
            b *= group["momentum"]
            b += g
            g = b
        p -= group["lr"] * g
