"""The smallest failing input: integer inputs from small to large, then with simpler entries."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from minigan.classroom.model import Inputs

Fails = Callable[[Inputs], bool]
_CANDIDATES, _CHANGES, _ENTRIES = 400, 60, 40  # how many are tried, at most


def smallest(
    candidates: Iterable[Inputs],
    fails: Fails,
    deadline: float,
    known: Inputs,
    numbers: Sequence[float] = (0.0, 1.0),
) -> Inputs:
    """Return the first candidate that fails, or the one that is known to fail.

    Entries of its arrays are then replaced by one of the numbers as long as it still fails. No new
    input is tried after the deadline (time.monotonic).
    """
    found = known
    for count, inputs in enumerate(candidates):
        if count == _CANDIDATES or time.monotonic() > deadline:
            break
        if fails(inputs):
            found = inputs
            break
    return simplified(found, fails, deadline, numbers)


def simplified(
    inputs: Inputs, fails: Fails, deadline: float, numbers: Sequence[float] = (0.0, 1.0)
) -> Inputs:
    """Return the inputs with entries replaced by one of the numbers as long as they still fail.

    >>> def fails(inputs): return inputs["x"][1] != 0
    >>> simplified({"x": np.array([3.0, 4.0])}, fails, time.monotonic() + 1)
    {'x': array([0., 1.])}
    """
    changes = 0
    for name, value in list(inputs.items()):
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.size > _ENTRIES:
            continue
        for index in np.ndindex(value.shape):
            for number in numbers:
                if inputs[name][index] == number:
                    break
                if changes == _CHANGES or time.monotonic() > deadline:
                    return inputs
                changes += 1
                changed = inputs[name].copy()
                changed[index] = number
                if fails({**inputs, name: changed}):
                    inputs = {**inputs, name: changed}
                    break
    return inputs
