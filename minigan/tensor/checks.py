"""What arguments may be: tensors, dimensions and shapes, checked once for all functions, with
errors that name them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigan.backend import namespace
from minigan.tensor.op import Op

if TYPE_CHECKING:
    from minigan.tensor.tensor import Tensor

Shape = tuple[int, ...]


class DimError(IndexError, ValueError):
    """A dimension or index that is not there: an IndexError, as in PyTorch, and a ValueError."""


def as_dim(function: str, dim: Any, ndim: int, name: str = "dim") -> int:
    """A dimension in 0..ndim-1 from one that may count from the end; a tensor without dimensions
    has dim 0 and -1.

    Raises TypeError if it is not an integer and IndexError (as PyTorch does) if it is out of range.
    """
    if isinstance(dim, bool) or not isinstance(dim, int | np.integer):
        raise TypeError(f"{function}: {name}={dim!r} must be an integer")
    n = max(ndim, 1)
    if not -n <= dim < n:
        raise DimError(
            f"{function}: {name}={dim} is out of range for {ndim} dimensions (legal: {-n}..{n - 1})"
        )
    return int(dim) % n


def as_dims(function: str, dim: Any, ndim: int) -> Shape:
    """Several dimensions, each once; None stands for all. ValueError if one appears twice."""
    if dim is None or (isinstance(dim, list | tuple) and not dim):
        return tuple(range(ndim))
    dims = tuple(
        as_dim(function, d, ndim) for d in (dim if isinstance(dim, list | tuple) else (dim,))
    )
    if len(set(dims)) != len(dims):
        raise ValueError(f"{function}: dim={dim} names a dimension twice")
    return dims if ndim else ()


def as_shape(function: str, shape: Sequence[Any], lowest: int = 0) -> Shape:
    """Sizes given one by one or as one sequence.

    TypeError or ValueError naming the one that is no size.
    """
    if len(shape) == 1 and isinstance(shape[0], list | tuple):
        shape = shape[0]
    for size in shape:
        if isinstance(size, bool) or not isinstance(size, int | np.integer):
            raise TypeError(f"{function}: size {size!r} in shape {tuple(shape)} must be an integer")
        if size < lowest:
            raise ValueError(f"{function}: size {size} in shape {tuple(shape)} must be >= {lowest}")
    return tuple(int(size) for size in shape)


def tensor_of(function: str, name: str, value: Any) -> Tensor:
    """The value, if it is a Tensor; TypeError if not."""
    if not isinstance(value, Op.tensor):
        raise TypeError(f"{function}: {name} must be a Tensor, not {type(value).__name__}")
    return value


def require_writable(function: str, x: Tensor) -> None:
    """RuntimeError if the numbers of x cannot be changed one by one: in expanded memory, one stands
    at many places.
    """
    expanded = any(
        stride == 0 and size > 1 for stride, size in zip(x._data.strides, x.shape, strict=True)
    )
    if expanded or not getattr(x._data.flags, "writeable", True):
        why = "expanded" if expanded else "read-only"
        raise RuntimeError(
            f"{function}: the memory of a tensor of shape {x.shape} is {why}; change a clone"
        )


def require_room(told: str, x: Tensor, shape: Shape) -> None:
    """ValueError that begins with `told` if x's memory cannot hold numbers of x's dtype in this
    shape.
    """
    try:
        namespace(x._data).empty(shape, x.dtype)
    except (ValueError, MemoryError) as error:
        raise ValueError(f"{told} makes an output of shape {shape}: {error}") from error


def number(
    function: str, name: str, value: Any, low: float = -math.inf, high: float = math.inf
) -> float:
    """The value as a float in [low, high]; TypeError if it is no number, ValueError if it lies
    outside.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{function}: {name}={value!r} must be a number")
    if not low <= value <= high:
        legal = f">= {low}" if high == math.inf else f"in [{low}, {high}]"
        raise ValueError(f"{function}: {name}={value} is not legal (legal: {legal})")
    return float(value)


def integer(function: str, name: str, value: Any) -> int:
    """The value as an int; TypeError if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{function}: {name}={value!r} must be an integer")
    return int(value)


def as_flag(function: str, name: str, value: Any) -> bool:
    """The value, if it is True or False; TypeError if not: in `x.sum(0, 1)` the 1 is no second
    dimension.
    """
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{function}: {name}={value!r} must be True or False")
    return bool(value)
