"""What the folders for platforms share: a copy of this package, and how a submission is graded."""

from __future__ import annotations

import zipfile
from pathlib import Path

import minigan
from minigan.classroom import submissions
from minigan.classroom.grading import Grader
from minigan.classroom.model import Assignment
from minigan.classroom.report import PartReport, Report
from minigan.classroom.submissions import Submission, SubmissionError
from minigan.classroom.verdicts import Settings

ARCHIVE = "minigan.zip"
SECRET = "secret.txt"
_SUFFIXES = (".py", ".pyi", ".toml", ".txt", ".html", ".npz", ".md", ".js", ".css")
_STAMP = (2026, 1, 1, 0, 0, 0)  # of files in archives, so that the same build has the same bytes

# The program of a folder: it unpacks the copy of the package and calls a writer's `main`.
PROGRAM = '''"""Grades a submission of {id}. The package lies in minigan.zip, beside this file."""

import sys
import tempfile
import zipfile
from pathlib import Path

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(here / "minigan.zip").extractall(folder)
        sys.path.insert(0, folder)
        from minigan.classroom.writers import {target}

        sys.exit({target}.main("{id}", here))
'''


def write_archive(path: Path) -> None:
    """Write a zip file with this package."""
    root = Path(minigan.__file__).parent
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(root.rglob("*")):
            if file.suffix in _SUFFIXES and "__pycache__" not in file.parts:
                add(archive, f"minigan/{file.relative_to(root).as_posix()}", file.read_bytes())


def add(archive: zipfile.ZipFile, name: str, data: bytes | str, executable: bool = False) -> None:
    """Add a file to an archive, with a fixed time and mode."""
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (0o755 if executable else 0o644) << 16
    archive.writestr(info, data)


def program(assignment: Assignment, target: str) -> str:
    """Return the program of a folder."""
    return PROGRAM.format(id=assignment.id, target=target)


def secret_in(folder: Path) -> bytes:
    """Return the secret that lies in a folder; empty if there is none."""
    path = folder / SECRET
    return path.read_bytes().strip() if path.is_file() else b""


def find(assignment: Assignment, folder: Path) -> Path:
    """Return the submission in a folder: a2.py or a2.ipynb, else the only .py or notebook.

    Raises SubmissionError if there is none, or if there are several.
    """
    for suffix in (".py", ".ipynb"):
        path = folder / f"{assignment.name}{suffix}"
        if path.is_file():
            return path
    found = [p for p in sorted(folder.iterdir()) if p.suffix in (".py", ".ipynb")]
    found = [p for p in found if not p.name.startswith(("test_", "."))]
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise SubmissionError(f"hand in one file called {assignment.name}.py (found: {names})")
    return found[0]


def graded(
    assignment: Assignment, path: Path, student: str, secret: bytes, language: str = "en"
) -> Report:
    """Return the report of a submission on a platform."""
    return reported(assignment, submissions.read(path, student), secret, language)


def reported(
    assignment: Assignment, submission: Submission, secret: bytes, language: str = "en"
) -> Report:
    """Return the report of a submission that has been read."""
    settings = Settings(assignment.seconds, secret=secret, language=language)
    with Grader(assignment, settings) as grader:
        return grader.grade(submission)


def automatic(report: Report) -> list[PartReport]:
    """Return the parts that are not graded by a person."""
    return [part for part in report.parts if part.status != "manual"]


def explanation(part: PartReport) -> str:
    """Return the message of a part, with the smallest failing input."""
    found = part.json()["smallest"]
    if found is None:
        return part.message
    inputs = ", ".join(f"{name} = {value}" for name, value in found["input"].items())
    return (
        f"{part.message}\nThe smallest input that fails: {inputs}\n"
        f"your answer: {found['yours']}\nright answer: {found['right']}"
    )


def rubric(assignment: Assignment, language: str = "en") -> str:
    """Return what a person looks for in the parts that are not graded automatically."""
    pieces = []
    for part in assignment.parts:
        if part.manual:
            data = assignment.text(language, "parts", part.id)
            pieces.append(
                f"## {part.id} {data['title']} ({part.points})\n\n{data['rubric'].strip()}\n"
            )
    return "\n".join(pieces)
