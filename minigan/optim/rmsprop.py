"""RMSprop: a step against the gradient, divided by the root of its running mean square."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from minigan.backend import Array, namespace
from minigan.optim.optimizer import Optimizer
from minigan.optim.state import Group

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """RMSprop (Tieleman & Hinton 2012, lecture 6.5).

        g <- g + weight_decay p
        v <- alpha v + (1 - alpha) g^2
        p <- p - lr g / (sqrt(v) + eps)

    With `centered` the square of the running mean of g is subtracted from v, so that the root is a
    standard deviation (Graves 2013, eq. 40). With `momentum` the last line is
    b <- momentum b + g / (sqrt(v) + eps), p <- p - lr b. With `maximize` the step goes along the
    gradient. Raises ValueError if a setting is not legal.

    >>> import minigan
    >>> p = minigan.tensor([1.0], requires_grad=True)
    >>> optimizer = RMSprop([p], lr=0.1, alpha=0.75, eps=0)  # first step: lr / sqrt(1 - alpha)
    >>> (5 * p).sum().backward(); optimizer.step(); p
    tensor([0.8], requires_grad=True)
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
        """Return the names of v, and of b and the mean of g if the settings need them."""
        return (
            "square_avg",
            *(["momentum_buffer"] if group["momentum"] else []),
            *(["grad_avg"] if group["centered"] else []),
        )

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """Make one step of the equation above."""
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
