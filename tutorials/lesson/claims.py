"""A claim is a sentence about a number, checked while the chapter runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from lesson import stage
from lesson.records import Claim

_SHOWN = 400  # an array of more numbers than this proves no number of the text


class ClaimError(AssertionError):
    """A claim does not hold."""


def claim(
    what: str,
    value: Any,
    expected: Any = None,
    tolerance: float = 0.0,
    *,
    between: tuple[float, float] | None = None,
) -> None:
    """Check that value equals expected to within an absolute tolerance, element by element.

    Numbers, arrays, Tensors, lists of numbers, booleans and strings may be compared. With
    `between=(low, high)` every element must lie in that closed range instead. The text of the
    chapter may then print the value, what was expected, or the ends of the range.
    Raises ClaimError if the claim does not hold, and TypeError if nothing is expected.

    >>> claim("the sum", np.sum([1, 2, 4]), 7)
      ok  the sum: 7
    """
    if (expected is None) == (between is None):
        raise TypeError(f"claim: {what!r} needs either expected or between=(low, high)")
    if isinstance(expected, str):
        if value != expected:
            raise ClaimError(f"claim: {what!r} is {value!r}, not {expected!r}")
        stage.current.claim(Claim(what, (), ()))
        return
    found = _array(what, value)
    if between is not None:
        low, high = between
        _hold(what, found, f"between {low} and {high}", (low <= found) & (found <= high))
        wanted = np.array(between)
    else:
        wanted = _array(what, expected)
        if found.shape != wanted.shape and wanted.shape != ():
            raise ClaimError(f"claim: {what!r} has shape {found.shape}, not {wanted.shape}")
        with np.errstate(invalid="ignore"):  # inf - inf; equal infinities are equal
            near = (found == wanted) | (abs(found - 1.0 * wanted) <= tolerance)
        _hold(what, found, _short(wanted) + f" to within {tolerance}" * (tolerance > 0), near)
    numbers = (_numbers(found), _numbers(wanted)) if found.dtype != bool else ((), ())
    stage.current.claim(Claim(what, *numbers, tolerance))


def _array(what: str, value: Any) -> Any:
    value = value.detach().numpy() if hasattr(value, "detach") else value
    found = np.asarray(value)
    if found.dtype.kind not in "biuf" or found.size == 0:
        raise TypeError(f"claim: {what!r} got {value!r}; numbers or a string can be compared")
    return found


def _hold(what: str, found: Any, wanted: str, holds: Any) -> None:
    if not np.all(holds):
        raise ClaimError(f"claim: {what!r} is {_short(found)}, not {wanted}")


def _short(array: Any) -> str:
    return np.array2string(array, precision=12, threshold=50, separator=", ")


def _numbers(array: Any) -> tuple[float, ...]:
    return tuple(map(float, array.ravel())) if array.size <= _SHOWN else ()
