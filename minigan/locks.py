"""Locks on files and folders that vanish with their process, and leave no file of their own.

A lock hinders only those who ask for the same lock. Linux and macOS lock the folder itself, by an
flock. Windows opens no folders, so there bytes of a file in the folder are locked. These bytes lie
beyond the end of the file, so that others can read it. Nobody can replace or rename a file that is
locked in this way. WebAssembly and some network file systems have no locks; there nothing is
locked.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

fcntl: Any = None
msvcrt: Any = None
with suppress(ImportError):  # Windows and Pyodide have no module of this name
    import fcntl
with suppress(ImportError):  # Windows alone has it
    import msvcrt

HAVE_LOCKS = fcntl is not None  # on any file or folder; Windows locks only the one below
_BEYOND = 0x7FFF_FFFE  # a position that no file of a run reaches


def lock_folder(folder: str | os.PathLike[str], file: str) -> int | None:
    """Lock a folder, and return what `unlock` takes; None where there are no such locks.

    `file` is the name of a file in the folder. Windows locks this file instead, so that it cannot
    be replaced: `locks_file` says whether that is so. Raises BlockingIOError if another holder, of
    this process or of another, has locked the folder; `strerror` says which process that is, if the
    system knows. Raises OSError if there is no such folder, or on Windows no such file.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pathlib.Path(folder, "config.json").touch()
    ...     lock = lock_folder(folder, "config.json")
    ...     unlock(lock)
    """
    if not HAVE_LOCKS:
        return None if msvcrt is None else _lock_file(os.path.join(folder, file))
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


def _lock_file(path: str) -> int | None:
    """Lock a byte beyond the end of a file, and return what `unlock` takes."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.lseek(handle, _BEYOND, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError as error:
        os.close(handle)
        if error.errno in (errno.EACCES, errno.EDEADLK):
            raise BlockingIOError(errno.EWOULDBLOCK, "another process", path) from None
        return None  # this file system has no locks
    return handle


def locks_file() -> bool:
    """Return whether `lock_folder` locks the file in the folder, and not the folder itself."""
    return not HAVE_LOCKS and msvcrt is not None


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
