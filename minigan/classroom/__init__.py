"""The classroom: assignments for students, a check for themselves, and a grader for a class.

    minigan classroom list | new | check | grade | merge | build | selftest | doctor

`assignment("A2")` is an assignment; `grade(path, ...)` returns the report of one submission. Each
part of a submission runs in a process of its own that holds no right answers; what it returns is
compared here. A wrong answer is explained by a misconception where one fits, and by the smallest
input that fails. Nothing of the rest of the package imports this one.
"""

from __future__ import annotations

from pathlib import Path

from minigan.classroom import submissions
from minigan.classroom.assignments import IDS, assignment
from minigan.classroom.course import Course
from minigan.classroom.grading import Grader
from minigan.classroom.model import Assignment
from minigan.classroom.report import PartReport, Report
from minigan.classroom.submissions import SubmissionError
from minigan.classroom.verdicts import Settings

__all__ = [
    "IDS", "Assignment", "Course", "Grader", "PartReport", "Report", "Settings", "SubmissionError",
    "assignment", "check", "grade",
]  # fmt: skip


def grade(
    id: str, path: str | Path, settings: Settings | None = None, student: str | None = None
) -> Report:
    """Return the report of one submission.

    Raises KeyError if there is no such assignment, and SubmissionError if there is no such file.
    """
    chosen = assignment(id)
    with Grader(chosen, settings) as grader:
        return grader.grade(submissions.read(path, student))


def check(path: str | Path, settings: Settings | None = None) -> Report:
    """Return the report of the student's own check, with inputs that are the same for everyone.

    Raises SubmissionError if there is no such file, if it cannot be read, or if it does not say
    which assignment it is.
    """
    submission = submissions.read(path)
    if submission.problem:
        raise SubmissionError(f"{path}: {submission.problem}")
    id = submissions.assignment_of(submission)
    if id not in IDS:
        raise SubmissionError(
            f"{path}: the first line must name the assignment, for example: # assignment: A2 "
            f"(legal: {', '.join(IDS)})"
        )
    chosen = assignment(id)
    settings = settings or Settings(chosen.seconds, use="check")
    with Grader(chosen, settings) as grader:
        return grader.grade(submission)
