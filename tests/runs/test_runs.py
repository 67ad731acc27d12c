"""Small runs: begun, killed, interrupted, resumed; each continues bit for bit."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from minigan import runs
from minigan.files import replacing
from minigan.runs import loop

SMALL = {
    "gan": {"data": "ring8", "latent": 4, "batch": 8, "steps": 30},
    "autoencoder": {"data": "digits8", "latent": 2, "batch": 8, "steps": 20},
}


def digest(path):
    """Return a fingerprint of the state that decides all later updates."""
    whole = hashlib.sha256()

    def visit(value):
        if isinstance(value, np.ndarray):
            whole.update(f"{value.dtype}{value.shape}".encode() + value.tobytes())
        elif isinstance(value, dict):
            for key, item in value.items():
                whole.update(str(key).encode())
                visit(item)
        elif isinstance(value, list):
            for item in value:
                visit(item)
        else:
            whole.update(repr(value).encode())

    visit(runs.Run(path).load())
    return whole.hexdigest()


def finish(run, task):
    for _ in runs.train(run, task):
        pass
    return digest(run.path)


@pytest.mark.parametrize("kind", ["gan", "autoencoder"])
def test_a_run_directory_holds_settings_log_and_results(tmp_path, kind):
    run, task = runs.begin(runs.configure(kind, SMALL[kind]), tmp_path / "r")
    finish(run, task)
    config = run.read_json("config.json")
    assert (
        config["kind"] == kind and config["steps"] == SMALL[kind]["steps"] and config["seed"] == 0
    )
    log = run.read_log()
    assert [record["update"] for record in log] == list(range(1, config["steps"] + 1))
    assert all(np.isfinite(list(record.values())).all() for record in log)
    assert run.read_json("metrics.json")["updates"] == config["steps"]
    _, again = runs.load(tmp_path / "r")
    assert again.number == config["steps"] and len(again.frames) == len(again.numbers) > 1


@pytest.mark.parametrize("kind", ["gan", "autoencoder"])
def test_stopping_anywhere_and_resuming_changes_no_bit(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(loop, "_SECONDS", -1.0)  # a checkpoint after every update
    config = runs.configure(kind, SMALL[kind])
    whole = finish(*runs.begin(config, tmp_path / "whole"))
    run, task = runs.begin(config, tmp_path / "parts")
    while task.number < config.steps:
        training = runs.train(run, task)
        for number in training:
            if number % 7 == 3:
                break
        training.close()
        if task.number < config.steps:
            run.log(
                {"update": task.number + 1, "lost": 1}
            )  # written after the checkpoint, before the kill
            run, task = runs.load(tmp_path / "parts")
    finish(run, task)
    assert digest(run.path) == whole
    assert run.read_log() == runs.Run(tmp_path / "whole").read_log()
    assert run.read_json("metrics.json") == runs.Run(tmp_path / "whole").read_json("metrics.json")


def test_a_kill_at_a_random_moment_changes_no_bit(tmp_path):
    arguments = ["--data", "digits8", "--latent", "4", "--batch", "8", "--steps", "300"]
    train = [sys.executable, "-m", "minigan", "train", "autoencoder"]
    subprocess.run(
        [*train, *arguments, "--out", str(tmp_path / "whole")], check=True, capture_output=True
    )
    process = subprocess.Popen(
        [*train, *arguments, "--out", str(tmp_path / "run")], stderr=subprocess.DEVNULL
    )
    while not (tmp_path / "run" / "log.jsonl").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    subprocess.run([*train, "--resume", str(tmp_path / "run")], check=True, capture_output=True)
    assert digest(tmp_path / "run") == digest(tmp_path / "whole")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT for another process")
def test_ctrl_c_saves_and_says_how_to_resume(tmp_path):
    run = tmp_path / "run"
    command = [
        sys.executable,
        "-m",
        "minigan",
        "train",
        "gan",
        "--data",
        "ring8",
        "--steps",
        "100000",
        "--out",
        str(run),
    ]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    while not (run / "log.jsonl").exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"continue with --resume {run}" in errors and "Traceback" not in errors
    saved = runs.load(run)[1].number
    assert saved > 0 and all(record["update"] <= saved for record in runs.Run(run).read_log())


def test_the_default_is_the_next_free_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = runs.configure("gan", SMALL["gan"])
    assert [runs.begin(config)[0].path.name for _ in range(3)] == ["gan-000", "gan-001", "gan-002"]


@pytest.mark.parametrize("kind", ["gan", "autoencoder"])
def test_more_steps_than_were_planned(tmp_path, kind):
    config = runs.configure(kind, SMALL[kind])
    finish(*runs.begin(config, tmp_path / "r"))
    with pytest.raises(runs.RunError, match=f"steps=19: .* has made {config.steps} updates"):
        runs.load(tmp_path / "r", steps=19)
    run, task = runs.load(tmp_path / "r", steps=41)
    finish(run, task)
    run, task = runs.load(tmp_path / "r")
    assert task.number == task.numbers[-1] == 41
    assert json.loads((tmp_path / "r" / "config.json").read_text())["steps"] == 41
    if kind == "autoencoder":  # the rate has followed the new plan to its end
        assert task.training.optimizer.param_groups[0]["lr"] == 0.0


def test_unfinished_files_of_a_killed_process_are_removed(tmp_path):
    run, task = runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "r")
    with replacing(run.path / "notes.txt") as half:
        pass
    (run.path / "notes.txt").rename(half)
    finish(run, task)
    assert not half.exists() and (run.path / "checkpoint.npz").exists()
