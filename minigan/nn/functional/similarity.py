"""How long vectors are, and how alike: normalize, cosine similarity, distance."""

from __future__ import annotations

from minigan.autograd import Tensor
from minigan.checks import as_dim, number
from minigan.functions.arguments import float_tensor
from minigan.functions.broadcasting import broadcast_shapes, broadcast_to
from minigan.functions.choosing import clamp
from minigan.functions.reductions import sum as sum_
from minigan.functions.statistics import norm


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """x / max(|x|_p, eps) along dim.

    Raises ValueError if p is not positive, an IndexError for a dim that is not there.

    >>> import minigan
    >>> normalize(minigan.tensor([[3.0, 4.0]]))
    tensor([[0.6, 0.8]])
    """
    x = float_tensor("normalize", "input", input)
    as_dim("normalize", dim, x.ndim)
    return x / clamp(norm(x, p, dim, keepdim=True), min=number("normalize", "eps", eps))


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along dim: <x1, x2> / (max(|x1|, eps) max(|x2|,
    eps)).

    Raises ValueError for shapes that do not broadcast, an IndexError for a dim that is not there.
    """
    a, b = float_tensor("cosine_similarity", "x1", x1), float_tensor("cosine_similarity", "x2", x2)
    as_dim("cosine_similarity", dim, max(a.ndim, b.ndim))
    shape = broadcast_shapes("cosine_similarity", a.shape, b.shape)
    a, b = broadcast_to(a, shape), broadcast_to(b, shape)
    return sum_(normalize(a, 2.0, dim, eps) * normalize(b, 2.0, dim, eps), dim)


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """|x1 - x2 + eps|_p along the last dimension. Raises ValueError for shapes that do not
    broadcast.
    """
    difference = float_tensor("pairwise_distance", "x1", x1) - float_tensor(
        "pairwise_distance", "x2", x2
    )
    return norm(difference + number("pairwise_distance", "eps", eps), p, -1, keepdim)
