"""Folders for platforms: complete, graded as the platform would, and without secrets in public."""

from __future__ import annotations

import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from helpers import REFERENCES, graded
from portions import thinned

from minigan.classroom import assignment, writers
from minigan.classroom.writers import TARGETS, bundle, doctor, formats, gradescope
from minigan.classroom.writers.classroom50 import result
from minigan.classroom.writers.notebooks import points, require, solutions
from minigan.cli import main

SECRET = b"a secret that nobody guesses"


@pytest.mark.parametrize("target", thinned(3, TARGETS))
def test_doctor_grades_reference_and_stub_through_a_folder(target: str, tmp_path: Path) -> None:
    out = tmp_path / target
    writers.build(assignment("A3"), target, out, SECRET)
    found = doctor.examine(out)
    assert found.problems == []
    assert (found.reference, found.stub, found.max) == (80, 0, 80)


@pytest.mark.parametrize("target", TARGETS)
def test_a_secret_is_only_where_students_cannot_read_it(target: str, tmp_path: Path) -> None:
    writers.build(assignment("A3"), target, tmp_path / "out", SECRET)
    public = {"plain": "student", "actions": ".", "otter": ".", "nbgrader": "source"}.get(target)
    for path in (tmp_path / "out" / (public or "nothing")).rglob("*"):
        if path.is_file():
            assert SECRET not in path.read_bytes(), path
            if path.suffix == ".zip":
                assert bundle.SECRET not in zipfile.ZipFile(path).namelist()


def test_doctor_says_what_is_missing(tmp_path: Path) -> None:
    for target, file in (("actions", ".grader/grade.py"), ("plain", "student/README.md")):
        out = tmp_path / target
        writers.build(assignment("A3"), target, out)
        (out / file).unlink()
        assert doctor.examine(out).problems == [f"{file} is missing"]
    (tmp_path / "plain/student/README.md").write_text("again")
    (tmp_path / "plain/student/secret.txt").write_text("s")
    assert "a student can read this secret" in doctor.examine(tmp_path / "plain").problems[0]
    with pytest.raises(ValueError, match="was not written by"):
        doctor.examine(tmp_path)


def test_doctor_finds_a_grader_that_gives_points_to_the_stub(tmp_path: Path) -> None:
    out = tmp_path / "out"
    writers.build(assignment("A3"), "classroom50", out)
    text = (out / "grade.py").read_text()
    forged = text.replace(
        "sys.exit(classroom50.main(", "open('result.json', 'w').write('{}'); (print("
    )
    (out / "grade.py").write_text(forged)
    problems = doctor.examine(out).problems
    assert any("is missing" in problem for problem in problems)
    assert any("the reference earns 0" in problem for problem in problems)


def test_the_same_build_has_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        writers.build(assignment("A3"), "gradescope", tmp_path / name)
    first, second = ((tmp_path / name / "autograder.zip").read_bytes() for name in ("a", "b"))
    assert first == second


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("")
    with pytest.raises(FileExistsError):
        writers.build(assignment("A3"), "plain", tmp_path)


# ------------------------------------------------------------------------------------- result files


@cache
def report() -> Any:
    return graded("A3", REFERENCES["A3"].replace("counts[o * stride", "counts[o"))


def test_gradescope_results() -> None:
    data = gradescope.results(report(), 1.5)
    assert formats.gradescope(data) == []
    assert sum(test["score"] for test in data["tests"]) == report().score
    assert "smallest input" in data["tests"][0]["output"]
    assert len(data["tests"]) == 5  # those of a person are Gradescope's own questions


def test_classroom50_result() -> None:
    data = result(report(), {"OWNER": "ann"})
    assert formats.classroom50(data) == []
    assert data["owner"] == "ann" and data["score"] == report().score


@pytest.mark.parametrize(
    ("check", "change"),
    [
        (formats.gradescope, {"score": 10}),
        (formats.gradescope, {"tests": None}),
        (formats.gradescope, {"execution_time": 1.5}),
        (formats.gradescope, {"stdout_visibility": "always"}),
        (formats.gradescope, {"score": 21, "max_score": 20, "test": 0}),
        (formats.gradescope, {"score": "20", "test": 0}),
        (formats.gradescope, {"visibility": "public", "test": 0}),
        (formats.gradescope, {"status": "ok", "test": 0}),
        (formats.classroom50, {"score": 1.5}),
        (formats.classroom50, {"schema": "v2"}),
        (formats.classroom50, {"owner": ""}),
        (formats.classroom50, {"datetime": "today"}),
        (formats.classroom50, {"more": 1}),
        (formats.classroom50, {"score": 21, "max-score": 20, "test": 0}),
        (formats.classroom50, {"passed": "yes", "test": 0}),
    ],
)
def test_the_rules_find_planted_faults(check: Any, change: dict[str, Any]) -> None:
    made = {
        formats.gradescope: gradescope.results(report(), 1),
        formats.classroom50: result(report(), {}),
    }
    data = json.loads(json.dumps(made[check]))
    place = data["tests"][change.pop("test")] if "test" in change else data
    place.update(change)
    assert check(data)


def test_the_student_of_gradescope(tmp_path: Path) -> None:
    assert gradescope.student(tmp_path) == "student"
    data = {"users": [{"email": "ann@example.org"}]}
    (tmp_path / "submission_metadata.json").write_text(json.dumps(data))
    assert gradescope.student(tmp_path) == "ann@example.org"


# ---------------------------------------------------------------------------------------- notebooks


def test_points_in_a_notebook_are_whole_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    cells = [
        "",
        "%matplotlib inline\nimport numpy as np",
        REFERENCES["A3"],
        'points("A3", "3.1", In)',
    ]
    found = points("A3", "3.1", cells)
    out, err = capsys.readouterr()
    assert type(found) is int and found == 20
    assert "3.1" in out and err == ""
    assert points("A3", "3.1", ["def coverage(*a, **k):\n    raise SystemExit"]) == 0
    assert capsys.readouterr().err == ""


def test_require_raises_with_the_message() -> None:
    require("A3", "3.1", [REFERENCES["A3"]])
    with pytest.raises(AssertionError, match=r"3\.1: `coverage` is missing"):
        require("A3", "3.1", ["x = 1"])


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("id", "quick"),
    [
        *((id, id in ("A1", "A6")) for id in REFERENCES),
        pytest.param("A1", False, marks=pytest.mark.nightly),  # 1.3 has many mutants
        pytest.param("A6", False, marks=pytest.mark.nightly),  # it trains
    ],
)
def test_solutions_of_a_notebook_stand_by_themselves(id: str, quick: bool) -> None:
    """Each solution cell holds the helpers that it needs."""
    one = assignment(id)
    pieces = [one.imports]
    for part in one.parts:
        pieces += [f"{head}\n{body}" for _, head, body in solutions(one, part, "en")]
    parts = ("1.1", "1.2", "1.4") if id == "A1" and quick else ()
    found = graded(id, "\n\n".join(pieces), quick=quick, parts=parts)
    assert found.passed and found.score == found.max >= one.max - 36 * quick


def test_build_and_doctor_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out")
    assert main(["classroom", "build", "A3", "--for", "classroom50", "--out", out]) == 0
    assert "autograder.py" in capsys.readouterr().out
    assert main(["classroom", "doctor", out]) == 0
    assert "reference 80 of 80, stub 0" in capsys.readouterr().out
    (tmp_path / "out/runtime.json").unlink()
    assert main(["classroom", "doctor", out]) == 1
    assert main(["classroom", "doctor", str(tmp_path)]) == 2
    assert main(["classroom", "build", "A3", "--for", "classroom50", "--out", out]) == 2
    assert main(["classroom", "build", "A3", "--for", "moodle"]) == 2
