"""What all losses do with their losses: check the pair of inputs, weigh, and reduce."""

from __future__ import annotations

from minigan.autograd import Tensor
from minigan.checks import one_of
from minigan.functions.arguments import float_tensor, tensor_of
from minigan.functions.operands import operands
from minigan.functions.reductions import sum
from minigan.functions.statistics import mean


def reduced(function: str, losses: Tensor, reduction: str) -> Tensor:
    """Return the losses, their sum or their mean. Raises ValueError for another reduction."""
    if one_of(function, "reduction", reduction, "none", "mean", "sum") == "none":
        return losses
    return mean(losses) if reduction == "mean" else sum(losses)


def pair(function: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Return both as floats of one dtype. Raises ValueError unless their shapes are equal."""
    x, t = float_tensor(function, "input", input), tensor_of(function, "target", target)
    if x.shape != t.shape:
        raise ValueError(
            f"{function}: target of shape {t.shape} must have the shape of input, {x.shape}"
        )
    return operands(function, x, t)


def weighted(function: str, losses: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    """Return the losses times the weight, reduced; the mean divides by the sum of the weights."""
    if weight is None:
        return reduced(function, losses, reduction)
    if tensor_of(function, "weight", weight).shape != losses.shape:
        raise ValueError(
            f"{function}: weight of shape {weight.shape} must have the shape of input, "
            f"{losses.shape}"
        )
    total = reduced(function, losses * weight, "sum" if reduction == "mean" else reduction)
    return total / sum(weight) if reduction == "mean" else total
