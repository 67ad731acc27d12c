"""Reports, comparison, loading and messages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from helpers import REFERENCES, SharedGrader, changed, graded, part

from minigan.classroom import (
    IDS,
    Settings,
    SubmissionError,
    assignment,
    check,
    grade,
    handout,
)
from minigan.classroom.comparison import mismatch
from minigan.classroom.model import Raises
from minigan.classroom.report import Report, dumps
from minigan.classroom.sandbox.wire import Other, decode, encode
from minigan.classroom.submissions import Submission, assignment_of, read, student_of

KEYS = {"id", "title", "score", "max", "visible", "status", "message", "misconception", "smallest"}

# ------------------------------------------------------------------------------------- the report


@pytest.mark.parametrize("id", list(REFERENCES))
def test_the_reference_earns_all_points_and_the_stub_none(id: str) -> None:
    report = graded(id, REFERENCES[id], quick=id == "A6")
    assert report.passed and report.score == report.max
    assert report.max == assignment(id).max - (36 if id == "A6" else 0)
    for language in ("en", "zh"):
        stub = graded(id, handout.stub(assignment(id), language), quick=id == "A6")
        assert stub.score == 0
        assert {part.status for part in stub.parts} <= {"missing", "manual"}


@pytest.mark.parametrize("id", IDS)
def test_points_add_up(id: str) -> None:
    one = assignment(id)
    assert one.max + one.manual == 100
    for part_ in one.parts:
        if part_.functions:
            assert sum(function.points for function in part_.functions) == part_.points


def test_the_report_is_strict_json() -> None:
    code = "def entropy(p):\n    return np.log(np.zeros(p.shape[:-1]))[()]\n"
    report = graded("A5", REFERENCES["A5"] + "\n" + code)
    data = json.loads(json.dumps(report.json(), allow_nan=False))
    assert set(data) == {"assignment", "file", "student", "score", "max", "manual", "parts"}
    assert all(set(part) == KEYS for part in data["parts"])
    assert data["score"] == sum(p["score"] for p in data["parts"] if p["status"] != "manual")
    assert (data["max"], data["manual"]) == (90, 10)
    assert data["parts"][0]["smallest"]["yours"] == "-inf"
    assert Report.read(data).json() == data
    assert "NaN" not in dumps(data) and "Infinity" not in dumps(data)


@pytest.mark.parametrize("id", IDS)
def test_every_misconception_cites_a_step_of_a_chapter(id: str) -> None:
    one = assignment(id)
    assert set(one.steps) == set(one.misconceptions)
    book = Path(__file__).parents[2] / "tutorials"
    for step in one.steps.values():
        chapter, _, anchor = step.partition("#")
        for file in book.glob(f"{chapter}_*.py"):
            assert f"# %% {anchor} [markdown]" in file.read_text(encoding="utf-8"), step
    for language in ("en", "zh"):
        assert set(one.texts[language]["misconceptions"]) == set(one.misconceptions)
        assert set(one.texts[language]["parts"]) == {part.id for part in one.parts}
        for part_ in one.parts:
            data = one.text(language, "parts", part_.id)
            assert len(data["hints"]) == 3 and data["title"] and data["text"]
            assert not part_.manual or data["rubric"]


def test_a_function_earns_its_share_if_the_other_is_missing() -> None:
    code = REFERENCES["A2"].replace("def conv_transpose1d", "def another")
    found = part(graded("A2", code, parts=("2.1",)), "2.1")
    assert (found.score, found.status) == (8, "missing")
    assert "conv_transpose1d(y, w, stride=1)" in found.message
    found = part(
        graded(
            "A2",
            REFERENCES["A2"]
            + "\ndef conv_transpose1d(y, w, stride=1):\n    raise NotImplementedError\n",
            parts=("2.1",),
        ),
        "2.1",
    )
    assert (found.score, found.status) == (8, "missing")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("return 1 / 0", "error"),
        ("return y[100]", "error"),
        ("raise NotImplementedError", "missing"),
        ("return list(y)", "failed"),
        ("return y.astype(np.float32)", "failed"),
        ("return None", "failed"),
        ("return np.ones((10**6, 10**6))", "memory"),
        ("while True: pass", "timeout"),
    ],
)
def test_statuses(code: str, status: str) -> None:
    text = f"import numpy as np\ndef conv_transpose2d_stride1(y, w, padding=(0, 0)):\n    {code}\n"
    found = part(graded("A2", text, seconds=4.0, parts=("2.3",)), "2.3")
    assert (found.status, found.score) == (status, 0)
    assert found.message and "\n" not in found.message


def test_an_exception_names_its_line() -> None:
    found = graded(
        "A2",
        "\n\ndef useful_multiplications(size, kernel, stride):\n    return size.x\n",
        parts=("2.7",),
    )
    assert "line 4 of a2.py" in found.parts[0].message
    assert "AttributeError" in found.parts[0].message


def test_arguments_come_by_name_too() -> None:
    text = "def useful_multiplications(a, b, c):\n    return a * b\n"
    found = graded("A2", text, parts=("2.7",)).parts[0]
    assert found.status == "error" and "unexpected keyword" in found.message


def test_hidden_parts_name_no_inputs() -> None:
    from dataclasses import replace

    one = assignment("A2")
    hidden = replace(one, parts=tuple(replace(part, visible=False) for part in one.parts))
    code = "def useful_multiplications(size, kernel, stride):\n    return [12345]\n"
    with SharedGrader(hidden, Settings(parts=("2.7",))) as grader:
        found = grader.grade(changed("A2", code)).parts[0]
    assert found.smallest is None and not found.visible
    assert not any(digit in found.message for digit in "0123456789")


def test_a_student_who_changes_arguments_loses_points_in_1_1_only() -> None:
    code = """
def conv_transpose1d(y, w, stride=1):
    size, k = y.shape[1], w.shape[2]
    x = np.zeros((w.shape[1], (size - 1) * stride + k))
    for o in range(size):
        x[:, o * stride : o * stride + k] += np.einsum("k,kci->ci", y[:, o], w)
    y[...] = w[...] = 7
    return x
"""
    assert graded("A2", REFERENCES["A2"] + code, parts=("2.1",)).score == 16


def test_chinese_messages() -> None:
    report = graded("A2", handout.stub(assignment("A2"), "zh"), language="zh")
    assert all(any("一" <= letter <= "鿿" for letter in p.message) for p in report.parts)


# -------------------------------------------------------------------------------------- comparison


class Sub(np.ndarray):
    pass


RIGHT = [
    (np.array([1.0, 2.0]), np.array([1.0, 2.0])),
    (np.array([1.0, 2.0]).view(Sub), np.array([1.0, 2.0])),
    (np.array([1.0, 2.0001]), np.array([1.0, 2.0])),
    (np.array([1.0, 2.0]).astype(">f8"), np.array([1.0, 2.0])),
    (np.array([np.inf]), np.array([np.inf])),
    (np.zeros((0, 3)), np.zeros((0, 3))),
    (np.int8(3), 3), (np.uint64(3), 3), (3, 3), (np.array(3), 3),
    (3, 3.0), (np.float32(3), 3.0), (np.float64(3.0001), 3.0), (np.array(3.0), 3.0),
    (float("inf"), float("inf")),
    ([1, 2], (1, 2)), ((1, 2), [1, 2]), ([[1, 2], (3, 4)], [(1, 2), (3, 4)]),
    (np.array([1, 2], np.int32), np.array([1, 2])), ([1, 2], np.array([1, 2])),
    (np.array([[1, 2], [3, 4]]), [(1, 2), (3, 4)]),
    (None, None), ("G", "G"), (np.True_, True), ([], []),
]  # fmt: skip
WRONG = [
    ([1.0, 2.0], np.array([1.0, 2.0])), ((1.0,), np.array([1.0])), (1.0, np.array([1.0])),
    (np.array([1.0, 2.0], np.float32), np.array([1.0, 2.0])),
    (np.array([1, 2]), np.array([1.0, 2.0])),
    (np.array([1.0 + 0j]), np.array([1.0])),
    (np.array([[1.0]]), np.array([1.0])),
    (np.array([1.0, 2.001]), np.array([1.0, 2.0])),
    (np.array([np.nan]), np.array([1.0])), (np.array([np.inf]), np.array([1.0])),
    (np.array([-np.inf]), np.array([np.inf])), (np.array([1e300]), np.array([np.inf])),
    (True, 1), (np.True_, 1), (3.0, 3), (np.float64(3), 3), ("3", 3), (4, 3), ([3], 3),
    (True, 1.0), ("1", 1.0), (None, 1.0), (1j, 1.0), (float("nan"), 1.0), (Other("Equal"), 1.0),
    ([1, 2, 3], [1, 2]), (1, [1]), ({1: 2}, [1]), ([1.0, 2.0], [1, 2]), ([True], [1]),
    (np.array([1.0, 2.0]), np.array([1, 2])), (np.array([True]), np.array([1])),
    (0, None), (False, None), ("D", "G"), (1, True), (0, False), (None, []),
    (Other("f"), np.zeros(2)), (1, Raises(ValueError)),
]  # fmt: skip


@pytest.mark.parametrize(("value", "right"), RIGHT)
def test_right_values(value: object, right: object) -> None:
    assert mismatch(decode(encode(value)), right) is None


@pytest.mark.parametrize(("value", "right"), WRONG)
def test_wrong_values(value: object, right: object) -> None:
    sent = value if isinstance(value, Other) else decode(encode(value))
    assert mismatch(sent, right) is not None


def test_the_tolerance_is_that_of_the_largest_entry() -> None:
    right = np.array([1000.0, 0.0])
    assert mismatch(np.array([1000.0, 0.09]), right) is None
    assert mismatch(np.array([1000.0, 0.11]), right) is not None


def test_values_survive_the_way_there_and_back() -> None:
    for value in (0, -1, 1.5, "text", None, True, [1, (2, [3])], {"a": 1, "b": [2.0]}, 1 << 200):
        assert decode(encode(value)) == value
    for dtype in ("bool", "int16", "float32", "float64", "complex128"):
        array = np.arange(6).reshape(2, 3).astype(dtype)
        for view in (array, array.T, array[::-1], array[:, ::2]):
            back = decode(encode(view))
            assert back.dtype == view.dtype and (back == view).all() and back.flags.writeable


@pytest.mark.parametrize(
    "data",
    [{}, {"a": "!", "d": "float64", "s": [1]}, {"a": "", "d": "object", "s": [0]}, [1], {"l": 3},
     {"a": "AAAA", "d": "int8", "s": [-1]}, {"n": "object", "v": 1}, {"f": "1e5"}, {"q": 1}],
)  # fmt: skip
def test_forged_values_are_refused(data: object) -> None:
    with pytest.raises(ValueError):
        decode(data)


# ----------------------------------------------------------------------------------------- loading


def notebook(path: Path, *cells: str) -> Path:
    code = [
        {"cell_type": "code", "source": text.splitlines(True), "metadata": {}} for text in cells
    ]
    words = {"cell_type": "markdown", "source": ["# not code"], "metadata": {}}
    path.write_text(json.dumps({"cells": [words, *code], "nbformat": 4}), encoding="utf-8")
    return path


def test_a_notebook_is_a_submission(tmp_path: Path) -> None:
    path = notebook(
        tmp_path / "anything.ipynb",
        "# assignment: A2\n%matplotlib inline\nimport numpy as np\n!pip install nothing",
        "%%bash\nrm -rf /",
        "%%time\ndef useful_multiplications(size, kernel, stride):\n    return size * kernel",
        "x = %timeit 1\nprint('%d' %\n      3)",
        "this is not Python",
        "1 / 0",
    )
    report = check(path, Settings(parts=("2.7",), use="check"))
    assert report.parts[0].status == "passed"


def test_a_cell_with_an_error_loses_only_what_it_defines(tmp_path: Path) -> None:
    cells = [
        "import numpy as np",
        "def conv_transpose1d(y, w, stride=1)\n    return y",
        "def useful_multiplications(size, kernel, stride):\n    return size * kernel",
    ]
    report = grade("A2", notebook(tmp_path / "a2.ipynb", *cells))
    assert part(report, "2.7").status == "passed"
    assert part(report, "2.1").status == "error"
    assert "SyntaxError" in part(report, "2.1").message and "cell 3" in part(report, "2.1").message


def test_a_statement_that_raises_is_told_and_the_rest_counts() -> None:
    text = "import scipy\n" + REFERENCES["A2"] + "\nraise SystemExit\n"
    assert graded("A2", text).score == 100
    found = graded("A2", "x = 1 / 0\n", parts=("2.7",)).parts[0]
    assert found.status == "error" and "ZeroDivisionError" in found.message


@pytest.mark.parametrize("data", [b"\xff\xfe", b"{}", b"[1]", b'{"cells": [{}]}', b"not json"])
def test_a_file_that_cannot_be_read_gets_a_report(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a2.ipynb"
    path.write_bytes(data)
    report = grade("A2", path)
    assert report.score == 0 and {part.status for part in report.parts} == {"error"}


def test_no_file_and_other_files_are_errors(tmp_path: Path) -> None:
    for name in ("none.py", "text.txt"):
        with pytest.raises(SubmissionError):
            grade("A2", tmp_path / name)
    (tmp_path / "b.py").write_text("x = 1\n")
    with pytest.raises(SubmissionError, match="first line"):
        check(tmp_path / "b.py")


@pytest.mark.parametrize(
    ("name", "text", "id"),
    [("x.py", "# assignment: A2\n", "A2"), ("a3_final.py", "", "A3"), ("A5.py", "", "A5"),
     ("a2.py", "# assignment: A5", "A5"), ("b.py", "x = 1", None), ("a9.py", "", "A9"),
     ("x.py", "\n\n#Assignment:a1", "A1")],
)  # fmt: skip
def test_the_assignment_is_read_from_the_first_line_or_the_name(
    name: str, text: str, id: str | None
) -> None:
    assert assignment_of(Submission(Path(name), "x", ((name, text),))) == id


def test_the_student_is_the_folder_or_the_file(tmp_path: Path) -> None:
    assert student_of(Path("class/s17/a2.py")) == "s17"
    assert student_of(Path("class/s17.py")) == "s17"
    path = tmp_path / "a2.py"
    path.write_text("")
    assert read(path).student == tmp_path.name
    assert read(path, "me").student == "me"
