"""The command line in processes of its own: exit codes, one-line errors, files."""

import os
import subprocess
import sys

import numpy as np
import pytest

from minigan import cli

TRAIN = ["train", "gan", "--data", "ring8", "--latent", "4", "--batch", "8", "--steps", "6"]


def minigan(*arguments, **settings):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "minigan", *map(str, arguments)],
        capture_output=True,
        text=True,
        **settings,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "toy"
    done = minigan(*TRAIN, "--out", path)
    assert done.returncode == 0, done.stderr
    return path


def test_a_run_leaves_its_files(run):
    names = {"config.json", "log.jsonl", "checkpoint.npz", "metrics.json"}
    names |= {"samples.png", "samples.gif", "curves.png", "report.html"}
    assert {path.name for path in run.iterdir()} == names


def test_samples(run, tmp_path):
    assert minigan("sample", run, "-n", 33, "--out", tmp_path / "x.npz").returncode == 0
    with np.load(tmp_path / "x.npz", allow_pickle=False) as file:
        assert file["points"].shape == (33, 2) and file["points"].dtype == np.float32
    assert minigan("sample", run, "-n", 5, "--out", tmp_path / "x.png").returncode == 0
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_images_are_sampled_in_their_range(tmp_path):
    train = [
        "train",
        "gan",
        "--features",
        2,
        "--latent",
        3,
        "--batch",
        4,
        "--steps",
        2,
        "--out",
        tmp_path / "r",
    ]
    assert minigan(*train).returncode == 0
    assert minigan("sample", tmp_path / "r", "-n", 7, "--out", tmp_path / "x.npz").returncode == 0
    with np.load(tmp_path / "x.npz", allow_pickle=False) as file:
        images = file["images"]
    assert images.shape == (7, 1, 32, 32) and -1 <= images.min() < images.max() <= 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["learn"],
        ["train"],
        ["train", "gan", "--steps", "many"],
        ["train", "gan", "--no-such-option"],
        ["train", "gan", "--data", "no/such/file.npz"],
        ["train", "gan", "--resume", "no/such/run"],
        ["train", "gan", "--resume", "no/such/run", "--lr", "1"],
        ["train", "gan", "--objective", "wishful"],
        ["train", "gan", "--device", "cuda"],
        ["train", "autoencoder", "--latent", "0"],
        ["sample", "no/such/run", "--out", "x.npz"],
        ["sample", "no/such/run", "--out", "x.jpg"],
        ["sample", "no/such/run", "--out", "no/such/folder/x.npz"],
        ["evaluate", "no/such/run"],
        ["explain", "conv", "--stride", "0"],
        ["explain", "conv", "--size", "3x3x3"],
        ["explain", "conv", "--kernel", "9", "--padding", "0"],
        ["explain", "conv", "--out", "x.doc"],
        ["check", "no/such/file.py"],
        ["train", "gan", "--latent", "99999999999999999999"],
        ["sample", "no/such/run", "-n", "99999999999999999999", "--out", "x.npz"],
        ["train", "decoders", "untrained", "no/such/run", "--out", "studies"],
        ["train", "decoders", "untrained", "untrained", "--out", "studies"],
        ["train", "decoders", "untrained", "orthonormal", "--out", "."],
    ],
)
def test_wrong_use_is_one_line_and_exit_code_two(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    out, errors = capsys.readouterr()
    assert out == "" and errors.startswith("minigan: error: ") and errors.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_existing_out_is_refused_and_resume_wants_no_other_settings(run, capsys):
    before = {path: path.read_bytes() for path in run.iterdir()}
    assert cli.main([*TRAIN, "--out", str(run)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert cli.main(["train", "gan", "--resume", str(run), "--lr", "0.1"]) == 2
    assert "--lr" in capsys.readouterr().err
    assert cli.main(["train", "autoencoder", "--resume", str(run)]) == 2
    assert {path: path.read_bytes() for path in run.iterdir()} == before


def test_a_full_disk_is_one_line(run, tmp_path, capsys, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "checkpoint.npz")

    monkeypatch.setattr("minigan.files.os.fsync", full)
    for command in (
        ["sample", run, "--out", tmp_path / "x.npz"],
        [*TRAIN, "--out", tmp_path / "r"],
    ):
        assert cli.main([str(word) for word in command]) == 2
        out, errors = capsys.readouterr()
        assert out == "" and "No space left" in errors and errors.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_while_training(run, capsys, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    before = (run / "checkpoint.npz").read_bytes()
    monkeypatch.setattr("minigan.runs.checkpoint.np.savez", full)
    assert cli.main(["train", "gan", "--resume", str(run), "--steps", "8"]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "checkpoint.npz: No space left on device; the last checkpoint is kept" in error
    assert error.endswith(f"continue with --resume {run}")
    assert (run / "checkpoint.npz").read_bytes() == before


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_output_that_cannot_be_written(tmp_path):
    command = [sys.executable, "-m", "minigan", "explain", "conv", "--out", str(tmp_path / "x.png")]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (2, "minigan: error: No space left on device\n")


def test_not_enough_memory_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", "gan", "--latent", str(10**12)]) == 2
    assert capsys.readouterr().err.startswith("minigan: error: not enough memory: ")
    assert list(tmp_path.iterdir()) == []


def test_help_shows_defaults():
    text = minigan("train", "gan", "--help").stdout
    for line in ("mnist5k", "non-saturating", "default"):
        assert line in text
    assert minigan("--version").stdout.startswith("minigan ")
