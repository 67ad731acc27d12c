"""GitHub Actions: a student's repository with a workflow that grades every push.

The student can read and change all of it, so it holds no secret: the marks that count come from
`minigan classroom grade` on the files that were handed in.
"""

from __future__ import annotations

import os
from pathlib import Path

from minigan.classroom import assignment as assignment_of
from minigan.classroom import handout
from minigan.classroom.model import Assignment
from minigan.classroom.report import Report
from minigan.classroom.submissions import SubmissionError
from minigan.classroom.writers import bundle

FOLDER = ".grader"
_WORKFLOW = """name: grade
on: push
permissions:
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: python -m pip install --quiet 'numpy>=2' threadpoolctl
      - run: python .grader/grade.py
"""


def build(assignment: Assignment, out: Path, secret: bytes, language: str) -> None:
    """Write the repository: the student's files, the grader, the workflow."""
    handout.write(assignment, out, language=language)
    grader, workflows = out / FOLDER, out / ".github" / "workflows"
    grader.mkdir()
    workflows.mkdir(parents=True)
    (grader / "grade.py").write_text(bundle.program(assignment, "actions"), encoding="utf-8")
    (grader / "language.txt").write_text(language, encoding="utf-8")
    bundle.write_archive(grader / bundle.ARCHIVE)
    (workflows / "grade.yml").write_text(_WORKFLOW, encoding="utf-8")


def table(report: Report) -> str:
    """Return a report as a table for the summary of a job."""
    rows = ["| part | points | |", "|---|---|---|"]
    for part in bundle.automatic(report):
        message = part.message.replace("|", "\\|") if part.visible else ""
        rows.append(f"| {part.id} {part.title} | {part.score} / {part.max} | {message} |")
    return "\n".join([*rows, f"| | {report.score} / {report.max} | |", ""])


def main(id: str, here: Path) -> int:
    """Grade the submission in this folder; return the exit code, 1 if a part is not right."""
    assignment = assignment_of(id)
    language = (here / "language.txt").read_text(encoding="utf-8").strip()
    try:
        report = bundle.graded(assignment, bundle.find(assignment, Path()), "", b"", language)
    except SubmissionError as error:
        print(error)
        return 1
    for variable, text in (
        ("GITHUB_STEP_SUMMARY", table(report)),
        ("GITHUB_OUTPUT", f"score={report.score}\nmax={report.max}\n"),
    ):
        if path := os.environ.get(variable):
            with open(path, "a", encoding="utf-8") as file:
                file.write(text)
    print(table(report))
    return 0 if report.passed else 1
