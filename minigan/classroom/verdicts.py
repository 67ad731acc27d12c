"""What a function or a part has earned, and how submissions are graded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from minigan.classroom.model import Inputs


@dataclass(frozen=True)
class Settings:
    """How submissions are graded."""

    seconds: float = 60.0  # of wall time for a whole submission
    memory_mb: int = 1024  # of address space for each part
    secret: bytes = b""
    language: str = "en"
    use: str = "grade"  # which inputs are drawn: those of "grade", or of the student's "check"
    parts: tuple[str, ...] = ()  # the parts to grade; by default all
    quick: bool = False  # leave out parts that train


@dataclass(frozen=True)
class Verdict:
    """What a function, or a part, earned: its status, and why."""

    points: int
    status: str
    message: str = ""
    misconception: str | None = None
    smallest: dict[str, Any] | None = None
    kind: str = ""  # how the answer differs, a key of `mismatches`
    failed: tuple[Inputs, ...] = field(default=(), compare=False)  # the input that failed


class Stop(Exception):
    """The verdict about a function is settled."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


class Hung(Stop):
    """The file does not finish loading, so no part of it can be graded."""


def combined(verdicts: Sequence[Verdict], passed: str) -> Verdict:
    """Return the verdict about a part from those about its functions.

    The points add up. The message is that of the function that is `told_first`.
    """
    points = sum(verdict.points for verdict in verdicts)
    wrong = [verdict for verdict in verdicts if verdict.status != "passed"]
    if not wrong:
        return Verdict(points, "passed", passed)
    return replace(wrong[told_first(wrong)], points=points)


def told_first(wrong: Sequence[Verdict]) -> int:
    """Return which verdict is told: first one with a misconception, and last one that is missing.

    >>> told_first([Verdict(0, "missing"), Verdict(0, "failed")])
    1
    """
    orders = [(v.misconception is None, v.status == "missing") for v in wrong]
    return orders.index(min(orders))
