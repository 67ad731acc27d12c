"""What is right: the rules by which an answer is compared with the right one.

- A NumPy array of float64, of the right shape, each entry within 1e-4 of the largest right entry.
  A subclass counts by its data.
- Where an integer is right, any integer type but bool; where a number is right, any real scalar.
- Tuples and lists alike. Infinities must be equal.

The comparison happens in the grader's process, on values that have been decoded from JSON, so an
object that claims to equal everything is only an object of another type.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minigan.classroom.model import Raises
from minigan.classroom.sandbox.wire import Other

RELATIVE = 1e-4


@dataclass(frozen=True)
class Mismatch:
    """How an answer differs: a key of `messages.MISMATCHES`, and what to put into its text."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)


def mismatch(value: Any, right: Any, floor: float = 1e-9) -> Mismatch | None:
    """Return how a value differs from the right answer, None if it is right.

    >>> mismatch(np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    >>> mismatch([1.0, 2.0], np.array([1.0, 2.0])).kind
    'not-array'
    >>> mismatch(True, 1).kind, mismatch(np.int8(1), 1), mismatch(1, 1.0)
    ('not-integer', None, None)
    """
    if isinstance(right, Raises):
        return Mismatch("no-error", {"error": right.error.__name__})
    if value is None and right is not None:
        return Mismatch("nothing", {})
    if right is None:
        return None if value is None else Mismatch("not-none", {"type": kind_of(value)})
    if isinstance(right, bool | np.bool_):
        return _boolean(value, bool(right))
    if isinstance(right, str):
        if isinstance(value, str) and value == right:
            return None
        yours = f'"{value[:40]}"' if isinstance(value, str) else kind_of(value)
        return Mismatch("text", {"yours": yours, "right": right})
    if isinstance(right, np.ndarray):
        return _array(value, right, floor)
    if isinstance(right, list | tuple):
        return _sequence(value, right, floor)
    if isinstance(right, int | np.integer):
        return _integer(value, int(right))
    return _number(value, float(right), floor)


def kind_of(value: Any) -> str:
    """Return the type of a value, as a message names it.

    >>> kind_of([1]), kind_of(np.zeros(2, np.float32))
    ('list', 'array of float32')
    """
    if isinstance(value, Other):
        return value.type.removeprefix("an ").removeprefix("a ")
    if isinstance(value, np.ndarray):
        return f"array of {value.dtype.name}"
    return type(value).__name__


def _array(value: Any, right: np.ndarray[Any, Any], floor: float) -> Mismatch | None:
    integers = right.dtype.kind == "i"
    if integers and isinstance(value, list) and all(_whole(v) for v in value):
        value = np.array(value, dtype=np.int64)  # lists of integers are as good
    if right.ndim and np.ndim(_scalar(value)) == 0 and _real(_scalar(value)):
        return Mismatch("one-number", {"right": right.shape})
    if not isinstance(value, np.ndarray):
        return Mismatch("not-array", {"type": kind_of(value)})
    if value.shape != right.shape:
        return Mismatch("shape", {"yours": value.shape, "right": right.shape})
    if integers and value.dtype.kind not in "iu":
        return Mismatch("not-integers", {"type": value.dtype.name})
    if not integers and value.dtype != np.float64:
        return Mismatch("dtype", {"type": value.dtype.name})
    if not close(value, right, floor, 0.0 if integers else RELATIVE):
        return Mismatch("values", {})
    return None


def close(value: Any, right: Any, floor: float = 1e-9, relative: float = RELATIVE) -> bool:
    """Return whether numbers are within `relative` of the largest right one, or within floor."""
    value, right = np.asarray(value, np.float64), np.asarray(right, np.float64)
    finite = np.isfinite(right)
    if not np.array_equal(value[~finite], right[~finite], equal_nan=True):
        return False
    value, right = value[finite], right[finite]
    if not np.isfinite(value).all():
        return False
    most = relative * np.abs(right).max(initial=0.0) + (floor if relative else 0.0)
    return bool((np.abs(value - right) <= most).all())


def _sequence(value: Any, right: Any, floor: float) -> Mismatch | None:
    if isinstance(value, np.ndarray) and value.ndim:  # an array of as many entries or rows
        value = list(value) if value.ndim == 1 else [list(row) for row in value]
    if not isinstance(value, list | tuple):
        return Mismatch("not-sequence", {"type": kind_of(value)})
    if len(value) != len(right):
        return Mismatch("length", {"yours": len(value), "right": len(right)})
    for index, (one, other) in enumerate(zip(value, right, strict=True)):
        if (found := mismatch(one, other, floor)) is not None:
            path = f"[{index}]{found.values.get('index', '')}"
            return Mismatch(found.kind, {**found.values, "index": path})
    return None


def _whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _real(value: Any) -> bool:
    real = isinstance(value, int | float | np.integer | np.floating)
    return real and not isinstance(value, bool)


def _scalar(value: Any) -> Any:
    """Return the number in an array without axes, and other values as they are."""
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def _integer(value: Any, right: int) -> Mismatch | None:
    value = _scalar(value)
    if not _whole(value):
        return Mismatch("not-integer", {"type": kind_of(value)})
    return None if int(value) == right else Mismatch("value", {"yours": int(value), "right": right})


def _number(value: Any, right: float, floor: float) -> Mismatch | None:
    value = _scalar(value)
    if not _real(value):
        return Mismatch("not-number", {"type": kind_of(value)})
    number = float(value)
    return None if close(number, right, floor) else (
        Mismatch("value", {"yours": number, "right": right})
    )  # fmt: skip


def _boolean(value: Any, right: bool) -> Mismatch | None:
    value = _scalar(value)
    if not isinstance(value, bool | np.bool_):
        return Mismatch("not-boolean", {"type": kind_of(value)})
    return (
        None if bool(value) == right else Mismatch("value", {"yours": bool(value), "right": right})
    )


# ---------------------------------------------------------------------- answers of wrong functions


def same(value: Any, other: Any, floor: float = 1e-9) -> bool:
    """Return whether two answers have the same shape and the same numbers, types aside."""
    if isinstance(value, list | tuple) and isinstance(other, list | tuple):
        return len(value) == len(other) and all(map(same, value, other, [floor] * len(value)))
    if value is None or other is None or isinstance(value, str) or isinstance(other, str):
        return bool(value is other or (type(value) is type(other) and value == other))
    try:
        a, b = np.asarray(value), np.asarray(other)
        if a.shape != b.shape or a.dtype.kind not in "biufc" or b.dtype.kind not in "biufc":
            return False
        if a.dtype.kind == "c" and np.abs(a.imag).max(initial=0.0) > 1e-9:
            return False
        with np.errstate(all="ignore"):
            a, b = a.real.astype(np.float64), b.real.astype(np.float64)
            finite = np.isfinite(b)
            largest = np.abs(b[finite]).max(initial=0.0)
            return bool(np.allclose(a, b, rtol=0.0, atol=1e-5 * largest + floor, equal_nan=True))
    except (ValueError, TypeError, OverflowError):
        return False
