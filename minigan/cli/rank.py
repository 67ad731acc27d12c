"""A rank: one of the processes that mpiexec started to train a run together.

Rank 0 does what one process does: it prints, writes the files and draws the pictures. The others
train only, and are silent. An error of one rank stops all of them, and rank 0 reports it. So does a
signal; then the state is saved first.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time
import traceback
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager, suppress

from minigan import parallel, runs, set_num_threads
from minigan.cli import training
from minigan.cli.errors import UsageError, report_of
from minigan.cli.messages import MessageStream, send
from minigan.cli.starters import PATIENCE, guard, stop_on_request, watch
from minigan.threads import cores

_LOST = parallel.ParallelError
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
            time.sleep(PATIENCE)
        raise


def train(arguments: argparse.Namespace) -> int:
    """Train as the rank that this process is; return the exit code."""
    watch(arguments.starter)
    if arguments.starter is None:  # the user has typed mpiexec
        return _train(arguments)
    if number() > 0:
        with suppress(BaseException):  # rank 0 reports it
            _train(arguments)
        return 0
    sys.stdout, sys.stderr = MessageStream("out", sys.stdout), MessageStream("err", sys.stderr)
    stop_on_request()
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
        found: list[_Place] = group.gather((socket.gethostname(), os.getpid(), cores()))
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
            guard(os.getppid())
        raise


def _follow(group: parallel.Group) -> int:
    """Train on a rank other than 0; return the exit code."""
    try:
        runs.accompany(runs.follow(group))
    except runs.Interrupted:
        return 130
    return 0


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
