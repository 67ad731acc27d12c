"""mpiexec as a child process: the messages of its ranks, the signals for them, and its end.

Each wait has a limit. When `wait` returns, neither mpiexec nor a rank of this host is running.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import inf
from queue import Empty, SimpleQueue
from typing import IO, Any, NamedTuple

from minigan.cli.messages import unpacked
from minigan.cli.starters import status

_START = 60.0  # seconds until the first message
_STOP = 7.0  # seconds from a signal to the end
_END = 3.0  # seconds from the last message of rank 0 to the end of mpiexec
_DIE = 1.0  # seconds from SIGTERM to SIGKILL
_LOOK = 0.05  # seconds between two looks at all of these


class Ending(NamedTuple):
    """How a launch has ended: the exit code, and a text for standard error.

    `failure` says why the ranks ended without a report of rank 0; None if there is one.
    """

    code: int
    text: str = ""
    failure: str | None = None


class Launch:
    """A command that starts ranks by mpiexec.

    `options` are those with which the run is continued. The child has a session of its own, so
    Ctrl-C in a terminal reaches this process only.
    """

    def __init__(self, command: list[str], environment: dict[str, str], options: str) -> None:
        self._path: str | None = None  # the run that the ranks train, once it is known
        self._ranks: list[list[Any]] = []  # host and process of each rank
        self._ending: Ending | None = None
        self._noise: deque[str] = deque(maxlen=200)  # what mpiexec writes
        self._broken: OSError | None = None  # why nothing can be written any more
        self._whole = True  # whether the last line on standard error has its end
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._signals: list[float] = []  # when they came
        self._command, self._environment, self._options = command, environment, options

    def wait(self) -> Ending:
        """Start the command, write what rank 0 writes, and return how it has ended.

        After the first Ctrl-C or SIGTERM, rank 0 saves the state and stops all ranks; the second
        ends them at once. Raises OSError if the command cannot be started, or nothing be written.
        """
        with _handling(lambda: self._signals.append(time.monotonic())):
            pipe = subprocess.PIPE
            with subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                start_new_session=True,
            ) as process:
                readers = [self._reader(process.stdout), self._reader(process.stderr)]
                try:
                    self._accompany(process)
                finally:
                    self._end_all(process)
                for reader in readers:
                    reader.join(_DIE)
                self._write_lines(0)
                with suppress(OSError):  # it would be flushed into a pipe that nobody reads
                    process.stdin.close()  # type: ignore[union-attr]
        if self._broken is not None:
            raise self._broken
        if not self._whole:
            self._write(sys.stderr, "\n")
        return self._ending or self._without_report(process.returncode)

    def _accompany(self, process: subprocess.Popen[bytes]) -> None:
        """Write what comes until mpiexec ends, or should have ended."""
        started, reported, asked = time.monotonic(), inf, False
        while process.poll() is None and len(self._signals) < 2:
            self._write_lines(_LOOK)
            now = time.monotonic()
            if self._ending is not None:
                reported = min(now, reported)
            if self._broken is not None and not self._signals:
                self._signals.append(now)
            if self._signals and not asked:
                asked = True
                _say_stop(process)
            first = self._signals[0] if self._signals else inf
            start = inf if self._ranks else started + _START
            if now > min(first + _STOP, reported + _END, start):
                return

    # ----------------------------------------------------------------------------- what is written

    def _reader(self, stream: IO[bytes] | None) -> threading.Thread:
        """Return a thread that puts the lines of a stream into the queue."""

        def read() -> None:
            for line in stream or ():
                self._lines.put(line)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    def _write_lines(self, seconds: float) -> None:
        """Wait for a line for at most so long, and take what the queue holds."""
        with suppress(Empty):
            self._take(self._lines.get(timeout=seconds) if seconds else self._lines.get_nowait())
            while True:
                self._take(self._lines.get_nowait())

    def _take(self, line: bytes) -> None:
        """Carry out a message, or keep a line of mpiexec."""
        match unpacked(line):
            case ["out", text]:
                self._write(sys.stdout, text)
            case ["err", text]:
                self._write(sys.stderr, text)
                self._whole = text.endswith("\n")
            case ["ranks", ranks]:
                self._ranks = ranks
            case ["run", path]:
                self._path = path
            case ["end", code, text]:
                self._ending = Ending(code, text)
            case _:
                self._noise.append(line.decode(errors="replace").strip())

    def _write(self, stream: Any, text: str) -> None:
        """Write a text of rank 0. If that fails, the ranks are stopped."""
        try:
            if self._broken is None:
                stream.write(text)
                stream.flush()
        except OSError as error:
            self._broken = error

    # ------------------------------------------------------------------------------------- the end

    def _end_all(self, process: subprocess.Popen[bytes]) -> None:
        """End mpiexec if it is still running, and the ranks that it has left behind."""
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_DIE)
        if process.poll() is None:
            process.kill()
            process.wait()
        limit = time.monotonic() + _DIE  # the ranks notice it themselves
        while (left := self._left(process.pid)) and time.monotonic() < limit:
            time.sleep(_LOOK)
        for pid in left:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def _left(self, session: int) -> list[int]:
        """Return the processes of the session of mpiexec that are still running."""
        found = {int(pid) for _, pid in self._ranks}
        with suppress(OSError):
            found |= {int(name) for name in os.listdir("/proc") if name.isdigit()}
        return [pid for pid in found if _is_in(session, pid)]

    def _without_report(self, code: int) -> Ending:
        """Return the ending of ranks that could not report why they ended."""
        hint = ""
        if self._path is not None:
            hint = f"continue with --resume {shlex.quote(self._path)}{self._options}"
        if self._signals:
            return Ending(130, f"minigan: interrupted{hint and '; '}{hint}\n")
        if hint:
            hint = f"; the last checkpoint is kept: {hint}"
        return Ending(2, failure=self._failure(code) + hint)

    def _failure(self, code: int) -> str:
        """Return why there is no report, from what mpiexec has written and from its exit code."""
        text = " ".join(self._noise)
        if killed := re.search(r"rank (\d+) [^.]*?exited on signal (\d+) \(([^)]+)\)", text):
            return f"rank {killed[1]} was ended by signal {killed[2]} ({killed[3]})"
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        if self._ranks:
            return f"mpiexec was ended {how}, and with it all ranks"
        said = [line for line in self._noise if re.search(r"\w\w", line)]
        return f"mpiexec could not start the ranks: {said[0] if said else 'it ended ' + how:.300}"


def _say_stop(process: subprocess.Popen[bytes]) -> None:
    """Let rank 0, which has the standard input of mpiexec, stop all ranks."""
    with suppress(OSError):
        process.stdin.write(b"stop\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]


def _is_in(session: int, pid: int) -> bool:
    """Return whether a process is running, in this session."""
    try:
        if os.path.isdir("/proc/self"):
            _, (state, _, _, found, *_) = status(pid)
            return state != "Z" and int(found) == session  # Z: it has ended
        return sys.platform != "win32" and os.getsid(pid) == session
    except OSError:
        return False


@contextmanager
def _handling(receive: Callable[[], None]) -> Iterator[None]:
    """Call `receive` at each Ctrl-C and SIGTERM of a `with` block, and do nothing else then.

    In a thread other than the main one, Python lets nobody handle signals.
    """
    before: dict[signal.Signals, Any] = {}
    with suppress(ValueError):
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, lambda *_: receive())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
