"""Files that appear whole or not at all, even if the program is stopped while it writes.

What differs between systems is here. Windows refuses to rename while another program has one of the
files open, so a rename is tried for a second. Windows and some file systems cannot flush a folder
to disk. A umask may make new files unreadable for their owner (some versions of Pyodide report such
a one), so the owner always gets the right to read and write.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OWNER = 0o600  # the owner's rights to read and to write
_WINDOWS = sys.platform == "win32"


@contextmanager
def replacing(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a path beside the target to write to; on success it replaces the target.

    On failure it is removed, and the target stays as it was. So a reader sees the old file or the
    new one, never a part of it. Raises the file system's OSError, with `target` as its file.

    >>> import tempfile; folder = Path(tempfile.mkdtemp())
    >>> with replacing(folder / "a.txt") as path: _ = path.write_text("whole")
    >>> (folder / "a.txt").read_text()
    'whole'
    """
    target = Path(target)
    try:
        path = _new_file(target)
        try:
            yield path
            with path.open("rb+") as file:
                os.fsync(file.fileno())
            _rename(path, target)
        except BaseException:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
    except OSError as error:
        if error.errno is None:
            raise
        # name the target: the caller does not know the temporary file
        raise OSError(error.errno, error.strerror, str(target)) from error


def _new_file(target: Path) -> Path:
    """Make an empty file beside the target, with the rights of any new file; return its path."""
    while True:
        stem = target.stem.lstrip(".")[:20]
        name = f".{stem}-{os.urandom(4).hex()}{target.suffix}"
        path = target.parent / name
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            break
    mode = path.stat().st_mode
    if mode & _OWNER != _OWNER:
        path.chmod(mode & 0o777 | _OWNER)
    return path


def _rename(path: Path, target: Path) -> None:
    """Let the file at `path` take the place of the target."""
    deadline = time.monotonic() + 1.0
    while True:
        try:
            path.replace(target)
            return
        except PermissionError:  # on Windows: a viewer or a virus scanner has it open
            if not _WINDOWS or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _flush_folder(path: Path) -> None:
    """Write the folder's list of names to disk, where the system can."""
    try:
        folder = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows opens no folder, others none that may only be written to
        return
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise
    finally:
        os.close(folder)
