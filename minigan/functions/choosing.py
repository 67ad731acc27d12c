"""Functions that choose between numbers: the gradient goes to the number that was chosen."""

from __future__ import annotations

from typing import Any, overload

import numpy as np

from minigan.autograd.dtypes import int64
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, is_array, namespace
from minigan.checks import Shape
from minigan.functions.arguments import tensor_of
from minigan.functions.broadcasting import broadcast_shapes, broadcast_to
from minigan.functions.operands import Operand, as_operand, operands, rank_of
from minigan.functions.promotion import promote

__all__ = ["where", "maximum", "minimum", "clamp", "clamp_min", "clamp_max", "clip"]


class Where(Op):
    """y = a where the condition holds, else b."""

    def forward(self, condition: Array, a: Array, b: Array) -> Array:
        return namespace(condition, a, b).where(condition, a, b)

    def backward_a(self, g: Tensor, condition: Tensor) -> Tensor:
        return where(condition, g, 0.0)

    def backward_b(self, g: Tensor, condition: Tensor) -> Tensor:
        return where(condition, 0.0, g)


class Maximum(Op):
    """y = max(a, b); if they are equal, each gets half the gradient, as in PyTorch."""

    def forward(self, a: Array, b: Array) -> Array:
        return namespace(a, b).maximum(a, b)

    def backward_a(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return _chosen(g, a < b, a == b)

    def backward_b(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return _chosen(g, a > b, a == b)


class Minimum(Op):
    """y = min(a, b); if they are equal, each gets half the gradient, as in PyTorch."""

    def forward(self, a: Array, b: Array) -> Array:
        return namespace(a, b).minimum(a, b)

    def backward_a(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return _chosen(g, a > b, a == b)

    def backward_b(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return _chosen(g, a < b, a == b)


def _chosen(g: Tensor, other: Tensor, equal: Tensor) -> Tensor:
    """Return g, but 0 where the other number was chosen, and g/2 where the two are equal."""
    return where(other, 0.0, where(equal, g / 2.0, g))


class Clamp(Op):
    """y = min(max(x, low), high). A bound may be None; if low > high, y = high everywhere."""

    def forward(self, x: Array, low: Array | None, high: Array | None) -> Array:
        xp = namespace(x)
        y = x if low is None else xp.maximum(x, low)
        return xp.minimum(y, high) if high is not None else y

    def backward_x(self, g: Tensor, x: Tensor, low: Tensor | None, high: Tensor | None) -> Tensor:
        inside = [x >= low] if low is not None else []
        inside += [x <= high] if high is not None else []
        return where(inside[0] & inside[-1], g, 0.0)

    def backward_low(self, g: Tensor, x: Tensor, low: Tensor, high: Tensor | None) -> Tensor:
        return where(x < low if high is None else (x < low) & (low < high), g, 0.0)

    def backward_high(self, g: Tensor, x: Tensor, low: Tensor | None, high: Tensor) -> Tensor:
        return where(x > high if low is None else (x > high) | (low > high), g, 0.0)


_where, _maximum, _minimum, _clamp = Where(), Maximum(), Minimum(), Clamp()


@overload
def where(condition: Any) -> tuple[Tensor, ...]: ...
@overload
def where(condition: Any, input: Operand, other: Operand) -> Tensor: ...
def where(condition: Any, input: Operand = None, other: Operand = None) -> Any:
    """Return the numbers of input where the condition holds, and of other elsewhere.

    All three broadcast; input and other are promoted. With the condition alone, return the indices
    of its numbers that are not 0: an int64 vector for each dimension. Raises TypeError if the
    condition is not a bool tensor, and ValueError if the shapes do not broadcast.

    >>> where(Tensor([True, False]), Tensor([1.0, 2.0]), 0.0)
    tensor([1., 0.])
    """
    if is_array(condition) or isinstance(condition, bool | np.bool_):
        condition = Tensor(condition)
    if input is None and other is None:
        x = tensor_of("where", "condition", condition)._data
        places = (x if x.ndim else x.reshape(1)).nonzero()
        return tuple(Tensor._wrap(i.astype(int64, copy=False)) for i in places)
    if tensor_of("where", "condition", condition).dtype.kind != "b":
        raise TypeError(
            f"where: condition has dtype {condition.dtype}; it must be bool (write x != 0)"
        )
    if isinstance(input, int | float) and isinstance(other, int | float):
        input = Tensor(input)
    a, b = operands("where", input, other)
    shape: Shape = broadcast_shapes("where", condition.shape, a.shape, b.shape)
    a, b = (broadcast_to(x, shape) if x.requires_grad else x for x in (a, b))
    return _where(condition, a, b)


def where_method(input: Tensor, condition: Tensor, other: Any) -> Tensor:
    """Return the tensor where the condition holds, and other elsewhere, as `minigan.where` does.

    >>> Tensor([1.0, 2.0]).where(Tensor([True, False]), 0.0)
    tensor([1., 0.])
    """
    return where(condition, input, other)


def maximum(input: Operand, other: Operand) -> Tensor:
    """Return the larger of each pair of numbers, broadcast and promoted; NaN if one is NaN.

    >>> maximum(Tensor([1.0, 5.0]), 3)
    tensor([3., 5.])
    """
    return _maximum(*operands("maximum", input, other))


def minimum(input: Operand, other: Operand) -> Tensor:
    """Return the smaller of each pair of numbers, broadcast and promoted; NaN if one is NaN.

    >>> minimum(Tensor([1.0, 5.0]), 3)
    tensor([1., 3.])
    """
    return _minimum(*operands("minimum", input, other))


def clamp(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Return the numbers limited to min..max: numbers below min become min, then above max, max.

    The bounds are numbers or tensors that broadcast; one may be None. Raises TypeError if the input
    is not a Tensor or a bound is not an operand, and ValueError if both bounds are None.

    >>> clamp(Tensor([-2.0, 0.5, 3.0]), 0, 1)
    tensor([0. , 0.5, 1. ])
    """
    x = tensor_of("clamp", "input", input)
    bounds = {name: bound for name, bound in (("min", min), ("max", max)) if bound is not None}
    if not bounds:
        raise ValueError("clamp: give min, max or both")
    ranks = [rank_of("clamp", name, bound) for name, bound in bounds.items()]
    dtype = promote((rank_of("clamp", "input", x), *ranks))
    bounds = {name: as_operand(bound, dtype, x) for name, bound in bounds.items()}
    shape = broadcast_shapes("clamp", x.shape, *(bound.shape for bound in bounds.values()))
    for name, bound in bounds.items():
        if bound.requires_grad:
            bounds[name] = broadcast_to(bound, shape)
    return _clamp(broadcast_to(x.to(dtype), shape), bounds.get("min"), bounds.get("max"))


def clamp_min(input: Tensor, min: Operand) -> Tensor:
    """Return the numbers, but min where they are smaller. Raises as `clamp` does.

    >>> clamp_min(Tensor([-2.0, 3.0]), 0)
    tensor([0., 3.])
    """
    return clamp(input, min=min)


def clamp_max(input: Tensor, max: Operand) -> Tensor:
    """Return the numbers, but max where they are larger. Raises as `clamp` does.

    >>> clamp_max(Tensor([-2.0, 3.0]), 0)
    tensor([-2.,  0.])
    """
    return clamp(input, max=max)


clip = clamp  # NumPy's name
