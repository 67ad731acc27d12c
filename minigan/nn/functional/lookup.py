"""Integers as vectors: rows looked up in a table, or rows with a single one."""

from __future__ import annotations

from minigan.autograd import Tensor
from minigan.backend import namespace
from minigan.checks import DimError, integer
from minigan.functions.arguments import float_tensor, tensor_of
from minigan.functions.choosing import where
from minigan.functions.shaping import unsqueeze


def _indices(function: str, name: str, value: Tensor) -> Tensor:
    x = tensor_of(function, name, value)
    if x.dtype.kind not in "iu":
        raise TypeError(f"{function}: {name} has dtype {x.dtype}; it must be an integer")
    return x.detach()


def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """The rows of weight (K, D) that input (any shape) lists; the row padding_idx receives no
    gradient.

    Raises an IndexError (a ValueError too) for an index outside 0..K-1, TypeError for indices that
    are no integers.

    >>> import minigan
    >>> embedding(minigan.tensor([1, 0]), minigan.tensor([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[3.0, 4.0], [1.0, 2.0]]
    """
    places = _indices("embedding", "input", input)
    if float_tensor("embedding", "weight", weight).ndim != 2:
        raise ValueError(f"embedding: weight has shape {weight.shape}; it must have 2 dimensions")
    K = weight.shape[0]
    if places.numel() and not (int(places._data.min()) >= 0 and int(places._data.max()) < K):
        raise DimError(
            f"embedding: input holds an index that is not in 0..{K - 1}, the rows of weight "
            f"{weight.shape}"
        )
    rows = weight[places]
    if padding_idx is None:
        return rows
    padding = integer("embedding", "padding_idx", padding_idx)
    if not -K <= padding < K:
        raise ValueError(
            f"embedding: padding_idx={padding_idx} is not legal (legal: {-K}..{K - 1})"
        )
    return where(unsqueeze(places == padding % K, -1), rows.detach(), rows)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """A row of zeros with a one at each integer's place, int64; num_classes=-1 counts up to the
    largest.

    Raises ValueError for integers outside 0..num_classes-1, TypeError for what are no integers.

    >>> import minigan
    >>> one_hot(minigan.tensor([2, 0])).tolist()
    [[0, 0, 1], [1, 0, 0]]
    """
    places, K = (
        _indices("one_hot", "tensor", tensor),
        integer("one_hot", "num_classes", num_classes),
    )
    if K < -1 or K == 0:
        raise ValueError(f"one_hot: num_classes={K} must be > 0, or -1 to count up to the largest")
    if K == -1 and not places.numel():
        raise ValueError("one_hot: num_classes=-1 cannot be counted in an empty tensor; give it")
    low, high = (int(places._data.min()), int(places._data.max())) if places.numel() else (0, -1)
    K = high + 1 if K == -1 else K
    if low < 0 or high >= K:
        raise ValueError(
            f"one_hot: tensor holds {low if low < 0 else high} (legal: 0..{K - 1} with "
            f"num_classes={K})"
        )
    classes = namespace(places._data).arange(K)
    return Tensor._wrap((places._data[..., None] == classes).astype("int64"))
