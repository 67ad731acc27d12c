"""The share of one rank: its rows of every batch, and its rows of every array of random numbers.

Every rank reads the whole batch and draws the random numbers of the whole batch, and keeps its own
rows. So the order of the data and the noise of a sample do not depend on the number of ranks.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.checks import integer
from minigan.parallel.group import Group, ParallelError


def rows_of(rank: int, size: int, count: int, unit: int = 1) -> slice:
    """Return the rows of a batch of `count` samples that belong to a rank.

    `unit` consecutive samples stay together, as one unit. The ranks have equally many units; the
    first ones have one more if the number of ranks does not divide them. Raises ValueError if the
    unit does not divide the batch, if there are fewer units than ranks, and if unit is below 1.

    >>> [rows_of(rank, 3, count=10) for rank in range(3)]
    [slice(0, 4, None), slice(4, 7, None), slice(7, 10, None)]
    """
    units, rest = divmod(count, integer("rows_of", "unit", unit, least=1))
    packs = f" in packs of {unit}" if unit > 1 else ""
    if rest or units < size:
        raise ValueError(
            f"a batch of {count} samples{packs} cannot be shared by {size} ranks (legal: a "
            f"multiple of {unit} that is at least {unit * size})"
        )
    most, extra = divmod(units, size)
    start = rank * most + min(rank, extra)
    return slice(start * unit, (start + most + (rank < extra)) * unit)


class Share:
    """The stream of one rank's rows of the batches of a stream, which all ranks read.

    `batches` yields tuples of arrays (N, ...); this stream yields their rows. `unit` consecutive
    samples stay together. `weight` is the part of the present batch that this rank has, N_r / N.
    The state is that of the whole stream, so any number of ranks can continue from it. `next` and
    the constructor raise ValueError if a batch has fewer units than there are ranks.

    >>> from minigan.datasets import Batches
    >>> from minigan.parallel import run
    >>> def rows(group):
    ...     share = Share(Batches(np.arange(8), size=5, generator=0), group)
    ...     return next(share)[0].tolist(), share.weight
    >>> run(2, rows)
    [([2, 4, 3], 0.6), ([6, 5], 0.4)]
    """

    def __init__(self, batches: Any, group: Group, unit: int = 1) -> None:
        self.batches, self.group = batches, group
        self.unit = integer("Share", "unit", unit, least=1)
        self.count, self.rows = 0, slice(0, 0)  # N and this rank's rows of the present batch
        if size := getattr(batches, "size", 0):
            self.rows_of(size)

    def rows_of(self, count: int) -> slice:
        """Return this rank's rows of a batch. Raises ValueError if a rank would have none."""
        return rows_of(self.group.rank, self.group.size, count, self.unit)

    @property
    def rank_count(self) -> int:
        """The number of samples of the present batch that this rank has, N_r."""
        return self.rows.stop - self.rows.start

    @property
    def weight(self) -> float:
        """The part of the present batch that this rank has; 0 before the first batch."""
        return self.rank_count / max(self.count, 1)

    def __iter__(self) -> Iterator[tuple[Array, ...]]:
        return self

    def __next__(self) -> tuple[Array, ...]:
        arrays = next(self.batches)
        self.count = len(arrays[0])
        self.rows = self.rows_of(self.count)
        return tuple(array[self.rows] for array in arrays)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "batches":
            raise AttributeError(name)
        return getattr(self.batches, name)  # such as `size` and `per_epoch`

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the whole stream."""
        state: dict[str, Any] = self.batches.state_dict()
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state of the whole stream."""
        self.batches.load_state_dict(state)


class SharedGenerator(np.random.Generator):
    """A generator that draws numbers for the whole batch, and returns those of this rank's rows.

    It uses the bit generator of `generator`, so both have the same state. An array of shape (N_r,
    ...) is drawn as (N, ...). Its first axis may also count units of samples. A single number is
    the same on every rank. Another first axis, or another method than those of the table, raises
    ParallelError, because its numbers would not be those of one process. Pickled, it is a plain
    Generator with the same state.

    >>> from minigan.parallel import run
    >>> from minigan.datasets import Batches
    >>> def noise(group):
    ...     share = Share(Batches(np.arange(8), size=5, generator=0), group)
    ...     generator = SharedGenerator(np.random.default_rng(1), share)
    ...     return generator.integers(10, size=len(next(share)[0])).tolist()
    >>> run(2, noise), np.random.default_rng(1).integers(10, size=5).tolist()
    ([[4, 5, 7], [9, 0]], [4, 5, 7, 9, 0])
    """

    def __init__(self, generator: np.random.Generator, share: Share) -> None:
        super().__init__(generator.bit_generator)
        self.share = share

    def __deepcopy__(self, memo: dict[int, Any]) -> SharedGenerator:
        plain = np.random.Generator(copy.deepcopy(self.bit_generator, memo))
        return type(self)(plain, copy.deepcopy(self.share, memo))

    def whole(self, name: str, size: Any) -> tuple[Any, Any]:
        """Return the size of the whole draw, and the index of this rank's part of it."""
        if size is None:
            return None, ...
        first, *rest = (size,) if isinstance(size, int | np.integer) else tuple(size) or (0,)
        share = self.share
        for unit in dict.fromkeys((1, share.unit)):  # samples, or units of them
            if first * unit == share.rank_count:
                rows = slice(share.rows.start // unit, share.rows.stop // unit)
                return (share.count // unit, *rest), rows
        raise ParallelError(
            f"{name}: size={size} does not begin with the {share.rank_count} samples that this "
            f"rank has of a batch of {share.count}"
        )


_PLACES = {  # of the argument `size`, by method
    "random": 0,
    "standard_normal": 0,
    "standard_exponential": 0,
    "exponential": 1,
    "poisson": 1,
    "normal": 2,
    "uniform": 2,
    "integers": 2,
    "binomial": 2,
}


def _sized(name: str, place: int) -> Callable[..., Any]:
    """Return the method of this name: it draws for the whole batch, and returns a rank's rows."""
    draw = getattr(np.random.Generator, name)

    def method(self: SharedGenerator, *arguments: Any, **named: Any) -> Any:
        values = list(arguments)
        size = values[place] if len(values) > place else named.get("size")
        whole, rows = self.whole(name, size)
        if len(values) > place:
            values[place] = whole
        else:
            named["size"] = whole
        others = [value for value in (*values, *named.values()) if value is not whole]
        if any(isinstance(value, np.ndarray | list | tuple) for value in others):
            raise ParallelError(f"{name}: arguments other than size must be numbers")
        drawn = draw(self, *values, **named)
        return drawn if size is None else drawn[rows]

    method.__name__, method.__doc__ = name, f"Return this rank's rows of Generator.{name}(...)."
    return method


def _refused(name: str) -> Callable[..., Any]:
    """Return a method of this name that raises ParallelError."""

    def method(self: SharedGenerator, *arguments: Any, **named: Any) -> Any:
        legal = ", ".join(sorted(_PLACES))
        raise ParallelError(f"{name}: a rank cannot draw its part of these (legal: {legal})")

    method.__name__, method.__doc__ = name, "Raise ParallelError."
    return method


for _name in dir(np.random.Generator):
    if callable(getattr(np.random.Generator, _name)) and not _name.startswith("_"):
        _place = _PLACES.get(_name)
        _method = _refused(_name) if _place is None else _sized(_name, _place)
        setattr(SharedGenerator, _name, _method)
