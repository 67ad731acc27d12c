"""Merging: from the shards of a class, the reports of the whole class.

Each `grade --shard I/N --out DIR` leaves a list of its reports in DIR; see `Course`. The folders
may be one folder that all machines share, or those of each machine, copied to one place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from minigan.classroom.assignments import assignment
from minigan.classroom.model import Assignment
from minigan.classroom.report import Report
from minigan.jobs import JobError, Shard, complete, in_order


@dataclass(frozen=True)
class Merged:
    """The reports of a class in the order of its files, and the file of each report."""

    assignment: Assignment
    language: str
    reports: list[Report]
    places: list[Path]


@dataclass(frozen=True)
class _Part:
    """The list that a shard has left: its path and what is in it."""

    path: Path
    data: dict[str, Any]

    def __str__(self) -> str:
        return str(self.path)

    @property
    def shard(self) -> Shard:
        return Shard(*self.data["shard"])


def merge(folders: Sequence[Path]) -> Merged:
    """Return the reports that the shards of one class have left in these folders.

    Raises JobError if a shard is missing or is there twice, if the shards are of different classes,
    settings or divisions, and if a report cannot be read.
    """
    parts = [part for folder in dict.fromkeys(folders) for part in _parts(folder)]
    if not parts:
        names = ", ".join(map(str, folders))
        raise JobError(f"{names}: there are no shards (grade with --shard I/N --out DIR)")
    first = parts[0]
    for part in parts:
        if part.data["class"] != first.data["class"]:
            raise JobError(
                f"{first} and {part} are of different classes or settings; remove those of one"
            )
    whole: list[_Part] = complete((part.shard, part) for part in parts)
    places = in_order([_places(part) for part in whole])
    reports = [replace(_report(place), file=file) for place, file in places]
    return Merged(
        assignment(first.data["assignment"]), first.data["language"], reports,
        [place for place, _ in places],
    )  # fmt: skip


def _parts(folder: Path) -> list[_Part]:
    found = []
    for path in sorted(folder.glob(".shard-*-of-*")):
        try:
            part = _Part(path, json.loads(path.read_text(encoding="utf-8")))
            _, _, _, _ = part.shard, part.data["class"], part.data["language"], _places(part)
        except (OSError, ValueError, TypeError, KeyError):
            raise JobError(f"{path}: it is damaged; grade this shard again") from None
        found.append(part)
    return found


def _places(part: _Part) -> list[tuple[Path, str]]:
    """Return the file of each report of a shard, and the file that was graded."""
    return [(part.path.parent / name, file) for name, file in part.data["reports"]]


def _report(place: Path) -> Report:
    try:
        return Report.read(json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        raise JobError(
            f"{place}: this report is missing or damaged; grade its shard again"
        ) from None
