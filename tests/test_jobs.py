"""Jobs: each has one outcome, and a process that dies is replaced."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import dask_cluster

import minigan
from minigan import jobs
from minigan.jobs import JobError, each


def work(item: Any) -> Any:
    if item == "raises":
        raise ValueError("planted")
    if item == "dies":
        os._exit(1)
    if isinstance(item, Path):  # dies the first time
        if not item.exists():
            item.touch()
            os._exit(1)
        return "alive"
    return 2 * item


def test_each_job_has_its_outcome_whatever_the_others_do(tmp_path: Path) -> None:
    items = [1, "raises", 2, "dies", tmp_path / "once", 3]
    found = {place: (result, error) for place, result, error in each(work, items, jobs=2)}
    assert sorted(found) == list(range(len(items)))
    assert [found[i] for i in (0, 2, 4, 5)] == [(2, None), (4, None), ("alive", None), (6, None)]
    assert isinstance(found[1][1], ValueError) and isinstance(found[3][1], jobs.WorkerDied)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process")
@pytest.mark.parametrize("end", ["SIGKILL", "SIGINT"])
def test_processes_end_with_a_parent_that_is_killed_or_interrupted(
    tmp_path: Path, end: str
) -> None:
    code = (
        "import os, time\nfrom pathlib import Path\nfrom minigan.jobs import each\n"
        "def write(path):\n    path.write_text(str(os.getpid()))\n    time.sleep(60)\n"
        "if __name__ == '__main__':\n"
        f"    list(each(write, [Path({str(tmp_path)!r}, name) for name in 'ab'], jobs=2))\n"
    )
    (tmp_path / "program.py").write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(Path(minigan.__file__).parents[1])}
    command = [sys.executable, str(tmp_path / "program.py")]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        files = [tmp_path / "a", tmp_path / "b"]
        wait_for(lambda: all(file.exists() and file.read_text() for file in files))
        process.send_signal(signal.Signals[end])
        process.wait(20)
    workers = [int(file.read_text()) for file in files]
    wait_for(lambda: not any(alive(pid) for pid in workers))


def wait_for(condition: Any, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not status.parent.parent.exists()


def test_a_scheduler_needs_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(JobError, match="pip install distributed"):
        list(each(work, [1], scheduler="tcp://127.0.0.1:1"))


@pytest.mark.filterwarnings("ignore")  # Dask's own
def test_jobs_run_on_a_dask_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    with dask_cluster(monkeypatch) as address:
        found = sorted(each(abs, [-3, 4, "x"], scheduler=address))
    assert [(place, result) for place, result, _ in found] == [(0, 3), (1, 4), (2, None)]
    assert isinstance(found[2].error, TypeError)


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(jobs, "_CONNECT", "1s")
    with pytest.raises(JobError) as error:
        list(each(abs, [1], scheduler="tcp://127.0.0.1:1"))
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("jobs", [0, -1])
def test_at_least_one_job_must_run_at_once(jobs):
    with pytest.raises(ValueError, match=f"each: jobs={jobs} must be at least 1"):
        next(each(abs, [1], jobs))
