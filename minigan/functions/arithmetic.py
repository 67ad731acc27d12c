"""Ops of two tensors, number by number: + - * / % ** with the rules of single numbers.

Shapes and dtypes are made equal before the op, by `operands`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.functions.arguments import tensor_of
from minigan.functions.choosing import where
from minigan.functions.elementwise import log, trunc
from minigan.functions.operands import Operand, operands

__all__ = ["neg", "add", "sub", "mul", "div", "floor_divide", "remainder", "pow", "square", "lerp"]


class Neg(Op):
    """y = -x."""

    def forward(self, x: Array) -> Array:
        return -x

    def backward_x(self, g: Tensor) -> Tensor:
        return _neg(g)


class Add(Op):
    """y = a + b."""

    def forward(self, a: Array, b: Array) -> Array:
        return a + b

    def backward_a(self, g: Tensor) -> Tensor:
        return g

    def backward_b(self, g: Tensor) -> Tensor:
        return g


class Sub(Op):
    """y = a - b."""

    def forward(self, a: Array, b: Array) -> Array:
        return a - b

    def backward_a(self, g: Tensor) -> Tensor:
        return g

    def backward_b(self, g: Tensor) -> Tensor:
        return _neg(g)


class Mul(Op):
    """y = a b."""

    def forward(self, a: Array, b: Array) -> Array:
        return a * b

    def backward_a(self, g: Tensor, b: Tensor) -> Tensor:
        return g * b

    def backward_b(self, g: Tensor, a: Tensor) -> Tensor:
        return g * a


class Div(Op):
    """y = a / b."""

    def forward(self, a: Array, b: Array) -> Array:
        return a / b

    def backward_a(self, g: Tensor, b: Tensor) -> Tensor:
        return g / b

    def backward_b(self, g: Tensor, b: Tensor, out: Tensor) -> Tensor:
        return -g * out / b


class Remainder(Op):
    """y = a - b floor(a / b): between 0 and b, with the sign of b."""

    def forward(self, a: Array, b: Array) -> Array:
        return namespace(a, b).remainder(a, b)

    def backward_a(self, g: Tensor) -> Tensor:
        return g

    def backward_b(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return -g * floor_divide(a, b)


@dataclass(frozen=True)
class Power(Op):
    """y = x^p for a number p."""

    p: float

    def forward(self, x: Array) -> Array:
        return x**self.p

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * (self.p * pow(x, self.p - 1)) if self.p else g * 0.0


class Pow(Op):
    """y = a^b."""

    def forward(self, a: Array, b: Array) -> Array:
        return a**b

    def backward_a(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        flat = b == 0.0
        return where(flat, 0.0, g * (b * pow(a, where(flat, 1.0, b - 1.0))))

    def backward_b(self, g: Tensor, a: Tensor, b: Tensor, out: Tensor) -> Tensor:
        flat = (a == 0.0) & (b >= 0.0)  # 0^b stays 0
        return where(flat, 0.0, g * (out * log(where(flat, 1.0, a))))


_neg, _add, _sub, _mul, _div = Neg(), Add(), Sub(), Mul(), Div()

_remainder, _pow = Remainder(), Pow()


def neg(input: Tensor) -> Tensor:
    """-x, of a number that can be negative. Raises TypeError for a bool tensor."""
    if tensor_of("neg", "input", input).dtype.kind == "b":
        raise TypeError("neg: a bool tensor has no negative (use ~ or logical_not)")
    return _neg(input)


def add(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """input + alpha * other, broadcast and promoted."""
    return _add(*operands("add", input, other if alpha == 1 else other * alpha))


def sub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """input - alpha * other, broadcast and promoted. Raises TypeError for bool tensors."""
    if any(
        isinstance(x, bool) or getattr(getattr(x, "dtype", None), "kind", "") == "b"
        for x in (input, other)
    ):
        raise TypeError("sub: bool tensors are not subtracted (use ^ or logical_not)")
    return _sub(*operands("sub", input, other if alpha == 1 else other * alpha))


def _rsub(input: Operand, other: Operand) -> Tensor:
    """other - input."""
    return sub(other, input)


def mul(input: Operand, other: Operand) -> Tensor:
    """input * other, broadcast and promoted.

    >>> import minigan
    >>> mul(minigan.tensor([1.0, 2.0]), 3).tolist()
    [3.0, 6.0]
    """
    return _mul(*operands("mul", input, other))


def div(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """input / other, real-valued also for integers; rounding_mode "floor" or "trunc" rounds the
    quotient.
    """
    if rounding_mode is None:
        return _div(*operands("div", input, other, real=True))
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode != "trunc":
        raise ValueError(
            f"div: rounding_mode={rounding_mode!r} is not legal (legal: None, 'floor', 'trunc')"
        )
    a, b = _divisible("div", input, other)
    if a.dtype.kind == "f":
        return trunc(_div(a, b))
    down = a._data // b._data
    return Tensor._wrap(down + ((down < 0) & (down * b._data != a._data)))


def _divisible(function: str, input: Operand, other: Operand) -> tuple[Tensor, Tensor]:
    """Both operands; TypeError for bools, RuntimeError for integers divided by 0."""
    a, b = operands(function, input, other)
    if a.dtype.kind == "b":
        raise TypeError(f"{function}: bool tensors are not divided (use .int())")
    if a.dtype.kind != "f" and not bool(b._data.all()):
        raise RuntimeError(f"{function}: an integer is divided by other=0")
    return a, b


def _rdiv(input: Operand, other: Operand) -> Tensor:
    """other / input."""
    return div(other, input)


def floor_divide(input: Operand, other: Operand) -> Tensor:
    """floor(input / other), a step function: no gradient.

    Raises RuntimeError for an integer divided by 0.
    """
    a, b = _divisible("floor_divide", input, other)
    with np.errstate(all="ignore"):
        return Tensor._wrap(a._data // b._data)


def _rfloor_divide(input: Operand, other: Operand) -> Tensor:
    """floor(other / input)."""
    return floor_divide(other, input)


def remainder(input: Operand, other: Operand) -> Tensor:
    """input modulo other, with the sign of other.

    Raises RuntimeError for an integer divided by 0.
    """
    return _remainder(*_divisible("remainder", input, other))


def _rremainder(input: Operand, other: Operand) -> Tensor:
    """other modulo input."""
    return remainder(other, input)


def pow(input: Operand, exponent: Operand) -> Tensor:
    """input to the power exponent. Raises RuntimeError for an integer to a negative integer power.

    >>> import minigan
    >>> pow(minigan.tensor([1.0, 3.0]), 2).tolist()
    [1.0, 9.0]
    """
    x, p = input, exponent
    if isinstance(x, Tensor) and isinstance(p, int | float) and not isinstance(p, bool):
        if x.dtype.kind == "f":
            return Power(p)(x)
        if isinstance(p, int) and p < 0:
            raise RuntimeError(
                f"pow: integers to the negative power exponent={p} are not integers (use .float())"
            )
    a, b = operands("pow", x, p)
    if a.dtype.kind == "b":
        raise TypeError("pow: bool tensors have no powers (use .int())")
    if a.dtype.kind != "f" and bool((b._data < 0).any()):
        raise RuntimeError("pow: integers to a negative power are not integers (use .float())")
    return _pow(a, b)


def _rpow(input: Operand, other: Operand) -> Tensor:
    """other to the power input."""
    return pow(other, input)


def square(input: Tensor) -> Tensor:
    """x^2."""
    return pow(tensor_of("square", "input", input), 2)


def lerp(input: Tensor, end: Tensor, weight: Operand) -> Tensor:
    """input + weight (end - input): from input at 0 to end at 1."""
    return add(input, mul(weight, sub(end, input)))
