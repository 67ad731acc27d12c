"""Files that appear whole or not at all, even if the program is stopped while it writes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a path beside the target to write to; on success it replaces the target.

    On failure it is removed, and the target stays as it was. So a reader sees the old file or the
    new one, never a part of it. On Windows the rename fails while another process has the target
    open, and the folder is not flushed to disk; on other systems it is. Raises the file system's
    OSError, with `target` as its file.

    >>> import tempfile; folder = Path(tempfile.mkdtemp())
    >>> with replacing(folder / "a.txt") as path: _ = path.write_text("whole")
    >>> (folder / "a.txt").read_text()
    'whole'
    """
    target = Path(target)
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent
        )
        os.close(handle)
        path = Path(name)
        try:
            yield path
            with path.open("rb+") as file:
                os.fsync(file.fileno())
            path.chmod(0o666 & ~_umask())  # the mode of a new file; that of mkstemp is 0600
            path.replace(target)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
    except OSError as error:
        if error.errno is None:
            raise
        # name the target: the caller does not know the temporary file
        raise OSError(error.errno, error.strerror, str(target)) from error


def _flush_folder(path: Path) -> None:
    """Write the folder's list of names to disk, where the system can."""
    if os.name == "posix":
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
