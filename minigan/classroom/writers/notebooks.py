"""Notebooks of an assignment, and the points of a part inside a notebook.

A cell that grades has one line, so that nothing is shown where a platform prints hidden cells:

    points("A2", "2.1", In)

It grades the code of the cells that have been run (`In` is IPython's list of them) in a process of
its own, prints why, and is a whole number: NumPy's scalars and anything on standard error would
confuse nbgrader.
"""

from __future__ import annotations

import ast
import json
import os
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from minigan.classroom import assignment as assignment_of
from minigan.classroom import handout, text
from minigan.classroom.grading import Grader
from minigan.classroom.model import Assignment, Part
from minigan.classroom.report import Report
from minigan.classroom.submissions import Submission, without_magic
from minigan.classroom.verdicts import Settings

Cell = dict[str, Any]
GRADING = '''"""Gives `points`; the package is installed, or lies in minigan.zip."""

import atexit
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

try:
    import minigan.classroom
except ImportError:
    _folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
    zipfile.ZipFile(Path(__file__).resolve().parent / "minigan.zip").extractall(_folder)
    sys.path.insert(0, _folder)

from minigan.classroom.writers.notebooks import points, require

__all__ = ["points", "require"]
'''


def points(
    id: str, part: str, cells: Sequence[str], language: str = "en", function: str = ""
) -> int:
    """Grade a part of the notebook that runs this; print the message, and return the points.

    The environment variable MINIGAN_SECRET_FILE names the file of the secret, if there is one; the
    student is then the folder that holds the assignment's folder, as in nbgrader.
    """
    return int(_graded(id, part, cells, language, function).score)


def require(
    id: str, part: str, cells: Sequence[str], language: str = "en", function: str = ""
) -> None:
    """Raise AssertionError unless a part, or one function of it, earns all its points."""
    report = _graded(id, part, cells, language, function)
    if not report.passed:
        raise AssertionError(f"{part}: {report.parts[0].message}")


def _graded(id: str, part: str, cells: Sequence[str], language: str, function: str) -> Report:
    assignment = _only(assignment_of(id), part, function)
    path = os.environ.get("MINIGAN_SECRET_FILE")
    secret = Path(path).read_bytes().strip() if path else b""
    sources = tuple(
        (f"cell {number}", without_magic(cell))
        for number, cell in enumerate(cells)
        if cell.strip() and "points(" not in cell and "require(" not in cell
    )
    submission = Submission(Path(f"{assignment.name}.ipynb"), Path.cwd().parent.name, sources)
    settings = Settings(assignment.seconds, secret=secret, language=language)
    with Grader(assignment, replace(settings, use="grade" if secret else "check")) as grader:
        report = grader.grade(submission)
    print(text.report_text(report, language))
    return report


def _only(assignment: Assignment, id: str, function: str) -> Assignment:
    """Return the assignment with one part, or with one function of one part."""
    part = assignment.part(id)
    if function:
        chosen = [f for f in part.functions if f.key == function]
        part = replace(part, functions=chosen, points=sum(f.points for f in chosen))
    return replace(assignment, parts=(part,))


# ---------------------------------------------------------------------------------- the notebook


def notebook(cells: Sequence[Cell], path: Path) -> None:
    """Write a notebook."""
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    data = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def cell(kind: str, source: str, name: str, metadata: dict[str, Any] | None = None) -> Cell:
    """Return a cell: kind is "code", "markdown" or "raw"."""
    found = {
        "cell_type": kind,
        "id": name.replace(".", "_"),
        "metadata": metadata or {},
        "source": source.strip("\n").splitlines(keepends=True),
    }
    return found | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def given(assignment: Assignment, language: str) -> str:
    """Return the code at the top of a notebook: imports and given functions."""
    pieces = [f"# assignment: {assignment.id}", assignment.imports]
    pieces += [handout.source_of(assignment, name, language) for name in assignment.given]
    return "\n\n".join(piece.strip("\n") for piece in pieces)


def introduction(assignment: Assignment, language: str) -> str:
    """Return the head of a notebook."""
    title = f"# {assignment.id}: {assignment.text(language, 'title')}"
    table = "\n".join(handout.table(assignment, language))
    return f"{title}\n\n{assignment.text(language, 'intro').strip()}\n\n{table}"


def solutions(assignment: Assignment, part: Part, language: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name, head, body) of what a student writes in a part.

    The head is the signature with its docstring, and the body is that of the reference solution,
    with the helpers that it needs.
    """
    tree = ast.parse(assignment.read("solution.py"))
    source = assignment.read("solution.py")
    defined = {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    public = set(assignment.texts["en"]["functions"])
    for name in assignment.names(part):
        data = assignment.text(language, "functions", name)
        doc = textwrap.indent(
            f'"""{data["doc"].strip()}\n"""', "    ", lambda line: bool(line.strip())
        )
        head = f"class {name}:" if "code" in data else f"def {name}({data['signature']}):"
        helpers = [ast.get_source_segment(source, defined[h]) or "" for h in
                   _helpers(defined[name], defined, public)]  # fmt: skip
        body = [*helpers, _body(source, defined[name])]
        text = "\n\n".join(textwrap.indent(textwrap.dedent(piece), "    ") for piece in body)
        yield name, f"{head}\n{doc}", text


def _helpers(node: ast.AST, defined: dict[str, Any], public: set[str]) -> list[str]:
    """Return the names of the helpers that a definition uses, directly or not."""
    found: list[str] = []
    for inner in ast.walk(node):
        name = inner.id if isinstance(inner, ast.Name) else ""
        if name in defined and name not in public and name not in found:
            for deeper in [*_helpers(defined[name], defined, public), name]:
                if deeper not in found:
                    found.append(deeper)
    return found


def _body(source: str, node: Any) -> str:
    """Return the lines of a definition below its docstring."""
    lines = source.splitlines()
    statements = node.body[1:] if ast.get_docstring(node) else node.body
    first = min(
        [statements[0].lineno, *(d.lineno for d in getattr(statements[0], "decorator_list", []))]
    )
    return textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))
