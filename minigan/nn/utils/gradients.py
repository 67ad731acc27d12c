"""Limits for the gradients of a model: of their common norm, or of each number."""

from __future__ import annotations

import math
from collections.abc import Iterable

from minigan.autograd import Tensor, no_grad
from minigan.checks import boolean, number
from minigan.functions import tensor
from minigan.functions.arguments import tensors_of
from minigan.functions.concatenation import cat

__all__ = ["clip_grad_norm_", "clip_grad_value_"]


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float | str = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients by one factor so that their norm, as one vector, is at most max_norm.

    (Pascanu et al. 2013.) Returns the norm before. Parameters without a gradient are skipped.
    `foreach` has no effect here. Raises ValueError if max_norm is negative or norm_type is not
    positive. With error_if_nonfinite it raises RuntimeError if the norm is not finite.

    >>> import minigan
    >>> x = minigan.tensor([1.0, 1.0], requires_grad=True)
    >>> (3 * x[0] + 4 * x[1]).backward()
    >>> clip_grad_norm_(x, 2.5), x.grad.norm() <= 2.5
    (tensor(5.), tensor(True))
    """
    most = number("clip_grad_norm_", "max_norm", max_norm, 0.0)
    p = (
        float(norm_type)
        if isinstance(norm_type, str)
        else number("clip_grad_norm_", "norm_type", norm_type)
    )
    if not p > 0:
        raise ValueError(f"clip_grad_norm_: norm_type={norm_type} must be > 0 or inf")
    with no_grad():
        gradients = _gradients("clip_grad_norm_", parameters)
        norms = [g.detach().norm(p).reshape(1) for g in gradients]  # () -> (1,)
        total = cat(norms).norm(p) if len(norms) > 1 else norms[0][0] if norms else tensor(0.0)
        norm = total.item()
        if boolean(
            "clip_grad_norm_", "error_if_nonfinite", error_if_nonfinite
        ) and not math.isfinite(norm):
            raise RuntimeError(f"clip_grad_norm_: the gradients' norm is {norm}")
        factor = norm if math.isnan(norm) else min(1.0, most / (norm + 1e-6))
        for g in gradients:
            g.mul_(factor)
    return total


def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None
) -> None:
    """Limit every number of the gradients to [-clip_value, clip_value].

    `foreach` has no effect here. Raises ValueError if clip_value is negative.

    >>> import minigan
    >>> x = minigan.tensor([1.0, 1.0], requires_grad=True)
    >>> (3 * x[0] + 0.5 * x[1]).backward()
    >>> clip_grad_value_(x, 1.0); x.grad
    tensor([1. , 0.5])
    """
    most = number("clip_grad_value_", "clip_value", clip_value, 0.0)
    with no_grad():
        for g in _gradients("clip_grad_value_", parameters):
            g.clamp_(-most, most)


def _gradients(function: str, parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    """Return the gradients that are not None."""
    several = [parameters] if isinstance(parameters, Tensor) else parameters
    return [p.grad for p in tensors_of(function, "parameters", several) if p.grad is not None]
