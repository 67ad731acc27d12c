"""Files that appear whole or not at all, and reading of nothing but regular files.

A file is first written under a name of its own, `.minigan-...`, beside its target. While it is
written, its process holds a lock on it. So a file of such a name that nobody has locked was left by
a process that was killed, and the next save into the same folder removes it.

What differs between systems is here and in `minigan.locks`. Windows refuses to rename while another
program has one of the files open, so a rename is tried for a second. Windows and some file systems
cannot flush a folder to disk. A umask may make new files unreadable for their owner (some versions
of Pyodide report such a one), so the owner always gets the right to read and write a new file.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from minigan.locks import HAVE_LOCKS, try_lock, unlock

PREFIX = ".minigan-"  # of the names of unfinished files and folders
_OWNER = 0o600  # the owner's rights to read and to write
_WINDOWS = sys.platform == "win32"
_HOUR = 3600.0  # without locks, an unfinished file that is older was left by a killed process
_LONGEST = 100  # letters of a suffix that a temporary name keeps


@contextmanager
def replacing(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a path beside the target to write to; on success it replaces the target.

    On failure it is removed, and the target stays as it was. So a reader sees the old file or the
    new one, never a part of it. The mode of an existing file is kept. If the target is a link, it
    stays one, and the file that it names is replaced. Raises the file system's OSError, with
    `target` as its file, also if the target is not a regular file.

    >>> import tempfile; folder = Path(tempfile.mkdtemp())
    >>> with replacing(folder / "a.txt") as path: _ = path.write_text("whole")
    >>> (folder / "a.txt").read_text()
    'whole'
    """
    target = Path(target)
    try:
        file, mode = _place(target)
        remove_partial_files(file.parent)
        path, lock = _new_file(file)
        try:
            yield path
            with path.open("rb+") as written:
                os.fsync(written.fileno())
            if mode is not None:
                path.chmod(mode)
            _rename(path, file)
        except BaseException:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        finally:
            unlock(lock)
        _flush_folder(file.parent)
    except OSError as error:
        if error.errno is None:
            raise
        # name the target: the caller does not know the temporary file
        raise OSError(error.errno, error.strerror, str(target)) from error


@dataclass
class NewFolder:
    """A folder that has a name of its own while it is filled."""

    path: Path


@contextmanager
def making_folder(parent: str | os.PathLike[str], names: Iterable[str]) -> Iterator[NewFolder]:
    """Yield a new folder, which on success takes the first of the names that is free.

    Then `path` is its final path. On failure the folder is removed. So a folder of such a name has
    all its files, also if the program is killed. Raises FileExistsError if no name is free, and
    OSError if the folder cannot be made.

    >>> import tempfile; parent = Path(tempfile.mkdtemp())
    >>> with making_folder(parent, ["new"]) as new: _ = (new.path / "a.txt").write_text("text")
    >>> new.path.name, [file.name for file in (parent / "new").iterdir()]
    ('new', ['a.txt'])
    """
    parent = Path(parent)
    remove_partial_files(parent)
    path, lock = _new_folder(parent / "folder")
    new = NewFolder(path)
    try:
        yield new
        new.path = _named(path, (parent / name for name in names))
    except BaseException:
        _remove_folder(path)
        raise
    finally:
        unlock(lock)
    _flush_folder(parent)


def _named(path: Path, targets: Iterable[Path]) -> Path:
    """Rename a folder to the first target that does not exist, and return this target."""
    target = path
    for target in targets:
        if not os.path.lexists(target):
            try:
                _rename(path, target)
                return target
            except OSError as error:  # another process was faster
                if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
                    raise
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))


def remove_partial_files(folder: str | os.PathLike[str]) -> None:
    """Remove the unfinished files and folders that killed processes left in a folder.

    Files that another process, or another thread, is writing stay. So do all other files.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.name.startswith(PREFIX) and not entry.is_symlink():
                with suppress(OSError):
                    _remove_if_left(entry)


def _remove_folder(path: str | os.PathLike[str]) -> None:
    """Remove a folder with all that is in it, as far as that is possible."""
    import shutil  # only when a folder is removed: `import minigan` stays fast

    shutil.rmtree(path, ignore_errors=True)


def _remove_if_left(entry: os.DirEntry[str]) -> None:
    """Remove an unfinished file or folder unless a process is writing it."""
    lock = os.open(entry.path, os.O_RDONLY | os.O_NONBLOCK) if HAVE_LOCKS else None
    try:
        if lock is None and time.time() - entry.stat().st_mtime < _HOUR:
            return
        if lock is not None and not try_lock(lock):
            return
        if entry.is_dir(follow_symlinks=False):
            _remove_folder(entry.path)
        else:
            os.unlink(entry.path)
    finally:
        unlock(lock)


# ------------------------------------------------------------------------------ reading


def open_regular(path: str | os.PathLike[str]) -> IO[bytes]:
    """Open a regular file for reading, in binary mode.

    Raises OSError if it cannot be read or is something else: a pipe could block for ever, and a
    device such as /dev/zero has no end.

    >>> open_regular(os.devnull)
    Traceback (most recent call last):
    OSError: [Errno 22] is not a regular file: '/dev/null'
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    _require_regular(path, os.stat(path).st_mode)  # before it is opened: devices may react to that
    handle = os.open(path, flags)
    try:
        _require_regular(path, os.fstat(handle).st_mode)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_regular(path: str | os.PathLike[str], most: int) -> bytes:
    """Return the content of a regular file of at most `most` bytes.

    Raises OSError as `open_regular` does, and if the file is larger.
    """
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"is larger than {most:,} bytes", os.fspath(path))
    return content


def _require_regular(path: str | os.PathLike[str], mode: int) -> None:
    """Raise OSError unless the mode is that of a regular file."""
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is not a regular file", os.fspath(path))


# ------------------------------------------------------------------------------ writing


def _place(target: Path) -> tuple[Path, int | None]:
    """Return the file to replace, to which a link leads, and its mode; None if there is none."""
    file = Path(os.path.realpath(target)) if target.is_symlink() else target
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return file, None
    _require_regular(target, mode)
    return file, stat.S_IMODE(mode)


def _new_name(target: Path) -> Path:
    """Return a new name beside the target, with its suffix, by which writers know the format."""
    suffix = target.suffix if len(os.fsencode(target.suffix)) <= _LONGEST else ""
    return target.parent / f"{PREFIX}{os.urandom(8).hex()}{suffix}"


def _new_file(target: Path) -> tuple[Path, int | None]:
    """Make an empty file beside the target, with the rights of any new file; return path and lock.

    Another process may remove it in the moment before it is locked; then a further one is made.
    """
    while True:
        path = _new_name(target)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        mode = os.fstat(handle).st_mode
        if mode & _OWNER != _OWNER:
            path.chmod(mode & 0o777 | _OWNER)
        if not HAVE_LOCKS:  # and Windows renames no open file
            os.close(handle)
            return path, None
        if _is_kept(path, handle):
            return path, handle
        os.close(handle)


def _new_folder(target: Path) -> tuple[Path, int | None]:
    """Make an empty folder beside the target; return its path and its lock."""
    while True:
        path = _new_name(target)
        path.mkdir()
        if not HAVE_LOCKS:
            return path, None
        with suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY)
            if _is_kept(path, handle):
                return path, handle
            os.close(handle)


def _is_kept(path: Path, handle: int) -> bool:
    """Lock a new file; return whether it is still there. Without locks nobody removes it."""
    try_lock(handle)
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


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
