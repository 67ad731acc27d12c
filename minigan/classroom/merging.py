"""Merging: from the shards of a class, the reports of the whole class.

Each `grade --shard I/N --out DIR` leaves a note of its reports in DIR; see `Course`. The folders
may be one folder that all machines share, or those of each machine, copied to one place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from minigan import shards
from minigan.classroom.assignments import assignment
from minigan.classroom.model import Assignment
from minigan.classroom.report import Report


@dataclass(frozen=True)
class Merged:
    """The reports of a class in the order of its files, and the file of each report."""

    assignment: Assignment
    language: str
    reports: list[Report]
    places: list[Path]


def merge(folders: Sequence[Path]) -> Merged:
    """Return the reports that the shards of one class have left in these folders.

    Raises ShardError if a shard is missing or is there twice, if the shards are of different
    classes, settings or divisions, and if a report cannot be read.
    """
    plan, files = shards.merge(folders)
    return Merged(
        assignment(plan["assignment"]),
        plan["language"],
        [replace(_report(place), file=file) for place, file in files],
        [place for place, _ in files],
    )


def _report(place: Path) -> Report:
    try:
        return Report.read(json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        raise shards.ShardError(
            f"{place}: this report is missing or damaged; grade its shard again"
        ) from None
