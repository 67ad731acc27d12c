"""Variants of Adam: Adamax, NAdam and RAdam."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import Array, namespace
from minigan.functions import as_tensor
from minigan.optim.adam import Moments, decay
from minigan.optim.flat import Flat
from minigan.optim.state import Group

__all__ = ["Adamax", "NAdam", "RAdam"]


class Adamax(Moments):
    """Adamax (Kingma & Ba 2015, algorithm 2): Adam with a decaying maximum in place of sqrt(v').

        g <- g + weight_decay p
        m <- beta1 m + (1 - beta1) g            m' = m / (1 - beta1^t)
        u <- max(beta2 u, |g| + eps)
        p <- p - lr m' / u

    With `maximize` the step goes along the gradient. Raises ValueError if a setting is not legal.

    >>> import minigan
    >>> p = minigan.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = Adamax([p], lr=0.5)  # the first step is lr times the sign of g
    >>> (9 * p[0] - 0.1 * p[1]).backward(); optimizer.step(); p
    tensor([0.5, 1.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "maximize": maximize})

    def slots(self, group: Group) -> tuple[str, ...]:
        """Return the names of m and u."""
        return ("exp_avg", "exp_inf")

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """Make step t of the equation above."""
        xp, (m, u), (beta1, beta2) = namespace(p), averages, group["betas"]
        decay(group, p, g, decoupled=False)
        m *= beta1
        m += (1 - beta1) * g
        u *= beta2
        xp.abs(g, out=g)
        g += group["eps"]
        xp.maximum(u, g, out=u)
        p -= group["lr"] / (1 - beta1**t) * (m / u)


class NAdam(Moments):
    """NAdam (Dozat 2016): Adam with Nesterov's momentum, whose weight mu grows with t.

        g <- g + weight_decay p
        m <- beta1 m + (1 - beta1) g
        v <- beta2 v + (1 - beta2) g^2          v' = v / (1 - beta2^t)
        mu(t) = beta1 (1 - 0.96^(t momentum_decay) / 2)          M(t) = mu(1) mu(2) ... mu(t)
        d = (1 - mu(t)) / (1 - M(t)) g + mu(t+1) / (1 - M(t+1)) m
        p <- p - lr d / (sqrt(v') + eps)

    With `decoupled_weight_decay` the first line is p <- (1 - lr weight_decay) p, as in AdamW. With
    `maximize` the step goes along the gradient. Raises ValueError if a setting is not legal.

    >>> import minigan
    >>> p = minigan.tensor([1.0], requires_grad=True)
    >>> optimizer = NAdam([p], lr=0.5, betas=(0.0, 0.9))  # without momentum: the sign of g
    >>> (9 * p).sum().backward(); optimizer.step(); p
    tensor([0.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        settings |= {"momentum_decay": momentum_decay, "maximize": maximize}
        super().__init__(params, {**settings, "decoupled_weight_decay": decoupled_weight_decay})

    def _update_run(
        self, group: Group, t: int, block: list[Tensor], run: list[int], flats: dict[str, Flat]
    ) -> None:
        """Make step t; the state of a parameter has M, which is at first float32 as in PyTorch."""

        def product_before(i: int) -> Any:
            state = self.state.get(block[i])
            return state["mu_product"]._data[()] if state else np.float32(1)

        for before, same in groupby(run, product_before):
            indices, product = list(same), before * type(before)(_mu(group, t))
            super()._update_run({**group, "M": float(product)}, t, block, indices, flats)
            for i in indices:
                self.state[block[i]]["mu_product"] = as_tensor(product)

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """Make step t of the equation above; the group has M(t) too."""
        (m, v), (beta1, beta2), lr, M = averages, group["betas"], group["lr"], group["M"]
        decay(group, p, g, group["decoupled_weight_decay"])
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * (g * g)
        root = namespace(p).sqrt(v)
        root /= (1 - beta2**t) ** 0.5
        root += group["eps"]
        now, following = _mu(group, t), _mu(group, t + 1)
        g *= lr * (1 - now) / (1 - M)
        g += lr * following / (1 - M * following) * m
        g /= root
        p -= g


class RAdam(Moments):
    """RAdam (Liu et al. 2020, algorithm 2): Adam without its uncertain steps at the start.

        g <- g + weight_decay p
        m <- beta1 m + (1 - beta1) g            m' = m / (1 - beta1^t)
        v <- beta2 v + (1 - beta2) g^2          l = sqrt(1 - beta2^t) / (sqrt(v) + eps)
        R = 2 / (1 - beta2) - 1                 rho = R - 2 t beta2^t / (1 - beta2^t)
        r = sqrt((rho - 4) (rho - 2) R / ((R - 4) (R - 2) rho))
        p <- p - lr m' r l if rho > 5, else p - lr m'

    rho is the number of gradients that v averages: with few of them, l varies too much. With
    `decoupled_weight_decay` the first line is p <- (1 - lr weight_decay) p, as in AdamW. With
    `maximize` the step goes along the gradient. Raises ValueError if a setting is not legal.

    >>> import minigan
    >>> p = minigan.tensor([1.0], requires_grad=True)
    >>> optimizer = RAdam([p], lr=0.25)  # the first step is lr times g
    >>> (2 * p).sum().backward(); optimizer.step(); p
    tensor([0.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        settings |= {"decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize}
        super().__init__(params, settings)

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """Make step t of the equation above."""
        (m, v), (beta1, beta2) = averages, group["betas"]
        decay(group, p, g, group["decoupled_weight_decay"])
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * (g * g)
        step = group["lr"] / (1 - beta1**t) * m
        R, left = 2 / (1 - beta2) - 1, 1 - beta2**t
        rho = R - 2 * t * beta2**t / left
        if rho > 5:
            r = math.sqrt((rho - 4) * (rho - 2) * R / ((R - 4) * (R - 2) * rho))
            step *= r * math.sqrt(left)
            step /= namespace(p).sqrt(v) + group["eps"]
        p -= step


def _mu(group: Group, t: int) -> float:
    """Return mu(t) of NAdam."""
    return float(group["betas"][0] * (1 - 0.5 * 0.96 ** (t * group["momentum_decay"])))
