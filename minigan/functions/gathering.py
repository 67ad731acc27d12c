"""Choosing by tensors of indices or bools: gather, masks, triangles and diagonals.

All of these are compositions of indexing, `where` and arithmetic, and so are their gradients.
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
    "gather", "index_select", "take_along_dim", "masked_fill", "masked_select", "nonzero", "tril",
    "triu", "diag",
]  # fmt: skip


def key_along(function: str, x: Tensor, dim: int, index: Tensor) -> tuple[Tensor, ...]:
    """Return the key of x[i, ..., index[i, ..., j], ..., j], in which the index replaces dim.

    Raises TypeError if the index is not integer, ValueError if it has other dimensions than x or is
    larger outside dim, and IndexError if it is negative.
    """
    if tensor_of(function, "index", index).dtype.kind not in "iu":
        raise TypeError(f"{function}: index has dtype {index.dtype}; it must be integer")
    sizes = zip(index.shape, x.shape, strict=False)
    if index.ndim != x.ndim or any(n > size for a, (n, size) in enumerate(sizes) if a != dim):
        raise ValueError(
            f"{function}: index of shape {index.shape} does not fit into {x.shape} (legal: as many "
            f"dimensions, and no larger size except in dim={dim})"
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
    """Return y with y[i, j, ...] = x[index[i, j, ...], j, ...] for dim = 0, and so on.

    y has the shape of the index, which may be smaller than x. Raises TypeError if the index is not
    integer, ValueError if it does not fit, and IndexError if it is out of range.

    >>> gather(Tensor([[1, 2], [3, 4]]), 1, Tensor([[1], [0]])).tolist()
    [[2], [3]]
    """
    x = tensor_of("gather", "input", input)
    dim = as_dim("gather", dim, x.ndim)
    if x.ndim == 0:
        return reshape(gather(reshape(x, 1), 0, reshape(index, -1)), index.shape)
    return getitem(x, key_along("gather", x, dim, index))


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """Return the slices along dim at the places listed in a vector.

    Raises ValueError if the index is not a vector, and IndexError if it is out of range.

    >>> index_select(Tensor([[1, 2, 3], [4, 5, 6]]), 1, Tensor([2, 0])).tolist()
    [[3, 1], [6, 4]]
    """
    x, index = tensor_of("index_select", "input", input), tensor_of("index_select", "index", index)
    if index.ndim > 1:
        raise ValueError(f"index_select: index has shape {index.shape}; it must be a vector")
    key = (slice(None),) * as_dim("index_select", dim, x.ndim)
    return getitem(x, (*key, reshape(index, -1)))


def take_along_dim(input: Tensor, indices: Tensor, dim: int) -> Tensor:
    """Return `gather(input, dim, indices)`. Raises as `gather` does.

    >>> take_along_dim(Tensor([[1, 2], [3, 4]]), Tensor([[1], [0]]), dim=1).tolist()
    [[2], [3]]
    """
    return gather(input, dim, indices)


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """Return the value where the mask holds, and the input elsewhere; the mask broadcasts.

    Raises TypeError if the mask is not a bool tensor, and ValueError if the value is not one number
    or does not fit into the input's dtype.

    >>> masked_fill(Tensor([1.0, 2.0]), Tensor([True, False]), 0.0)
    tensor([0., 2.])
    """
    x = tensor_of("masked_fill", "input", input)
    if isinstance(value, Tensor) and value.ndim:
        raise ValueError(
            f"masked_fill: value has shape {value.shape}; it must be one number (use where)"
        )
    if not isinstance(value, Tensor):
        value = as_number("masked_fill", value, x.dtype)
        value = Tensor._wrap(namespace(x._data).asarray(value, dtype=x.dtype))
    return where(mask, value.to(x.dtype), x)


def as_number(function: str, value: float, dtype: DType) -> float:
    """Return the number as this dtype holds it: for integers without its fraction.

    Raises ValueError if it does not fit.
    """
    try:
        return value if dtype.kind in "fb" else dtype.type(int(value)).item()
    except (OverflowError, ValueError, TypeError):
        raise ValueError(f"{function}: value={value!r} does not fit into {dtype}") from None


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """Return the numbers where the mask holds, as a vector; input and mask broadcast.

    Raises TypeError if the mask is not a Tensor, and ValueError if the shapes do not broadcast.

    >>> masked_select(Tensor([1, 2, 3]), Tensor([True, False, True]))
    tensor([1, 3])
    """
    x = tensor_of("masked_select", "input", input)
    mask = tensor_of("masked_select", "mask", mask)
    shape = broadcast_shapes("masked_select", x.shape, mask.shape)
    return getitem(broadcast_to(x, shape), broadcast_to(mask, shape))


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """Return the indices of the numbers that are not 0: shape (how many, ndim), int64.

    With `as_tuple` they are a tuple of vectors, one for each dimension.

    >>> nonzero(Tensor([0, 5, 0, 7])).tolist()
    [[1], [3]]
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
    """Return the numbers on and below a diagonal, and 0 above it, of each matrix (..., H, W).

    Diagonal 1 is the one above the main diagonal, -1 the one below. Raises ValueError if the input
    has fewer than 2 dimensions, and TypeError if the diagonal is not an integer.

    >>> tril(Tensor([[1, 2], [3, 4]])).tolist()
    [[1, 0], [3, 4]]
    """
    return _triangle("tril", input, diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return the numbers on and above a diagonal, and 0 below it, of each matrix (..., H, W).

    Diagonals are counted, and errors raised, as in `tril`.

    >>> triu(Tensor([[1, 2], [3, 4]])).tolist()
    [[1, 2], [0, 4]]
    """
    return _triangle("triu", input, diagonal)


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return a matrix with this vector on a diagonal, or a copy of a diagonal of this matrix.

    Diagonals are counted as in `tril`. Raises ValueError if the input is neither a vector nor a
    matrix, and TypeError if the diagonal is not an integer.

    >>> diag(Tensor([1, 2])).tolist(), diag(Tensor([[1, 2], [3, 4]])).tolist()
    ([[1, 0], [0, 2]], [1, 4])
    """
    x, k = tensor_of("diag", "input", input), integer("diag", "diagonal", diagonal)
    down, right = max(-k, 0), max(k, 0)
    if x.ndim == 1:
        size = x.numel() + down + right
        start = down * size + right
        places = slice(start, start + x.numel() * (size + 1), size + 1)  # in row-major order
        return reshape(Scatter((places,), (size * size,))(x), size, size)
    if x.ndim != 2:
        raise ValueError(f"diag: input has shape {x.shape}; it must be a vector or a matrix")
    i = namespace(x._data).arange(max(min(x.shape[0] - down, x.shape[1] - right), 0))
    return getitem(x, (i + down, i + right))
