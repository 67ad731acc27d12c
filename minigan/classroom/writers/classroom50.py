"""Classroom 50: the folder of an autograder, and the result.json that it writes.

The schema is classroom50/result/v1: whole points, none above its maximum.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from minigan.classroom import assignment as assignment_of
from minigan.classroom.model import Assignment
from minigan.classroom.report import Report
from minigan.classroom.submissions import SubmissionError
from minigan.classroom.writers import bundle

_PROGRAM = '''"""Run by Classroom 50 in the student's checkout; its other files lie beside it."""

import subprocess
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
pip = [sys.executable, "-m", "pip", "install", "--quiet", "numpy>=2", "threadpoolctl"]
subprocess.run(pip, check=False)
sys.exit(subprocess.run([sys.executable, str(here / "grade.py")]).returncode)
'''


def build(assignment: Assignment, out: Path, secret: bytes, language: str) -> None:
    """Write the folder autograders/A2 of the course's repository."""
    (out / "autograder.py").write_text(_PROGRAM, encoding="utf-8")
    (out / "grade.py").write_text(bundle.program(assignment, "classroom50"), encoding="utf-8")
    (out / "language.txt").write_text(language, encoding="utf-8")
    (out / "runtime.json").write_text('{"runs-on": "ubuntu-latest", "python": "3.13"}\n')
    bundle.write_archive(out / bundle.ARCHIVE)
    if secret:
        (out / bundle.SECRET).write_bytes(secret)


def result(report: Report, environ: dict[str, str]) -> dict[str, Any]:
    """Return a report as result.json."""
    tests = [
        {
            "test-name": f"{part.id} {part.title}",
            "passed": part.status == "passed",
            "score": part.score,
            "max-score": part.max,
            "message": bundle.explanation(part) if part.visible else part.message,
        }
        for part in bundle.automatic(report)
    ]
    return {
        "schema": "classroom50/result/v1",
        "classroom": environ.get("CLASSROOM", "-"),
        "assignment": environ.get("ASSIGNMENT", report.assignment.lower()),
        "assignment_type": environ.get("ASSIGNMENT_TYPE") or "individual",
        "owner": owner(environ),
        "submission": environ.get("SUBMISSION_TAG", "submit/-"),
        "commit": environ.get("COMMIT_URL", "-"),
        "release": environ.get("RELEASE_URL", "-"),
        "review": environ.get("REVIEW_URL") or environ.get("COMMIT_URL", "-"),
        "datetime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "score": report.score,
        "max-score": report.max,
        "tests": tests,
    }


def owner(environ: dict[str, str]) -> str:
    """Return who handed in."""
    return environ.get("OWNER") or environ.get("USERNAME") or "student"


def main(id: str, here: Path) -> int:
    """Grade the submission in this folder; return the exit code."""
    assignment, environ = assignment_of(id), dict(os.environ)
    language = (here / "language.txt").read_text(encoding="utf-8").strip()
    try:
        path = bundle.find(assignment, Path())
    except SubmissionError as error:
        print(error)
        path = Path(f"{assignment.name}.py")
        path.write_text("", encoding="utf-8")
    secret = bundle.secret_in(here)
    report = bundle.graded(assignment, path, owner(environ), secret, language)
    Path("result.json").write_text(json.dumps(result(report, environ), indent=1), encoding="utf-8")
    print(f"{report.assignment}: {report.score} / {report.max}")
    return 0
