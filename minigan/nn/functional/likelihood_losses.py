"""Losses that are -ln of a density: of a Gaussian with predicted variance, and of a Poisson count.

As in `losses`, `reduction` is "mean" (the default), "sum" or "none".
"""

from __future__ import annotations

import math

from minigan.autograd import Tensor
from minigan.checks import boolean, number
from minigan.functions.arguments import tensor_of
from minigan.functions.choosing import clamp, where
from minigan.functions.elementwise import exp, log
from minigan.nn.functional.reduction import pair, reduced
from minigan.nn.older import no_size_average

__all__ = ["gaussian_nll_loss", "poisson_nll_loss"]


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """Return (ln v + (x - t)^2 / v) / 2, reduced; v is max(var, eps).

    With `full`, ln(2 pi) / 2 is added. `var` has the shape of the input, or 1 as its last size, or
    no last size. The limit eps is not differentiated. (Nix & Weigend 1994.) Raises ValueError if
    the shapes do not fit or a variance is negative, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> gaussian_nll_loss(minigan.tensor([3.0]), minigan.tensor([1.0]), minigan.ones(1))
    tensor(2.)
    """
    name = "gaussian_nll_loss"
    x, t = pair(name, input, target)
    v = tensor_of(name, "var", var).to(x.dtype)
    if v.shape != x.shape:
        if v.shape == x.shape[:-1]:
            v = v.unsqueeze(-1)
        if v.shape != (*x.shape[:-1], 1):
            raise ValueError(
                f"{name}: var of shape {var.shape} must have the shape of input, {x.shape}, or "
                "1 as its last size, or no last size"
            )
    if v.numel() and bool((v.detach() < 0).any()):
        raise ValueError(f"{name}: var holds a negative number (legal: >= 0)")
    if number(name, "eps", eps, 0.0) == 0:
        raise ValueError(f"{name}: eps=0 must be > 0")
    v = v + (clamp(v.detach(), min=eps) - v.detach())  # the limit has no gradient
    losses = 0.5 * (log(v) + (x - t) ** 2 / v)
    if boolean(name, "full", full):
        losses = losses + 0.5 * math.log(2 * math.pi)
    return reduced(name, losses, reduction)


@no_size_average
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    *,
    reduction: str = "mean",
) -> Tensor:
    """Return e^x - t x, reduced; x is the logarithm of the rate, or with log_input=False the rate.

    For a rate x it is x - t ln(x + eps). With `full`, Stirling's approximation of ln(t!) is added
    where t > 1. Raises ValueError if the shapes differ, and TypeError if input is not a float
    Tensor.

    >>> import minigan
    >>> poisson_nll_loss(minigan.tensor([0.0]), minigan.tensor([2.0]))
    tensor(1.)
    """
    name = "poisson_nll_loss"
    x, t = pair(name, input, target)
    if boolean(name, "log_input", log_input):
        losses = exp(x) - t * x
    else:
        losses = x - t * log(x + number(name, "eps", eps))
    if boolean(name, "full", full):
        some = where(t > 1, t, 1.0)
        stirling = some * log(some) - some + 0.5 * log(2 * math.pi * some)
        losses = losses + where(t > 1, stirling, 0.0)
    return reduced(name, losses, reduction)
