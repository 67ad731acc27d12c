"""Arithmetic of two tensors, number by number: + - * / % with the derivatives of numbers.

`operands` gives both inputs one dtype and shapes that broadcast, before the op.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.functions.arguments import tensor_of
from minigan.functions.operands import Operand, as_half, operands
from minigan.functions.rounding import trunc

__all__ = [
    "neg", "positive", "add", "sub", "mul", "div", "floor_divide", "remainder", "lerp", "negative",
    "subtract", "multiply", "divide", "true_divide",
]  # fmt: skip


class Neg(Op):
    """y = -x."""

    arithmetic = True

    def forward(self, x: Array) -> Array:
        return -x

    def backward_x(self, g: Tensor) -> Tensor:
        return -g


class Add(Op):
    """y = a + b."""

    arithmetic = True

    def forward(self, a: Array, b: Array) -> Array:
        return a + b

    def backward_a(self, g: Tensor) -> Tensor:
        return g

    def backward_b(self, g: Tensor) -> Tensor:
        return g


class Sub(Op):
    """y = a - b."""

    arithmetic = True

    def forward(self, a: Array, b: Array) -> Array:
        return a - b

    def backward_a(self, g: Tensor) -> Tensor:
        return g

    def backward_b(self, g: Tensor) -> Tensor:
        return -g


class Mul(Op):
    """y = a b."""

    arithmetic = True

    def forward(self, a: Array, b: Array) -> Array:
        return a * b

    def backward_a(self, g: Tensor, b: Tensor) -> Tensor:
        return g * b

    def backward_b(self, g: Tensor, a: Tensor) -> Tensor:
        return g * a


class Div(Op):
    """y = a / b."""

    arithmetic = True

    def forward(self, a: Array, b: Array) -> Array:
        return a / b

    def backward_a(self, g: Tensor, b: Tensor) -> Tensor:
        return g / b

    def backward_b(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return -g * (a / b) / b


class Remainder(Op):
    """y = a - b floor(a / b): between 0 and b, with the sign of b."""

    def forward(self, a: Array, b: Array) -> Array:
        return namespace(a, b).remainder(a, b)

    def backward_a(self, g: Tensor) -> Tensor:
        return g

    def backward_b(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return -g * floor_divide(a, b)


_neg, _add, _sub, _mul, _div = Neg(), Add(), Sub(), Mul(), Div()
_remainder = Remainder()


def neg(input: Tensor) -> Tensor:
    """Return -x. Raises TypeError for a bool tensor.

    >>> neg(Tensor([1.0, -2.0]))
    tensor([-1.,  2.])
    """
    if tensor_of("neg", "input", input).dtype.kind == "b":
        raise TypeError("neg: a bool tensor has no negative (use ~ or logical_not)")
    return _neg(input)


def positive(input: Tensor) -> Tensor:
    """Return the tensor itself. Raises TypeError for a bool tensor.

    >>> positive(Tensor([1.0, -2.0]))
    tensor([ 1., -2.])
    """
    if tensor_of("positive", "input", input).dtype.kind == "b":
        raise TypeError("positive: a bool tensor has no sign (use .int())")
    return input


def add(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """Return input + alpha * other. Shapes broadcast, dtypes are promoted as in PyTorch.

    Raises TypeError if an operand is not a tensor, an array or a number, and ValueError if the
    shapes do not broadcast; so do all functions of two operands.

    >>> add(Tensor([[1], [2]]), Tensor([10, 20])).tolist()
    [[11, 21], [12, 22]]
    """
    if alpha == 1:
        return _add(*operands("add", input, other))
    return _scaled_sum("add", input, other, _factor("add", alpha))


def _factor(function: str, alpha: Any) -> Any:
    """Return alpha if it is a number or a Tensor. Raises TypeError if it is not."""
    if isinstance(alpha, Tensor | int | float | np.number):
        return alpha
    raise TypeError(f"{function}: alpha={alpha!r} must be a number")


def _scaled_sum(function: str, a: Operand, b: Operand, alpha: float) -> Tensor:
    """Return a + alpha * b; float16, of alpha too, is added in float32 and rounded once."""
    x, y = operands(function, a, b)
    if x.dtype.char == "e":
        return _add(*operands(function, x.float(), y.float() * as_half(alpha))).half()
    return _add(*operands(function, a, b * alpha))


def sub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """Return input - alpha * other, broadcast and promoted. Raises TypeError for bool tensors.

    >>> sub(Tensor([5, 7]), 2).tolist()
    [3, 5]
    """
    for x in (input, other):
        if isinstance(x, bool) or getattr(getattr(x, "dtype", None), "kind", "") == "b":
            raise TypeError("sub: bool tensors cannot be subtracted (use ^ or logical_not)")
    if alpha == 1:
        return _sub(*operands("sub", input, other))
    return _scaled_sum("sub", input, other, -_factor("sub", alpha))


def _rsub(input: Operand, other: Operand) -> Tensor:
    """Return other - input."""
    return sub(other, input)


def mul(input: Operand, other: Operand) -> Tensor:
    """Return input * other, broadcast and promoted.

    >>> mul(Tensor([1.0, 2.0]), 3).tolist()
    [3.0, 6.0]
    """
    return _mul(*operands("mul", input, other, False, True))


def div(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """Return input / other, broadcast; for integers too this is a float tensor.

    rounding_mode "floor" or "trunc" rounds the quotient and keeps integers. Raises ValueError for
    another rounding_mode.

    >>> div(Tensor([7, -7]), 2), div(Tensor([7, -7]), 2, rounding_mode="trunc")
    (tensor([ 3.5, -3.5]), tensor([ 3, -3]))
    """
    if rounding_mode is None:
        return _div(*operands("div", input, other, True, True))
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode != "trunc":
        raise ValueError(
            f"div: rounding_mode={rounding_mode!r} is not legal (legal: None, 'floor', 'trunc')"
        )
    a, b = divisible("div", input, other)
    if a.dtype.kind == "f":
        return trunc(_div(a, b))
    down = a._data // b._data
    return Tensor._wrap(down + ((down < 0) & (down * b._data != a._data)))


def divisible(function: str, input: Operand, other: Operand) -> tuple[Tensor, Tensor]:
    """Return both operands. Raises TypeError for bools, RuntimeError if an integer divisor is 0."""
    a, b = operands(function, input, other, wide=function == "floor_divide")
    if a.dtype.kind == "b":
        raise TypeError(f"{function}: bool tensors cannot be divided (use .int())")
    if a.dtype.kind != "f" and not bool(b._data.all()):
        raise RuntimeError(f"{function}: an integer cannot be divided by other=0")
    return a, b


def _rdiv(input: Tensor, other: Operand) -> Tensor:
    """Return other / input; for a number and float16 it is (1 / input) * other, as in PyTorch."""
    if input.dtype.char == "e" and isinstance(other, int | float):
        return mul(div(1.0, input), other)
    return div(other, input)


def floor_divide(input: Operand, other: Operand) -> Tensor:
    """Return floor(input / other): a step function, so it has no gradient.

    Raises TypeError for bool tensors, and RuntimeError if an integer is divided by 0.

    >>> floor_divide(Tensor([7, -7]), 2).tolist()
    [3, -4]
    """
    a, b = divisible("floor_divide", input, other)
    with np.errstate(all="ignore"):
        if "e" in (a.dtype.char, b.dtype.char):
            wide = a._data.astype(np.float32) // b._data.astype(np.float32)
            return Tensor._wrap(wide.astype(np.float16))
        return Tensor._wrap(a._data // b._data)


def _rfloor_divide(input: Operand, other: Operand) -> Tensor:
    """Return floor(other / input)."""
    return floor_divide(other, input)


def remainder(input: Operand, other: Operand) -> Tensor:
    """Return input - other * floor(input / other), which has the sign of other.

    Raises TypeError for bool tensors, and RuntimeError if an integer is divided by 0.

    >>> remainder(Tensor([7, -7]), 4).tolist()
    [3, 1]
    """
    return _remainder(*divisible("remainder", input, other))


def _rremainder(input: Operand, other: Operand) -> Tensor:
    """Return the remainder of other divided by input."""
    return remainder(other, input)


def lerp(input: Tensor, end: Tensor, weight: Operand) -> Tensor:
    """Return input + weight (end - input): input at weight 0, end at weight 1; all broadcast.

    >>> lerp(Tensor([0.0, 10.0]), Tensor([1.0, 20.0]), 0.5).tolist()
    [0.5, 15.0]
    """
    if tensor_of("lerp", "input", input).dtype.char == "e":
        return lerp(input.float(), tensor_of("lerp", "end", end).float(), weight).half()
    return add(input, mul(weight, sub(end, input)))


negative, subtract, multiply, divide, true_divide = neg, sub, mul, div, div
