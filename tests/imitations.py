"""Other systems, imitated in a process of its own: import this first, and call one function.

What Pyodide (Python in a browser) lacks was read off Pyodide 314 and older versions: no threads, no
processes, no `resource`, no users; `os.umask` may report 0o777; tqdm and threadpoolctl may be
missing. What Windows lacks is in the documentation of Python.
"""

import importlib
import importlib.abc
import os
import signal
import struct
import subprocess
import sys
import sysconfig
import threading
from types import SimpleNamespace

PYODIDE_LACKS = {
    "tqdm", "threadpoolctl", "resource", "pwd", "grp", "curses", "readline", "_multiprocessing",
    "_posixshmem", "_posixsubprocess", "mpi4py", "ssl", "_ssl", "lzma", "_lzma",
    "sqlite3", "_hashlib",
}  # fmt: skip
WINDOWS_LACKS = {
    "resource", "fcntl", "termios", "tty", "pty", "pwd", "grp", "syslog", "curses", "readline",
    "_posixsubprocess", "_posixshmem",
}  # fmt: skip

FUNCTIONS_OF_POSIX = (
    "fork", "forkpty", "register_at_fork", "sched_getaffinity", "geteuid", "getegid", "getuid",
    "getgid", "killpg", "setsid", "getpgid", "getpgrp", "uname", "getloadavg", "fchmod", "fchown",
    "chown", "mkfifo", "O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC", "posix_spawn", "wait3", "wait4",
    "pread", "pwrite", "statvfs", "sysconf",
)  # fmt: skip
SIGNALS_OF_POSIX = (
    "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGHUP", "SIGALRM", "SIGXCPU", "SIGXFSZ", "SIGCHLD",
    "SIGPIPE",
)  # fmt: skip

started: list[str] = []  # threads and processes whose start was tried, and by which module


class Lacks(importlib.abc.MetaPathFinder):
    """A finder that finds some modules missing."""

    def __init__(self, names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def lack(modules, functions):
    """Let modules and functions of `os` be missing."""
    for name in list(sys.modules):
        if name.partition(".")[0] in modules:
            del sys.modules[name]
    sys.meta_path.insert(0, Lacks(modules))
    for name in functions:
        if hasattr(os, name):
            delattr(os, name)


def refuse(what, error):
    """A function that notes that it was called, and fails."""

    def fail(*arguments, **settings):
        started.append(f"{what} by {sys._getframe(1).f_globals['__name__']}")
        raise error

    return fail


def emscripten():
    """Continue as if in a browser."""
    sysconfig.get_config_vars()  # it reads a file whose name has the platform in it
    sys.platform = "emscripten"
    lack(PYODIDE_LACKS, ["sched_getaffinity", "geteuid", "getegid", "unshare", "setns"])
    threading.Thread.start = refuse("thread", RuntimeError("can't start new thread"))
    no_process = OSError(138, "emscripten does not support processes.")
    subprocess.Popen.__init__ = refuse("process", no_process)
    os.fork = refuse("fork", OSError(52, "Function not implemented"))
    os.umask = lambda mask: 0o777
    os.cpu_count = lambda: 4


def msvcrt():
    """A module like msvcrt as far as it locks: a lock belongs to an open file, not to a process."""
    from fcntl import F_OFD_SETLK, F_UNLCK, F_WRLCK, fcntl  # Linux alone has them

    kinds = {"LK_UNLCK": (0, F_UNLCK), "LK_NBLCK": (2, F_WRLCK)}

    def locking(descriptor, mode, count):
        """Lock `count` bytes from the position of the file, or refuse with EACCES, as Windows."""
        (kind,) = (kind for number, kind in kinds.values() if number == mode)
        place = os.lseek(descriptor, 0, os.SEEK_CUR)
        wanted = struct.pack("hhqqi4x", kind, os.SEEK_SET, place, count, 0)
        # an exclusive lock of Linux needs a file that is open for writing, one of Windows does not
        writable = opened(f"/proc/self/fd/{descriptor}", os.O_RDWR)
        try:
            fcntl(writable, F_OFD_SETLK, wanted)
        except BlockingIOError:
            os.close(writable)
            raise PermissionError(13, "Permission denied") from None
        kept.setdefault(descriptor, []).append(writable)

    def close(descriptor):
        closed(descriptor)
        for other in kept.pop(descriptor, ()):
            closed(other)

    kept, opened, closed, os.close = {}, os.open, os.close, close
    numbers = {name: number for name, (number, _) in kinds.items()}
    return SimpleNamespace(locking=locking, **numbers)


def windows():
    """Continue as if on Windows, as far as Linux can: `os.name` and paths stay."""
    sysconfig.get_config_vars()
    locks = msvcrt()
    # other packages are imported now: they ask Windows for its own modules
    for name in ("multiprocessing.connection", "matplotlib.backends.backend_agg", "threadpoolctl"):
        importlib.import_module(name)
    sys.modules["threadpoolctl"].sys = SimpleNamespace(**vars(sys))
    lack(WINDOWS_LACKS, FUNCTIONS_OF_POSIX)
    subprocess.signal = SimpleNamespace(**vars(signal))
    for name in SIGNALS_OF_POSIX:
        delattr(signal, name)
    opened, replaced = os.open, os.replace

    def open_files_only(path, *arguments, **settings):
        if os.path.isdir(path):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **settings)

    def replace_closed_files_only(source, target, **settings):
        for descriptor in os.listdir("/proc/self/fd"):
            try:
                name = os.readlink(f"/proc/self/fd/{descriptor}")
            except OSError:
                continue
            if name in (os.path.abspath(source), os.path.abspath(target)):
                raise PermissionError(13, "The process cannot access the file", str(target))
        return replaced(source, target, **settings)

    os.open, os.replace, os.rename = open_files_only, replace_closed_files_only, None
    sys.modules["msvcrt"] = locks
    sys.platform = "win32"
