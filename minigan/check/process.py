"""Functions run in a Python process of their own, with limits; their results come back as values.

    outcome = run("module:function", payload, seconds=10)

starts a fresh interpreter, calls module.function(payload) there and returns an `Outcome`: the
value, the exception that was raised, or how the process ended. `Child` keeps the process for
several calls. Payloads and values are None, bools, numbers, texts, lists, dicts and NumPy arrays
of numbers; they travel as JSON, and each answer repeats a number that is used once. So code that is
not trusted can run there: it may return wrong values, but the caller judges them, in a process that
the code cannot reach.

The wall-time limit holds on every system. The limits on memory, CPU time, file sizes and processes
hold where the system has them; `Child.missing` names those that do not. The interpreter is started
afresh and not forked, so this works on Windows too, where only the wall-time limit holds.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty
from threading import Thread
from typing import IO, Any, Self

from minigan.check.outcome import Failure, Frame, Outcome, ending, read_answer
from minigan.check.pipes import Answers, Output
from minigan.check.worker import packed

__all__ = ["Child", "Failure", "Frame", "Limits", "Outcome", "import_paths", "run"]

_WORKER = Path(__file__).with_name("worker.py")
_START_SECONDS = 60.0  # the longest that the interpreter may take to start

# What a child may know of its environment: where programs, libraries and temporary files are.
_VARIABLES = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "TZ", "SYSTEMROOT", "WINDIR",
    "USERPROFILE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What a child may use, beside the wall time of each call."""

    memory_mb: int = 2048  # of address space
    file_mb: int = 64  # of each file that it writes
    processes: int = 256  # and threads, at once
    cpu_seconds: int = 600  # of all calls together
    network: bool = True


def run(
    target: str,
    payload: Any = None,
    seconds: float = 10.0,
    *,
    limits: Limits | None = None,
    folder: str | Path | None = None,
    paths: Sequence[str] | None = None,
) -> Outcome:
    """Return the outcome of one call in a process of its own; `Child` describes the arguments.

    >>> run("math:sqrt", 2.25).value
    1.5
    >>> run("sys:exit", 0).text
    'it raised SystemExit: 0'
    """
    with Child(limits=limits, folder=folder, paths=paths) as child:
        return child.call(target, payload, seconds)


class Child:
    """A Python process that runs named functions, a call at a time.

    `folder` is the process's working directory; by default a new one that is deleted afterwards.
    `paths` are the folders that it imports from; by default those of this process. Use it in a
    `with` statement, or call `close`: both end all processes that the calls left behind.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        folder: str | Path | None = None,
        paths: Sequence[str] | None = None,
    ) -> None:
        self.alive = True  # False after a call with status "timeout" or "ended"
        self._scratch = None if folder is not None else _scratch_folder()
        self._process = self._started(folder if self._scratch is None else self._scratch.name)
        self._answers, self._printed = Answers(_pipe(self._process.stdout)), Output()
        self._threads = [
            _begun(lambda: None),  # the writing thread of the last call
            _begun(self._answers.read),
            _begun(lambda: self._printed.read(_pipe(self._process.stderr))),
        ]
        settings = {**asdict(limits or Limits()), "paths": list(paths or import_paths())}
        self._send(settings)
        hello = self._answer(None, time.monotonic() + _START_SECONDS)
        if hello is None:
            self.close()
            raise OSError(f"process: {sys.executable} could not be started: {self._printed.text}")
        self.missing: tuple[str, ...] = tuple(hello["missing"])  # the limits that do not hold

    def _started(self, folder: str | Path | None) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [sys.executable, "-I", "-u", "-X", "utf8", str(_WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=_environment(),
                **_group_of_its_own(),
            )
        except OSError:
            if self._scratch is not None:
                self._scratch.cleanup()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, target: str, payload: Any = None, seconds: float = 10.0) -> Outcome:
        """Return the outcome of module.function(payload), where target is "module:function".

        The process ends if it does not answer within `seconds`; then, and if it ends by itself,
        `alive` is False and further calls raise RuntimeError.
        """
        if not self.alive:
            raise RuntimeError("Child.call: this process has ended; start another one")
        nonce, started = secrets.token_hex(16), time.monotonic()
        self._printed.begin(nonce)
        self._answers.trace.clear()
        request = {"nonce": nonce, "target": target, "payload": packed(payload)}
        self._send({**request, "seconds": seconds})
        answer = self._answer(nonce, started + seconds)
        if answer is None:
            late = time.monotonic() >= started + seconds
            if late:
                self._ask_where()
            self.close()
            found: dict[str, Any] = {"status": "timeout"} if late else {"status": "ended"}
            if not late:
                how = self._answers.ended
                found["reason"] = ending(self._process.returncode if how is None else how)
            found["where"] = tuple(self._answers.trace)
            elapsed = seconds if late else time.monotonic() - started
        else:
            elapsed = time.monotonic() - started
            self._printed.complete.wait(1.0)
            found = read_answer(answer)
        text, lines = self._printed.text, self._printed.lines
        return Outcome(**found, output=text, lines=lines, seconds=elapsed)

    def close(self) -> None:
        """End the process, with all processes that it began and that can be found."""
        self.alive = False
        _end(self._process)
        pipes = self._process.stdin, self._process.stdout, self._process.stderr
        for pipe, thread in zip(pipes, self._threads, strict=True):
            thread.join(0.5)
            if not thread.is_alive():  # else a process that has got away still holds the pipe
                with suppress(OSError):  # BrokenPipeError: not all was sent
                    _pipe(pipe).close()
        if self._scratch is not None:
            with suppress(OSError):
                self._scratch.cleanup()

    def _send(self, message: dict[str, Any]) -> None:
        """Send a line from a thread of its own: a process that does not read cannot stop us."""
        data = json.dumps(message).encode() + b"\n"
        pipe = _pipe(self._process.stdin)

        def write() -> None:
            with suppress(OSError, ValueError):  # it has ended, which `_answer` will notice
                pipe.write(data)
                pipe.flush()

        self._threads[0] = _begun(write)

    def _answer(self, nonce: str | None, deadline: float) -> dict[str, Any] | None:
        """Return the answer with this nonce, or None if the process ends or the time is over."""
        ended = False
        while (left := deadline - time.monotonic()) > 0:
            try:
                answer = self._answers.queue.get(timeout=min(left, 0.05))
            except Empty:
                if ended:
                    return None
                ended = self._process.poll() is not None  # an answer may still be in the pipe
                continue
            if answer is None:
                return None
            if answer.get("nonce") == nonce:
                return answer
        return None

    def _ask_where(self) -> None:
        """Let the process send its traceback; where signals are missing it sends none."""
        if hasattr(signal, "SIGUSR1"):
            with suppress(OSError, subprocess.TimeoutExpired):
                os.killpg(self._process.pid, signal.SIGUSR1)
                self._process.wait(0.1)


def import_paths() -> list[str]:
    """Return the folders that this process imports from, that of minigan among them."""
    own = str(Path(__file__).absolute().parents[2])
    there = [os.path.abspath(path) for path in sys.path if path and os.path.exists(path)]
    return there if own in there else [own, *there]


def _begun(function: Callable[[], None]) -> Thread:
    """Return a thread that runs a function and does not keep the interpreter from ending."""
    thread = Thread(target=function, daemon=True)
    thread.start()
    return thread


def _environment() -> dict[str, str]:
    """Return the variables of a child: few of ours, and one thread for each product of matrices."""
    kept = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**kept, **dict.fromkeys(names, "1")}


def _group_of_its_own() -> dict[str, Any]:
    """Return what Popen needs to start a process that can be ended together with its children."""
    if os.name == "nt":
        return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    return {"start_new_session": True}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif os.name == "nt":
        tree = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        with suppress(OSError):
            subprocess.run(tree, capture_output=True, check=False)
    process.kill()
    process.wait()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    """Return a pipe that was asked for, so that it is there."""
    if pipe is None:
        raise RuntimeError("process: a pipe is missing")
    return pipe


def _scratch_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="minigan-", ignore_cleanup_errors=True)
