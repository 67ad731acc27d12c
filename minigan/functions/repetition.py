"""Functions that repeat the numbers of a tensor: without a copy (expand) or with one (repeat)."""

from __future__ import annotations

from typing import Any

from minigan.autograd.dtypes import int64
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import allocated, as_dim, as_shape
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.broadcasting import repeated
from minigan.functions.copying import alias
from minigan.functions.indexing import getitem
from minigan.functions.shaping import reshape

__all__ = ["tile", "repeat_interleave"]


def expand(input: Tensor, *sizes: Any, size: Any = ()) -> Tensor:
    """Return the tensor repeated to a shape, without a copy; -1 keeps a size.

    Raises as `broadcast_to` does.

    >>> Tensor([[1], [2]]).expand(2, 3).tolist()
    [[1, 1, 1], [2, 2, 2]]
    """
    return alias(input) if (y := repeated("expand", input, sizes or (size,))) is input else y


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """Return the tensor repeated to the shape of another. Raises as `broadcast_to` does.

    >>> Tensor([[1], [2]]).expand_as(Tensor([[0, 0], [0, 0]])).tolist()
    [[1, 1], [2, 2]]
    """
    return expand(input, tensor_of("expand_as", "other", other).shape)


def repeat(input: Tensor, *sizes: Any) -> Tensor:
    """Return sizes[a] copies of the tensor along each axis a, new axes first (NumPy's tile).

    Raises ValueError if there are fewer sizes than dimensions.

    >>> Tensor([1, 2]).repeat(2, 2).tolist()
    [[1, 2, 1, 2], [1, 2, 1, 2]]
    """
    x, times = tensor_of("repeat", "input", input), as_shape("repeat", sizes)
    if len(times) < x.ndim:
        raise ValueError(
            f"repeat: sizes {times} must be at least as many as the dimensions of shape {x.shape}"
        )
    shape = (1,) * (len(times) - x.ndim) + x.shape
    between = [size for pair in zip([1] * len(shape), shape, strict=True) for size in pair]
    tiled = [size for pair in zip(times, shape, strict=True) for size in pair]
    total = tuple(n * size for n, size in zip(times, shape, strict=True))
    copies = repeated("repeat", reshape(x, between), (tiled,))
    y = allocated("repeat", total, lambda: reshape(copies, total))
    return y.clone() if y.memory is x.memory else y  # nothing was repeated


def tile(input: Tensor, *sizes: Any, dims: Any = ()) -> Tensor:
    """Return copies of the tensor along each axis; missing sizes, on the left, are 1.

    >>> tile(Tensor([[1, 2]]), (2,)).tolist()
    [[1, 2, 1, 2]]
    """
    x, times = tensor_of("tile", "input", input), as_shape("tile", sizes or (dims,))
    return repeat(x, (1,) * (x.ndim - len(times)) + times)


@numpy_names
def repeat_interleave(input: Tensor, repeats: Any, dim: int | None = None) -> Tensor:
    """Return each slice along dim repeated in place; without dim, each number in row-major order.

    `repeats` is one number of copies, or a vector with one for each slice. Raises ValueError if a
    number is negative or the vector has another size than dim.

    >>> repeat_interleave(Tensor([1, 2]), 2), repeat_interleave(Tensor([1, 2]), Tensor([0, 3]))
    (tensor([1, 1, 2, 2]), tensor([2, 2, 2]))
    """
    x = tensor_of("repeat_interleave", "input", input)
    if dim is None:
        x, dim = reshape(x, -1), 0
    a = as_dim("repeat_interleave", dim, x.ndim)
    x = reshape(x, 1) if x.ndim == 0 else x
    listed = repeats.tolist() if isinstance(repeats, Tensor) else repeats
    times = as_shape(
        "repeat_interleave", [listed if isinstance(listed, list | tuple) else [listed]]
    )
    if len(times) not in (1, x.shape[a]):
        raise ValueError(
            f"repeat_interleave: {len(times)} repeats do not fit size {x.shape[a]} of dim={dim}"
        )
    xp = namespace(x._data)
    places = xp.repeat(xp.arange(x.shape[a], dtype=int64), times * (x.shape[a] // len(times)))
    return getitem(x, (*(slice(None),) * a, Tensor._wrap(places)))
