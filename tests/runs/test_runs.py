"""Runs as a user meets them, small: begun, killed, resumed, interrupted, diverging."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from minigan import no_grad, runs
from minigan.files import replacing
from minigan.runs import loop

SMALL = {
    "gan": {"data": "ring8", "latent": 4, "batch": 8, "steps": 30},
    "autoencoder": {"data": "digits8", "latent": 2, "batch": 8, "steps": 20},
}


def digest(path):
    """A fingerprint of everything that a run's future depends on."""
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
def test_a_run_directory_holds_what_it_was_told_and_found(tmp_path, kind):
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


def test_a_loss_that_is_no_number_stops_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "_SECONDS", -1.0)
    run, task = runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "r")
    step = task.step

    def diverging():
        losses = step()
        return losses if task.number < 5 else {**losses, "loss_G": float("nan")}

    task.step = diverging
    with pytest.raises(
        runs.RunError, match=r"update 5: loss_G is nan; .*last good state, update 4, is kept"
    ):
        finish(run, task)
    assert runs.load(run.path)[1].number == 4


def test_the_next_free_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = runs.configure("gan", SMALL["gan"])
    assert [runs.begin(config)[0].path.name for _ in range(3)] == ["gan-000", "gan-001", "gan-002"]


def test_an_existing_directory_is_refused_and_untouched(tmp_path):
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(runs.RunError, match="exists already"):
        runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("gan", {"data": "nowhere"}, "data='nowhere': load: "),
        ("gan", {"data": "ring8", "batch": 1}, "batch=1 must be at least 2"),
        (
            "gan",
            {"batch": 6000},
            r"batch=6000 is larger than the 5000 images .*\(legal: 2\.\.5000\)",
        ),
        ("gan", {"latent": 0}, "latent=0 must be at least 1"),
        ("gan", {"lr": -1.0}, "lr=-1.0 is not legal"),
        ("gan", {"lr": float("nan")}, "lr=nan is not legal"),
        ("gan", {"latent_std": 0.0}, "latent_std=0.0 must be greater than 0"),
        ("gan", {"latent_std": 1e39}, "latent_std=1e\\+39 is not legal"),
        ("gan", {"objective": "wishful"}, "objective='wishful' is not an objective"),
        ("gan", {"device": "tpu"}, "GANConfig: device='tpu' is not a device"),
        ("gan", {"decay": 1.0}, r"decay=1.0 must be in \[0, 1\)"),
        ("gan", {"seed": -1}, "seed=-1 must be at least 0"),
        ("autoencoder", {"data": "ring8"}, "data='ring8': an auto-encoder needs images"),
        ("autoencoder", {"latent": 785}, "ConvAutoencoder: latent=785 must be in 1..784"),
        ("autoencoder", {"steps": 0}, "steps=0 must be at least 1"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_made(tmp_path, kind, settings, message):
    with pytest.raises(runs.RunError, match=message):
        runs.begin(runs.configure(kind, settings), tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_damaged_runs_are_named(tmp_path):
    run, task = runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "r")
    finish(run, task)
    checkpoint = run.path / "checkpoint.npz"
    with pytest.raises(runs.RunError, match=r"has no checkpoint\.npz"):
        checkpoint.rename(tmp_path / "kept")
        runs.load(run.path)
    (tmp_path / "kept").rename(checkpoint)
    with pytest.raises(runs.RunError, match="of kind 'gan'"):
        runs.load(run.path, kind="autoencoder")
    config = run.read_json("config.json")
    run.write_json("config.json", {**config, "latent": 9})
    with pytest.raises(runs.RunError, match=r"checkpoint\.npz does not fit"):
        runs.load(run.path)
    run.write_json("config.json", {**config, "latent": "nine"})
    with pytest.raises(runs.RunError, match="GANConfig: steps=True must be an integer"):
        runs.GANConfig(steps=True)
    with pytest.raises(runs.RunError, match="GANConfig: latent='nine' must be an integer"):
        runs.load(run.path)
    run.write_json("config.json", {**config, "kind": []})
    with pytest.raises(runs.RunError, match=r"of kind \[\]"):
        runs.load(run.path)
    run.write_json("config.json", {**config, "unknown": 1})
    with pytest.raises(runs.RunError, match="unknown"):
        runs.load(run.path)
    (run.path / "config.json").write_text("{")
    with pytest.raises(runs.RunError, match=r"config\.json: cannot be read"):
        runs.load(run.path)
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(runs.RunError):
            runs.load(path)


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


def test_a_start_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("minigan.runs.checkpoint.np.savez", full)
    with pytest.raises(OSError, match=r"No space left on device: .*checkpoint\.npz"):
        runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "r")
    assert list(tmp_path.iterdir()) == []


def test_weights_that_are_no_numbers_are_not_saved(tmp_path):
    run, task = runs.begin(runs.configure("gan", {**SMALL["gan"], "steps": 1}), tmp_path / "r")
    before, step = digest(run.path), task.step

    def exploding():
        losses = step()
        with no_grad():
            next(iter(task.game.D.parameters())).fill_(float("inf"))
        return losses

    task.step = exploding
    with pytest.raises(
        runs.RunError, match=r"update 1: a weight is not finite; .*update 0, is kept"
    ):
        finish(run, task)
    assert digest(run.path) == before


def test_a_log_cut_short_is_read_and_a_damaged_one_named(tmp_path):
    run = runs.Run.create(tmp_path / "r", "gan")
    for number in (1, 2):
        run.log({"update": number})
    log = run.path / "log.jsonl"
    whole = log.read_bytes()
    for rest in (b'{"upd', b"\x00" * 9, b"\xff\xfe"):
        log.write_bytes(whole + rest)
        assert [record["update"] for record in run.read_log()] == [1, 2]
    for damaged in (b"\x00\n", b"[]\n", b"{}\n", b'{"update": "x"}\n'):
        log.write_bytes(damaged + whole)
        with pytest.raises(runs.RunError, match=r"log\.jsonl: line 1 is not a record"):
            run.read_log()


@pytest.mark.parametrize("kind", ["gan", "autoencoder"])
@pytest.mark.parametrize("log", ["", '{"update": 20}\n'])
def test_a_finished_run_without_its_log_is_named_and_goes_on(tmp_path, kind, log):
    config = runs.configure(kind, SMALL[kind])
    finish(*runs.begin(config, tmp_path / "r"))
    found = (tmp_path / "r" / "metrics.json").read_bytes()
    (tmp_path / "r" / "log.jsonl").write_text(log)
    with pytest.raises(runs.RunError, match=r"log\.jsonl has lost its records"):
        finish(*runs.load(tmp_path / "r"))
    assert (tmp_path / "r" / "metrics.json").read_bytes() == found
    finish(*runs.load(tmp_path / "r", steps=config.steps + 1))


def test_what_a_kill_left_half_written_is_removed(tmp_path):
    run, task = runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "r")
    with replacing(run.path / "notes.txt") as half:
        pass
    (run.path / "notes.txt").rename(half)
    finish(run, task)
    assert not half.exists() and (run.path / "checkpoint.npz").exists()


def test_a_link_to_nowhere_in_the_way(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").symlink_to(tmp_path / "nowhere")
    with pytest.raises(runs.RunError, match="cannot be made"):
        runs.begin(runs.configure("gan", SMALL["gan"]))
