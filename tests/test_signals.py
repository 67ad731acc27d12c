"""Ctrl-C gives one line and the exit code 130 at any moment, and leaves the modes as they were."""

import os
import signal
import subprocess
import sys
import time

import pytest

import minigan
from minigan import cli, interrupts
from minigan.blas import one_blas_thread

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT for another process")
START = """
import os, sys
target, sys.argv = sys.argv[1], ["-m", *sys.argv[2:]]
sys.orig_argv = ["python", "-m", "minigan", *sys.argv[1:]]
class Finder:
    def find_spec(name, *_):
        if name == target:
            os.kill(os.getpid(), 2)
sys.meta_path.insert(0, Finder)
from minigan.__main__ import main
sys.exit(main())
"""


def interrupted(after, number, command, folder, **settings):
    """Run a command, and send it a signal some seconds after it handles signals.

    Return the exit code, the output and the errors.
    """
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "minigan", *command],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings,
    )  # fmt: skip
    try:
        while process.poll() is None and not handles_signals(process.pid):
            time.sleep(0.01)
        time.sleep(after)
        process.send_signal(number)
        out, errors = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    return process.returncode, out, errors


def handles_signals(pid):
    """Return whether a process has a handler for SIGTERM, which Python itself has not."""
    try:
        with open(f"/proc/{pid}/status") as status:
            (caught,) = (line.split()[1] for line in status if line.startswith("SigCgt"))
    except OSError:  # on macOS
        time.sleep(2)
        return True
    if "COVERAGE_RUN" in os.environ:  # coverage handles SIGTERM before the command does
        time.sleep(2)
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


@posix
@pytest.mark.parametrize(
    "module",
    [
        *("numpy", "numpy.linalg", "minigan.cuda", "minigan.optim.adam", "minigan.cli"),
        *("minigan.runs", "minigan.viz", "matplotlib", "matplotlib.figure"),
    ],
)
def test_ctrl_c_while_a_module_is_imported(module, tmp_path):
    words = ["explain", "conv", "--out", str(tmp_path / "x.png")]
    command = [sys.executable, "-W", "error", "-c", START, module, *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "minigan: interrupted\n")
    assert os.listdir(tmp_path) == []


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", [0.0, 0.05, 0.5, 1.5])
def test_a_signal_at_a_later_moment(number, after, tmp_path):
    command = ["train", "decoders", "--steps", "10000", "--out", "study"]
    code, _, errors = interrupted(after, number, command, tmp_path)
    assert code == 130 and errors.endswith("minigan: interrupted\n")
    assert errors.count("interrupted") == 1 and "Traceback" not in errors
    assert os.listdir(tmp_path) in ([], ["runs"])


@posix
def test_an_ignored_signal_stays_ignored(tmp_path):
    def ignore():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    code, out, errors = interrupted(0.2, signal.SIGINT, ["theory"], tmp_path, preexec_fn=ignore)
    assert code == 0 and errors == "" and len(out) > 1000


def test_the_modes_are_restored_after_an_interrupt(monkeypatch, capsys):
    """A context that is interrupted as it ends does not restore what it changed."""

    def interrupted(*_):
        minigan.set_grad_enabled(False)
        one_blas_thread.limit()
        raise KeyboardInterrupt

    with one_blas_thread:  # so that the libraries are known
        pass
    before = [library.get_num_threads() for library in one_blas_thread.libraries]
    monkeypatch.setattr("minigan.cli.parser", interrupted)
    assert cli.main(["theory"]) == 130
    assert capsys.readouterr().err == "minigan: interrupted\n"
    assert minigan.is_grad_enabled() and one_blas_thread.users == 0
    assert [library.get_num_threads() for library in one_blas_thread.libraries] == before


def test_a_limit_that_was_interrupted_as_it_began_is_not_taken_for_the_users(monkeypatch):
    with one_blas_thread:
        pass
    before = [library.get_num_threads() for library in one_blas_thread.libraries]
    with monkeypatch.context() as patch:

        def stopped(numbers):
            raise KeyboardInterrupt

        patch.setattr(one_blas_thread, "_set_threads", stopped)
        with pytest.raises(KeyboardInterrupt):
            one_blas_thread.limit()
    for library in one_blas_thread.libraries:
        library.set_num_threads(1)
    with one_blas_thread:
        assert one_blas_thread.before == before
    assert [library.get_num_threads() for library in one_blas_thread.libraries] == before


@pytest.mark.parametrize(
    ("argv", "original", "expected"),
    [
        (["-m", "x"], ["python", "-W", "error", "-m", "minigan", "x"], True),
        (["-m"], ["python", "-mminigan"], True),
        (["-m"], ["python", "-m", "pytest"], False),
        (["/usr/bin/minigan", "theory"], ["python", "/usr/bin/minigan", "theory"], True),
        (["program.py"], ["python", "program.py"], False),
        (["-c"], ["python", "-c", "..."], False),
        ([""], ["python"], False),
        ([], ["python"], False),
    ],
)
def test_only_the_command_itself_handles_signals_on_import(argv, original, expected, monkeypatch):
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setattr(sys, "orig_argv", original)
    assert interrupts.is_command() == expected


@posix
def test_the_package_changes_no_handler_of_other_programs():
    program = "import signal; before = signal.getsignal(2), signal.getsignal(15); import minigan; "
    program += "assert before == (signal.getsignal(2), signal.getsignal(15))"
    subprocess.run([sys.executable, "-c", program], check=True)
