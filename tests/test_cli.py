"""The command line: exit codes, one-line errors, files, flags and help texts."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import commands
import numpy as np
import pytest

from minigan import cli, runs
from minigan.cli.errors import flag, with_flags

TRAIN = ["train", "gan", "--data", "ring8", "--latent", "4", "--batch", "8", "--steps", "6"]


def minigan(*arguments):
    done = commands.shared().run(arguments, os.curdir)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
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


def test_an_existing_out_and_other_settings_with_resume_are_refused(run, capsys):
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
    monkeypatch.setattr("numpy.savez", full)
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


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("GANConfig: pack=5 must divide batch=32", "--pack 5 must divide --batch 32"),
        ("lr_d=0.0 must be > 0; lower `lr`, `lr_d`", "--lr-d 0.0 must be > 0; lower --lr, --lr-d"),
        ("bigan=True: D judges pairs", "--bigan: D judges pairs"),
        ("data='a b.npz': no images", "--data 'a b.npz': no images"),
        ("data='x.npz': no images", "--data x.npz: no images"),
        ("data='C:\\\\x.npz': no images", "--data C:\\x.npz: no images"),
        ("data='': load: name=''", "--data '': load: name=''"),
        ("out='r' exists; runs.load('r')", "--out r exists; --resume r"),
        ("steps=-1, (label=3) and seed=1e+30.", "--steps -1, (--label 3) and --seed 1e+30."),
        ("x/steps=3/y: has no config.json", "x/steps=3/y: has no config.json"),
        ("drop_last=False, mysteps=2, image=3", "drop_last=False, mysteps=2, image=3"),
        ("GAN: batch norm, one batch", "GAN: batch norm, one batch"),
    ],
)
def test_settings_are_named_by_their_flags(text, typed):
    assert with_flags(text) == typed


def test_every_setting_has_a_flag_and_a_help_text():
    for kind in ("gan", "autoencoder", "decoders"):
        text = " ".join(minigan("train", kind, "--help").stdout.split())
        config = runs.DecodersConfig if kind == "decoders" else runs.KINDS[kind].config
        for field in fields(config):
            if field.name != "encoder":
                assert text.count(f" {flag(field.name)} ") >= 1, field.name
                if not isinstance(field.default, bool):
                    assert f"default: {field.default}" in text, field.name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pack", "3", "--batch", "8"], "--pack 3 must divide --batch 8"),
        (["--lr-d", "0"], "--lr-d 0.0 must be greater than 0"),
        (["--penalty", "1"], "--penalty 1.0: non-saturating has no penalty (legal with wgan-gp"),
        (["--objective", "wishful"], "--objective wishful is not an objective (legal: non-sat"),
        (["--device", "tpu"], "--device tpu is not a device (legal: 'cpu'"),
        (["--spectral-norm", "--objective", "wgan-clip"], "--spectral-norm rescales"),
        (["--bigan", "--objective", "r1"], "--bigan: D judges pairs"),
        (["--no-norm", "--data", "ring8"], "--no-norm: the perceptrons for ring8 have no norm"),
        (["--conditional", "--data", "ring8"], "--conditional: the data ring8 have no labels"),
        (["--batch", "6000"], "--batch 6000 is larger than the 5000 images"),
        (["--critic-steps", "0"], "--critic-steps 0 must be at least 1"),
        (["--out", "."], "--out . exists already; name a new directory, or continue a run with "),
    ],
)
def test_an_error_names_the_flags_that_were_typed(
    arguments, message, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", "gan", *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"minigan: error: {message}")


def test_flags_are_spelled_in_cli_alone():
    """A caller in Python never reads "--batch"."""
    package = Path(cli.__file__).parents[1]
    for path in package.rglob("*.py"):
        room = path.relative_to(package).parts[0]
        if room not in ("cli", "classroom"):
            found = re.findall(r"(?<![\w-])--[a-z][a-z-]*", path.read_text(encoding="utf-8"))
            assert not found, (path.name, found)


def test_help_shows_defaults():
    text = minigan("train", "gan", "--help").stdout
    for line in ("mnist5k", "non-saturating", "default"):
        assert line in text
    assert minigan("--version").stdout.startswith("minigan ")
