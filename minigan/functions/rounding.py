"""Rounding, whose gradient is 0 everywhere, and tests of numbers: NaN, infinite, finite."""

from __future__ import annotations

from dataclasses import dataclass

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import integer
from minigan.functions.arguments import tensor_of

__all__ = [
    "floor", "ceil", "round", "trunc", "frac", "isnan", "isinf", "isfinite",
    "isposinf", "isneginf", "signbit",
]  # fmt: skip


@dataclass(frozen=True)
class Round(Op):
    """y = x rounded to an integer by floor, ceil, rint or trunc."""

    how: str

    def forward(self, x: Array) -> Array:
        return getattr(namespace(x), self.how)(x)

    def backward_x(self, g: Tensor) -> Tensor:
        return g * 0.0


_floor, _ceil, _rint, _trunc = Round("floor"), Round("ceil"), Round("rint"), Round("trunc")


def _rounded(function: str, op: Round, input: Tensor) -> Tensor:
    """Return op(input), or a copy of integers. Raises TypeError for a bool tensor."""
    x = tensor_of(function, "input", input)
    if x.dtype.kind == "b":
        raise TypeError(f"{function}: a bool tensor cannot be rounded (use .int())")
    return op(x) if x.dtype.kind == "f" else x.clone()


def floor(input: Tensor) -> Tensor:
    """Return the largest integer at or below each number, in the input's dtype.

    >>> floor(Tensor([1.5, -1.5]))
    tensor([ 1., -2.])
    """
    return _rounded("floor", _floor, input)


def ceil(input: Tensor) -> Tensor:
    """Return the smallest integer at or above each number, in the input's dtype.

    >>> ceil(Tensor([1.5, -1.5]))
    tensor([ 2., -1.])
    """
    return _rounded("ceil", _ceil, input)


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """Return the nearest integer, in the input's dtype; halves are rounded to even integers.

    `decimals` digits after the point are kept; -1 rounds to tens. Raises TypeError for a bool
    tensor, and if decimals is not an integer.

    >>> round(Tensor([0.5, 1.5, 2.6])), round(Tensor([2.345]), decimals=1)
    (tensor([0., 2., 3.]), tensor([2.3]))
    """
    places = integer("round", "decimals", decimals)
    if not places or tensor_of("round", "input", input).dtype.kind != "f":
        return _rounded("round", _rint, input)
    if input.dtype.char == "e":
        return round(input.float(), decimals=places).half()
    scale = 10.0 ** abs(places)
    if places < 0:
        return _rint(input / scale) * scale
    return _rint(input * scale) / scale


def trunc(input: Tensor) -> Tensor:
    """Return the integer part of each number, in the input's dtype.

    >>> trunc(Tensor([1.5, -1.5]))
    tensor([ 1., -1.])
    """
    return _rounded("trunc", _trunc, input)


def frac(input: Tensor) -> Tensor:
    """Return the part of each number after the point, with its sign.

    >>> frac(Tensor([1.5, -1.25]))
    tensor([ 0.5 , -0.25])
    """
    return tensor_of("frac", "input", input) - trunc(input)


def isnan(input: Tensor) -> Tensor:
    """Return a bool tensor: True where the number is NaN.

    >>> isnan(Tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    x = tensor_of("isnan", "input", input)._data
    return Tensor._wrap(namespace(x).isnan(x))


def isinf(input: Tensor) -> Tensor:
    """Return a bool tensor: True where the number is infinite.

    >>> isinf(Tensor([1.0, float("-inf")]))
    tensor([False,  True])
    """
    x = tensor_of("isinf", "input", input)._data
    return Tensor._wrap(namespace(x).isinf(x))


def isfinite(input: Tensor) -> Tensor:
    """Return a bool tensor: True where the number is neither infinite nor NaN.

    >>> isfinite(Tensor([1.0, float("inf"), float("nan")]))
    tensor([ True, False, False])
    """
    x = tensor_of("isfinite", "input", input)._data
    return Tensor._wrap(namespace(x).isfinite(x))


def isposinf(input: Tensor) -> Tensor:
    """Return a bool tensor: True where the number is infinite and positive.

    >>> isposinf(Tensor([float("inf"), float("-inf")]))
    tensor([ True, False])
    """
    return isinf(input) & (input > 0)


def isneginf(input: Tensor) -> Tensor:
    """Return a bool tensor: True where the number is infinite and negative.

    >>> isneginf(Tensor([float("inf"), float("-inf")]))
    tensor([False,  True])
    """
    return isinf(input) & (input < 0)


def signbit(input: Tensor) -> Tensor:
    """Return a bool tensor: True where the sign is negative, also that of -0.

    >>> signbit(Tensor([1.0, -0.0]))
    tensor([False,  True])
    """
    x = tensor_of("signbit", "input", input)
    return Tensor._wrap(namespace(x._data).signbit(x._data)) if x.dtype.kind == "f" else x < 0
