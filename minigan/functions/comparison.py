"""Comparisons and logic: functions whose result is bool (or bits), and has no gradient.

Operands are tensors, arrays or numbers; they broadcast and are promoted. All functions raise
TypeError if an operand is not one of these, and ValueError if the shapes do not broadcast.
"""

from __future__ import annotations

import numpy as np

from minigan.autograd.dtypes import int64
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import boolean, number
from minigan.functions.arguments import tensor_of
from minigan.functions.operands import Operand, operands

__all__ = [
    "eq", "ne", "lt", "le", "gt", "ge", "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not",
    "logical_and", "logical_or", "logical_xor", "logical_not", "isclose", "allclose", "equal",
    "not_equal", "less", "less_equal", "greater", "greater_equal",
]  # fmt: skip


def _of_arrays(function: str, ufunc: str, a: Operand, b: Operand) -> Tensor:
    """Return a function of two arrays, by its name in NumPy, of two operands."""
    a, b = operands(function, a, b)
    return Tensor._wrap(getattr(namespace(a._data, b._data), ufunc)(a._data, b._data))


def _compare(function: str, ufunc: str, a: Operand, b: Operand) -> Tensor:
    if isinstance(b, int) and isinstance(a, Tensor) and a.dtype.kind in "iu":
        a = a.to(int64)  # so that every integer fits: no uint8 equals -1
    return _of_arrays(function, ufunc, a, b)


def eq(input: Operand, other: Operand) -> Tensor:
    """Return a bool tensor: True where input == other.

    >>> eq(Tensor([1, 2, 3]), 2)
    tensor([False,  True, False])
    """
    return _compare("eq", "equal", input, other)


def ne(input: Operand, other: Operand) -> Tensor:
    """Return a bool tensor: True where input != other.

    >>> ne(Tensor([1, 2, 3]), 2)
    tensor([ True, False,  True])
    """
    return _compare("ne", "not_equal", input, other)


def lt(input: Operand, other: Operand) -> Tensor:
    """Return a bool tensor: True where input < other.

    >>> lt(Tensor([1, 2, 3]), 2)
    tensor([ True, False, False])
    """
    return _compare("lt", "less", input, other)


def le(input: Operand, other: Operand) -> Tensor:
    """Return a bool tensor: True where input <= other.

    >>> le(Tensor([1, 2, 3]), 2)
    tensor([ True,  True, False])
    """
    return _compare("le", "less_equal", input, other)


def gt(input: Operand, other: Operand) -> Tensor:
    """Return a bool tensor: True where input > other.

    >>> gt(Tensor([1, 2, 3]), 2)
    tensor([False, False,  True])
    """
    return _compare("gt", "greater", input, other)


def ge(input: Operand, other: Operand) -> Tensor:
    """Return a bool tensor: True where input >= other.

    >>> ge(Tensor([1, 2, 3]), 2)
    tensor([False,  True,  True])
    """
    return _compare("ge", "greater_equal", input, other)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge  # NumPy's names


def _bitwise(name: str, a: Operand, b: Operand) -> Tensor:
    a, b = operands(name, a, b)
    if a.dtype.kind == "f":
        raise TypeError(
            f"{name}: dtype {a.dtype} has no bits to combine (legal: bool and integers)"
        )
    return _of_arrays(name, name, a, b)


def bitwise_and(input: Operand, other: Operand) -> Tensor:
    """Return input & other: `and` on bools, bit by bit on integers. Raises TypeError for floats.

    >>> bitwise_and(Tensor([6, 5]), 3)
    tensor([2, 1])
    """
    return _bitwise("bitwise_and", input, other)


def bitwise_or(input: Operand, other: Operand) -> Tensor:
    """Return input | other: `or` on bools, bit by bit on integers. Raises TypeError for floats.

    >>> bitwise_or(Tensor([6, 5]), 3)
    tensor([7, 7])
    """
    return _bitwise("bitwise_or", input, other)


def bitwise_xor(input: Operand, other: Operand) -> Tensor:
    """Return input ^ other: exclusive or, bit by bit on integers. Raises TypeError for floats.

    >>> bitwise_xor(Tensor([6, 5]), 3)
    tensor([5, 6])
    """
    return _bitwise("bitwise_xor", input, other)


def bitwise_not(input: Tensor) -> Tensor:
    """Return ~input: `not` on bools, bit by bit on integers. Raises TypeError for floats.

    >>> bitwise_not(Tensor([True, False]))
    tensor([False,  True])
    """
    if tensor_of("bitwise_not", "input", input).dtype.kind == "f":
        raise TypeError(
            f"bitwise_not: dtype {input.dtype} has no bits to invert (legal: bool and integers)"
        )
    return Tensor._wrap(~input._data)


def logical_and(input: Operand, other: Operand) -> Tensor:
    """Return a bool tensor: True where both are not 0.

    >>> logical_and(Tensor([0, 1, 2]), Tensor([1, 0, 3]))
    tensor([False, False,  True])
    """
    return _of_arrays("logical_and", "logical_and", input, other)


def logical_or(input: Operand, other: Operand) -> Tensor:
    """Return a bool tensor: True where at least one is not 0.

    >>> logical_or(Tensor([0, 0, 2]), Tensor([0, 1, 3]))
    tensor([False,  True,  True])
    """
    return _of_arrays("logical_or", "logical_or", input, other)


def logical_xor(input: Operand, other: Operand) -> Tensor:
    """Return a bool tensor: True where exactly one is not 0.

    >>> logical_xor(Tensor([0, 0, 2]), Tensor([0, 1, 3]))
    tensor([False,  True, False])
    """
    return _of_arrays("logical_xor", "logical_xor", input, other)


def logical_not(input: Tensor) -> Tensor:
    """Return a bool tensor: True where the input is 0.

    >>> logical_not(Tensor([0.0, 0.5]))
    tensor([ True, False])
    """
    return eq(tensor_of("logical_not", "input", input), 0)


def isclose(
    input: Operand, other: Operand, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Return a bool tensor: True where |input - other| <= atol + rtol |other|.

    Infinity is close to itself only; NaN is close to NaN only if `equal_nan`. Raises ValueError if
    a tolerance is negative or NaN.

    >>> isclose(Tensor([1.0, 2.0]), Tensor([1.000001, 2.1]))
    tensor([ True, False])
    """
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
    """Return whether every pair of numbers is close, as `isclose` defines it.

    >>> allclose(Tensor([1.0, 2.0]), Tensor([1.000001, 2.0]))
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan)._data.all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Return whether two tensors have the same shape and the same numbers.

    >>> equal(Tensor([1, 2]), Tensor([1, 2])), equal(Tensor([1, 1]), Tensor(1))
    (True, False)
    """
    x, y = tensor_of("equal", "input", input), tensor_of("equal", "other", other)
    return x.shape == y.shape and bool(eq(x, y)._data.all())
