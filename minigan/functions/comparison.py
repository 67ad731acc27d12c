"""Functions that answer with bools: comparisons and logic. They have no gradient."""

from __future__ import annotations

import numpy as np

from minigan.autograd.dtypes import int64
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import boolean, number
from minigan.functions.arguments import tensor_of
from minigan.functions.operands import Operand, operands

__all__ = [
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "bitwise_not",
    "logical_and",
    "logical_or",
    "logical_xor",
    "logical_not",
    "isclose",
    "allclose",
    "equal",
]


def _compare(name: str, a: Operand, b: Operand) -> Tensor:
    if isinstance(b, int) and isinstance(a, Tensor) and a.dtype.kind in "iu":
        a = a.to(int64)  # so that every integer fits: no uint8 equals -1
    a, b = operands(name, a, b)
    xp = namespace(a._data, b._data)
    return Tensor._wrap(getattr(xp, name)(a._data, b._data))


def eq(input: Operand, other: Operand) -> Tensor:
    """input == other, a bool tensor."""
    return _compare("equal", input, other)


def ne(input: Operand, other: Operand) -> Tensor:
    """input != other, a bool tensor."""
    return _compare("not_equal", input, other)


def lt(input: Operand, other: Operand) -> Tensor:
    """input < other, a bool tensor."""
    return _compare("less", input, other)


def le(input: Operand, other: Operand) -> Tensor:
    """input <= other, a bool tensor."""
    return _compare("less_equal", input, other)


def gt(input: Operand, other: Operand) -> Tensor:
    """input > other, a bool tensor."""
    return _compare("greater", input, other)


def ge(input: Operand, other: Operand) -> Tensor:
    """input >= other, a bool tensor."""
    return _compare("greater_equal", input, other)


def _bitwise(name: str, a: Operand, b: Operand) -> Tensor:
    a, b = operands(name, a, b)
    if a.dtype.kind == "f":
        raise TypeError(
            f"{name}: dtype {a.dtype} has no bits to combine (legal: bool and integers)"
        )
    xp = namespace(a._data, b._data)
    return Tensor._wrap(getattr(xp, name)(a._data, b._data))


def bitwise_and(input: Operand, other: Operand) -> Tensor:
    """input & other: bit by bit on integers, 'and' on bools."""
    return _bitwise("bitwise_and", input, other)


def bitwise_or(input: Operand, other: Operand) -> Tensor:
    """input | other: bit by bit on integers, 'or' on bools."""
    return _bitwise("bitwise_or", input, other)


def bitwise_xor(input: Operand, other: Operand) -> Tensor:
    """input ^ other: bit by bit on integers, 'either or' on bools."""
    return _bitwise("bitwise_xor", input, other)


def bitwise_not(input: Tensor) -> Tensor:
    """~input: bit by bit on integers, 'not' on bools."""
    if tensor_of("bitwise_not", "input", input).dtype.kind == "f":
        raise TypeError(
            f"bitwise_not: dtype {input.dtype} has no bits to invert (legal: bool and integers)"
        )
    return Tensor._wrap(~input._data)


def _logical(name: str, a: Operand, b: Operand) -> Tensor:
    a, b = operands(name, a, b)
    xp = namespace(a._data, b._data)
    return Tensor._wrap(getattr(xp, name)(a._data, b._data))


def logical_and(input: Operand, other: Operand) -> Tensor:
    """Where both are not 0, a bool tensor."""
    return _logical("logical_and", input, other)


def logical_or(input: Operand, other: Operand) -> Tensor:
    """Where one or both are not 0, a bool tensor."""
    return _logical("logical_or", input, other)


def logical_xor(input: Operand, other: Operand) -> Tensor:
    """Where exactly one is not 0, a bool tensor."""
    return _logical("logical_xor", input, other)


def logical_not(input: Tensor) -> Tensor:
    """Where the input is 0, a bool tensor."""
    return eq(tensor_of("logical_not", "input", input), 0)


def isclose(
    input: Operand, other: Operand, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """|input - other| <= atol + rtol |other|, a bool tensor; infinity is close to itself only."""
    a, b = operands("isclose", input, other)
    number("isclose", "rtol", rtol, 0.0), number("isclose", "atol", atol, 0.0)
    boolean("isclose", "equal_nan", equal_nan)
    x, y = a._data, b._data
    xp = namespace(x, y)
    with np.errstate(invalid="ignore"):  # rtol=inf times 0
        close = xp.isclose(x, y, rtol, atol, equal_nan)
    return Tensor._wrap(close & (xp.isfinite(x) == xp.isfinite(y)))


def allclose(
    input: Operand, other: Operand, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> bool:
    """Whether every pair is close."""
    return bool(isclose(input, other, rtol, atol, equal_nan)._data.all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and the same numbers."""
    x, y = tensor_of("equal", "input", input), tensor_of("equal", "other", other)
    return x.shape == y.shape and bool(eq(x, y)._data.all())
