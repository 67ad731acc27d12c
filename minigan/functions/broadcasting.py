"""Broadcasting: a number is repeated along an axis, so its gradient is a sum, and vice versa."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import Shape, allocated, as_shape
from minigan.functions.arguments import tensor_of

__all__ = ["broadcast_to"]


@dataclass(frozen=True)
class BroadcastTo(Op):
    """y[..., i, ...] = x[..., 0, ...]: repeat along new axes and along axes of size 1."""

    moves = view = True
    source: Shape
    target: Shape

    def forward(self, x: Array) -> Array:
        if x.ndim or namespace(x) is not np:
            return namespace(x).broadcast_to(x, self.target)
        # NumPy's constructor makes the same view of one number in a third of the time
        y = np.ndarray(self.target, x.dtype, x, strides=(0,) * len(self.target))
        y.flags.writeable = False
        return y

    def backward_x(self, g: Tensor) -> Tensor:
        return SumTo(self.target, self.source)(g)


@dataclass(frozen=True)
class SumTo(Op):
    """Sum over the axes along which BroadcastTo repeats: its adjoint."""

    source: Shape
    target: Shape

    def forward(self, x: Array) -> Array:
        new = len(self.source) - len(self.target)
        axes = [
            a
            for a, size in enumerate(self.source)
            if a < new or (size != 1 and self.target[a - new] == 1)
        ]
        return x.sum(axis=tuple(axes), dtype=x.dtype).reshape(self.target)

    def backward_x(self, g: Tensor) -> Tensor:
        return BroadcastTo(self.target, self.source)(g)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return math.prod(self.source)


_broadcast = lru_cache(maxsize=4096)(BroadcastTo)


@lru_cache(maxsize=4096)
def broadcast_shapes(function: str, *shapes: Shape) -> Shape:
    """Return the common shape. Raises ValueError that restates the shapes if there is none.

    >>> broadcast_shapes("add", (2, 1), (3,))
    (2, 3)
    """
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            f"{function}: shapes {' and '.join(map(str, shapes))} do not broadcast "
            "(from the right, sizes must be equal or 1)"
        ) from None


def broadcast_to(input: Tensor, *sizes: Any, size: Any = ()) -> Tensor:
    """Return the tensor repeated to a shape, without a copy; -1 keeps a size.

    The sizes are given one by one, as a sequence, or as `size=`. Raises ValueError unless each
    size is kept, or was 1 before.

    >>> broadcast_to(Tensor([[1], [2]]), 2, 3).tolist()
    [[1, 1, 1], [2, 2, 2]]
    """
    return repeated("broadcast_to", input, sizes or (size,))


def repeated(function: str, input: Tensor, sizes: Any) -> Tensor:
    """Return `broadcast_to(input, *sizes)`; errors begin with the name of the function."""
    x = tensor_of(function, "input", input)
    target = as_shape(function, sizes, -1)
    new = len(target) - x.ndim
    if new >= 0 and -1 not in target[:new]:
        target = tuple(x.shape[a - new] if n == -1 else n for a, n in enumerate(target))
    if target == x.shape:
        return x
    if (
        new < 0
        or -1 in target
        or any(old not in (1, n) for old, n in zip(x.shape, target[new:], strict=True))
    ):
        raise ValueError(
            f"{function}: shape {x.shape} cannot be repeated to shape {target} (from the right, "
            "sizes must be equal, or 1 before)"
        )
    y: Tensor = allocated(function, target, lambda: expanded(x, target))
    return y


def expanded(x: Any, target: Shape) -> Any:
    """Return x, a tensor or an array, repeated to a shape that is known to fit.

    It is x itself if it has this shape.
    """
    return x if x.shape == target else _broadcast(x.shape, target).apply(x)
