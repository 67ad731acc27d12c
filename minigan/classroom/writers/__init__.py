"""Writers: the same grader on each platform.

    plain         files with pytest
    gradescope    autograder.zip, and the results.json that it writes
    classroom50   the autograder folder of a Classroom 50 course
    actions       a GitHub Actions workflow for a student's repository
    nbgrader      a course folder with a notebook
    otter         a notebook for `otter assign`

`build` writes a complete folder. Except for `plain`, a folder has a copy of this package, so that
nothing has to be published anywhere: `bundle` makes it.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path

from minigan.classroom.model import Assignment

TARGETS = ("plain", "gradescope", "otter", "nbgrader", "classroom50", "actions")
MARK = "build.json"  # says what a folder was built for


def build(
    assignment: Assignment, target: str, out: Path, secret: bytes = b"", language: str = "en"
) -> list[Path]:
    """Write the folder of an assignment for a platform, and return its files.

    Raises KeyError for an unknown platform, and FileExistsError if the folder is not empty.
    """
    if target not in TARGETS:
        raise KeyError(target)
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(17, "Folder is not empty", str(out))
    out.mkdir(parents=True, exist_ok=True)
    writer: Callable[..., None] = importlib.import_module(f"{__name__}.{target}").build
    writer(assignment, out, secret, language)
    mark = {"assignment": assignment.id, "for": target, "language": language}
    (out / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
    return sorted(path for path in out.rglob("*") if path.is_file())
