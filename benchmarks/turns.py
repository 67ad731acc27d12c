"""Taking turns: each side in a process of its own, A B A B ..., so that a noisy machine is noisy
for all of them.

The first turn warms up and is dropped. What counts is the median of a turn, and the ratio of two
sides turn by turn.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any, NamedTuple

from benchmarks.rivals import Rival
from benchmarks.workloads import Text

_PAUSE = 0.03  # seconds, for the threads of the side before to fall asleep


class Side:
    """A rival in its own process, which runs the texts that it is sent."""

    def __init__(self, rival: Rival, threads: int) -> None:
        self.name, self.dialect, self.threads = rival.name, rival.dialect, threads
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.side", rival.name, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        hello = self._answer()
        self.about, self.at_start = hello["about"], hello["memory"]

    def run(self, text: Text, times: int) -> dict[str, Any]:
        """The seconds of each run of the update, the CPU seconds and voluntary context switches of
        all of them, and the memory afterwards; the setup is executed where it is new.
        """
        assert self.process.stdin
        time.sleep(_PAUSE)
        print(
            json.dumps({"setup": text.setup, "update": text.update, "times": times}),
            file=self.process.stdin,
        )
        self.process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        self.process.communicate()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} failed: see above")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def sides(rivals: Sequence[Rival], threads: int) -> Iterator[list[Side]]:
    """The rivals, each in its process, until the block ends."""
    with ExitStack() as stack:
        found = []
        for rival in rivals:
            found.append(Side(rival, threads))
            stack.callback(found[-1].close)
        yield found


class Turn(NamedTuple):
    """What one side did in one turn."""

    seconds: float  # the median of its updates
    busy: float  # cores at work: CPU seconds of all threads over seconds
    switches: float | None  # voluntary context switches an update; None where nobody counts them


def turns_of(texts: dict[Side, Text], turns: int, times: int) -> dict[Side, list[Turn]]:
    """The turns of each side; a turn is `times` updates of each side, one side after another."""
    found: dict[Side, list[Turn]] = {side: [] for side in texts}
    for turn in range(turns + 1):
        for side, text in texts.items():
            answer = side.run(text, times)
            seconds, switches = answer["times"], answer["switches"]
            switches = None if switches is None else switches / times
            if turn:
                busy = answer["cpu"] / sum(seconds)
                found[side].append(Turn(median(seconds), busy, switches))
    return found


def take_turns(texts: dict[Side, Text], turns: int, times: int) -> dict[str, list[float]]:
    """For each side, by its name, its median seconds in each turn."""
    found = turns_of(texts, turns, times)
    return {side.name: [turn.seconds for turn in own] for side, own in found.items()}


def ratios(a: Sequence[float], b: Sequence[float]) -> list[float]:
    """a / b, turn by turn."""
    return [x / y for x, y in zip(a, b, strict=True)]


def spread(values: Sequence[float], form: str = "7.2f") -> str:
    """The median of the values, and the smallest and largest."""
    low, high = (f"{value:{form}}".strip() for value in (min(values), max(values)))
    return f"{median(values):{form}} ({low}..{high})"
