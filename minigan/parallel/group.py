"""A group of processes, called ranks, that train one model together: sums, broadcasts, barriers.

Every rank makes the same calls in the same order. `all_sum` adds in rank order,
((x_0 + x_1) + x_2) + ..., so every rank gets the same bits, and they are the same in each run and
for each kind of group. The operations are those of MPI; here all of them are made from one, an
exchange: each rank sends one array to each other rank. A large array is summed in two exchanges, as
Thakur, Rabenseifner & Gropp 2005 describe: each rank adds one slice of it, and sends the sum.
"""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any, NoReturn, Self

import numpy as np

from minigan.backend import Array, device_of, to_device, to_numpy

CALLS = ("barrier", "broadcast", "gather", "stack", "all_sum", "slices of all_sum", "sums")
"""The names of the calls. An exchange carries its name, so that two different ones never meet."""
SMALL = 1 << 14  # bytes that a rank sends in a sum of one exchange
_BYTES = np.dtype(np.uint8)


class ParallelError(RuntimeError):
    """The ranks cannot go on together: one has ended, is silent, or has made another call."""


class Group(ABC):
    """The ranks 0..size - 1 that train together, seen from one of them, `rank`.

    A subclass defines how arrays travel. After a ParallelError the group cannot be used again.
    """

    rank: int
    size: int

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self  # the copy of a model has the same group

    def __reduce__(self) -> tuple[Any, ...]:
        return Alone, ()  # a process that loads a pickled model is a group of its own

    # ---------------------------------------------------------------------- what a subclass defines

    @abstractmethod
    def abort(self, reason: str) -> None:
        """Tell all other ranks to stop: their present or next call raises ParallelError."""

    @abstractmethod
    def _swap(self, call: str, parts: Sequence[Array]) -> list[Array]:
        """Send parts[r], a flat array, to each other rank r; return what each rank sent here.

        All parts have one dtype. Entry `rank` of the result is that of `parts`. Raises
        ParallelError if a rank makes another call, has ended, or is silent for too long.
        """

    # --------------------------------------------------------------------------------- for everyone

    def all_sum(self, *arrays: Array) -> list[Array]:
        """Return the sum over the ranks of each array, in rank order: the same bits on every rank.

        The arrays of one dtype travel together. Raises ParallelError if the ranks have arrays with
        different numbers of elements, or of different dtypes. Raises TypeError if a dtype is not
        one of integers, floating-point or complex numbers. A group of one rank returns the arrays
        themselves.

        >>> group = Alone()
        >>> group.all_sum(np.array([1.0, 2.0]))
        [array([1., 2.])]
        """
        for array in arrays:
            kind = getattr(array, "dtype", type(array))
            if not isinstance(kind, np.dtype) or kind.kind not in "iufc":
                raise TypeError(f"all_sum: the arrays must have numbers, not {kind}")
        if self.size == 1:
            return list(arrays)
        sums: dict[int, Array] = {}
        for dtype in dict.fromkeys(array.dtype for array in arrays):
            places = [i for i, array in enumerate(arrays) if array.dtype == dtype]
            parts = [np.ascontiguousarray(to_numpy(arrays[i])).reshape(-1) for i in places]
            flat = parts[0] if len(parts) == 1 else np.concatenate(parts)
            ends = list(accumulate(arrays[i].size for i in places))
            for i, part in zip(places, np.split(self._sum(flat), ends[:-1]), strict=True):
                sums[i] = to_device(part.reshape(arrays[i].shape), device_of(arrays[i]))
        return [sums[i] for i in range(len(arrays))]

    def stack(self, array: Array) -> Array:
        """Return the arrays (...) of all ranks in rank order, as one array (size, ...).

        Raises ParallelError if the ranks have arrays with different numbers of elements, or of
        different dtypes.

        >>> Alone().stack(np.array([1.0, 2.0]))
        array([[1., 2.]])
        """
        flat = np.ascontiguousarray(to_numpy(array)).reshape(-1)
        parts = self._exchange("stack", [flat] * self.size, [flat.size] * self.size)
        stacked = np.concatenate(parts).reshape(self.size, *array.shape)
        return to_device(stacked, device_of(array))

    def gather(self, value: Any) -> list[Any]:
        """Return the values of all ranks, in rank order, on every rank; they may be any objects.

        >>> Alone().gather("a value")
        ['a value']
        """
        found = self._exchange("gather", [_packed(value)] * self.size)
        return [value if r == self.rank else _unpacked(part) for r, part in enumerate(found)]

    def broadcast(self, value: Any = None) -> Any:
        """Return the value of rank 0, which may be any object; those of other ranks are ignored.

        >>> Alone().broadcast("a value")
        'a value'
        """
        mine = _packed(value) if self.rank == 0 else np.empty(0, _BYTES)
        found = self._exchange("broadcast", [mine] * self.size)
        return value if self.rank == 0 else _unpacked(found[0])

    def barrier(self) -> None:
        """Wait until every rank has come to this call."""
        self._exchange("barrier", [np.empty(0, _BYTES)] * self.size)

    # ------------------------------------------------------------------------------------ the parts

    def _sum(self, x: Array) -> Array:
        """Return the sum of the flat arrays x (n,) of all ranks, added in rank order."""
        size, n = self.size, x.size
        if x.nbytes * (size - 1) <= SMALL:
            return _added(self._exchange("all_sum", [x] * size, [n] * size))
        cuts = [n * r // size for r in range(size + 1)]
        slices = [x[start:end] for start, end in pairwise(cuts)]
        mine = slices[self.rank].size
        total = _added(self._exchange("slices of all_sum", slices, [mine] * size))
        lengths = [part.size for part in slices]
        return np.concatenate(self._exchange("sums", [total] * size, lengths))

    def _exchange(
        self, call: str, parts: Sequence[Array], lengths: Sequence[int] | None = None
    ) -> list[Array]:
        """Return what `_swap` returns. Raises ParallelError if a part does not have its length."""
        if self.size == 1:
            return list(parts)
        found = self._swap(call, parts)
        for r, part in enumerate(found):
            if lengths is not None and part.size != lengths[r]:
                self._disagree(call, r, f"{part.size} numbers", f"{lengths[r]}")
        return found

    def _disagree(self, call: str, rank: int, found: str, expected: str) -> NoReturn:
        """Stop all ranks, because a rank sent something else than this one expects."""
        self._stop(
            f"{call}: rank {rank} sent {found}, and rank {self.rank} expects {expected}; all ranks "
            "must make the same calls with the same shapes (the same model, batch and options)"
        )

    def _stop(self, reason: str) -> NoReturn:
        """Tell all ranks to stop, and raise ParallelError."""
        self.abort(reason)
        raise ParallelError(reason)


class Alone(Group):
    """The group of one process: every sum is that of one array, and nothing is sent.

    >>> Alone().size
    1
    """

    rank, size = 0, 1

    def abort(self, reason: str) -> None:
        """Do nothing, because there are no other ranks."""

    def _swap(self, call: str, parts: Sequence[Array]) -> list[Array]:
        return list(parts)


def _added(parts: Sequence[Array]) -> Array:
    """Return the sum of arrays (n,), added from the first to the last."""
    total: Array = parts[0].copy()
    with np.errstate(all="ignore"):  # infinities are values here
        for part in parts[1:]:
            total += part
    return total


def _packed(value: Any) -> Array:
    """Return any object as bytes (n,)."""
    return np.frombuffer(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL), _BYTES)


def _unpacked(part: Array) -> Any:
    """Return the object that `_packed` packed; the sender is another rank of this program."""
    return pickle.loads(part.tobytes())
