"""Endless streams of batches, whose state can be saved at any moment and resumed bit for bit.

There are two kinds of stream. `Batches` goes through arrays in a random order and shuffles again
after each epoch. `Draws` draws fresh points from a distribution. Both have `next`, `state_dict` and
`load_state_dict`. A state consists of integers, strings and lists, so JSON keeps it exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigan.backend import Seed, as_generator
from minigan.checks import integer

Array = NDArray[Any]
State = dict[str, Any]


def generator_state(generator: np.random.Generator) -> State:
    """Return the state of a random generator as integers, strings and lists, for JSON.

    >>> rng = np.random.default_rng(0)
    >>> saved, first = generator_state(rng), rng.random()
    >>> set_generator_state(rng, saved)
    >>> rng.random() == first
    True
    """
    state: State = _plain(generator.bit_generator.state)
    return state


def set_generator_state(generator: np.random.Generator, state: State) -> None:
    """Set the state of a generator, in place, to one that `generator_state` returned.

    Raises ValueError if it is not a state, or the state of another kind of bit generator.
    """
    kind = type(generator.bit_generator).__name__
    if not isinstance(state, dict) or state.get("bit_generator") != kind:
        found = state.get("bit_generator") if isinstance(state, dict) else state
        raise ValueError(
            f"set_generator_state: state is of {found!r}, but the generator is a {kind} (legal: "
            f"{kind!r})"
        )
    try:
        generator.bit_generator.state = state
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"set_generator_state: state={state} is not a state of {kind}: {error!r}"
        ) from error


def _plain(value: Any) -> Any:
    """Return nested dicts with NumPy's arrays and numbers as lists and numbers of Python."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


class Batches:
    """Endless shuffled batches of one or several arrays (N, ...) with the same N.

    `next` returns a tuple with a batch of each array; every epoch has a new order. With `drop_last`
    (the default) the rows at the end of an epoch that do not fill a batch are dropped; without it
    the last batch is smaller. The generator is first used at the first `next`. A generator may be
    shared: `load_state_dict` sets its state in place, so it changes for all users. Raises TypeError
    for arguments that are not arrays, and ValueError for arrays of different or zero length, and
    for a size that is below 1 or leaves no batch.

    >>> batches = Batches(np.arange(5), np.arange(5) ** 2, size=2, generator=0)
    >>> x, squares = next(batches)
    >>> bool((x**2 == squares).all()), batches.per_epoch
    (True, 2)
    """

    def __init__(
        self,
        *arrays: Array,
        size: int,
        generator: Seed = None,
        drop_last: bool = True,
    ) -> None:
        self.count = _common_length("Batches", arrays)
        self.size = integer("Batches", "size", size, least=1)
        if self.count == 0:
            raise ValueError("Batches: the arrays are empty (legal: at least one row)")
        if drop_last and self.size > self.count:
            raise ValueError(
                f"Batches: size={self.size} is larger than the data, so drop_last leaves nothing "
                f"(legal: 1..{self.count}, or drop_last=False)"
            )
        self.arrays = arrays
        self.drop_last = drop_last
        self.generator = as_generator(generator)
        self.epoch = 0  # how many orders have been drawn
        self.position = 0  # how many rows of the order have been used
        self.order = np.empty(0, np.int64)  # (count,) after the first batch

    @property
    def per_epoch(self) -> int:
        """The number of batches in one epoch."""
        return self.count // self.size if self.drop_last else -(-self.count // self.size)

    def __iter__(self) -> Iterator[tuple[Array, ...]]:
        return self

    def __next__(self) -> tuple[Array, ...]:
        needed = self.size if self.drop_last else 1
        if self.position + needed > len(self.order):
            self.order, self.position = self.generator.permutation(self.count), 0
            self.epoch += 1
        rows = self.order[self.position : self.position + self.size]
        self.position += len(rows)
        return tuple(array[rows] for array in self.arrays)

    def state_dict(self) -> State:
        """Return the state of the generator, the order, the position and the epoch."""
        return {
            "generator": generator_state(self.generator),
            "order": self.order.tolist(),
            "position": self.position,
            "epoch": self.epoch,
        }

    def load_state_dict(self, state: State) -> None:
        """Continue, bit for bit, from a state that `state_dict` returned.

        Raises TypeError or ValueError, and changes nothing, if it is not a state, or the state of a
        stream over another number of rows.
        """
        generator, order, position, epoch = _values(
            "Batches", state, "generator", "order", "position", "epoch"
        )
        order = np.array(order, np.int64)
        whole = order.shape == (self.count,)
        if order.size and not (whole and np.array_equal(np.sort(order), np.arange(self.count))):
            raise ValueError(
                f"Batches.load_state_dict: state['order'] of {order.size} rows is not an order of "
                f"these {self.count} rows (legal: a permutation of 0..{self.count - 1})"
            )
        if not 0 <= position <= order.size:
            raise ValueError(
                f"Batches.load_state_dict: state['position']={position} (legal: 0..{order.size})"
            )
        set_generator_state(self.generator, generator)
        self.order, self.position, self.epoch = order, int(position), int(epoch)


class Draws:
    """Endless batches of fresh draws from a distribution: each is `(draw(size, generator),)`.

    Raises TypeError or ValueError unless size is an integer of at least 1.

    >>> draws = Draws(lambda n, rng: rng.standard_normal((n, 2)), size=3, generator=0)
    >>> (x,) = next(draws)
    >>> x.shape
    (3, 2)
    """

    def __init__(
        self,
        draw: Callable[[int, np.random.Generator], Array],
        *,
        size: int,
        generator: Seed = None,
    ) -> None:
        self.draw = draw
        self.size = integer("Draws", "size", size, least=1)
        self.generator = as_generator(generator)

    def __iter__(self) -> Iterator[tuple[Array, ...]]:
        return self

    def __next__(self) -> tuple[Array, ...]:
        return (self.draw(self.size, self.generator),)

    def state_dict(self) -> State:
        """Return the state of the generator."""
        return {"generator": generator_state(self.generator)}

    def load_state_dict(self, state: State) -> None:
        """Continue, bit for bit, from a state that `state_dict` returned."""
        (generator,) = _values("Draws", state, "generator")
        set_generator_state(self.generator, generator)


def one_epoch(*arrays: Array, size: int) -> Iterator[tuple[Array, ...]]:
    """Yield every row of arrays (N, ...) once and in order, in batches; the last may be smaller.

    Raises TypeError and ValueError as `Batches` does.

    >>> [x.tolist() for (x,) in one_epoch(np.arange(5), size=2)]
    [[0, 1], [2, 3], [4]]
    """
    count, size = _common_length("one_epoch", arrays), integer("one_epoch", "size", size, least=1)
    return (
        tuple(array[start : start + size] for array in arrays) for start in range(0, count, size)
    )


def _common_length(function: str, arrays: tuple[Array, ...]) -> int:
    """Return the common length of the arrays. Raises TypeError or ValueError if there is none."""
    shapes = [np.shape(array) for array in arrays]
    if not all(isinstance(array, np.ndarray) and array.ndim for array in arrays):
        raise TypeError(
            f"{function}: each of the arrays must be a NumPy array with rows, not of shapes "
            f"{shapes}"
        )
    if len({shape[0] for shape in shapes}) != 1:
        raise ValueError(
            f"{function}: needs one array or more, all of the same length, not shapes {shapes}"
        )
    return int(shapes[0][0])


def _values(owner: str, state: State, *keys: str) -> list[Any]:
    """Return the values of these keys. Raises TypeError or ValueError if it is not such a state."""
    if not isinstance(state, dict):
        raise TypeError(
            f"{owner}.load_state_dict: state={state!r} must be what state_dict() returned"
        )
    missing = [key for key in keys if key not in state]
    if missing:
        raise ValueError(
            f"{owner}.load_state_dict: the state lacks {missing} (it has {sorted(state)})"
        )
    return [state[key] for key in keys]
