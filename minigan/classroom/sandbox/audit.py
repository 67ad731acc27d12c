"""Python's own audit events: what a submission must not do is refused and told to the grader.

On Linux the kernel refuses it in any case (`isolation`). Here it is found by name, so that the
report can say what happened; and on other systems this is all there is, which keeps honest code
honest but does not hold against code that is written to break out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

_PROCESSES = (
    "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn",
    "os.spawn", "os.startfile", "pty.spawn", "_winapi.CreateProcess",
)  # fmt: skip
_CHANGES = (
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate",
    "os.chmod", "os.chown", "os.utime", "os.setxattr", "shutil.rmtree", "shutil.move",
)  # fmt: skip
_SIGNALS = ("os.kill", "os.killpg", "signal.pthread_kill")
_LIBRARIES = ("ctypes.dlopen", "ctypes.dlsym", "ctypes.dlsym/handle", "winreg.OpenKey")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """Refuses events that reach outside the scratch folder, once it is started."""

    def __init__(
        self, report: Callable[[str], None], scratch: str, readable: Sequence[str]
    ) -> None:
        self._report = report
        self._scratch = os.path.realpath(scratch)
        self._readable = [os.path.realpath(path) for path in readable]
        self._checking = False

    def start(self) -> None:
        """Refuse from now on, for good: Python has no way to remove an audit hook."""
        sys.addaudithook(self._event)

    def _event(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            self._opened(args)
        elif event in _PROCESSES:
            told = repr(args)[:2000]
            self._refuse("library process" if "minigan" in told else "process", event)
        elif event.startswith("socket.") and event != "socket.gethostname":
            self._refuse("network", event)
        elif event in _CHANGES:
            for path in args[:2]:
                if isinstance(path, str | bytes | os.PathLike) and not self._own(path):
                    self._refuse("file", event)
        elif event in _SIGNALS:
            if event != "signal.pthread_kill" and args[0] != os.getpid():
                self._refuse("signal", event)
        elif event in _LIBRARIES:
            self._refuse("native code", event)

    def _opened(self, args: tuple[Any, ...]) -> None:
        path, mode, flags = args
        if self._checking or not isinstance(path, str | bytes | os.PathLike):
            return
        if self._own(path):
            return
        if isinstance(mode, str):
            writes = any(letter in mode for letter in "wax+")
        else:
            writes = bool((flags or 0) & _WRITING)
        name = self._real(path)
        if name in (os.devnull, "/dev/urandom", "/dev/random", "/dev/zero"):
            return
        if writes:
            self._refuse("file", f"writing {name}")
        if not any(name == p or name.startswith(p + os.sep) for p in self._readable):
            parts = name.split(os.sep)
            self._refuse("library files" if "minigan" in parts else "file", f"reading {name}")

    def _own(self, path: Any) -> bool:
        name = self._real(path)
        return name == self._scratch or name.startswith(self._scratch + os.sep)

    def _real(self, path: Any) -> str:
        self._checking = True
        try:
            return os.path.realpath(os.fsdecode(path))
        finally:
            self._checking = False

    def _refuse(self, use: str, event: str) -> None:
        self._report(use)
        raise PermissionError(f"a submission may not do this: {event}"[:200])
