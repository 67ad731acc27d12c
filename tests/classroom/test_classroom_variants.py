"""Numbers of each student: recomputed, equally hard, none of them degenerate."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
from helpers import REFERENCES, SharedGrader, submission

from minigan.classroom import Settings, assignment, handout
from minigan.classroom.comparison import mismatch
from minigan.classroom.model import Function, Part
from minigan.classroom.variants import PUBLIC, generator

IDS = ("A1", "A2", "A3", "A5")
FUNCTIONS = [
    (id, part, function)
    for id in (*IDS, "A4")
    for part in assignment(id).parts
    for function in part.functions
    if not function.aspect
]
STUDENTS = [f"s{number}" for number in range(1000)]


def drawn(id: str, part: Part, function: Function, student: str) -> list[dict[str, Any]]:
    return list(function.draw(generator(b"secret", student, id, f"{part.id} {function.name}")))


def test_numbers_follow_from_secret_student_assignment_and_part() -> None:
    def number(*key: str, secret: bytes = b"s") -> int:
        return int(generator(secret, *key).integers(1 << 62))

    first = number("ann", "A2", "2.1")
    assert number("ann", "A2", "2.1") == first
    others = [number("bob", "A2", "2.1"), number("ann", "A3", "2.1"), number("ann", "A2", "2.2"),
              number("ann", "A2", "2.1", secret=b"t"), number("annA2", "", "2.1")]  # fmt: skip
    assert len({first, *others}) == 6
    assert number("ann", "A2", "2.1", secret=b"") == number("bob", "A2", "2.1", secret=b"")
    assert number("ann", "A2", "2.1", secret=PUBLIC) == number("bob", "A2", "2.1", secret=PUBLIC)


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.nightly)])
@pytest.mark.parametrize(
    ("id", "part", "function"), FUNCTIONS, ids=lambda value: getattr(value, "name", None)
)
def test_a_thousand_students_get_equally_hard_numbers(
    id: str, part: Part, function: Function, count: int
) -> None:
    """The same number of calls, about the same sizes, the same branches, nothing degenerate."""
    first = drawn(id, part, function, "s0")
    branches = lines(function, first)
    sizes = []
    for number, student in enumerate(STUDENTS[:count]):
        cases = drawn(id, part, function, student)
        assert len(cases) == len(first)
        sizes.append(sum(np.size(value) for inputs in cases for value in inputs.values()))
        if number % 50 == 0:
            assert lines(function, cases) == branches
            assert all(sound(answered(function.right, inputs)) for inputs in cases)
    assert max(sizes) <= 2.5 * min(sizes)


@pytest.mark.parametrize(
    ("id", "part", "function"), FUNCTIONS, ids=lambda value: getattr(value, "name", None)
)
def test_every_misconception_is_wrong_for_every_student(
    id: str, part: Part, function: Function
) -> None:
    assert function.model is not None
    for student in STUDENTS[::100]:
        cases = drawn(id, part, function, student)
        for key, ways in function.wrong.items():
            if key == "changes-its-input":
                continue
            judge = function.judge or mismatch
            assert any(
                judge(answered(function.model, inputs, ways[0]), answered(function.right, inputs))
                is not None
                for inputs in cases
            ), key


def answered(function: Any, inputs: dict[str, Any], flags: Any = None) -> Any:
    """Return the answer of one of the grader's functions, its exception as a text."""
    try:
        with np.errstate(all="ignore"):
            return function(**inputs, **(flags or {}))
    except (ValueError, IndexError) as error:
        return type(error).__name__


def sound(right: Any) -> bool:
    """Return whether a right answer is neither empty nor nan."""
    values = right if isinstance(right, tuple | list) else [right]
    arrays = [v for v in values if isinstance(v, np.ndarray) and v.dtype == np.float64]
    return all(array.size and not np.isnan(array).any() for array in arrays)


def lines(function: Function, cases: list[dict[str, Any]]) -> set[tuple[str, int]]:
    """Return the lines of the assignment's own files that the right function runs."""
    found: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if "assignments" not in frame.f_code.co_filename:
            return None
        if event == "line":
            found.add((frame.f_code.co_name, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        for inputs in cases:
            answered(function.right, inputs)
    finally:
        sys.settrace(before)
    return found


@pytest.mark.parametrize("id", ["A2", "A3", "A5"])
def test_the_answers_of_another_student_earn_nothing(id: str) -> None:
    """A submission that knows all right answers for one student's inputs, and no others."""
    one = assignment(id)
    table = []
    for part in one.parts:
        for function in part.functions:
            for inputs in drawn(id, part, function, "ann"):
                with np.errstate(all="ignore"):
                    try:
                        right = function.right(**inputs)
                    except ValueError:
                        continue
                table.append((function.name, list(inputs.values()), right))
    code = ["import numpy as np", "from numpy import array, inf, float64, nan, int64", "TABLE = {}"]
    with np.printoptions(threshold=10**9, precision=17, floatmode="unique"):
        code += [
            f"TABLE[{n!r}, {k!r}] = {r!r}" for n, k, r in ((n, repr(i), r) for n, i, r in table)
        ]
    for part in one.parts:
        for function in part.functions:
            names = ", ".join(function.parameters)
            signature = one.text("en", "functions", function.name, "signature")
            code.append(
                f"def {function.name}({signature}):\n"
                "    with np.printoptions(threshold=10**9, precision=17, floatmode='unique'):\n"
                f"        return TABLE.get(({function.name!r}, repr([{names}])), 0.0)"
            )
    text = "\n".join(code)
    with SharedGrader(one, Settings(60.0, secret=b"secret")) as grader:
        own = grader.grade(submission(text, student="ann"))
        other = grader.grade(submission(text, student="bob"))
    assert own.score >= 0.8 * own.max
    fixed = {"A3": 20, "A5": 7}.get(id, 0)  # 3.3, 3.4 and what_is_wrong have few possible answers
    assert other.score <= fixed


@pytest.mark.parametrize("count", [1, pytest.param(5, marks=pytest.mark.nightly)])
def test_the_reference_earns_all_points_for_every_student(count: int) -> None:
    for id in IDS:  # by day without 1.3: its mutants take seconds, and every student has the same
        parts = tuple(p.id for p in assignment(id).parts if count > 1 or p.id != "1.3")
        settings = Settings(60.0, parts=parts, secret=b"secret")
        with SharedGrader(assignment(id), settings) as grader:
            for student in STUDENTS[:count]:
                report = grader.grade(submission(REFERENCES[id], student=student))
                assert report.passed, [p.message for p in report.parts]


def test_the_handout_has_the_students_own_numbers(tmp_path: Path) -> None:
    one = assignment("A2")
    texts = []
    for folder, student in (("a", "ann"), ("b", "bob"), ("c", "ann")):
        handout.write(one, tmp_path / folder, student, b"secret")
        texts.append((tmp_path / folder / "test_a2.py").read_text())
    assert texts[0] == texts[2] != texts[1]
    handout.write(one, tmp_path / "d", "ann")
    handout.write(one, tmp_path / "e", "bob")
    assert (tmp_path / "d/test_a2.py").read_text() == (tmp_path / "e/test_a2.py").read_text()
