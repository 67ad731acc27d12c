"""Plain files: what a student gets, and beside it what the instructor keeps."""

from __future__ import annotations

from pathlib import Path

from minigan.classroom import handout
from minigan.classroom.model import Assignment
from minigan.classroom.writers import bundle


def build(assignment: Assignment, out: Path, secret: bytes, language: str) -> None:
    """Write student/ (stubs, tasks, tests) and instructor/ (solution, rubric)."""
    handout.write(assignment, out / "student", "", secret, language)
    instructor = out / "instructor"
    instructor.mkdir()
    solution = assignment.read("solution.py")
    (instructor / f"{assignment.name}.py").write_text(solution, encoding="utf-8")
    if assignment.manual:
        rubric = bundle.rubric(assignment, language)
        (instructor / "rubric.md").write_text(rubric, encoding="utf-8")
