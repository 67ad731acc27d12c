"""Locks on files and folders that vanish with their process, and leave no file of their own.

A lock is an flock of the system. It hinders only those who ask for the same lock. Windows,
WebAssembly and some network file systems have no such locks; there nothing is locked.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

fcntl: Any = None
with suppress(ImportError):  # Windows and Pyodide have no module of this name
    import fcntl

HAVE_LOCKS = fcntl is not None


def lock_folder(folder: str | os.PathLike[str]) -> int | None:
    """Lock a folder, and return what `unlock` takes; None where there are no such locks.

    Raises BlockingIOError if another holder, of this process or of another, has locked the folder;
    `strerror` says which process that is, if the system knows.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lock = lock_folder(folder)
    ...     unlock(lock)
    """
    if not HAVE_LOCKS:
        return None
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = _owner(os.fstat(handle).st_ino)
        os.close(handle)
        raise BlockingIOError(errno.EWOULDBLOCK, owner, os.fspath(folder)) from None
    except OSError:  # this file system has no locks
        os.close(handle)
        return None
    return handle


def try_lock(handle: int) -> bool:
    """Lock an open file or folder until it is closed. Return whether that was possible."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def unlock(handle: int | None) -> None:
    """Give a lock back; None is no lock."""
    if handle is not None:
        os.close(handle)


def _owner(inode: int) -> str:
    """Return "process 123" for the process that holds the flock on a file, if Linux tells it."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            words = line.split()  # 1: FLOCK ADVISORY WRITE 123 fe:00:2154624 0 EOF
            if words[1] == "FLOCK" and words[5].rpartition(":")[2] == str(inode):
                return f"process {words[4]}" if int(words[4]) > 0 else "another process"
    return "another process"
