"""A rank: one of the processes that mpiexec started to train a run together.

Rank 0 does what one process does: it prints, writes the files and draws the pictures. The others
train only, and are silent. An error of one rank stops all of them, and rank 0 reports it. So does a
signal; then the state is saved first.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from pathlib import Path

from minigan import parallel, runs, set_num_threads
from minigan.cli import training
from minigan.cli.errors import UsageError, report_of
from minigan.cli.messages import MessageStream, send

_EVERY = 0.2  # seconds between two looks at the processes that started this one
_GRACE = 6.0  # seconds in which a rank whose starter has ended may save its state

_LOST = parallel.ParallelError
_PATIENCE = 4.0  # seconds that mpiexec has to end itself after the error of a rank
_MPIEXECS = ("mpiexec", "mpirun", "prterun", "prted", "orterun", "orted", "mpiexec.hydra")
_RANK = ("OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "MV2_COMM_WORLD_RANK")

_Place = tuple[str, int, frozenset[int]]  # the host of a rank, its process, and its cores


def number() -> int:
    """Return the rank of this process, as mpiexec has set it; 0 if mpiexec has not started it.

    >>> number()
    0
    """
    found = [os.environ[name] for name in _RANK if name in os.environ]
    return int(found[0]) if found and parallel.launched() and found[0].isdigit() else 0


@contextmanager
def time_to_report(silent: bool) -> Iterator[None]:
    """Keep a silent rank that has an error until rank 0 has reported it.

    mpiexec ends all ranks as soon as the first one ends.
    """
    try:
        yield
    except (UsageError, _LOST):
        if silent:
            time.sleep(_PATIENCE)
        raise


def train(arguments: argparse.Namespace) -> int:
    """Train as the rank that this process is; return the exit code."""
    _watch(arguments.starter)
    if arguments.starter is None:  # the user has typed mpiexec
        return _train(arguments)
    if number() > 0:
        with suppress(BaseException):  # rank 0 reports it
            _train(arguments)
        return 0
    sys.stdout, sys.stderr = MessageStream("out", sys.stdout), MessageStream("err", sys.stderr)
    threading.Thread(target=_listen, daemon=True).start()
    try:
        code, text = _train(arguments), ""
    except BaseException as error:
        line, code = report_of(error) or (None, 1)
        text = traceback.format_exc() if line is None else f"minigan: {line}\n"
    send("end", code, text)
    return 0  # else mpiexec would report the exit code, too


def _train(arguments: argparse.Namespace) -> int:
    """Lead the training if this is rank 0, or follow it; return the exit code."""
    with time_to_report(number() > 0):
        group = parallel.world()
    try:
        if arguments.ranks not in (None, group.size):
            raise UsageError(
                f"--ranks {arguments.ranks}: mpiexec has started {group.size} ranks already; leave "
                "out --ranks"
            )
        found: list[_Place] = group.gather((socket.gethostname(), os.getpid(), _cores()))
        set_num_threads(threads_of(found, group.rank))
        if group.rank > 0:
            return _follow(group)
        if arguments.starter is not None:
            send("ranks", [[host, pid] for host, pid, _ in found])
        run, task = training.begun(arguments, group)
        if arguments.starter is None:
            return training.finish(run, task)
        send("run", str(run.path))
        return training.finish(run, task, f" --ranks {group.size}")
    except BaseException as error:
        line, _ = report_of(error) or (f"{type(error).__name__}: {error}", 1)
        group.abort(line.removeprefix("error: "))
        if isinstance(error, _LOST) or isinstance(error.__cause__, _LOST):
            _guard(os.getppid())
        raise


def _follow(group: parallel.Group) -> int:
    """Train on a rank other than 0; return the exit code."""
    try:
        runs.accompany(runs.follow(group))
    except runs.Interrupted:
        return 130
    return 0


def _cores() -> frozenset[int]:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(os.cpu_count() or 1))


def threads_of(ranks: Sequence[tuple[str, int, Set[int]]], rank: int) -> int:
    """Return how many threads a rank has: the ranks of a host share its cores.

    >>> two, four = frozenset((0, 1)), frozenset((0, 1, 2, 3))
    >>> ranks = [("a", 10, four), ("a", 11, four), ("b", 10, two)]
    >>> [threads_of(ranks, rank) for rank in range(3)]
    [2, 2, 2]
    >>> threads_of([("a", 10, frozenset((0,))), ("a", 11, frozenset((1,)))], 0)  # bound to cores
    1
    """
    host, _, own = ranks[rank]
    here = [cores for other, _, cores in ranks if other == host]
    return max(1, min(len(own), len(set().union(*here)) // len(here)))


# ------------------------------------------------------------------------------ who started this


def _listen() -> None:
    """Stop when the process that started all ranks says so, on the standard input of rank 0."""
    with suppress(OSError):
        while text := os.read(0, 64):
            if b"stop" in text:
                _stop()


def _stop() -> None:
    """Let the main thread do what it does after SIGTERM."""
    main = threading.main_thread().ident
    if main is not None:
        signal.pthread_kill(main, signal.SIGTERM)


def _guard(mpiexec: int) -> None:
    """Start a process that ends mpiexec, or its helper on this host, if that does not end itself.

    If a host is cut off, mpiexec may wait for it for many minutes. The guard does nothing unless
    mpiexec is still running some seconds from now.
    """
    with suppress(OSError, ValueError):
        name, started = _identity(mpiexec)
        if name in _MPIEXECS:
            program = f"from minigan.cli.rank import end; end({mpiexec}, {started!r})"
            quiet = subprocess.DEVNULL
            subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=quiet,
                stdout=quiet,
                stderr=quiet,
                start_new_session=True,
            )


def end(pid: int, started: str) -> None:
    """End a process if it is still the one that was started then, and does not end itself."""
    for seconds, number in ((_PATIENCE, signal.SIGTERM), (1.0, signal.SIGKILL)):
        time.sleep(seconds)
        with suppress(OSError, ValueError):
            if _identity(pid)[1] == started:
                os.kill(pid, number)


def _identity(pid: int) -> tuple[str, str]:
    """Return the name of a process, and when it was started. Raises OSError if it has ended."""
    before, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    return before.partition("(")[2], rest.split()[19]


def _watch(starter: str | None) -> None:
    """Start a thread that ends this process if those that started it have ended.

    Nobody else would end it. `starter` is the process with which the user has started the ranks, as
    PID@HOST; None if that is mpiexec.
    """
    pid, _, host = (starter or "").partition("@")
    known = int(pid) if host == socket.gethostname() else None
    threading.Thread(target=_look, args=[os.getppid(), known], daemon=True).start()


def _look(parent: int, starter: int | None) -> None:
    """End the process when `parent`, which is mpiexec, ends; stop when `starter` ends."""
    ended: float | None = None
    while os.getppid() == parent:
        time.sleep(_EVERY)
        if ended is not None:
            if time.monotonic() - ended > _GRACE:
                break
        elif starter is not None and not is_alive(starter):
            ended = time.monotonic()
            _stop()
    os._exit(1)


def is_alive(pid: int) -> bool:
    """Return whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
