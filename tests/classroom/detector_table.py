"""The table of the detector: `python tests/classroom/detector_table.py [how many right solutions]`.

Every misconception in three styles, and right solutions mixed from many styles; what is named, and
who is accused.
"""

from __future__ import annotations

import importlib
import sys

from helpers import SharedGrader, changed
from right_styles import RIGHT, mixed

from minigan.classroom import IDS, Settings, assignment


def main() -> None:
    each = int(sys.argv[1]) // len(RIGHT) if len(sys.argv) > 1 else 50
    print("      keys  wrong  named      right  accused  points lost")
    sums = [0] * 6
    for id in IDS:
        row = [*wrong(id), *right(id, each)]
        sums = [a + b for a, b in zip(sums, row, strict=True)]
        print(line(id, row), flush=True)
    print(line("all", sums))


def line(name: str, row: list[int]) -> str:
    keys, cases, named, count, accused, lost = row
    return f"{name:4}{keys:6}{cases:7}{named:7}{count:11}{accused:9}{lost:13}"


def wrong(id: str) -> tuple[int, int, int]:
    """Return (keys, wrong solutions, how many are named rightly)."""
    table = importlib.import_module(f"wrong_{id.lower()}").WRONG
    cases = named = 0
    for key, solutions in table.items():
        for where, code in solutions:
            settings = Settings(assignment(id).seconds, parts=(where,), use="check")
            with SharedGrader(assignment(id), settings) as grader:
                found = grader.grade(changed(id, code)).parts[0]
            cases += 1
            named += found.misconception == key and found.score < found.max
    return len(table), cases, named


def right(id: str, count: int) -> tuple[int, int, int]:
    """Return (right solutions, how many are accused, how many lose points)."""
    if id not in RIGHT:
        return 0, 0, 0
    accused = lost = 0
    with SharedGrader(assignment(id), Settings(60.0)) as grader:
        for code in mixed(id, count, seed=1):
            report = grader.grade(changed(id, code))
            accused += any(part.misconception for part in report.parts)
            lost += report.score < report.max
    return count, accused, lost


if __name__ == "__main__":
    main()
