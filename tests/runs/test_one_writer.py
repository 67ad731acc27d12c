"""One run has one trainer: others are refused, and reading commands are not."""

import os
import signal
import subprocess
import sys
import time

import pytest
from test_runs import SMALL, digest, finish

from minigan import runs

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs flock and signals")
MINIGAN = [sys.executable, "-m", "minigan"]


@pytest.fixture
def small(tmp_path):
    return runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "r")


def test_a_run_that_is_trained_is_refused_to_others(small):
    run, task = small
    training = runs.train(run, task)
    next(training)
    for settings in ({"training": True}, {"steps": 40}, {"data": "ring8"}):
        with pytest.raises(runs.RunError, match=f"is being trained by process {os.getpid()}"):
            runs.load(run.path, **settings)
    other, same = runs.load(run.path)  # reading is allowed
    assert runs.sample(same, 3, 0).shape == (3, 2)
    with pytest.raises(runs.RunError, match="is being trained"):
        next(runs.train(other, same))
    training.close()
    other, same = runs.load(run.path, training=True)
    finish(other, same)


def test_a_run_that_was_loaded_for_training_may_be_loaded_again_here(small):
    path = small[0].path
    first = runs.load(path, steps=31)
    second = runs.load(path, steps=32)
    finish(*second)
    with pytest.raises(runs.RunError, match="trained by another process since it was loaded"):
        finish(*first)
    assert runs.Run(path).read_json("config.json")["steps"] == 32
    assert [record["update"] for record in runs.Run(path).read_log()] == list(range(1, 33))


def test_the_lock_leaves_no_file_and_ends_with_the_object(small):
    path = small[0].path
    files = sorted(os.listdir(path))
    held = runs.load(path, training=True)
    assert sorted(os.listdir(path)) == files
    program = f"from minigan import runs; runs.load({str(path)!r}, training=True)"
    refused = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert refused.returncode == 1 and f"by process {os.getpid()}" in refused.stderr
    del held
    subprocess.run([sys.executable, "-c", program], check=True)


def start(command, log):
    """Start a command, and wait until the log exists."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while not log.exists():
        assert process.poll() is None
        time.sleep(0.01)
    return process


def test_a_second_trainer_exits_with_two_and_a_kill_gives_the_run_free(tmp_path):
    train = [*MINIGAN, "train", "gan", "--data", "ring8", "--latent", "2", "--batch", "4"]
    process = start(
        [*train, "--steps", "1000000", "--out", str(tmp_path / "r")], tmp_path / "r" / "log.jsonl"
    )
    try:
        resume = [*MINIGAN, "train", "gan", "--resume", str(tmp_path / "r")]
        done = subprocess.run(resume, capture_output=True, text=True)
        assert done.returncode == 2 and done.stderr.count("\n") == 1
        assert f"is being trained by process {process.pid}" in done.stderr
        out = str(tmp_path / "x.npz")
        sample = [*MINIGAN, "sample", str(tmp_path / "r"), "-n", "3", "--out", out]
        subprocess.run(sample, check=True, stdout=subprocess.DEVNULL)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    finish(*runs.load(tmp_path / "r", steps=runs.load(tmp_path / "r")[1].number + 1))


@pytest.mark.parametrize("trainers", [2, pytest.param(4, marks=pytest.mark.nightly)])
def test_of_several_processes_that_resume_a_run_one_wins(tmp_path, trainers):
    settings = {"data": "digits8", "latent": 2, "features": 2, "batch": 4, "steps": 60}
    config = runs.configure("autoencoder", settings)
    whole = finish(*runs.begin(config, tmp_path / "whole"))
    runs.begin(config, tmp_path / "r")
    command = [*MINIGAN, "train", "autoencoder", "--resume", str(tmp_path / "r")]
    found = [
        subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        for _ in range(trainers)
    ]
    errors = [process.communicate(timeout=100)[1] for process in found]
    codes = [process.returncode for process in found]
    # one that starts after the winner's end continues a finished run, which is legal
    assert 0 in codes and set(codes) <= {0, 2}
    assert all("trained by" in text for text, code in zip(errors, codes, strict=True) if code)
    assert digest(tmp_path / "r") == whole
    assert runs.Run(tmp_path / "r").read_log() == runs.Run(tmp_path / "whole").read_log()
    assert not [name for name in os.listdir(tmp_path / "r") if name.startswith(".")]
