"""Functions that repeat the numbers of a tensor: without a copy (expand) or with one (repeat)."""

from __future__ import annotations

from typing import Any

from minigan.autograd.tensor import Tensor
from minigan.checks import as_shape
from minigan.functions.arguments import tensor_of
from minigan.functions.broadcasting import broadcast_to
from minigan.functions.copying import alias
from minigan.functions.shaping import reshape

__all__: list[str] = []  # methods of a Tensor only


def expand(input: Tensor, *sizes: Any, size: Any = ()) -> Tensor:
    """Return the tensor repeated to a shape, without a copy; -1 keeps a size.

    Raises as `broadcast_to` does.

    >>> Tensor([[1], [2]]).expand(2, 3).tolist()
    [[1, 1, 1], [2, 2, 2]]
    """
    return alias(input) if (y := broadcast_to(input, *sizes, size=size)) is input else y


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
    return reshape(
        expand(reshape(x, between), tiled), [n * size for n, size in zip(times, shape, strict=True)]
    )
