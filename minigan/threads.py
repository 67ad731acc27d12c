"""Work on several threads, and matrix products with the same bits at any number of threads.

Matrix products are the only expensive arithmetic in this package, and all of them pass through
`matmul`. A BLAS library that splits a product over its own threads adds the parts in an order that
depends on their number, so the last bits change from machine to machine. Here each product is cut
by its *shape* into pieces, each piece is one single-threaded BLAS call, and the threads share the
pieces.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from typing import Any, cast

import numpy as np

from minigan.backend import Array, namespace

# A block that is allocated and freed teaches glibc's malloc to keep up to twice as much of what is
# freed. Otherwise it returns the memory of each update to the system and gets it back page by page:
# up to a tenth of the time of small models.
np.empty(31 << 20, np.uint8)

# ------------------------------------------------------------------------------------------ threads

_threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_team: _Team | None = None


class _Here(threading.local):
    """What is known of the current thread."""

    inside = False  # it works on a piece
    keepers = 0  # contexts of `keep_one_blas_thread` that it is in
    kept = False  # it holds BLAS to one thread until the last of them ends


_here = _Here()


def get_num_threads() -> int:
    """How many threads share the pieces of one operation."""
    return _threads


def set_num_threads(threads: int) -> None:
    """Let this many threads share the pieces of one operation; results do not depend on it, bit for
    bit.
    """
    global _threads
    if isinstance(threads, bool) or not isinstance(threads, int):
        raise TypeError(f"set_num_threads: threads={threads!r} must be an integer")
    if threads < 1:
        raise ValueError(f"set_num_threads: threads={threads} must be >= 1")
    _threads = threads
    if _team is not None:
        _team.dismiss()
    _forget_team()


def _forget_team() -> None:
    global _team
    _team = None


def _after_fork() -> None:
    _forget_team()  # threads do not survive a fork, nor does who may have held the lock
    one_blas_thread.lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class _OneThread:
    """A context in which BLAS uses one thread, for all threads that are inside at the same time."""

    def __init__(self) -> None:
        self.lock, self.users = threading.Lock(), 0
        self.libraries, self.before = cast(Any, None), [0]

    def __enter__(self) -> None:
        if _here.keepers:
            if _here.kept:
                return
            _here.kept = True  # until the last `keep_one_blas_thread` of this thread ends
        self.limit()

    def __exit__(self, *_: object) -> None:
        if not _here.kept:
            self.release()

    def limit(self) -> None:
        """Hold BLAS to one thread until `release`."""
        with self.lock:
            if self.libraries is None:  # found once, at the first product that needs it
                from threadpoolctl import ThreadpoolController

                self.libraries = ThreadpoolController().select(user_api="blas").lib_controllers
            if self.users == 0:
                self._disown()
                self.before = [library.get_num_threads() for library in self.libraries]
                self._limit([1] * len(self.before))
            self.users += 1

    def release(self) -> None:
        """Give BLAS its threads back, if no other user is left."""
        with self.lock:
            self.users -= 1
            if self.users == 0:
                self._disown()
                self._limit(self.before)
                self._disown()

    def _limit(self, numbers: list[int]) -> None:
        for library, number in zip(self.libraries, numbers, strict=True):
            library.set_num_threads(number)

    def _disown(self) -> None:
        """Let this thread set limits: threadpoolctl >= 3.8 ignores all but the first that did."""
        for library in self.libraries:
            if hasattr(library, "clear_controlling_thread"):
                library.clear_controlling_thread(force=True)


one_blas_thread = _OneThread()


class _Keep:
    """A context in which the limit of the first product stays, instead of one for each product."""

    def __enter__(self) -> None:
        _here.keepers += 1

    def __exit__(self, *_: object) -> None:
        _here.keepers -= 1
        if not _here.keepers and _here.kept:
            _here.kept = False
            one_blas_thread.release()


keep_one_blas_thread = _Keep()


class _Share:
    """A share of some work: a helper takes it up when it is free, unless it has been taken back by
    then.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self.work, self.taken, self.done = work, threading.Lock(), threading.Lock()
        self.error: BaseException | None = None
        self.done.acquire()

    def take_up(self) -> None:
        if self.taken.acquire(blocking=False):
            try:
                self.work()
            except BaseException as error:
                self.error = error
            finally:
                self.done.release()

    def take_back(self) -> BaseException | None:
        """Return when nobody works on it any more, with what the work raised."""
        if not self.taken.acquire(blocking=False):
            self.done.acquire()
        return self.error


class _Team:
    """Threads that wait for shares: half the time that a ThreadPoolExecutor takes, and nothing to
    import.
    """

    def __init__(self, size: int) -> None:
        self.size, self.offers = size, SimpleQueue[_Share | None]()
        for i in range(size):
            threading.Thread(target=self._help, name=f"minigan-{i}", daemon=True).start()

    def _help(self) -> None:
        while (share := self.offers.get()) is not None:
            share.take_up()
            del share  # what it worked on need not wait for the next

    def offer(self, work: Callable[[], None]) -> _Share:
        share = _Share(work)
        self.offers.put(share)
        return share

    def dismiss(self) -> None:
        for _ in range(self.size):
            self.offers.put(None)


def parallel(work: Callable[[Any], None], pieces: Iterable[Any]) -> None:
    """Call work(piece) for every piece, on all threads, each with one BLAS thread.

    The pieces must not depend on each other nor on the number of threads. The first exception is
    raised here.
    """
    pieces = list(pieces)
    queue = iter(pieces)  # a list's iterator gives each piece to one thread only
    if _here.inside:  # a piece of a piece: the other threads have work of their own
        for piece in queue:
            work(piece)
        return

    def drain() -> None:
        _here.inside = True
        try:
            for piece in queue:
                work(piece)
        finally:
            _here.inside = False

    with one_blas_thread:
        if _threads == 1 or len(pieces) < 2:
            drain()
        else:
            _shared(drain, min(_threads, len(pieces)) - 1)


def _shared(work: Callable[[], None], helpers: int) -> None:
    """Do the work here and on so many helpers at once; the first exception is raised here."""
    global _team
    _team = team = _team or _Team(_threads - 1)
    contexts = [copy_context() for _ in range(helpers)]  # helpers use the caller's np.errstate
    shares = [team.offer(partial(context.run, work)) for context in contexts]
    try:
        work()
    finally:  # wait for all helpers before anything is raised
        errors = [share.take_back() for share in shares]
    for error in errors:
        if error is not None:
            raise error


_BLOCK = 1 << 17  # numbers in a block: two operands of it stay in a core's cache


def blocks(array: Array) -> list[Any]:
    """Indices of the first axis, cut by shape alone into blocks that fit the cache; a GPU takes all
    at once.
    """
    if array.size <= _BLOCK or namespace(array) is not np:
        return [...] if array.size else []
    step = -(-len(array) // -(-array.size // _BLOCK))
    return [slice(start, start + step) for start in range(0, len(array), step)]


def sweep(work: Callable[[int, Any], None], array: Array) -> None:
    """work(b, block) for each block of the array, on all threads: pass after pass over numbers that
    are near.
    """
    pieces = list(enumerate(blocks(array)))
    if len(pieces) == 1:
        work(*pieces[0])  # no threads to start, no BLAS to limit
    else:
        parallel(lambda piece: work(*piece), pieces)


# ---------------------------------------------------------------------------------- matrix products

_ALONE = 1 << 18  # up to so many multiplications OpenBLAS stays on one thread by itself
_PIECE = (
    1 << 23
)  # multiplications worth a thread of their own: to wake one takes as long as a million


def matmul(a: Array, b: Array) -> Array:
    """a @ b with numpy.matmul's shapes, the same bits at any number of threads.

    Raises what numpy.matmul raises; shapes and dtypes are the caller's to check.
    """
    if type(a) is not np.ndarray and namespace(a, b) is not np:
        return namespace(a, b).matmul(a, b)
    if a.ndim < 2 or b.ndim < 2:
        y = matmul(a[None] if a.ndim == 1 else a, b[:, None] if b.ndim == 1 else b)
        y = y[..., 0] if b.ndim == 1 else y
        return y[..., 0, :] if a.ndim == 1 < b.ndim else y[..., 0] if a.ndim == 1 else y
    (M, K), N = a.shape[-2:], b.shape[-1]
    size = M * K * N
    if K == 1 == b.shape[-2]:
        return (
            a * b
        )  # an outer product: there is nothing to add up, and BLAS takes four times as long
    if (size <= _ALONE and min(M, N) > 1) or size <= 4096 or _here.inside:
        return np.matmul(a, b)
    if size < 2 * _PIECE or a.ndim > 2 or b.ndim > 2:
        with one_blas_thread:
            return np.matmul(a, b)
    y = np.empty((M, N), np.result_type(a, b))
    pieces = min(16, size // _PIECE, max(2, max(M, N) // 48))
    step = -(-max(M, N) // pieces)

    def multiply(start: int) -> None:
        part = slice(start, start + step)
        if M >= N:
            np.matmul(a[part], b, out=y[part])
        else:
            np.matmul(a, b[:, part], out=y[:, part])

    parallel(multiply, range(0, max(M, N), step))
    return y
