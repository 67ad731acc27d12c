"""Independent jobs: run on processes of this machine, or on the workers of a Dask cluster.

`each(work, items, jobs=4)` runs work(item) for all items on four processes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any, NamedTuple

Submit = Callable[[Callable[[Any], Any], Any], "Future[Any]"]

_CONNECT = "20s"  # limit of the wait for a scheduler, and for its first worker


class JobError(Exception):
    """The jobs cannot be run; the text is one line."""


class WorkerDied(JobError):
    """A job has ended its process, and again when it was run once more."""


class Outcome(NamedTuple):
    """How one job ended: its place in the list, and its result or the exception that ended it."""

    place: int
    result: Any
    error: BaseException | None = None


def each(
    work: Callable[[Any], Any],
    items: Sequence[Any],
    jobs: int = 1,
    scheduler: str | None = None,
) -> Iterator[Outcome]:
    """Yield the outcome of work(item) for each item, as they finish.

    They run on `jobs` processes of this machine, or on the workers of a Dask scheduler at an
    address such as tcp://10.0.0.1:8786. `work`, items and results must be picklable. An exception
    of `work` is the `error` of its outcome. A job whose process dies is run once more in a new one
    (by Dask, three times); if that dies too, its error is WorkerDied. Other jobs are not disturbed.

    Raises JobError if `dask.distributed` is not installed or the scheduler does not answer, and
    ValueError if `jobs` is below 1; both are raised by the first `next`.
    """
    if jobs < 1:
        raise ValueError(f"each: jobs={jobs} must be at least 1")
    if not items:
        return
    with _processes(jobs) if scheduler is None else _cluster(scheduler) as submit:
        futures = {submit(work, item): place for place, item in enumerate(items)}
        for future in as_completed(futures):
            yield _outcome(futures.pop(future), future)


def _outcome(place: int, future: Future[Any]) -> Outcome:
    """Return the outcome of a job that has ended."""
    if future.cancelled():
        return Outcome(place, None, JobError("the scheduler dropped this job"))
    error = future.exception()
    if type(error).__name__ == "KilledWorker":  # Dask's
        error = WorkerDied("the workers that ran this job died")
    return Outcome(place, None if error else future.result(), error)


@contextmanager
def _processes(jobs: int) -> Iterator[Submit]:
    """Yield a function that starts a job on this machine: each of its threads has a process."""
    import multiprocessing  # in a browser there is none
    from concurrent.futures import ProcessPoolExecutor

    context, here = multiprocessing.get_context("spawn"), threading.local()
    pools: list[ProcessPoolExecutor] = []
    ended = threading.Event()

    def run(work: Callable[[Any], Any], item: Any) -> Any:
        for _ in range(2):
            if ended.is_set():
                break
            if getattr(here, "pool", None) is None:
                here.pool = ProcessPoolExecutor(1, context, _end_with_the_parent)
                pools.append(here.pool)
            try:
                return here.pool.submit(work, item).result()
            except BrokenExecutor:
                here.pool = None
        raise WorkerDied("the process of this job died twice")

    threads = ThreadPoolExecutor(jobs)
    try:
        yield lambda work, item: threads.submit(run, work, item)
    except KeyboardInterrupt:  # the results of running jobs are not needed any more
        ended.set()
        for process in [process for pool in pools for process in pool._processes.values()]:
            process.terminate()
        raise
    finally:
        threads.shutdown(cancel_futures=True)
        for pool in pools:
            pool.shutdown()


def _end_with_the_parent() -> None:
    """End this process when its parent is killed; it would wait for more jobs for ever."""
    import multiprocessing

    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _cluster(address: str) -> Iterator[Submit]:
    """Yield a function that starts a job on the workers of a Dask scheduler."""
    try:
        from distributed import Client
    except ImportError:
        raise JobError(
            f"the scheduler {address} needs dask.distributed (pip install distributed)"
        ) from None
    try:
        client = Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        why = str(error).partition("\n")[0]
        raise JobError(f"no Dask scheduler answers at {address}: {why}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_CONNECT)
        except OSError:
            raise JobError(f"the Dask scheduler at {address} has no workers") from None
        executor = client.get_executor(pure=False)
        try:
            yield executor.submit
        finally:
            executor.shutdown(wait=False)
