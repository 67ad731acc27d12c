"""Files appear whole or not at all: written beside their target, flushed to disk, renamed into
place.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a path beside the target to write to; on success it becomes the target, on failure it
    is removed.

    A reader sees the old file or the new one, never a half. On Windows a rename fails while another
    process holds the target open, and a directory cannot be flushed; elsewhere both are done.
    Raises the file system's OSError, with `target` as its file.

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
            path.chmod(0o666 & ~_umask())
            path.replace(target)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(
            error.errno, error.strerror, str(target)
        ) from error  # not of a path that nobody has asked for


def _flush_folder(path: Path) -> None:
    if os.name == "posix":
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
