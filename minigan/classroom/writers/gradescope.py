"""Gradescope: autograder.zip, and the results.json that it writes.

The format is that of https://gradescope-autograders.readthedocs.io/en/latest/specs/. There is no
score at the top, which would replace that of the tests. Parts that a person grades are questions of
Gradescope's own. The image is old (Python 3.10), so setup.sh brings another Python.
"""

from __future__ import annotations

import json
import os
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from minigan.classroom import assignment as assignment_of
from minigan.classroom.model import Assignment
from minigan.classroom.report import Report
from minigan.classroom.submissions import SubmissionError
from minigan.classroom.writers import bundle

_SETUP = """#!/usr/bin/env bash
# Gradescope's image has Python 3.10, which is too old: uv brings another one.
set -euo pipefail
python3 -m pip install --quiet uv || (apt-get update -qq && apt-get install -qq -y python3-pip \\
  && python3 -m pip install --quiet uv)
python3 -m uv venv --quiet --python 3.12 /autograder/venv
python3 -m uv pip install --quiet --python /autograder/venv/bin/python 'numpy>=2' threadpoolctl
"""
_RUN = """#!/usr/bin/env bash
# A results.json is left in any case: without one the student sees only that the grader failed.
cd /autograder/source
timeout --signal=KILL {limit} /autograder/venv/bin/python grade.py
status=$?
if [ $status -ne 0 ] || [ ! -s /autograder/results/results.json ]; then
  echo '{{"score": 0, "output": "The grader stopped (status '$status'). Tell your instructor."}}' \\
    > /autograder/results/results.json
fi
"""


def build(assignment: Assignment, out: Path, secret: bytes, language: str) -> None:
    """Write autograder.zip."""
    package = out / bundle.ARCHIVE
    bundle.write_archive(package)
    with zipfile.ZipFile(out / "autograder.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        bundle.add(archive, "setup.sh", _SETUP, executable=True)
        run = _RUN.format(limit=int(assignment.seconds + 60))
        bundle.add(archive, "run_autograder", run, executable=True)
        bundle.add(archive, "grade.py", bundle.program(assignment, "gradescope"))
        bundle.add(archive, bundle.ARCHIVE, package.read_bytes())
        bundle.add(archive, "language.txt", language)
        if secret:
            bundle.add(archive, bundle.SECRET, secret)
    package.unlink()


def results(report: Report, seconds: float) -> dict[str, Any]:
    """Return a report as results.json."""
    tests = [
        {
            "number": part.id,
            "name": f"{part.id} {part.title}",
            "score": part.score,
            "max_score": part.max,
            "status": "passed" if part.status == "passed" else "failed",
            "output": bundle.explanation(part),
            "output_format": "text",
            "visibility": "visible" if part.visible else "after_published",
        }
        for part in bundle.automatic(report)
    ]
    return {"execution_time": round(seconds), "stdout_visibility": "hidden", "tests": tests}


def main(id: str, here: Path) -> int:
    """Grade the submission of this container; return the exit code."""
    root = Path(os.environ.get("AUTOGRADER_ROOT", "/autograder"))
    target = root / "results" / "results.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    assignment, started = assignment_of(id), time.monotonic()
    language = (here / "language.txt").read_text(encoding="utf-8").strip()
    try:
        path = bundle.find(assignment, root / "submission")
        secret = bundle.secret_in(here)
        report = bundle.graded(assignment, path, student(root), secret, language)
        found = results(report, time.monotonic() - started)
    except SubmissionError as error:
        found = {"score": 0, "output": str(error)}
    target.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    print(json.dumps(found), file=sys.stdout)
    return 0


def student(root: Path) -> str:
    """Return who handed in: the e-mail address that Gradescope knows."""
    try:
        data = json.loads((root / "submission_metadata.json").read_text(encoding="utf-8"))
        return str(data["users"][0]["email"])
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return "student"
