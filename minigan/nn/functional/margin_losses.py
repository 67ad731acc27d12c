"""Losses that ask for a margin: between two scores, two distances, or a score and 0.

A label y is 1 or -1. As in `losses`, `reduction` is "mean" (the default), "sum" or "none".
"""

from __future__ import annotations

from minigan.autograd import Tensor
from minigan.checks import boolean, number
from minigan.functions.arguments import float_tensor, tensor_of
from minigan.functions.choosing import clamp, minimum, where
from minigan.functions.statistics import mean
from minigan.nn.functional.reduction import pair, reduced
from minigan.nn.functional.similarity import cosine_similarity, pairwise_distance
from minigan.nn.functional.smooth_activations import logsigmoid
from minigan.nn.older import no_size_average

__all__ = [
    "margin_ranking_loss", "hinge_embedding_loss", "cosine_embedding_loss", "triplet_margin_loss",
    "soft_margin_loss", "multilabel_soft_margin_loss",
]  # fmt: skip


@no_size_average
def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    *,
    reduction: str = "mean",
) -> Tensor:
    """Return max(0, margin - y (x1 - x2)), reduced: x1 must rank above x2 where y is 1.

    Raises ValueError if the shapes do not broadcast, and TypeError if an input is not a float
    Tensor.

    >>> import minigan
    >>> x, y = minigan.tensor([1.0, 1.0]), minigan.tensor([1, -1])
    >>> margin_ranking_loss(x, minigan.zeros(2), y, margin=0.5)
    tensor(0.75)
    """
    name = "margin_ranking_loss"
    difference = float_tensor(name, "input1", input1) - float_tensor(name, "input2", input2)
    y = tensor_of(name, "target", target)
    losses = number(name, "margin", margin) - y * difference
    return reduced(name, clamp(losses, min=0.0), reduction)


@no_size_average
def hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: float = 1.0, *, reduction: str = "mean"
) -> Tensor:
    """Return x where y is 1, and max(0, margin - x) where y is -1, reduced; x is a distance.

    Raises ValueError if the shapes do not broadcast, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> hinge_embedding_loss(minigan.tensor([0.25, 0.25]), minigan.tensor([1, -1]))
    tensor(0.5)
    """
    name = "hinge_embedding_loss"
    x, y = float_tensor(name, "input", input), tensor_of(name, "target", target)
    apart = where(y == 1, 0.0, clamp(number(name, "margin", margin) - x, min=0.0))
    return reduced(name, apart + where(y == -1, 0.0, x), reduction)


@no_size_average
def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    *,
    reduction: str = "mean",
) -> Tensor:
    """Return 1 - cos(x1, x2) where y is 1, and max(0, cos(x1, x2) - margin) where it is -1.

    The inputs are (N, D) with labels (N,), or (D,) with one label. Raises ValueError if the shapes
    do not fit, and TypeError if an input is not a float Tensor.

    >>> import minigan
    >>> x = minigan.tensor([[1.0, 0.0], [1.0, 0.0]])
    >>> cosine_embedding_loss(x, x, minigan.tensor([1, -1]), reduction="none")
    tensor([0., 1.])
    """
    name = "cosine_embedding_loss"
    a, b = float_tensor(name, "input1", input1), float_tensor(name, "input2", input2)
    y = tensor_of(name, "target", target)
    if a.shape != b.shape or a.ndim not in (1, 2) or y.ndim != a.ndim - 1:
        raise ValueError(
            f"{name}: input1 of shape {a.shape}, input2 of shape {b.shape} and target of shape "
            f"{y.shape} must be (N, D), (N, D) and (N,), or (D,), (D,) and ()"
        )
    cosine = cosine_similarity(a, b, -1)
    apart = clamp(cosine - number(name, "margin", margin), min=0.0)
    losses = where(y == 1, 1.0 - cosine, where(y == -1, apart, 0.0))
    return reduced(name, losses, reduction)


@no_size_average
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    *,
    reduction: str = "mean",
) -> Tensor:
    """Return max(0, margin + |a - p| - |a - n|) for the rows of (N, D) or (D,), reduced.

    With `swap` the second distance is the smaller of |a - n| and |p - n| (Balntas et al. 2016).
    Distances are those of `pairwise_distance`. Raises ValueError if the shapes do not broadcast or
    margin is not positive, and TypeError if an input is not a float Tensor.

    >>> import minigan
    >>> a, n = minigan.zeros(1, 2), minigan.tensor([[0.0, 0.75]])
    >>> triplet_margin_loss(a, a, n, eps=0.0)
    tensor(0.25)
    """
    name = "triplet_margin_loss"
    if number(name, "margin", margin, 0.0) == 0:
        raise ValueError(f"{name}: margin=0 must be > 0")
    near, far = (
        pairwise_distance(anchor, positive, p, eps),
        pairwise_distance(anchor, negative, p, eps),
    )
    if boolean(name, "swap", swap):
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduced(name, clamp(margin + near - far, min=0.0), reduction)


@no_size_average
def soft_margin_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Return ln(1 + e^(-y x)), reduced. Raises as `hinge_embedding_loss`.

    >>> import minigan
    >>> soft_margin_loss(minigan.tensor([-1000.0]), minigan.tensor([1.0]))
    tensor(1000.)
    """
    name = "soft_margin_loss"
    x, y = pair(name, input, target)
    return reduced(name, -logsigmoid(x * y), reduction)


@no_size_average
def multilabel_soft_margin_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """Return the mean over the classes of the binary cross-entropies of logits (N, C), reduced.

    `weight` (C,) multiplies the classes. Raises ValueError if the shapes differ, and TypeError if
    input is not a float Tensor.

    >>> import minigan
    >>> x, t = minigan.tensor([[8.0, -4.0]]), minigan.tensor([[0.0, 0.0]])
    >>> multilabel_soft_margin_loss(x, t).round()
    tensor(4.)
    """
    name = "multilabel_soft_margin_loss"
    x, t = pair(name, input, target)
    losses = -(t * logsigmoid(x) + (1.0 - t) * logsigmoid(-x))
    if weight is not None:
        losses = losses * tensor_of(name, "weight", weight).to(losses.dtype)
    return reduced(name, mean(losses, -1), reduction)
