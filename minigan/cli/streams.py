"""Standard output and standard error that never stop the work.

A reader may close a pipe, as `head` does; a program may be started without a standard output; a
terminal may have no letter for a name. The work of a command, its files and its exit code do not
depend on these. Other errors remain errors, such as a full disk.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from minigan.printable import without_controls

_BAR = re.compile(r"\r[^\x1b]*\Z|(\x1b\[A)+\Z")  # what tqdm writes: a line, or "cursor up"
_CLOSED = (errno.EPIPE, errno.EBADF, errno.ESHUTDOWN, errno.EINVAL)  # EINVAL: a pipe on Windows


class LenientStream:
    """Writes to a text stream, or to nowhere if it is None or closed.

    Control characters, and letters that the stream cannot encode, are written as in Python's texts.
    Names of files may have such characters, which would move the cursor of a terminal. The lines of
    a progress bar are written as they are.

    >>> import io
    >>> raw = io.BytesIO()
    >>> stream = LenientStream(io.TextIOWrapper(raw, "ascii"))
    >>> print("C\\N{SUPERSCRIPT TWO}", file=stream, flush=True)
    >>> raw.getvalue()
    b'C\\\\xb2\\n'
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text. Raises OSError if that fails, unless nobody can read it."""
        length = len(text)
        with self._errors_of_readers():
            if self._stream is not None:
                if not _BAR.match(text):
                    text = without_controls(text)
                try:
                    self._stream.write(text)
                except UnicodeEncodeError:
                    encoding = getattr(self._stream, "encoding", None) or "ascii"
                    self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        return length

    def flush(self) -> None:
        """Write what is buffered. Raises OSError as `write` does."""
        with self._errors_of_readers():
            if self._stream is not None:
                self._stream.flush()

    def close(self) -> None:
        """Close the stream; nothing is written from then on."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with suppress(OSError, ValueError):  # else Python reports them when it exits
                stream.close()

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        with suppress(ValueError, AttributeError):
            return self._stream is not None and self._stream.isatty()
        return False

    @contextmanager
    def _errors_of_readers(self) -> Iterator[None]:
        """Close the stream if it turns out that nobody can read it."""
        try:
            yield
        except ValueError:  # it is closed
            self.close()
        except OSError as error:
            if error.errno not in _CLOSED:
                raise
            self.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def lenient_streams(silent: bool = False) -> Iterator[None]:
    """Replace sys.stdout and sys.stderr by lenient streams, and restore them at the end.

    If `silent`, nothing is written to them.
    """
    before = sys.stdout, sys.stderr
    found = tuple(LenientStream(None if silent else stream) for stream in before)
    sys.stdout, sys.stderr = found
    try:
        yield
    finally:
        for stream in found:
            try:
                stream.flush()
            except OSError:  # reported already, where it matters
                stream.close()
        sys.stdout, sys.stderr = before


def occupy_standard_files() -> None:
    """Open the null device as standard input, output and error where they are closed.

    Otherwise the next file that is opened would get their number, and receive what libraries write
    to standard error.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest free number
