"""Other surroundings: in a browser (Pyodide) and on Windows, both imitated, and in a thread."""

import os
import signal
import subprocess
import sys
import threading
from ast import literal_eval
from pathlib import Path

import pytest

from minigan import __main__, runs
from minigan.runs.loop import _signals

HERE = Path(__file__).parent

# What a newcomer does first; each step is a function, so that a failure names it.
STEPS = '''
import contextlib, io, json, sys
from pathlib import Path

import minigan
from minigan import cli, datasets, nn, optim, runs, tensor
from minigan.nn import functional as F


def op():
    x = minigan.tensor([1.0, -2.0], requires_grad=True)
    (x * x).sum().backward()
    assert x.grad.tolist() == [2.0, -4.0]
    a = minigan.ones(700, 500) @ minigan.ones(500, 300)  # a product that is cut in pieces
    assert (a == 500).all()


def number_of_threads():
    before = minigan.get_num_threads()
    minigan.set_num_threads(3)
    op()
    minigan.set_num_threads(before)


def conv():
    x, w = minigan.randn(2, 3, 33, 30, generator=0), minigan.randn(3, 8, 4, 4, generator=1)
    x.requires_grad_(), w.requires_grad_()
    found = []
    for by in (None, "im2col", "definition"):
        x.grad = w.grad = None
        y = F.conv_transpose2d(x, w, stride=2, padding=1, by=by)
        (y * y).sum().backward()
        found.append((y.detach(), x.grad, w.grad))
    for other in found[1:]:
        assert all(minigan.allclose(a, b, rtol=1e-3, atol=1e-3) for a, b in zip(found[0], other))


def training_step():
    train = datasets.digits8()
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, generator=0), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Dropout(0.1, generator=2), nn.Flatten(), nn.Linear(64, 10, generator=1),
    )
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for images, labels in [next(train.batches(64, generator=2))] * 4:
        loss = F.cross_entropy(model(tensor(images)), tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def command(*words):
    """Run a command and return what it prints."""
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = cli.main([*map(str, words)])
    assert code == 0, (words, code, errors.getvalue())
    return out.getvalue()


def a_run():
    small = ["--batch", 8, "--latent", 4, "--features", 2]
    command("train", "gan", "--data", "digits8", *small, "--steps", 3, "--out", "gan")
    command("train", "gan", "--resume", "gan", "--steps", 5)
    command("sample", "gan", "-n", 5, "--out", "x.png")
    command("sample", "gan", "-n", 5, "--out", "x.npz")
    assert Path("x.png").read_bytes().startswith(b"\\x89PNG")
    assert Path("x.png").stat().st_mode & 0o600 == 0o600
    command("train", "gan", "--data", "gaussian", "--steps", 4, "--out", "toy")
    assert "html" in Path("toy/report.html").read_text(encoding="utf-8")


def an_autoencoder():
    command("train", "autoencoder", "--data", "digits8", "--steps", 3, "--out", "autoencoder")
    command("reconstruct", "autoencoder", "--out", "pairs.png")


def explain():
    for suffix in ("html", "png"):
        assert "stride" in command("explain", "conv", "--transposed", "--out", "c." + suffix)


def theory():
    assert "JSD" in command("theory")


def homework():
    """A file is checked in a process of its own; where there are no processes, one line says so."""
    example = command("check", "--example")
    Path("cube.py").write_text(example, encoding="utf-8")
    if sys.platform == "emscripten":
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            assert cli.main(["check", "cube.py"]) == 2
        assert errors.getvalue().count("\\n") == 1 and "process" in errors.getvalue()
        assert imitations.started.pop().startswith("process ")
    else:
        assert "right" in command("check", "cube.py")


def save_and_load():
    minigan.save({"weights": [minigan.ones(3)], "图": 1}, "weights.pt")
    assert minigan.load("weights.pt")["weights"][0].sum() == 3


STEPS = [
    op, number_of_threads, conv, training_step, explain, theory, a_run, an_autoencoder,
    homework, save_and_load,
]
'''

RUN = """
import sys
import warnings
import imitations
warnings.filterwarnings("ignore", category=EncodingWarning, module="(?!minigan)")
getattr(imitations, sys.argv[1])()
import traceback
{steps}
failed = 0
for step in STEPS:
    try:
        step()
    except BaseException:
        failed = 1
        print(f"== {{step.__name__}}")
        traceback.print_exc(file=sys.stdout)
print("tried to start:", imitations.started)
sys.stdout.flush()
raise SystemExit(failed)
"""


def imitate(system, folder, steps=STEPS):
    """Run the steps on an imitated system; no warning is allowed, nor an encoding by default."""
    paths = os.pathsep.join([str(HERE), str(HERE.parent)])
    strict = ["-W", "error", "-X", "warn_default_encoding"]
    return subprocess.run(
        [sys.executable, *strict, "-c", RUN.format(steps=steps), system],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.parametrize("system", ["emscripten", "windows"])
def test_the_first_steps_of_a_newcomer(system, tmp_path):
    done = imitate(system, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    if system == "emscripten":
        tried = set(literal_eval(done.stdout.splitlines()[-1].partition(": ")[2]))
        assert tried <= {"thread by matplotlib.font_manager"}  # it lists the fonts once, and copes


# -------------------------------------------------------------------------------- in a thread


def in_a_thread(work):
    """Return what work() returns in a thread other than the main one."""
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found


def test_a_program_may_train_in_a_thread(tmp_path, monkeypatch, capsys):
    """There Python lets nobody handle signals. A notebook or a server works in such a thread."""
    monkeypatch.chdir(tmp_path)
    train = "minigan train gan --data ring8 --latent 4 --batch 8 --steps 4 --out run"
    monkeypatch.setattr(sys, "argv", train.split())
    assert in_a_thread(__main__.main) == [0]
    more = lambda: [*runs.train(*runs.load("run", steps=8))]
    assert in_a_thread(more) == [[8]]
    assert (tmp_path / "run" / "samples.png").exists()


def test_handlers_of_signals_are_as_before_a_training(tmp_path):
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    settings = {"data": "ring8", "latent": 4, "batch": 8, "steps": 2}
    run, task = runs.begin(runs.configure("gan", settings), tmp_path / "run")
    seen = [signal.getsignal(signal.SIGTERM) for _ in runs.train(run, task)]
    assert seen[0] is not before[1]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_handler_that_python_does_not_know(monkeypatch):
    """A program in C that runs Python may have one; then it is the default one afterwards."""
    calls = []

    def handle(number, handler):
        if not callable(handler) and handler not in tuple(signal.Handlers):
            raise TypeError("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable")
        calls.append((number, handler))

    monkeypatch.setattr(signal, "signal", handle)
    with _signals() as received:
        assert received == []
    assert (signal.SIGTERM, signal.SIG_DFL) in calls
