"""Work on several threads, and matrix products with the same bits at any number of threads.

Matrix products are the only expensive arithmetic of this package, and all of them go through
`matmul`. It cuts a product into pieces that depend on its *shape* alone, computes each piece with
one single-threaded BLAS call (`minigan.blas`), and shares the pieces among the threads.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from contextvars import Context, copy_context
from functools import lru_cache, partial
from queue import SimpleQueue
from typing import Any

import numpy as np

from minigan.backend import Array, namespace
from minigan.blas import NO_THREADS, keep_one_blas_thread, one_blas_thread
from minigan.checks import integer

__all__ = [
    "get_num_threads",
    "set_num_threads",
    "parallel",
    "blocks",
    "sweep",
    "sums_over_blocks",
    "matmul",
    "sum_of_rows",
    "one_blas_thread",
    "keep_one_blas_thread",
]

# glibc's malloc returns freed memory to the system and gets it back page by page, which takes up to
# a tenth of the time of small models. After one large block is allocated and freed, malloc keeps up
# to twice that much memory.
if sys.platform == "linux":
    np.empty(31 << 20, np.uint8)

# ---------------------------------------------------------------------------- the number of threads


def cores() -> frozenset[int]:
    """Return the numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(os.cpu_count() or 1))


_threads = 1 if NO_THREADS else len(cores())
_team: _Team | None = None


def get_num_threads() -> int:
    """Return how many threads share the pieces of one operation; by default one per core."""
    return _threads


def set_num_threads(threads: int) -> None:
    """Let this many threads share the pieces of one operation; results do not depend on it.

    In a browser (Pyodide) it stays one thread. Raises TypeError if `threads` is not an integer, and
    ValueError if it is below 1.
    """
    global _threads
    threads = integer("set_num_threads", "threads", threads, least=1)
    _threads = 1 if NO_THREADS else threads
    if _team is not None:
        _team.dismiss()
    _forget_team()


def _forget_team() -> None:
    global _team
    _team = None


if hasattr(os, "register_at_fork"):  # the threads of a team do not exist in a forked child
    os.register_at_fork(after_in_child=_forget_team)


# -------------------------------------------------------------------------------- a team of threads


class _ThisThread(threading.local):
    """The state of the current thread."""

    inside = False  # whether it works on a piece


_this = _ThisThread()


class _Job:
    """Work that is done once, by the first helper that is free, unless it is cancelled before."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.work, self.taken, self.done = work, threading.Lock(), threading.Lock()
        self.error: BaseException | None = None
        self.done.acquire()

    def run(self) -> None:
        """Do the work, unless the job is taken or cancelled."""
        if self.taken.acquire(blocking=False):
            try:
                self.work()
            except BaseException as error:
                self.error = error
            finally:
                self.done.release()

    def cancel(self) -> BaseException | None:
        """Cancel the job; if a helper has begun, wait for it and return what it raised."""
        if not self.taken.acquire(blocking=False):
            self.done.acquire()
        return self.error


class _Team:
    """At most `size` threads that wait for jobs; fewer if the system starts no more.

    A hand-over takes half the time of concurrent.futures.ThreadPoolExecutor.
    """

    def __init__(self, size: int) -> None:
        self.size, self.jobs = 0, SimpleQueue[_Job | None]()
        with suppress(RuntimeError):  # a limit on threads is reached, or the interpreter ends
            for i in range(size):
                threading.Thread(target=self._help, name=f"minigan-{i}", daemon=True).start()
                self.size += 1

    def _help(self) -> None:
        while (job := self.jobs.get()) is not None:
            job.run()
            del job  # so that its arrays are freed now, and not when the next job arrives

    def offer(self, work: Callable[[], None]) -> _Job:
        """Return a job that a free thread of the team will do."""
        job = _Job(work)
        self.jobs.put(job)
        return job

    def dismiss(self) -> None:
        """End the threads after the jobs that are waiting."""
        for _ in range(self.size):
            self.jobs.put(None)


def parallel(
    work: Callable[[Any], None],
    pieces: Iterable[Any],
    *,
    buffer: int | None = None,
    alone: bool = False,
) -> None:
    """Call work(piece) for every piece, on all threads, each with one BLAS thread.

    The pieces must be independent of each other and of the number of threads. Raises the first
    exception of a piece, after all threads have stopped. `buffer` is the size of NumPy's buffers in
    the pieces: numpy copies operands into them whose runs of memory are shorter. With `alone` this
    thread does all pieces: there is so little work that waking another takes longer than it saves.

    >>> squares = [0, 0, 0]
    >>> parallel(lambda i: squares.__setitem__(i, i * i), range(3))
    >>> squares
    [0, 1, 4]
    """
    pieces = list(pieces)
    queue = iter(pieces)  # a list's iterator gives each piece to one thread only
    if _this.inside:  # a piece of a piece: the other threads have work already
        for piece in queue:
            work(piece)
        return

    def drain() -> None:
        _this.inside = True
        try:
            for piece in queue:
                work(piece)
        finally:
            _this.inside = False

    context = copy_context()  # helpers use the caller's np.errstate
    if buffer is not None:
        context.run(np.setbufsize, buffer)
    with one_blas_thread:
        if alone or _threads == 1 or len(pieces) < 2:
            context.run(drain)
        else:
            _with_helpers(drain, min(_threads, len(pieces)) - 1, context)


def _with_helpers(work: Callable[[], None], helpers: int, context: Context) -> None:
    """Call work() on this thread and on at most so many helpers; raise the first exception."""
    global _team
    _team = team = _team or _Team(_threads - 1)
    copies = [context.copy() for _ in range(min(helpers, team.size))]
    jobs = [team.offer(partial(copy.run, work)) for copy in copies]
    try:
        context.run(work)
    finally:  # wait for all helpers before anything is raised
        errors = [job.cancel() for job in jobs]
    for error in errors:
        if error is not None:
            raise error


# ------------------------------------------------------------------------------ elementwise work

ALONE = 600_000  # with fewer numbers one thread is as fast as two: waking a thread takes time too
_BLOCK = 1 << 18  # numbers in a block: an array of this size fits a core's cache
_SUMMED = 1 << 17  # the same where a block is added up: there is a second array of its size


def blocks(array: Array, summed: bool = False) -> list[Any]:
    """Return indices of the first axis: blocks that fit the cache and depend on the shape alone.

    They are smaller with `summed`, for work that adds up. A small array, or an array on a GPU, is
    one block.

    >>> blocks(np.zeros((3, 200_000)))
    [slice(0, 1, None), slice(1, 2, None), slice(2, 3, None)]
    """
    size = _SUMMED if summed else _BLOCK
    if array.size <= size or namespace(array) is not np:
        return [...] if array.size else []
    step = -(-len(array) // -(-array.size // size))
    return [slice(start, start + step) for start in range(0, len(array), step)]


def sweep(work: Callable[[int, Any], None], array: Array, summed: bool = False) -> None:
    """Call work(number, block) for each of `blocks(array, summed)`, on all threads.

    Work that passes over a block several times finds it in the cache.
    """
    pieces = list(enumerate(blocks(array, summed)))
    if len(pieces) == 1:
        work(*pieces[0])  # this needs no threads and no limit on BLAS
    else:
        parallel(lambda piece: work(*piece), pieces, alone=array.size < ALONE)


def sums_over_blocks(
    work: Callable[[Any], Iterable[Array]], array: Array, shape: tuple[int, int], dtype: Any
) -> Array:
    """Return an array of this shape (k, C): the sums over blocks of an array.

    work(block) returns k vectors (C,) for a block, an index as in `blocks`. They are added in the
    order of the blocks.

    >>> x = np.ones((2, 200_000))
    >>> sums_over_blocks(lambda block: [x[block].sum(1).sum(keepdims=True)], x, (1, 1), float)
    array([[400000.]])
    """
    k, C = shape
    parts = namespace(array).empty((k, len(blocks(array, summed=True)), C), dtype)

    def keep(number: int, block: Any) -> None:
        for part, vector in zip(parts, work(block), strict=True):
            part[number] = vector

    sweep(keep, array, summed=True)
    return parts.sum(1)


# ---------------------------------------------------------------------------------- matrix products

_FEW = 1 << 18  # with at most this many multiplications OpenBLAS uses one thread anyway
_KEPT = 1 << 14  # the longest row of ones that is kept
_PIECE = 1 << 23  # multiplications in a piece; waking a thread takes as long as a million


def matmul(a: Array, b: Array) -> Array:
    """Return a @ b with numpy.matmul's shapes; its bits do not depend on the number of threads.

    Raises what numpy.matmul raises; the caller checks shapes and dtypes.

    >>> matmul(np.array([[1.0, 2.0]]), np.array([3.0, 4.0]))
    array([11.])
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
        return a * b  # an outer product adds nothing up, and BLAS takes four times as long
    if (size <= _FEW and min(M, N) > 1) or size <= 4096 or _this.inside:
        return np.matmul(a, b)
    if size < 2 * _PIECE or a.ndim > 2 or b.ndim > 2:
        with one_blas_thread:
            return np.matmul(a, b)
    return _matmul_in_pieces(a, b, size)


def sum_of_rows(x: Array) -> Array:
    """Return the sum of the rows of a matrix (N, C): a row of N ones times the matrix.

    >>> sum_of_rows(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    xp, N = namespace(x), len(x)
    ones = _ones(N, x.dtype) if xp is np and N <= _KEPT else xp.ones((1, N), x.dtype)
    return matmul(ones, x)[0]


@lru_cache(maxsize=64)
def _ones(N: int, dtype: Any) -> Array:
    ones = np.ones((1, N), dtype)
    ones.flags.writeable = False  # all callers share it
    return ones


def _matmul_in_pieces(a: Array, b: Array, size: int) -> Array:
    """Return a @ b of two matrices, cut along the longer side of the result."""
    M, N = len(a), b.shape[1]
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
