"""Lengths and angles of vectors: normalize, cosine similarity, pairwise distance."""

from __future__ import annotations

from minigan.autograd import Tensor
from minigan.checks import as_dim, boolean, number
from minigan.functions.arguments import float_tensor
from minigan.functions.broadcasting import broadcast_shapes, broadcast_to
from minigan.functions.choosing import clamp, where
from minigan.functions.reductions import sum as sum_
from minigan.functions.statistics import norm

__all__ = ["normalize", "cosine_similarity", "pairwise_distance"]


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """Return x / max(|x|_p, eps) along dimension dim, in the shape of the input.

    Raises ValueError if p is not positive, IndexError if dim is out of range, and TypeError if
    input is not a float Tensor.

    >>> import minigan
    >>> normalize(minigan.tensor([[3.0, 4.0]]))
    tensor([[0.6, 0.8]])
    """
    x = float_tensor("normalize", "input", input)
    as_dim("normalize", dim, x.ndim)
    return x / clamp(norm(x, p, dim, keepdim=True), min=number("normalize", "eps", eps))


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """Return <x1, x2> / (max(|x1|, eps) max(|x2|, eps)) along dim, which the result does not have.

    For a vector shorter than eps the gradient is, as in PyTorch, that of v / |v| with eps in place
    of |v|: eps is a constant, and the derivative of |v| is kept. `normalize` drops it there.
    Raises ValueError if the shapes do not broadcast, IndexError if dim is out of range, and
    TypeError if x1 or x2 is not a float Tensor.

    >>> import minigan
    >>> cosine_similarity(minigan.tensor([[1.0, 0.0]]), minigan.tensor([[3.0, 4.0]]))
    tensor([0.6])
    """
    a, b = float_tensor("cosine_similarity", "x1", x1), float_tensor("cosine_similarity", "x2", x2)
    as_dim("cosine_similarity", dim, max(a.ndim, b.ndim))
    shape = broadcast_shapes("cosine_similarity", a.shape, b.shape)
    a, b = broadcast_to(a, shape), broadcast_to(b, shape)
    least = number("cosine_similarity", "eps", eps)
    return sum_(_over_norm(a, dim, least) * _over_norm(b, dim, least), dim)


def _over_norm(x: Tensor, dim: int, eps: float) -> Tensor:
    """Return x / max(|x|, eps), in which the maximum has the derivative of |x| everywhere."""
    length = norm(x, 2, dim, keepdim=True)
    missing = where(length < eps, eps - length, 0.0).detach()
    return x / (length + missing)


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """Return |x1 - x2 + eps|_p along the last dimension.

    Raises ValueError if the shapes do not broadcast or p is not positive, and TypeError if x1 or x2
    is not a float Tensor.

    >>> import minigan
    >>> pairwise_distance(minigan.tensor([[3.0, 4.0]]), minigan.zeros(1, 2), eps=0)
    tensor([5.])
    """
    function = "pairwise_distance"
    d = float_tensor(function, "x1", x1) - float_tensor(function, "x2", x2)
    return norm(d + number(function, "eps", eps), p, -1, boolean(function, "keepdim", keepdim))
