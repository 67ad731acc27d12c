"""Writing and adding numbers at listed places: scatter, scatter_add, index_add and the like.

The ordinary function returns a new tensor; the one whose name ends in _ changes the tensor.
"""

from __future__ import annotations

from typing import Any

from minigan.autograd.tensor import Tensor
from minigan.checks import as_dim
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.copying import clone
from minigan.functions.diagonals import diagonal
from minigan.functions.gathering import key_along
from minigan.functions.indexing import PLACE, Scatter, parse_key
from minigan.functions.inplace import changer, fill_, setitem

__all__ = ["scatter", "scatter_add", "index_add", "index_copy", "index_fill"]


@numpy_names
def scatter_(input: Tensor, dim: int, index: Tensor, src: Any) -> Tensor:
    """Set input[index[i, j, ...], j, ...] = src[i, j, ...] for dim = 0, and so on; return input.

    src is a tensor or a number. If an index occurs twice, it is not defined which value remains.
    Raises as `gather` does.

    >>> Tensor([[0, 0], [0, 0]]).scatter_(1, Tensor([[1], [0]]), 7).tolist()
    [[0, 7], [7, 0]]
    """
    key = key_along("scatter_", input, as_dim("scatter_", dim, input.ndim), index)
    if isinstance(src, Tensor):
        src = src[tuple(slice(0, size) for size in index.shape)]
    setitem(input, key, src)
    return input


@numpy_names
def scatter(input: Tensor, dim: int, index: Tensor, src: Any) -> Tensor:
    """Return a clone of the input after `scatter_`. Raises as `gather` does.

    >>> scatter(Tensor([[0, 0], [0, 0]]), 1, Tensor([[1], [0]]), 7).tolist()
    [[0, 7], [7, 0]]
    """
    return scatter_(clone(input), dim, index, src)


@numpy_names
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """Return the input with src[i, j, ...] added at index[i, j, ...] along dim.

    Values with the same place are all added. Raises as `gather` does.

    >>> scatter_add(Tensor([0, 10]), 0, Tensor([1, 1]), Tensor([1, 2]))
    tensor([ 0, 13])
    """
    x, values = tensor_of("scatter_add", "input", input), tensor_of("scatter_add", "src", src)
    key = key_along("scatter_add", x, as_dim("scatter_add", dim, x.ndim), index)
    _, indices = parse_key("scatter_add", x, key)
    part = values[tuple(slice(0, size) for size in index.shape)]
    return x + Scatter((PLACE,) * x.ndim, x.shape)(part, *indices)


def _along(function: str, x: Tensor, dim: int, index: Any) -> tuple[Any, ...]:
    """Return the key of the slices along dim at the places in a vector."""
    if tensor_of(function, "index", index).ndim > 1:
        raise ValueError(f"{function}: index has shape {index.shape}; it must be a vector")
    return (*(slice(None),) * as_dim(function, dim, x.ndim), index.reshape(-1))


@numpy_names
def index_add(
    input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1
) -> Tensor:
    """Return the input with alpha times the slices of source added at the places along dim.

    Raises ValueError if the index is not a vector or the shapes do not fit, and IndexError if it is
    out of range.

    >>> index_add(Tensor([1, 2, 3]), 0, Tensor([0, 0]), Tensor([10, 20]))
    tensor([31,  2,  3])
    """
    x, values = tensor_of("index_add", "input", input), tensor_of("index_add", "source", source)
    key = _along("index_add", x, dim, index)
    pattern, indices = parse_key("index_add", x, key)
    shape = tuple(n if a != len(key) - 1 else len(key[-1]) for a, n in enumerate(x.shape))
    if values.shape != shape:
        raise ValueError(f"index_add: source has shape {values.shape}; it must be {shape}")
    values = values if alpha == 1 else values * alpha
    return x + Scatter(pattern, x.shape)(values, *indices)


@numpy_names
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Return the input with the slices of source in the places along dim. Raises as indexing does.

    >>> index_copy(Tensor([1, 2, 3]), 0, Tensor([2, 0]), Tensor([7, 8]))
    tensor([8, 2, 7])
    """
    return index_copy_(clone(input), dim, index, source)


@numpy_names
def index_copy_(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Replace the slices at the places along dim by those of source; return the tensor."""
    setitem(input, _along("index_copy_", input, dim, index), source)
    return input


@numpy_names
def index_fill(input: Tensor, dim: int, index: Tensor, value: float) -> Tensor:
    """Return the input with one number in the slices at the places along dim.

    >>> index_fill(Tensor([1, 2, 3]), 0, Tensor([0, 2]), 7)
    tensor([7, 2, 7])
    """
    return index_fill_(clone(input), dim, index, value)


@numpy_names
def index_fill_(input: Tensor, dim: int, index: Tensor, value: float) -> Tensor:
    """Replace the slices at the places along dim by one number; return the tensor."""
    setitem(input, _along("index_fill_", input, dim, index), value)
    return input


def fill_diagonal_(input: Tensor, fill_value: float) -> Tensor:
    """Replace the numbers on the main diagonal of a matrix; return the tensor.

    >>> Tensor([[1, 2], [3, 4]]).fill_diagonal_(0).tolist()
    [[0, 2], [3, 0]]
    """
    fill_(diagonal(input), fill_value)
    return input


OTHERS: dict[str, Any] = {"scatter_add_": changer(scatter_add), "index_add_": changer(index_add)}
