"""The reading ends of a child's pipes: each is read by a thread, so that the child never waits."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event
from typing import IO, Any

from minigan.check.outcome import Frame

_ANSWER_MB = 64  # the largest answer that is read
_OUTPUT_BYTES = 1 << 16  # of what a call prints, how much is kept


class Answers:
    """The lines that a process sends: answers, how it ended, and tracebacks of Python's own."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.pipe, self.queue = pipe, SimpleQueue[dict[str, Any] | None]()
        self.ended: Any = None
        self.trace: list[Frame] = []

    def read(self) -> None:
        """Read until the process closes its end or sends a line that is too long."""
        with suppress(OSError, ValueError):
            while line := self.pipe.readline(_ANSWER_MB << 20):
                if not line.endswith(b"\n"):
                    self.ended = f"it sent more than {_ANSWER_MB} MB"
                    break
                self._note(line)
        self.queue.put(None)

    def _note(self, line: bytes) -> None:
        if line.startswith(b'  File "') and len(self.trace) < 100:
            self.trace.append(_frame(line.decode(errors="replace")))
        if not line.startswith(b"{"):
            return
        with suppress(ValueError, RecursionError):
            message = json.loads(line)
            if "ended" in message:
                self.ended = message["ended"]
            else:
                self.queue.put(message)


@dataclass
class Output:
    """What the current call prints: a beginning of it, and the number of lines."""

    data: bytearray = field(default_factory=bytearray)
    lines: int = 0
    mark: bytes = b""
    complete: Event = field(default_factory=Event)

    @property
    def text(self) -> str:
        """What is kept, as text."""
        return self.data.decode(errors="replace")

    def begin(self, nonce: str) -> None:
        """Forget what was printed; the nonce will mark the end of what comes now."""
        self.data, self.lines, self.mark = bytearray(), 0, b"\x1e" + nonce.encode() + b"\n"
        self.complete.clear()

    def read(self, pipe: IO[bytes]) -> None:
        """Read until the process closes its end."""
        with suppress(OSError, ValueError):
            while line := pipe.readline(_OUTPUT_BYTES):
                if self.mark and line.endswith(self.mark):
                    line = line.removesuffix(self.mark)
                    self._add(line)
                    self.complete.set()
                else:
                    self._add(line)

    def _add(self, line: bytes) -> None:
        self.lines += bool(line)
        self.data += line[: _OUTPUT_BYTES - len(self.data)]


def _frame(line: str) -> Frame:
    """Return a line of a traceback that faulthandler wrote: '  File "a.py", line 3 in f'."""
    file, _, rest = line.strip().removeprefix('File "').rpartition('", line ')
    number, _, function = rest.partition(" in ")
    return Frame(file, int(number) if number.isdecimal() else 0, function)
