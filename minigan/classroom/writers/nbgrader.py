"""nbgrader: a course folder with the assignment's notebook; written for nbgrader 0.9.6.

    cd DIR && nbgrader generate_assignment a2 --create
    nbgrader autograde a2 --create        after filling submitted/STUDENT/a2/

nbgrader runs a student's code in the same kernel as the cells that grade, so a student who wants to
can change what they print. Where that matters, grade the notebooks with `minigan classroom grade`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from minigan.classroom.model import Assignment, Part
from minigan.classroom.writers import bundle, notebooks
from minigan.classroom.writers.notebooks import Cell, cell

_CONFIG = """c = get_config()
c.CourseDirectory.course_id = "minigan"
c.Execute.timeout = {seconds}
c.ClearSolutions.code_stub = {{"python": "# YOUR CODE HERE\\nraise NotImplementedError"}}
"""


def build(assignment: Assignment, out: Path, secret: bytes, language: str) -> None:
    """Write source/a2/a2.ipynb with the grader beside it, and nbgrader_config.py."""
    folder = out / "source" / assignment.name
    notebooks.notebook(list(_cells(assignment, language)), folder / f"{assignment.name}.ipynb")
    (folder / "grading.py").write_text(notebooks.GRADING, encoding="utf-8")
    bundle.write_archive(folder / bundle.ARCHIVE)
    config = _CONFIG.format(seconds=int(assignment.seconds + 60))
    if secret:  # it stays with the instructor; cells find it by a variable of the environment
        (out / bundle.SECRET).write_bytes(secret)
        path = "os.path.join(os.path.dirname(os.path.abspath(__file__)), 'secret.txt')"
        config += f"import os\nos.environ['MINIGAN_SECRET_FILE'] = {path}\n"
    (out / "nbgrader_config.py").write_text(config, encoding="utf-8")


def _cells(assignment: Assignment, language: str) -> list[Cell]:
    found = [
        _locked("markdown", notebooks.introduction(assignment, language), "introduction"),
        _locked("code", notebooks.given(assignment, language), "given"),
        _locked("code", "from grading import points", "grading"),
    ]
    for part in assignment.parts:
        data = assignment.text(language, "parts", part.id)
        head = f"## {part.id} {data['title']} ({part.points})\n\n{data['text'].strip()}"
        found.append(_locked("markdown", head, f"task-{part.id}"))
        found += (
            _manual(part, data["rubric"]) if part.manual else _written(assignment, part, language)
        )
    return found


def _locked(kind: str, source: str, name: str) -> Cell:
    return cell(kind, source, name, _marks(name, locked=True))


def _marks(name: str, **marks: Any) -> dict[str, Any]:
    """Return the metadata by which nbgrader knows a cell."""
    usual = {"grade": False, "locked": False, "solution": False, "task": False}
    name = name.replace(".", "_")
    return {"nbgrader": {"schema_version": 3, "grade_id": name, **usual, **marks}}


def _written(assignment: Assignment, part: Part, language: str) -> list[Cell]:
    """Return the cells of a part: a solution for each function, and one that grades."""
    found = []
    for name, head, body in notebooks.solutions(assignment, part, language):
        text = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
        found.append(
            cell("code", text, f"solution-{name}", _marks(f"solution-{name}", solution=True))
        )
    line = f'points("{assignment.id}", "{part.id}", In, "{language}")'
    marks = _marks(f"check-{part.id}", grade=True, locked=True, points=part.points)
    return [*found, cell("code", line, f"check-{part.id}", marks)]


def _manual(part: Part, rubric: str) -> list[Cell]:
    text = f"### BEGIN SOLUTION\n{rubric.strip()}\n### END SOLUTION"
    marks = _marks(f"answer-{part.id}", grade=True, solution=True, points=part.points)
    return [cell("markdown", text, f"answer-{part.id}", marks)]
