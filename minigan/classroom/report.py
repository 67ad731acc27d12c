"""The report of one submission: what `grade` returns, and its JSON.

{"assignment": "A2", "file": ..., "student": ..., "score": 74, "max": 100, "manual": 0,
 "parts": [{"id": "2.1", "title": ..., "score": 8, "max": 16, "visible": true, "status": ...,
            "message": ..., "misconception": ..., "smallest": ...}]}
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minigan.classroom.sandbox.wire import Other

STATUSES = ("passed", "failed", "error", "timeout", "memory", "missing", "manual")


@dataclass(frozen=True)
class PartReport:
    """What a part earned, and why."""

    id: str
    title: str
    score: int
    max: int
    visible: bool
    status: str
    message: str
    misconception: str | None = None
    smallest: dict[str, Any] | None = None  # {"input": {...}, "yours": ..., "right": ...}

    def json(self) -> dict[str, Any]:
        """Return the part as strict JSON values."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Report:
    """What a submission earned."""

    assignment: str
    file: str
    student: str
    score: int
    max: int
    manual: int
    parts: list[PartReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what this system does not enforce

    @property
    def passed(self) -> bool:
        """Whether every automatic part has full points."""
        return all(part.status in ("passed", "manual") for part in self.parts)

    def json(self) -> dict[str, Any]:
        """Return the report as strict JSON values."""
        names = ("assignment", "file", "student", "score", "max", "manual")
        found: dict[str, Any] = {name: getattr(self, name) for name in names}
        found["parts"] = [part.json() for part in self.parts]
        return found | ({"notes": self.notes} if self.notes else {})

    @classmethod
    def read(cls, data: dict[str, Any]) -> Report:
        """Return the report that `json` has written."""
        parts = [PartReport(**part) for part in data["parts"]]
        return cls(**{**data, "parts": parts})


def plain(value: Any) -> Any:
    """Return a value as strict JSON: numbers that are not finite become texts.

    >>> plain({"y": np.array([1.0, np.inf]), "ok": np.bool_(True)})
    {'y': [1.0, 'inf'], 'ok': True}
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, int):
        return value if abs(value) < 1 << 63 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, Other):
        return f"an object of type {value.type}"
    return str(value)


def dumps(value: Any) -> str:
    """Return strict JSON with one report a line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
