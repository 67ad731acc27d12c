"""Powers: of a tensor to a number, and of two tensors, number by number."""

from __future__ import annotations

from dataclasses import dataclass

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array
from minigan.functions.arguments import tensor_of
from minigan.functions.choosing import where
from minigan.functions.elementwise import log
from minigan.functions.operands import Operand, as_half, operands

__all__ = ["pow", "square"]


@dataclass(frozen=True)
class Power(Op):
    """y = x^p for a number p."""

    arithmetic = True
    p: float

    def forward(self, x: Array) -> Array:
        return x**self.p

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * (self.p * x ** (self.p - 1)) if self.p else g * 0.0


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


_pow = Pow()


def pow(input: Operand, exponent: Operand) -> Tensor:
    """Return input to the power exponent, broadcast and promoted.

    Raises TypeError for bool tensors, and RuntimeError for integers to a negative integer power.

    >>> pow(Tensor([1.0, 3.0]), 2).tolist()
    [1.0, 9.0]
    """
    x, p = input, exponent
    if isinstance(x, Tensor) and isinstance(p, int | float) and not isinstance(p, bool):
        if x.dtype.kind == "f":
            return Power(as_half(p) if x.dtype.char == "e" else p)(x)
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
    """Return other to the power input."""
    return pow(other, input)


def square(input: Tensor) -> Tensor:
    """Return x^2.

    >>> square(Tensor([3.0, -2.0])).tolist()
    [9.0, 4.0]
    """
    return pow(tensor_of("square", "input", input), 2)
