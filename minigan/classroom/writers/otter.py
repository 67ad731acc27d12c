"""Otter: a notebook for `otter assign`; thin, with tests that raise unless all points are earned.

cd DIR && otter assign a2.ipynb dist --no-pdfs
otter run -a dist/autograder/*.zip SUBMISSION.ipynb
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from minigan.classroom.model import Assignment, Part
from minigan.classroom.writers import bundle, notebooks
from minigan.classroom.writers.notebooks import Cell, cell

_CONFIG = """# ASSIGNMENT CONFIG
name: {name}
init_cell: true
export_cell: false
show_question_points: true
requirements: requirements.txt
tests:
  ok_format: false
files:
- grading.py
- minigan.zip
generate:
  show_hidden: false
"""


def build(assignment: Assignment, out: Path, secret: bytes, language: str) -> None:
    """Write the notebook, its requirements and the grader; otter has no place for a secret."""
    notebooks.notebook(list(_cells(assignment, language)), out / f"{assignment.name}.ipynb")
    (out / "requirements.txt").write_text("numpy>=2\nthreadpoolctl\n", encoding="utf-8")
    (out / "grading.py").write_text(notebooks.GRADING, encoding="utf-8")
    bundle.write_archive(out / bundle.ARCHIVE)


def _cells(assignment: Assignment, language: str) -> Iterator[Cell]:
    yield cell("raw", _CONFIG.format(name=assignment.name), "config")
    yield cell("markdown", notebooks.introduction(assignment, language), "introduction")
    yield cell("code", notebooks.given(assignment, language), "given")
    for part in assignment.parts:
        data = assignment.text(language, "parts", part.id)
        manual = "manual: true\n" if part.manual else ""
        config = f"# BEGIN QUESTION\nname: q{_name(part)}\npoints: {part.points}\n{manual}"
        yield cell("raw", config, f"begin-{part.id}")
        head = f"## {part.id} {data['title']} ({part.points})\n\n{data['text'].strip()}"
        yield cell("markdown", head, f"task-{part.id}")
        yield cell("raw", "# BEGIN SOLUTION", f"solution-{part.id}")
        if part.manual:
            yield cell("markdown", data["rubric"], f"answer-{part.id}")
        for name, head, body in notebooks.solutions(assignment, part, language):
            text = f"{head}\n    # BEGIN SOLUTION\n{body}\n    # END SOLUTION"
            yield cell("code", text, f"code-{name}")
        yield cell("raw", "# END SOLUTION", f"solved-{part.id}")
        if not part.manual:
            yield cell("raw", "# BEGIN TESTS", f"tests-{part.id}")
            yield from _tests(assignment, part, language)
            yield cell("raw", "# END TESTS", f"tested-{part.id}")
        yield cell("raw", "# END QUESTION", f"end-{part.id}")


def _tests(assignment: Assignment, part: Part, language: str) -> Iterator[Cell]:
    """Yield a test for each function of a part, with its points."""
    functions = [(f.key, f.points) for f in part.functions] or [("", part.points)]
    for number, (key, points) in enumerate(functions):
        name = f"test_{_name(part)}_{number}"
        yield cell(
            "code",
            f'""" # BEGIN TEST CONFIG\npoints: {points}\nhidden: false\n""" # END TEST CONFIG\n'
            f"def {name}(env):\n    from grading import require\n"
            f'    require("{assignment.id}", "{part.id}", env["In"], "{language}", "{key}")',
            f"check-{part.id}-{number}",
        )


def _name(part: Part) -> str:
    return part.id.replace(".", "_")
