"""Choosing by tensors of indices or bools: gather, take and masks.

All of these are compositions of indexing, `where` and arithmetic, and so are their gradients.
"""

from __future__ import annotations

from typing import Any

from minigan.autograd.dtypes import DType, int64
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import DimError, as_dim, boolean
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.broadcasting import broadcast_shapes, broadcast_to
from minigan.functions.choosing import where
from minigan.functions.indexing import getitem
from minigan.functions.shaping import reshape

__all__ = [
    "gather", "index_select", "take_along_dim", "take", "masked_fill", "masked_select", "nonzero",
    "argwhere",
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


@numpy_names
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


@numpy_names
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


@numpy_names
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

    Raises TypeError if it is not a number, and ValueError if it does not fit.
    """
    try:
        float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{function}: value={value!r} must be a number") from None
    except OverflowError:  # an integer that no float holds
        pass
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
    if boolean("nonzero", "as_tuple", as_tuple):
        return where(input)
    if x.ndim == 0:
        return Tensor._wrap(namespace(x).zeros((int(x != 0), 0), int64))
    places = namespace(x).stack(namespace(x).nonzero(x), axis=-1)
    return Tensor._wrap(places.astype(int64, copy=False))


def argwhere(input: Tensor) -> Tensor:
    """Return the indices of the numbers that are not 0: shape (how many, ndim), int64.

    >>> argwhere(Tensor([0, 5, 0, 7])).tolist()
    [[1], [3]]
    """
    places: Tensor = nonzero(input)
    return places


def take(input: Tensor, index: Tensor) -> Tensor:
    """Return the numbers at these places in row-major order, in the shape of the index.

    Raises TypeError if the index is not an integer tensor, and IndexError if it is out of range.

    >>> take(Tensor([[1, 2], [3, 4]]), Tensor([0, 3]))
    tensor([1, 4])
    """
    if tensor_of("take", "index", index).dtype.kind not in "iu":
        raise TypeError(f"take: index has dtype {index.dtype}; it must be integer")
    return getitem(reshape(tensor_of("take", "input", input), -1), index.long())
