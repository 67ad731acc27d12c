"""The processes that have started a rank: mpiexec, and perhaps `minigan --ranks`.

If one of them is killed, or does not end by itself, nobody else would end the others.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 4.0  # seconds that mpiexec has to end itself after the error of a rank
_EVERY = 0.2  # seconds between two looks at the processes that started this one
_GRACE = 6.0  # seconds in which a rank whose starter has ended may save its state
_MPIEXECS = ("mpiexec", "mpirun", "prterun", "prted", "orterun", "orted", "mpiexec.hydra")


def stop_on_request() -> None:
    """Start a thread of rank 0 that stops the training when `minigan --ranks` says so."""
    threading.Thread(target=_listen, daemon=True).start()


def _listen() -> None:
    """Stop when the process that started all ranks says so, on the standard input of rank 0."""
    with suppress(OSError):
        while text := os.read(0, 64):
            if b"stop" in text:
                _stop()


def _stop() -> None:
    """Let the main thread do what it does after SIGTERM."""
    main = threading.main_thread().ident
    if main is not None:
        signal.pthread_kill(main, signal.SIGTERM)


def guard(mpiexec: int) -> None:
    """Start a process that ends mpiexec, or its helper on this host, if that does not end itself.

    If a host is cut off, mpiexec may wait for it for many minutes. The guard does nothing unless
    mpiexec is still running some seconds from now.
    """
    with suppress(OSError, ValueError):
        name, started = _identity(mpiexec)
        if name in _MPIEXECS:
            program = f"from minigan.cli.starters import end; end({mpiexec}, {started!r})"
            quiet = subprocess.DEVNULL
            subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=quiet,
                stdout=quiet,
                stderr=quiet,
                start_new_session=True,
            )


def end(pid: int, started: str) -> None:
    """End a process if it is still the one that was started then, and does not end itself."""
    for seconds, number in ((PATIENCE, signal.SIGTERM), (1.0, signal.SIGKILL)):
        time.sleep(seconds)
        with suppress(OSError, ValueError):
            if _identity(pid)[1] == started:
                os.kill(pid, number)


def _identity(pid: int) -> tuple[str, str]:
    """Return the name of a process, and when it was started. Raises OSError if it has ended."""
    name, fields = status(pid)
    return name, fields[19]


def watch(starter: str | None) -> None:
    """Start a thread that ends this process if those that started it have ended.

    Nobody else would end it. `starter` is the process with which the user has started the ranks, as
    PID@HOST; None if that is mpiexec.
    """
    pid, _, host = (starter or "").partition("@")
    known = int(pid) if host == socket.gethostname() else None
    threading.Thread(target=_look, args=[os.getppid(), known], daemon=True).start()


def _look(parent: int, starter: int | None) -> None:
    """End the process when `parent`, which is mpiexec, ends; stop when `starter` ends."""
    ended: float | None = None
    while os.getppid() == parent:
        time.sleep(_EVERY)
        if ended is not None:
            if time.monotonic() - ended > _GRACE:
                break
        elif starter is not None and not is_alive(starter):
            ended = time.monotonic()
            _stop()
    os._exit(1)


def is_alive(pid: int) -> bool:
    """Return whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def status(pid: int) -> tuple[str, list[str]]:
    """Return the name of a process on Linux, and the fields of its status from the state on.

    They are those of /proc/PID/stat (proc(5)). Raises OSError if there is no such process.
    """
    before, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    return before.partition("(")[2], rest.split()
