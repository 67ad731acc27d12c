"""The way to one process of a submission: lines there and back, and how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from minigan.classroom.sandbox import wire


class Link(Protocol):
    """The way to one process."""

    too_long: bool  # a line was longer than wire.LONGEST

    def send(self, data: bytes) -> None:
        """Send lines; a process that does not read them cannot stop the grader."""

    def line(self, deadline: float) -> bytes | None:
        """Return the next line; None if the process has ended, or at the deadline."""

    def close(self) -> dict[str, Any]:
        """End the process, and return how it had ended: {"code": None} if it had not."""


@dataclass
class SocketLink:
    """Two sockets: lines of the process, and what its warden says about its end."""

    channel: socket.socket
    status: socket.socket
    too_long: bool = False
    told: dict[str, Any] | None = None
    rest: bytearray = field(default_factory=bytearray)

    def send(self, data: bytes) -> None:
        """Send lines."""
        self.channel.settimeout(10.0)
        with contextlib.suppress(OSError):
            self.channel.sendall(data)

    def line(self, deadline: float) -> bytes | None:
        """Return the next line, or None."""
        while (end := self.rest.find(b"\n")) < 0:
            if len(self.rest) > wire.LONGEST:
                self.too_long = True
                return None
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self.channel.settimeout(left)
            try:
                data = self.channel.recv(1 << 20)
            except OSError:
                return None
            if not data:
                return None
            self.rest += data
        found = bytes(self.rest[:end])
        del self.rest[: end + 1]
        return found

    def close(self) -> dict[str, Any]:
        """End the process, and return how it had ended."""
        if self.told is None:
            self.told = {"code": None}
            self.channel.close()
            ended = bool(select.select([self.status], [], [], 0.05)[0])
            with contextlib.suppress(OSError, ValueError):
                if not ended:
                    self.status.sendall(b"end")
                self.status.settimeout(5.0)
                self.told = json.loads(self.status.recv(1 << 16) or b'{"code": -9}')
            self.status.close()
        return self.told


@dataclass
class PipeLink:
    """Standard input and output of a process, for systems without `fork`."""

    process: subprocess.Popen[bytes]
    too_long: bool = False
    told: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.queue: SimpleQueue[bytes | None] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        pipe = self.process.stdout
        assert pipe is not None
        with contextlib.suppress(OSError, ValueError):
            while data := pipe.readline(wire.LONGEST):
                if not data.endswith(b"\n"):
                    self.too_long = True
                    break
                self.queue.put(data)
        self.queue.put(None)

    def send(self, data: bytes) -> None:
        """Send lines."""
        pipe = self.process.stdin
        assert pipe is not None

        def write() -> None:  # in a thread: a process that does not read cannot stop the grader
            with contextlib.suppress(OSError, ValueError):
                pipe.write(data)
                pipe.flush()

        if len(data) < 1 << 15:
            write()
        else:
            threading.Thread(target=write, daemon=True).start()

    def line(self, deadline: float) -> bytes | None:
        """Return the next line, or None."""
        try:
            return self.queue.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            return None

    def close(self) -> dict[str, Any]:
        """End the process, and return how it had ended."""
        if self.told is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
            self.told = {"code": self.process.returncode}
            if os.name != "nt":
                with contextlib.suppress(OSError):
                    os.killpg(self.process.pid, 9)
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                with contextlib.suppress(OSError, AttributeError):
                    pipe.close()  # type: ignore[union-attr]
        return self.told
