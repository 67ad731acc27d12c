"""Windows locks a file of the run, not its folder; its module msvcrt is imitated on Linux."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the imitation needs Linux's locks")
TESTS = Path(__file__).parents[1]

BEGIN = """
import os, sys, time
import imitations
imitations.windows()
from minigan import locks, runs
from minigan.locks import lock_folder, unlock
assert locks.locks_file() and not locks.HAVE_LOCKS
path = sys.argv[1]
"""
MAKE = """
settings = {"data": "ring8", "latent": 2, "batch": 4, "steps": 3}
run, task = runs.begin(runs.configure("gan", settings), path)
"""
REFUSED = """
try:
    runs.load(path, training=True)
except runs.RunError as error:
    assert "is being trained by another process" in str(error), error
    print("refused")
else:
    print("locked")
"""


def start(program, folder, **settings):
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    environment = {**os.environ, "PYTHONPATH": paths}
    command = [sys.executable, "-c", BEGIN + program, str(folder / "r")]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder, **settings
    )


def printed(program, folder):
    with start(program, folder) as process:
        text = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    return text.split()


def test_a_second_trainer_is_refused_and_a_kill_gives_the_run_free(tmp_path):
    hold = "held = runs.load(path, training=True)\n"
    hold += "print('held', flush=True); time.sleep(60)"
    with start(MAKE + hold, tmp_path, stdin=subprocess.DEVNULL) as holder:
        assert holder.stdout.readline() == "held\n"
        files = sorted(os.listdir(tmp_path / "r"))
        assert files == ["checkpoint.npz", "config.json"]
        read = "print(runs.sample(runs.load(path)[1], 3, 0).shape[0])"  # reading is allowed
        assert printed(REFUSED + read, tmp_path) == ["refused", "3"]
        holder.kill()
    assert printed(REFUSED, tmp_path) == ["locked"]
    assert sorted(os.listdir(tmp_path / "r")) == files


def test_a_trainer_replaces_the_locked_file_and_keeps_the_lock(tmp_path):
    train = """
run, task = runs.load(path, steps=5)  # writes config.json
assert runs.Run(path).read_json("config.json")["steps"] == 5
try:
    lock_folder(path, "config.json")
except BlockingIOError as error:
    assert error.strerror == "another process"
else:
    raise AssertionError("the lock was lost")
print(*runs.train(run, task))
unlock(lock_folder(path, "config.json"))
"""
    assert printed(MAKE + train, tmp_path) == ["5"]


def test_a_run_that_another_process_takes_while_its_file_is_replaced_is_refused(tmp_path):
    take = """
run = runs.Run(path)
run.lock()
rename = os.replace
def replace(source, target):
    rename(source, target)
    if target.name == "config.json":
        held.append(lock_folder(path, "config.json"))
held, os.replace = [], replace
config = run.read_json("config.json")
try:
    run.write_json("config.json", config)
except runs.RunError as error:
    print("trained by another process" in str(error))
"""
    assert printed(MAKE + take, tmp_path) == ["True"]


def test_a_file_system_without_locks_locks_nothing(tmp_path):
    refuse = """
def locking(*arguments):
    raise OSError(22, "Invalid argument")
locks.msvcrt.locking = locking
assert lock_folder(path, "config.json") is None
print(*runs.train(run, task))
"""
    assert printed(MAKE + refuse, tmp_path) == ["3"]
