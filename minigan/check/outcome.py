"""What became of a call in a process of its own: an `Outcome`, with a `Failure` if it raised."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Any, NamedTuple

from minigan.check.worker import unpacked


class Frame(NamedTuple):
    """A line of a traceback."""

    file: str
    line: int
    function: str
    source: str = ""


@dataclass(frozen=True)
class Failure:
    """An exception that the called function raised: the name of its class, text and traceback."""

    kind: str
    message: str
    frames: tuple[Frame, ...] = ()  # the innermost one is the last


@dataclass(frozen=True)
class Outcome:
    """What became of one call."""

    status: str  # "done", "error", "memory" (a MemoryError), "timeout", or "ended": no answer came
    value: Any = None  # what the function returned, if status is "done"
    failure: Failure | None = None  # if status is "error" or "memory"
    reason: str = ""  # how the process ended, if status is "ended"
    where: tuple[Frame, ...] = ()  # if status is "timeout" or "ended": the last known traceback
    output: str = ""  # the beginning of what it printed
    lines: int = 0  # how many lines it printed
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """What happened, as a sentence with "it" as its subject; empty if the call is done."""
        if self.failure is not None:
            return f"it raised {self.failure.kind}: {self.failure.message}".removesuffix(": ")
        if self.status == "timeout":
            return f"it took longer than {self.seconds:.3g} s"
        return self.reason


def read_answer(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an outcome that a worker's answer holds."""
    try:
        if "error" not in answer:
            return {"status": "done", "value": unpacked(answer["value"])}
        error = answer["error"]
        frames = tuple(Frame(str(f), int(n), str(g), str(s)) for f, n, g, s in error["frames"])
        failure = Failure(str(error["kind"]), str(error["message"]), frames)
    except (KeyError, TypeError, ValueError, RecursionError, MemoryError) as problem:
        failure = Failure("ValueError", f"its answer cannot be read: {problem}")
    return {"status": "memory" if failure.kind == "MemoryError" else "error", "failure": failure}


def ending(code: Any) -> str:
    """Return how a process ended by itself, as a sentence with "it" as its subject.

    `code` is its exit status, minus the number of the signal that ended it, or a sentence.

    >>> ending(3)
    'it ended the process with exit status 3'
    """
    if not isinstance(code, int):
        return str(code)[:200]
    if code >= 0:
        return f"it ended the process with exit status {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    if name == "SIGXCPU":
        return "it used more CPU time than is allowed"
    return f"it was ended by the signal {name}"
