"""How long vectors are, and how alike: normalize, cosine similarity, distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minigan.ops.checks import number, real
from minigan.tensor.broadcasting import broadcast_shapes, broadcast_to
from minigan.tensor.checks import as_dim
from minigan.tensor.choosing import clamp
from minigan.tensor.reductions import sum as sum_
from minigan.tensor.statistics import norm

if TYPE_CHECKING:
    from minigan.tensor import Tensor


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """x / max(|x|_p, eps) along dim.

    Raises ValueError if p is not positive, an IndexError for a dim that is not there.

    >>> import minigan
    >>> normalize(minigan.tensor([[3.0, 4.0]]))
    tensor([[0.6, 0.8]])
    """
    x = real("normalize", "input", input)
    as_dim("normalize", dim, x.ndim)
    return x / clamp(norm(x, p, dim, keepdim=True), min=number("normalize", "eps", eps))


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along dim: <x1, x2> / (max(|x1|, eps) max(|x2|,
    eps)).

    Raises ValueError for shapes that do not broadcast, an IndexError for a dim that is not there.
    """
    a, b = real("cosine_similarity", "x1", x1), real("cosine_similarity", "x2", x2)
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
    difference = real("pairwise_distance", "x1", x1) - real("pairwise_distance", "x2", x2)
    return norm(difference + number("pairwise_distance", "eps", eps), p, -1, keepdim)
