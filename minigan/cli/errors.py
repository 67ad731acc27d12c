"""What went wrong, in one line."""

from __future__ import annotations


class UsageError(ValueError):
    """What the user asked for cannot be done, in one line."""


def in_one_line(error: BaseException) -> str:
    """An error in one line, with the file that it is about.

    >>> in_one_line(FileNotFoundError(2, "No such file or directory", "x.npz"))
    'x.npz: No such file or directory'
    """
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    elif isinstance(error, MemoryError):
        text = f"not enough memory: {error}"
    return " ".join(text.split())
