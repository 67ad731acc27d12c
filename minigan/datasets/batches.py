"""Batches without end, whose state can be saved at any moment and continued bit for bit.

Training needs two kinds of stream, and both have one interface, `next`, `state_dict` and
`load_state_dict`: `Batches` deals out arrays like a pack of cards that is shuffled again when it
runs out, `Draws` asks a distribution for fresh points each time. A state is plain integers, strings
and lists, so JSON holds it exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigan.backend import Seed, as_generator

Array = NDArray[Any]
State = dict[str, Any]


def generator_state(generator: np.random.Generator) -> State:
    """The state of a generator as integers, strings and lists that JSON keeps exactly.

    >>> rng = np.random.default_rng(0)
    >>> saved, first = generator_state(rng), rng.random()
    >>> set_generator_state(rng, saved)
    >>> rng.random() == first
    True
    """
    state: State = _plain(generator.bit_generator.state)
    return state


def set_generator_state(generator: np.random.Generator, state: State) -> None:
    """Put a generator, in place, into a state that `generator_state` returned.

    Raises ValueError if the state is that of another kind of bit generator, or of none.
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
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def at_least_one(function: str, name: str, value: int) -> int:
    """The value as an integer; TypeError or ValueError, naming function and argument, unless it is
    one >= 1.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{function}: {name}={value!r} must be an integer >= 1")
    if value < 1:
        raise ValueError(f"{function}: {name}={value} must be >= 1")
    return int(value)


class Batches:
    """Endless shuffled batches of one or several arrays that share their first axis.

    `next` returns a tuple with a batch of each array, in a new order every epoch. With `drop_last`
    (the default: all batches are equally large) what is left at the end of an epoch and does not
    fill a batch is left out; without it the last batch is smaller. Nothing is drawn from the
    generator before the first `next`. The generator may be shared: `load_state_dict` sets it back,
    in place, for everyone.

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
        self.size = at_least_one("Batches", "size", size)
        if self.count == 0:
            raise ValueError(
                "Batches: the arrays are empty, so there is no batch to make (legal: >= 1 row)"
            )
        if drop_last and self.size > self.count:
            raise ValueError(
                f"Batches: size={self.size} is larger than the data, so that drop_last leaves "
                "nothing "
                f"(legal: 1..{self.count}, or drop_last=False)"
            )
        self.arrays = arrays
        self.drop_last = drop_last
        self.generator = as_generator(generator)
        self.epoch = 0  # how many times the order was drawn
        self.position = 0  # how many rows of the order are used up
        self.order = np.empty(0, np.int64)  # (count,) from the first batch on

    @property
    def per_epoch(self) -> int:
        """How many batches one epoch has."""
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
        """Where the stream stands: generator state, order, position and epoch, as plain integers
        and lists.
        """
        return {
            "generator": generator_state(self.generator),
            "order": self.order.tolist(),
            "position": self.position,
            "epoch": self.epoch,
        }

    def load_state_dict(self, state: State) -> None:
        """Continue, bit for bit, where the stream that returned this state stood.

        Raises ValueError, and changes nothing, if the state lacks a key or belongs to data of
        another length.
        """
        generator, order, position, epoch = _values(
            "Batches", state, "generator", "order", "position", "epoch"
        )
        order = np.array(order, np.int64)
        if order.size and not np.array_equal(np.sort(order), np.arange(self.count)):
            raise ValueError(
                f"Batches.load_state_dict: state['order'] of {order.size} rows is no order of the "
                f"{self.count} rows "
                f"of this data (legal: a permutation of 0..{self.count - 1})"
            )
        if not 0 <= position <= order.size:
            raise ValueError(
                f"Batches.load_state_dict: state['position']={position} (legal: 0..{order.size})"
            )
        set_generator_state(self.generator, generator)
        self.order, self.position, self.epoch = order, int(position), int(epoch)


class Draws:
    """Endless batches of fresh draws from a distribution: `draw(size, generator)` each time.

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
        self.size = at_least_one("Draws", "size", size)
        self.generator = as_generator(generator)

    def __iter__(self) -> Iterator[tuple[Array, ...]]:
        return self

    def __next__(self) -> tuple[Array, ...]:
        return (self.draw(self.size, self.generator),)

    def state_dict(self) -> State:
        """Where the stream stands: the state of its generator."""
        return {"generator": generator_state(self.generator)}

    def load_state_dict(self, state: State) -> None:
        """Continue, bit for bit, where the stream that returned this state stood."""
        (generator,) = _values("Draws", state, "generator")
        set_generator_state(self.generator, generator)


def one_epoch(*arrays: Array, size: int) -> Iterator[tuple[Array, ...]]:
    """Every row once and in order, in batches of which the last may be smaller: for evaluation.

    >>> [x.tolist() for (x,) in one_epoch(np.arange(5), size=2)]
    [[0, 1], [2, 3], [4]]
    """
    count, size = _common_length("one_epoch", arrays), at_least_one("one_epoch", "size", size)
    return (
        tuple(array[start : start + size] for array in arrays) for start in range(0, count, size)
    )


def _common_length(function: str, arrays: tuple[Array, ...]) -> int:
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
