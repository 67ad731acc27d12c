"""Tools for drawing inputs, and for small integer inputs in order of size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

import numpy as np

from minigan.classroom.model import Array, Inputs

Generator = np.random.Generator


def between(generator: Generator, low: int, high: int) -> int:
    """Return an integer from low to high, both included."""
    return int(generator.integers(low, high + 1))


def normal(generator: Generator, *shape: int) -> Array:
    """Return an array of numbers from N(0, 1), none of them close to 0.

    >>> bool((abs(normal(np.random.default_rng(0), 100)) > 0.05).all())
    True
    """
    values = np.asarray(generator.normal(size=shape))
    return np.asarray(np.where(np.abs(values) > 0.05, values, values + 0.5))


def counting(*shape: int, start: int = 1) -> Array:
    """Return an array of the integers start, start + 1, ... as floats."""
    numbers: Array = np.arange(start, start + int(np.prod(shape)), dtype=np.float64)
    return numbers.reshape(shape)


def digits(*shape: int, seed: int = 0) -> Array:
    """Return an array of integers from -9 to 9 without 0, always the same for one seed."""
    generator = np.random.default_rng([seed, *shape])
    return np.asarray(generator.integers(1, 10, shape) * generator.choice([-1.0, 1.0], shape))


def by_size(candidates: Iterable[Inputs]) -> list[Inputs]:
    """Return inputs in order of the entries of their arrays, then of their integers."""

    def weight(inputs: Inputs) -> tuple[int, int]:
        entries = sum(v.size for v in inputs.values() if isinstance(v, np.ndarray))
        return entries, sum(map(_total, inputs.values()))

    return sorted(candidates, key=weight)


def _total(value: Any) -> int:
    if isinstance(value, tuple):
        return sum(map(_total, value))
    return value if isinstance(value, int) else 0


def grid(**values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Yield all combinations of values, as dictionaries.

    >>> list(grid(a=[1, 2], b=[3]))
    [{'a': 1, 'b': 3}, {'a': 2, 'b': 3}]
    """
    for combination in product(*values.values()):
        yield dict(zip(values, combination, strict=True))
