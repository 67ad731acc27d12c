"""Labels of any kind become the numbers 0..C-1 of C classes, and the classes keep their names.

Models and losses need 0..C-1: a one-hot vector has as many numbers as the largest label says. Files
have other labels too, such as 1..26 for letters, years, or words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minigan.datasets.batches import Array

_SHOWN = 3  # classes that a note names at each end


def numbered(who: str, labels: Array) -> tuple[NDArray[np.int64], tuple[str, ...], str]:
    """Return labels (N,) as numbers 0..C-1, the names of the C classes, and a note on the change.

    Labels are integers, bools or texts. The classes are in increasing order. Labels that are
    0..C-1 already, each of them at least once, stay as they are, and have no names and no note.
    Raises TypeError for labels of another dtype; `who` begins its text.

    >>> numbered("letters", np.array([26, 1, 26]))
    (array([1, 0, 1]), ('1', '26'), 'labels 1, 26 are the classes 0..1')
    """
    if labels.dtype.kind not in "iubUS":
        raise TypeError(
            f"{who}: labels are of dtype {labels.dtype} (legal: integers, bools or texts)"
        )
    values, numbers = np.unique(labels, return_inverse=True)
    numbers = numbers.reshape(labels.shape).astype(np.int64)
    if labels.dtype.kind in "iu" and np.array_equal(values, np.arange(len(values))):
        return numbers, (), ""
    names = [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for value in values.tolist()
    ]
    return numbers, tuple(names), f"labels {_shown(names)} are the classes 0..{len(names) - 1}"


def _shown(names: list[str]) -> str:
    """Return the names with commas, shortened in the middle if there are many."""
    if len(names) > 2 * _SHOWN:
        names = [*names[:_SHOWN], "...", *names[-_SHOWN:]]
    return ", ".join(name if len(name) <= 20 else f"{name[:17]}..." for name in names)
