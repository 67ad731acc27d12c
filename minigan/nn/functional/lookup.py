"""Integers as vectors: rows of a table, or rows of zeros with a single one."""

from __future__ import annotations

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import namespace
from minigan.checks import DimError, allocated, integer
from minigan.functions.arguments import float_tensor, tensor_of
from minigan.functions.choosing import where
from minigan.functions.shaping import unsqueeze

__all__ = ["embedding", "one_hot"]


def _indices(function: str, name: str, value: Tensor) -> Tensor:
    """Return the value as a constant. Raises TypeError if it is not a Tensor of integers."""
    x = tensor_of(function, name, value)
    if x.dtype.kind not in "iu":
        raise TypeError(f"{function}: {name} has dtype {x.dtype}; it must be an integer")
    return x.detach()


def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """Return the rows of weight (K, D) that the integers of input select: shape (*input.shape, D).

    The row `padding_idx` receives no gradient. Raises IndexError (also a ValueError) if an index is
    not in 0..K-1, ValueError if padding_idx is not a row, and TypeError if input does not hold
    integers.

    >>> import minigan
    >>> embedding(minigan.tensor([1, 0]), minigan.tensor([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[3.0, 4.0], [1.0, 2.0]]
    """
    index = _indices("embedding", "input", input)
    if float_tensor("embedding", "weight", weight).ndim != 2:
        raise ValueError(f"embedding: weight has shape {weight.shape}; it must have 2 dimensions")
    K = weight.shape[0]
    if index.numel() and not (int(index._data.min()) >= 0 and int(index._data.max()) < K):
        raise DimError(
            f"embedding: input holds an index that is not in 0..{K - 1}, the rows of weight "
            f"{weight.shape}"
        )
    rows = weight[index]
    if padding_idx is None:
        return rows
    padding = integer("embedding", "padding_idx", padding_idx)
    if not -K <= padding < K:
        raise ValueError(
            f"embedding: padding_idx={padding_idx} is not legal (legal: {-K}..{K - 1})"
        )
    return where(unsqueeze(index == padding % K, -1), rows.detach(), rows)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Return for each integer a row of zeros with a one at its place: (*tensor.shape, num_classes).

    The dtype is int64. By default num_classes is the largest integer plus 1. Raises ValueError if
    an integer is not in 0..num_classes-1 or there is no memory for the rows, and TypeError if the
    tensor does not hold integers.

    >>> import minigan
    >>> one_hot(minigan.tensor([2, 0])).tolist()
    [[0, 0, 1], [1, 0, 0]]
    """
    index = _indices("one_hot", "tensor", tensor)
    K = integer("one_hot", "num_classes", num_classes)
    if K < -1 or K == 0:
        raise ValueError(f"one_hot: num_classes={K} must be > 0, or -1 for the largest plus 1")
    if K == -1 and not index.numel():
        raise ValueError("one_hot: num_classes=-1 needs a tensor that is not empty")
    low, high = (int(index._data.min()), int(index._data.max())) if index.numel() else (0, -1)
    K = high + 1 if K == -1 else K
    if low < 0 or high >= K:
        raise ValueError(
            f"one_hot: tensor holds {low if low < 0 else high} (legal: 0..{K - 1} with "
            f"num_classes={K})"
        )
    xp, places = namespace(index._data), index._data[..., None]
    rows = allocated(
        "one_hot",
        (*index.shape, K),
        lambda: (places == xp.arange(K, dtype=np.int64)).astype(np.int64),
    )
    return Tensor._wrap(rows)
