"""Which idea was wrong: wrong functions, by misconception, beside what the submission returns.

For each misconception there are small wrong functions. They, the right function and the submission
are called with the same small integer inputs. A misconception is named if the submission agrees
with one of its wrong functions everywhere and differs from the right one somewhere. So a right
solution is never accused, however it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from minigan.classroom.comparison import same
from minigan.classroom.model import Flags, Function, Inputs

_LEAST_VALUES = 3  # inputs at which both must return something, where some raise


class _Raised:
    """Stands for an answer that is an exception."""


RAISED = _Raised()


@dataclass(frozen=True)
class Observation:
    """What the submission returned for one input: a value, or RAISED."""

    inputs: Inputs
    yours: Any
    right: Any
    corner: bool = False
    floor: float = 1e-9  # the difference that does not count

    @property
    def wrong(self) -> bool:
        """Whether the answer differs from the right one."""
        return not self.agrees(self.right)

    def agrees(self, other: Any) -> bool:
        """Return whether the answer is the same as another; two exceptions are."""
        if self.yours is RAISED or other is RAISED:
            return self.yours is other
        return same(self.yours, other, self.floor)


def answer(function: Any, inputs: Inputs, seen: Any, flags: Flags | None = None) -> Any:
    """Return what is seen of the answer of the grader's own function, RAISED for an exception."""
    try:
        with np.errstate(all="ignore"):
            return seen(function(**copied(inputs), **(flags or {})), inputs)
    except (ValueError, TypeError, IndexError, ZeroDivisionError, OverflowError, KeyError):
        return RAISED


def copied(inputs: Inputs) -> Inputs:
    """Return the inputs with arrays of their own."""
    return {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in inputs.items()}


def detect(function: Function, seen: Sequence[Observation]) -> str | None:
    """Return the key of the misconception that explains the answers, None if there is none."""
    if function.model is None or not any(observation.wrong for observation in seen):
        return None
    model, cache = function.model, dict[Any, list[Any]]()

    def answers(flags: Flags) -> list[Any]:
        key = tuple(sorted((name, repr(value)) for name, value in flags.items()))
        if key not in cache:
            cache[key] = [answer(model, o.inputs, function.seen, flags) for o in seen]
        return cache[key]

    singles = list(_singles(function.wrong))
    pairs = list(_pairs(function.wrong))
    for candidates in (singles, pairs):
        for test in (_everywhere, _in_the_middle, _where_both_return):
            for key, flags in candidates:
                if test(seen, answers(flags)):
                    return key
    return None


def _singles(wrong: Mapping[str, Sequence[Flags]]) -> Iterator[tuple[str, Flags]]:
    for key, ways in wrong.items():
        for flags in ways:
            yield key, flags


def _pairs(wrong: Mapping[str, Sequence[Flags]]) -> Iterator[tuple[str, Flags]]:
    """Yield two misconceptions at once, where they do not set the same flag."""
    for (first, ways), (_, others) in combinations(wrong.items(), 2):
        for one in ways:
            for other in others:
                if not set(one) & set(other):
                    yield first, {**one, **other}


def _everywhere(seen: Sequence[Observation], wrong: Sequence[Any]) -> bool:
    both = list(zip(seen, wrong, strict=True))
    if _explains(both):
        return True
    # It raises at some inputs, exactly where the misconception does, and is right at the others.
    raised = sum(o.yours is RAISED and o.wrong for o, _ in both)
    return 0 < raised <= len(both) - _LEAST_VALUES and all(o.agrees(w) for o, w in both)


def _in_the_middle(seen: Sequence[Observation], wrong: Sequence[Any]) -> bool:
    """Compare without the corner cases, in which wrong code differs by how it is written."""
    both = [(o, w) for o, w in zip(seen, wrong, strict=True) if not o.corner]
    return len(both) < len(seen) and _explains(both)


def _where_both_return(seen: Sequence[Observation], wrong: Sequence[Any]) -> bool:
    """Compare where both return something: whether wrong code raises depends on its style."""
    both = [
        (o, w)
        for o, w in zip(seen, wrong, strict=True)
        if o.yours is not RAISED and w is not RAISED
    ]
    informative = sum(o.wrong for o, _ in both)
    return informative >= _LEAST_VALUES and 2 * len(both) >= len(seen) and _explains(both)


def _explains(both: Sequence[tuple[Observation, Any]]) -> bool:
    """Return whether the two agree everywhere, and show a wrong value somewhere."""
    return all(o.agrees(wrong) for o, wrong in both) and any(
        o.yours is not RAISED and o.wrong for o, _ in both
    )
