"""`doctor`: the reference and the stub graded through a built folder, as the platform would.

What the platform's own program does is done by it where it is installed (nbgrader, otter); else the
same cells are graded without it, and that is said.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import minigan
from minigan.classroom import assignment as assignment_of
from minigan.classroom import handout, selftest
from minigan.classroom.model import Assignment
from minigan.classroom.writers import MARK, bundle, formats
from minigan.files import read_regular

_SECONDS = 900  # for one run of a platform's program
_MOST_BYTES = 1 << 20  # of the mark


@dataclass
class Diagnosis:
    """What was found about a folder."""

    target: str
    reference: int | None = None
    stub: int | None = None
    max: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The diagnosis as text."""
        scores = f"reference {self.reference} of {self.max}, stub {self.stub}"
        head = f"{self.target}: {scores}" if self.reference is not None else self.target
        problems = self.problems or ["nothing is missing"]
        return "\n".join([head, *(f"  {line}" for line in [*self.notes, *problems])])


def examine(folder: Path) -> Diagnosis:
    """Return what is wrong with a built folder.

    Raises ValueError if the folder was not written by `build`.
    """
    try:
        mark = json.loads(read_regular(folder / MARK, _MOST_BYTES))
        assignment, target = assignment_of(mark["assignment"]), str(mark["for"])
        run: Callable[..., tuple[int, int]] = _RUNS[target]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{folder}: was not written by `minigan classroom build`") from error
    found = Diagnosis(target, max=assignment.max)
    for name in _FILES[target]:
        path = folder / name.format(name=assignment.name)
        if not path.is_file():
            found.problems.append(f"{path.relative_to(folder)} is missing")
    for path in folder.rglob(bundle.SECRET):
        if target in ("plain", "actions", "otter"):
            found.problems.append(f"{path.relative_to(folder)}: a student can read this secret")
    if not found.problems:
        with tempfile.TemporaryDirectory() as scratch:
            found.reference, found.stub = run(found, assignment, folder, Path(scratch))
        if found.reference != found.max:
            found.problems.append(f"the reference earns {found.reference} of {found.max} points")
        if found.stub:
            found.problems.append(f"the stub earns {found.stub} points")
    return found


def _texts(assignment: Assignment) -> Iterator[tuple[str, str]]:
    """Yield the reference and the stub, with their names."""
    yield "reference", selftest.reference(assignment)
    yield "stub", handout.stub(assignment)


def _run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, **variables}
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=_SECONDS,
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


# -------------------------------------------------------------------------------------- platforms


def _plain(
    found: Diagnosis, assignment: Assignment, folder: Path, scratch: Path
) -> tuple[int, int]:
    scores = []
    for name, text in _texts(assignment):
        student = scratch / name
        shutil.copytree(folder / "student", student)
        (student / f"{assignment.name}.py").write_text(text, encoding="utf-8")
        path = student / f"{assignment.name}.py"
        scores.append(bundle.graded(assignment, path, "doctor", b"").score)
        done = _run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], student)
        if "No module named pytest" in done.stderr:
            found.notes.append("pytest is not installed: the tests were not run")
        elif (done.returncode == 0) != (name == "reference"):
            found.problems.append(f"pytest ends with {done.returncode} for the {name}")
    return scores[0], scores[1]


def _gradescope(
    found: Diagnosis, assignment: Assignment, folder: Path, scratch: Path
) -> tuple[int, int]:
    source = scratch / "source"
    with zipfile.ZipFile(folder / "autograder.zip") as archive:
        archive.extractall(source)
        modes = {i.filename: i.external_attr >> 16 for i in archive.infolist()}
    for name in ("setup.sh", "run_autograder"):
        if not modes.get(name, 0) & 0o100:
            found.problems.append(f"{name} is missing in autograder.zip, or is not executable")
    scores = []
    for name, text in _texts(assignment):
        root = scratch / name
        (root / "submission").mkdir(parents=True)
        (root / "submission" / f"{assignment.name}.py").write_text(text, encoding="utf-8")
        _run([sys.executable, str(source / "grade.py")], root, AUTOGRADER_ROOT=str(root))
        scores.append(_score(found, root / "results" / "results.json", formats.gradescope))
    return scores[0], scores[1]


def _classroom50(
    found: Diagnosis, assignment: Assignment, folder: Path, scratch: Path
) -> tuple[int, int]:
    scores = []
    for name, text in _texts(assignment):
        checkout = scratch / name
        checkout.mkdir()
        (checkout / f"{assignment.name}.py").write_text(text, encoding="utf-8")
        _run([sys.executable, str((folder / "grade.py").resolve())], checkout)
        scores.append(_score(found, checkout / "result.json", formats.classroom50))
    return scores[0], scores[1]


def _score(found: Diagnosis, path: Path, problems: Callable[[Any], list[str]]) -> int:
    """Return the points in a result file, and note where it breaks the platform's rules."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found.problems.append(f"{path.name} was not written")
        return 0
    found.problems += problems(data)
    return int(sum(test["score"] for test in data.get("tests", ())))


def _actions(
    found: Diagnosis, assignment: Assignment, folder: Path, scratch: Path
) -> tuple[int, int]:
    scores = []
    for name, text in _texts(assignment):
        checkout, output = scratch / name, scratch / f"{name}.txt"
        shutil.copytree(folder, checkout)
        (checkout / f"{assignment.name}.py").write_text(text, encoding="utf-8")
        command = [sys.executable, ".grader/grade.py"]
        done = _run(command, checkout, GITHUB_OUTPUT=str(output))
        told = output.read_text(encoding="utf-8") if output.exists() else ""
        scores.append(int((re.findall(r"^score=(\d+)$", told, re.M) or ["0"])[0]))
        if (done.returncode == 0) != (name == "reference"):
            found.problems.append(f"the workflow ends with {done.returncode} for the {name}")
    return scores[0], scores[1]


# -------------------------------------------------------------------------------------- notebooks

_REGION = re.compile(r"^( *)(?:###|#) BEGIN SOLUTION\n(?:.*\n)*?\1(?:###|#) END SOLUTION$", re.M)


def _notebook(path: Path, stub: bool) -> list[str]:
    """Return the code cells of a notebook, with solutions or without."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [_REGION.sub(r"\1raise NotImplementedError", text) for text in code] if stub else code


def _without(path: Path) -> tuple[int, int]:
    """Return the points of reference and stub, graded without the platform's program."""
    from minigan.classroom.writers import notebooks

    scores = []
    for stub in (False, True):
        cells, score = _notebook(path, stub), 0
        for number, text in enumerate(cells):
            for words in re.findall(r"(?:points|require)\((.*)\)$", text, re.M):
                id, part, _, _, *more = (w.strip().strip('"') for w in words.split(","))
                done = [c for c in cells[:number] if "BEGIN TEST CONFIG" not in c]
                with _quiet():
                    earned = notebooks.points(id, part, done, "en", *more)
                score += earned
        scores.append(score)
    return scores[0], scores[1]


@contextmanager
def _quiet() -> Iterator[None]:
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()):
        yield


def _nbgrader(
    found: Diagnosis, assignment: Assignment, folder: Path, scratch: Path
) -> tuple[int, int]:
    name = assignment.name
    source = folder / "source" / name / f"{name}.ipynb"
    program = shutil.which("nbgrader")
    if program is None:
        found.notes.append("nbgrader is not installed: its cells were graded without it")
        return _without(source)
    course = scratch / "course"
    shutil.copytree(folder, course)
    _run([program, "generate_assignment", name, "--create"], course)
    for student, made in (
        ("reference", source),
        ("stub", course / "release" / name / f"{name}.ipynb"),
    ):
        to = course / "submitted" / student / name
        to.mkdir(parents=True)
        shutil.copy(made, to / f"{name}.ipynb")
    root = str(Path(minigan.__file__).parents[1])
    done = _run([program, "autograde", name, "--create"], course, PYTHONPATH=root)
    _run([program, "export"], course)
    try:
        rows = (course / "grades.csv").read_text(encoding="utf-8").splitlines()
        titles = rows[0].split(",")
        told = {
            row.split(",")[3]: float(row.split(",")[titles.index("raw_score")]) for row in rows[1:]
        }
        return int(told["reference"]), int(told["stub"])
    except (OSError, ValueError, KeyError, IndexError):
        found.problems.append(f"nbgrader failed: {done.stderr.strip()[-300:]}")
        return 0, 0


def _otter(
    found: Diagnosis, assignment: Assignment, folder: Path, scratch: Path
) -> tuple[int, int]:
    notebook = folder / f"{assignment.name}.ipynb"
    program = shutil.which("otter")
    if program is None:
        found.notes.append("otter is not installed: its tests were run without it")
        return _without(notebook)
    work = scratch / "otter"
    shutil.copytree(folder, work)
    done = _run([program, "assign", notebook.name, "dist", "--no-pdfs"], work)
    archives = list((work / "dist" / "autograder").glob("*autograder*.zip"))
    if not archives:
        found.problems.append(f"otter assign failed: {done.stderr.strip()[-300:]}")
        return 0, 0
    scores = []
    for kind in ("autograder", "student"):
        (work / kind).mkdir()
        submission = work / f"{kind}.ipynb"
        shutil.copy(work / "dist" / kind / notebook.name, submission)
        _run([program, "run", "-a", str(archives[0]), submission.name, "-o", kind], work)
        data = json.loads((work / kind / "results.json").read_text(encoding="utf-8"))
        scores.append(int(sum(test.get("score") or 0 for test in data["tests"])))
    return scores[0], scores[1]


_RUNS: dict[str, Callable[..., tuple[int, int]]] = {
    "plain": _plain, "gradescope": _gradescope, "classroom50": _classroom50, "actions": _actions,
    "nbgrader": _nbgrader, "otter": _otter,
}  # fmt: skip
_FILES = {
    "plain": ("student/{name}.py", "student/README.md", "student/test_{name}.py",
              "instructor/{name}.py"),
    "gradescope": ("autograder.zip",),
    "classroom50": ("autograder.py", "grade.py", "language.txt", "runtime.json", bundle.ARCHIVE),
    "actions": ("{name}.py", "README.md", "test_{name}.py", ".grader/grade.py",
                ".grader/language.txt", f".grader/{bundle.ARCHIVE}", ".github/workflows/grade.yml"),
    "nbgrader": ("nbgrader_config.py", "source/{name}/{name}.ipynb", "source/{name}/grading.py",
                 f"source/{{name}}/{bundle.ARCHIVE}"),
    "otter": ("{name}.ipynb", "grading.py", "requirements.txt", bundle.ARCHIVE),
}  # fmt: skip
