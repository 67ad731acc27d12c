"""Why an answer differs from the right one: a known wrong idea, or a simple change that fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.check.wrong import equal, fits

_NEUTRAL = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1}


def reason(
    name: str,
    settings: Mapping[str, Any],
    tries: Sequence[Sequence[Array | None]],
    answers: Sequence[Any],
    rights: Sequence[Array],
) -> str:
    """Return "; " and a likely reason for wrong answers of `name`, or "" if none is known.

    `tries` are lists of inputs, `answers` what was answered to them, and `rights` what is right.

    >>> reason("exp", {}, [], [np.array([2.0, 4.0])], [np.array([1.0, 2.0])])
    '; it is 2 times what is right'
    """
    for found in (_known_idea(name, settings, tries, answers), simple_change(answers, rights)):
        if found:
            return f"; {found}"
    return ""


def simple_change(answers: Sequence[Any], rights: Sequence[Array]) -> str:
    """Return a change that makes all right values the answers, with "it" as subject, or ""."""
    for text, change in _CHANGES.items():
        try:
            if all(equal(a, change(b)) for a, b in zip(answers, rights, strict=True)):
                return text
        except (ValueError, IndexError):  # too few axes
            continue
    factors = [_factor(a, b) for a, b in zip(answers, rights, strict=True)]
    first = factors[0]
    if first is not None and all(f is not None and abs(f - first) < 1e-6 for f in factors):
        return f"it is {first:.6g} times what is right"
    return ""


_CHANGES: dict[str, Callable[[Array], Array]] = {
    "its sign is wrong": lambda b: -b,
    "it is flipped along the last axis": lambda b: np.flip(b, -1),
    "it is flipped along the last two axes": lambda b: np.flip(b, (-2, -1)),
    "it is flipped along the last but one axis": lambda b: np.flip(b, -2),
    "its last two axes are swapped": lambda b: b.swapaxes(-2, -1),
    "its first two axes are swapped": lambda b: b.swapaxes(0, 1),
}


def _factor(yours: Any, right: Array) -> float | None:
    """Return c if yours = c * right, and None if there is no such number."""
    if not isinstance(yours, np.ndarray) or yours.shape != right.shape or not right.any():
        return None
    c = float((yours * right).sum() / (right * right).sum())
    return c if c and equal(yours, c * right) else None


def _known_idea(
    name: str,
    settings: Mapping[str, Any],
    tries: Sequence[Sequence[Array | None]],
    answers: Sequence[Any],
) -> str:
    """Return a wrong idea about convolutions of one or two dimensions that fits all answers."""
    two = name.replace("1d", "2d")
    if two not in ("conv2d", "conv_transpose2d") or settings.get("groups", 1) != 1:
        return ""
    try:
        D = int(name[-2])
        pairs = {n: _pair(v, _NEUTRAL[n], D) for n, v in settings.items() if n in _NEUTRAL}
        cases, values = [], []
        for inputs, answer in zip(tries, answers, strict=True):
            x, w, *bias = (np.asarray(a) for a in inputs)
            y = answer - bias[0].reshape(-1, *[1] * (w.ndim - 2)) if bias else answer
            batch = [(x, y)] if x.ndim < w.ndim else list(zip(x, y, strict=True))
            for x_one, y_one in batch:
                cases.append(((_two(x_one, name), _two(w, name)), pairs))
                values.append(_two(np.asarray(y_one), name))
        found = fits(two, cases, values)
    except (TypeError, ValueError):  # shapes or settings that the small functions do not know
        return ""
    return f"{found[0].idea} ({found[0].key})" if found else ""


def _pair(value: Any, neutral: int, dimensions: int) -> tuple[int, int]:
    """Return a setting of one or two dimensions as one of two, the first of which is neutral."""
    numbers = [value] * dimensions if isinstance(value, int) else list(value)
    first, second = [neutral] * (2 - len(numbers)) + numbers
    return int(first), int(second)


def _two(array: Array, name: str) -> Array:
    """Return an array of a 1-D function as one of the 2-D function, with one row."""
    return np.expand_dims(array, -2) if name.endswith("1d") else array
