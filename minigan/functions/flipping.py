"""Functions that reverse the order along dimensions, and turn a tensor by right angles.

They raise as the functions of `shaping` do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array
from minigan.checks import Shape, as_dim, as_dims, integer
from minigan.functions.arguments import tensor_of
from minigan.functions.shaping import listed_dims, transpose

__all__ = ["flip", "fliplr", "flipud", "rot90"]


@dataclass(frozen=True)
class Flip(Op):
    """Reverse the order along some axes, in new memory: its own inverse and adjoint."""

    moves = True
    dims: Shape

    def forward(self, x: Array) -> Array:
        key = tuple(slice(None, None, -1 if a in self.dims else 1) for a in range(x.ndim))
        return x[key].copy()

    def backward_x(self, g: Tensor) -> Tensor:
        return Flip(self.dims)(g)


def flip(input: Tensor, *axes: Any, dims: Any = ()) -> Tensor:
    """Return the tensor with the order along some dimensions reversed.

    The dimensions are given one by one, as a sequence, or as `dims=`.

    >>> flip(Tensor([1, 2, 3]), 0)
    tensor([3, 2, 1])
    """
    x = tensor_of("flip", "input", input)
    listed = listed_dims(axes or (dims,))
    chosen = as_dims("flip", listed, x.ndim) if len(listed) else ()
    return Flip(chosen)(x)


def fliplr(input: Tensor) -> Tensor:
    """Return the tensor with the order along dimension 1 reversed. Raises ValueError below 2-D.

    >>> fliplr(Tensor([[1, 2], [3, 4]])).tolist()
    [[2, 1], [4, 3]]
    """
    return flip(_at_least("fliplr", input, 2), 1)


def flipud(input: Tensor) -> Tensor:
    """Return the tensor with the order along dimension 0 reversed. Raises ValueError below 1-D.

    >>> flipud(Tensor([1, 2, 3]))
    tensor([3, 2, 1])
    """
    return flip(_at_least("flipud", input, 1), 0)


def _at_least(function: str, input: Tensor, ndim: int) -> Tensor:
    x = tensor_of(function, "input", input)
    if x.ndim < ndim:
        raise ValueError(
            f"{function}: input has shape {x.shape}; at least {ndim} dimensions are needed"
        )
    return x


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Return the tensor turned k times by 90 degrees, from the first of two dims to the second.

    >>> rot90(Tensor([[1, 2], [3, 4]])).tolist()
    [[2, 4], [1, 3]]
    """
    x, turns = tensor_of("rot90", "input", input), integer("rot90", "k", k) % 4
    if not isinstance(dims, list | tuple) or len(dims) != 2:
        raise ValueError(f"rot90: dims={dims!r} must be two dimensions")
    a, b = (as_dim("rot90", d, x.ndim, "dims") for d in dims)
    if a == b:
        raise ValueError(f"rot90: dims={dims} must be two different dimensions")
    if turns == 1:
        return transpose(flip(x, b), a, b)
    if turns == 2:
        return flip(x, (a, b))
    return flip(transpose(x, a, b), b) if turns else x.clone()
