"""Choosing by tensors of indices or bools, and the reverse: gather and scatter, masks, triangles.

All of them are compositions of indexing, `where` and arithmetic, and so is every gradient.
"""

from __future__ import annotations

from typing import Any

from minigan.autograd.dtypes import DType, int64
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import DimError, as_dim, integer
from minigan.functions.arguments import tensor_of
from minigan.functions.broadcasting import broadcast_shapes, broadcast_to
from minigan.functions.choosing import where
from minigan.functions.indexing import Scatter, getitem
from minigan.functions.shaping import reshape

__all__ = [
    "gather",
    "index_select",
    "take_along_dim",
    "masked_fill",
    "masked_select",
    "nonzero",
    "tril",
    "triu",
    "diag",
]


def along(function: str, x: Tensor, dim: int, index: Tensor) -> tuple[Tensor, ...]:
    """The key that names x[i, ..., index[i, ..., j], ..., j] for an index that varies along dim.

    Raises TypeError for an index that is not integer, ValueError if it does not fit into x, an
    IndexError if it is negative.
    """
    if tensor_of(function, "index", index).dtype.kind not in "iu":
        raise TypeError(f"{function}: index has dtype {index.dtype}; it must be integer")
    sizes = zip(index.shape, x.shape, strict=False)
    if index.ndim != x.ndim or any(n > size for a, (n, size) in enumerate(sizes) if a != dim):
        raise ValueError(
            f"{function}: index of shape {index.shape} must fit into {x.shape}, but for dim={dim}"
        )
    if index.numel() and int(index._data.min()) < 0:
        raise DimError(f"{function}: index must not be negative")
    xp = namespace(x._data)
    places = [
        xp.arange(n).reshape((-1,) + (1,) * (x.ndim - 1 - a)) for a, n in enumerate(index.shape)
    ]
    places[dim] = index._data.astype(int64)
    return tuple(Tensor._wrap(p) for p in places)


def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """y[i, j, ...] = x[index[i, j, ...], j, ...] for dim = 0, and so on; the index may be smaller
    than x.

    Raises ValueError if the ranks differ or the index is larger, an IndexError if it points
    outside.
    """
    x = tensor_of("gather", "input", input)
    dim = as_dim("gather", dim, x.ndim)
    if x.ndim == 0:
        return reshape(gather(reshape(x, 1), 0, reshape(index, -1)), index.shape)
    return getitem(x, along("gather", x, dim, index))


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices along dim at the places listed in a vector."""
    x, index = tensor_of("index_select", "input", input), tensor_of("index_select", "index", index)
    if index.ndim > 1:
        raise ValueError(f"index_select: index has shape {index.shape}; it must be a vector")
    key = (slice(None),) * as_dim("index_select", dim, x.ndim)
    return getitem(x, (*key, reshape(index, -1)))


def take_along_dim(input: Tensor, indices: Tensor, dim: int) -> Tensor:
    """`gather` with PyTorch's other spelling."""
    return gather(input, dim, indices)


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """The value where the mask holds, the input elsewhere."""
    x = tensor_of("masked_fill", "input", input)
    if isinstance(value, Tensor) and value.ndim:
        raise ValueError(
            f"masked_fill: value has shape {value.shape}; it must be one number (use where)"
        )
    if not isinstance(value, Tensor):
        value = Tensor._wrap(
            namespace(x._data).asarray(as_number("masked_fill", value, x.dtype), dtype=x.dtype)
        )
    return where(mask, value.to(x.dtype), x)


def as_number(function: str, value: float, dtype: DType) -> float:
    """The number, if a tensor of this dtype can hold it; for integers without its fraction."""
    try:
        return value if dtype.kind in "fb" else dtype.type(int(value)).item()
    except (OverflowError, ValueError, TypeError):
        raise ValueError(f"{function}: value={value!r} does not fit into {dtype}") from None


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The numbers where the mask, broadcast with the input, holds, as a vector."""
    x = tensor_of("masked_select", "input", input)
    shape = broadcast_shapes(
        "masked_select", x.shape, tensor_of("masked_select", "mask", mask).shape
    )
    return getitem(broadcast_to(x, shape), broadcast_to(mask, shape))


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The indices of the numbers that are not 0, a row each; `as_tuple` gives a vector for each
    dimension.
    """
    x = tensor_of("nonzero", "input", input)._data
    if as_tuple:
        return where(input)
    if x.ndim == 0:
        return Tensor._wrap(namespace(x).zeros((int(x != 0), 0), int64))
    return Tensor._wrap(namespace(x).stack(namespace(x).nonzero(x), axis=-1))


def _triangle(function: str, input: Tensor, diagonal: int) -> Tensor:
    x = tensor_of(function, "input", input)
    if x.ndim < 2:
        raise ValueError(f"{function}: input has shape {x.shape}; at least 2 dimensions are needed")
    diagonal = integer(function, "diagonal", diagonal)
    xp = namespace(x._data)
    i, j = xp.arange(x.shape[-2])[:, None], xp.arange(x.shape[-1])
    return where(Tensor._wrap(j - i <= diagonal if function == "tril" else j - i >= diagonal), x, 0)


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The numbers on and below a diagonal, 0 above."""
    return _triangle("tril", input, diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The numbers on and above a diagonal, 0 below."""
    return _triangle("triu", input, diagonal)


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A matrix with this vector on a diagonal, or the vector on a diagonal of this matrix, as a
    copy.

    Diagonals above the main one are counted 1, 2, ..., those below -1, -2, .... Raises ValueError
    for other ranks.

    >>> import minigan
    >>> minigan.diag(minigan.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    x, k = tensor_of("diag", "input", input), integer("diag", "diagonal", diagonal)
    down, right = max(-k, 0), max(k, 0)
    if x.ndim == 1:
        size = x.numel() + down + right
        start = down * size + right
        places = slice(
            start, start + x.numel() * (size + 1), size + 1
        )  # in the matrix, read row by row
        return reshape(Scatter((places,), (size * size,))(x), size, size)
    if x.ndim != 2:
        raise ValueError(f"diag: input has shape {x.shape}; it must be a vector or a matrix")
    i = namespace(x._data).arange(max(min(x.shape[0] - down, x.shape[1] - right), 0))
    return getitem(x, (i + down, i + right))
