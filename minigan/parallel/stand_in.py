"""A group whose ranks are threads of this process: for tests, and for machines without MPI.

It has the same interface and gives the same bits as `minigan.parallel.mpi`. It is not faster than
one process, because Python code runs on one thread at a time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from minigan.backend import Array
from minigan.checks import integer, number
from minigan.parallel.group import Group, ParallelError

T = TypeVar("T")

_MOMENT = 0.2  # seconds of one wait, so that none is long


def run(size: int, work: Callable[[Group], T], seconds: float = 300.0) -> list[T]:
    """Call work(group) on each of `size` ranks, and return the results in rank order.

    Each rank is a thread of this process. Raises the first exception that a rank raised; the other
    ranks stop with a ParallelError, as they do if a rank makes them wait longer than `seconds`, and
    after Ctrl-C. Raises ValueError if size is below 1, or seconds is not positive.

    >>> import numpy as np
    >>> run(3, lambda group: group.all_sum(np.array([group.rank]))[0].item())
    [3, 3, 3]
    """
    size = integer("run", "size", size, least=1)
    if not number("run", "seconds", seconds) > 0:
        raise ValueError(f"run: seconds={seconds} must be greater than 0")
    mail = _Mail(size, seconds)
    results: list[Any] = [None] * size

    def start(rank: int) -> None:
        try:
            results[rank] = work(Threads(rank, mail))
        except BaseException as error:
            mail.fail(rank, error)
        finally:
            mail.leave(rank)

    threads = [threading.Thread(target=start, args=[rank], daemon=True) for rank in range(size)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():  # Ctrl-C just before a wait does not end the wait
                thread.join(_MOMENT)
    except KeyboardInterrupt:
        mail.stop("interrupted")
        raise
    if mail.errors:
        raise mail.errors[0]
    return results


class _Mail:
    """What the ranks share: the arrays on their way, in queues from rank to rank."""

    def __init__(self, size: int, seconds: float) -> None:
        self.size, self.seconds = size, seconds
        self.changed = threading.Condition()
        self.queues: dict[tuple[int, int], deque[tuple[str, Array]]] = {
            (a, b): deque() for a in range(size) for b in range(size)
        }
        self.reason = ""  # why all ranks must stop
        self.left: set[int] = set()
        self.errors: list[BaseException] = []

    def stop(self, reason: str) -> None:
        """Let all ranks stop for this reason, unless they have another one already."""
        with self.changed:
            self.reason = self.reason or reason
            self.changed.notify_all()

    def fail(self, rank: int, error: BaseException) -> None:
        """Note the error of a rank. One that is not a consequence of another stands first."""
        with self.changed:
            place = len(self.errors) if isinstance(error, ParallelError) else 0
            self.errors.insert(place, error)
        self.stop(f"rank {rank} stopped: {type(error).__name__}: {error}")

    def leave(self, rank: int) -> None:
        """Note that a rank has ended."""
        with self.changed:
            self.left.add(rank)
            self.changed.notify_all()


class Threads(Group):
    """One rank of the stand-in."""

    def __init__(self, rank: int, mail: _Mail) -> None:
        self.rank, self.size, self._mail = rank, mail.size, mail

    def abort(self, reason: str) -> None:
        """Tell all other ranks to stop: their present or next call raises ParallelError."""
        self._mail.stop(f"rank {self.rank} stopped: {reason}")

    def _swap(self, call: str, parts: Sequence[Array]) -> list[Array]:
        mail, label = self._mail, f"{call} of {parts[0].dtype}"
        with mail.changed:
            if mail.reason:
                raise ParallelError(mail.reason)
            for r, part in enumerate(parts):
                if r != self.rank:
                    mail.queues[self.rank, r].append((label, part.copy()))
            mail.changed.notify_all()
        return [part if r == self.rank else self._receive(r, label) for r, part in enumerate(parts)]

    def _receive(self, rank: int, label: str) -> Array:
        """Return the next array from a rank, when it has come."""
        mail = self._mail
        queue = mail.queues[rank, self.rank]
        with mail.changed:
            mail.changed.wait_for(lambda: queue or mail.reason or rank in mail.left, mail.seconds)
            if not queue and mail.reason:
                raise ParallelError(mail.reason)
            if not queue:
                why = "has ended" if rank in mail.left else f"did not come in {mail.seconds} s"
                self._stop(f"rank {self.rank} waits in {label}, and rank {rank} {why}")
            found, part = queue.popleft()
        if found != label:
            self._disagree(label, rank, found, f"{label}")
        return part
