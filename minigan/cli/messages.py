"""Messages of a rank to the process that started all ranks: a line of JSON each, on stdout.

mpiexec passes them on, and writes texts of its own beside them. A line that is not a message is one
of those, so the two are never mixed up.

    ["ranks", [[host, pid], ...]]    which processes train        ["out", text]   write to stdout
    ["run", path]                    the run that they train      ["err", text]   write to stderr
    ["end", code, text]              the exit code, and the line that says why
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import Any

_MARK = b"\x02minigan "


def send(kind: str, *values: Any) -> None:
    """Write a message to standard output; it is lost if nobody reads it."""
    line = packed(kind, *values)
    with suppress(OSError):
        while line:
            line = line[os.write(1, line) :]


def packed(kind: str, *values: Any) -> bytes:
    """Return a message as a line.

    >>> packed("end", 0, "")
    b'\\x02minigan ["end", 0, ""]\\n'
    """
    return _MARK + json.dumps([kind, *values]).encode() + b"\n"


def unpacked(line: bytes) -> list[Any] | None:
    """Return the message in a line; None if it is a text of mpiexec.

    >>> unpacked(packed("run", "runs/gan-000")), unpacked(b"mpiexec: aborting")
    (['run', 'runs/gan-000'], None)
    """
    _, mark, rest = line.partition(_MARK)
    if not mark:
        return None
    try:
        found = json.loads(rest)
    except ValueError:
        return None
    return found if isinstance(found, list) and found else None


class MessageStream:
    """A text stream that sends what is written to it; `stream` is the one that it stands for."""

    def __init__(self, kind: str, stream: Any) -> None:
        self.kind, self.encoding = kind, getattr(stream, "encoding", None)

    def write(self, text: str) -> int:
        """Send a text."""
        if text:
            send(self.kind, text)
        return len(text)

    def flush(self) -> None:
        """Do nothing, because nothing is kept back."""

    def isatty(self) -> bool:
        """Return that this is no terminal."""
        return False
