"""News between processes: that a rank is alive, that it has ended, or why all ranks must stop.

News travel beside the data, on a communicator of their own, and nothing waits for them. A thread
sends a sign of life every second, also while the rank computes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

_ALIVE, _STOP, _LEFT = 1, 2, 3  # tags
_EVERY = 1.0  # seconds between two signs of life
_LONGEST_TEXT = 2000  # bytes, which every MPI sends without waiting for the receiver


class News:
    """The news that one rank sends and receives, over the communicator `comm`.

    `reason` says why all ranks must stop; it is "" if there is no reason. `left` has the ranks that
    have ended, and the time at which the news of it came.
    """

    def __init__(self, MPI: Any, comm: Any, others: Sequence[int]) -> None:
        self.reason = ""
        self.left: dict[int, float] = {}
        self._mpi, self._comm, self._others = MPI, comm, others
        self._looked = time.monotonic()
        self._heard = dict.fromkeys(others, self._looked)
        self._going: dict[tuple[int, int], tuple[Any, Any]] = {}  # request and text, by rank, tag
        self._lock, self._closed = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        if MPI.Query_thread() == MPI.THREAD_MULTIPLE:
            self._thread = threading.Thread(target=self._live, name="minigan-news", daemon=True)
            self._thread.start()

    def silence(self, rank: int) -> float:
        """Return for how many seconds, up to the last `listen`, nothing was heard from a rank.

        Seconds in which this whole process was stopped are not counted. It is 0 if this MPI does
        not let a thread send signs of life.
        """
        return self._looked - self._heard[rank] if self._thread else 0.0

    def stop(self, reason: str, message: str) -> None:
        """Stop this rank for `reason`, and all other ranks for the reason `message`."""
        if not self.reason:
            self.reason = reason
            self._send(_STOP, message)

    def leave(self) -> None:
        """Tell all other ranks that this one has come to its end."""
        self._send(_LEFT)

    def listen(self) -> None:
        """Read all news that have come."""
        MPI, status = self._mpi, self._mpi.Status()
        with self._lock:
            now = time.monotonic()
            if (pause := now - self._looked) > 2 * _EVERY:  # this whole process was stopped
                self._heard = {rank: at + pause for rank, at in self._heard.items()}
            self._looked = now
            while self._comm.Iprobe(MPI.ANY_SOURCE, MPI.ANY_TAG, status):
                rank, tag = status.Get_source(), status.Get_tag()
                text = np.empty(status.Get_count(MPI.BYTE), np.uint8)
                self._comm.Recv([text, MPI.BYTE], rank, tag)
                self._heard[rank] = now
                if tag == _LEFT:
                    self.left[rank] = now
                elif tag == _STOP:
                    self.reason = self.reason or text.tobytes().decode(errors="replace")

    def close(self) -> None:
        """End the thread that sends signs of life."""
        self._closed.set()
        if self._thread:
            self._thread.join(2 * _EVERY)

    def _send(self, tag: int, text: str = "") -> None:
        """Send news to each other rank, except where the last of this tag is still on its way."""
        message = np.frombuffer(text.encode()[:_LONGEST_TEXT], np.uint8)
        with self._lock:
            for rank in self._others:
                before = self._going.get((rank, tag))
                if before is None or before[0].Test():
                    request = self._comm.Isend([message, self._mpi.BYTE], rank, tag)
                    self._going[rank, tag] = request, message

    def _live(self) -> None:
        """Send signs of life, and read the news, until the end."""
        while not self._closed.wait(_EVERY):
            try:
                self._send(_ALIVE)
                self.listen()
            except Exception as error:  # a connection is broken
                self.reason = self.reason or f"MPI cannot reach the other ranks: {error}"
                return
