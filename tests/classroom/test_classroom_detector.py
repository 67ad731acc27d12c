"""The detector names the wrong idea, and never accuses a right solution."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from helpers import SharedGrader, changed, part, submission
from right_styles import RIGHT, mixed

from minigan.check.wrong import WRONG as WRONG_CONVOLUTIONS
from minigan.check.wrong import Wrong
from minigan.classroom import Grader, Settings, assignment
from minigan.classroom.detector import RAISED, Observation, answer, detect
from minigan.classroom.model import Function
from minigan.classroom.selftest import selftest, wrong_functions

ALL = ("A1", "A2", "A3", "A4", "A5", "A6")
IDS = ("A1", "A2", "A3", "A5")  # whose functions are called with values
WRONG = {id: importlib.import_module(f"wrong_{id.lower()}").WRONG for id in ALL}
CASES = [  # by day each misconception is written in one way, and the next one in the next way
    pytest.param(id, key, number, marks=[] if number == i % len(cases) else [pytest.mark.nightly])
    for id in ALL
    for i, (key, cases) in enumerate(WRONG[id].items())
    for number in range(len(cases))
]


@pytest.fixture(scope="module")
def graders() -> Iterator[dict[tuple[str, str], Grader]]:
    made: dict[tuple[str, str], Grader] = {}
    yield made
    for grader in made.values():
        grader.close()


def grader_of(graders: dict[tuple[str, str], Grader], id: str, where: str) -> Grader:
    if (id, where) not in graders:
        settings = Settings(assignment(id).seconds, parts=(where,), use="check")
        graders[id, where] = SharedGrader(assignment(id), settings)
    return graders[id, where]


@pytest.mark.parametrize("id", ALL)
def test_each_misconception_is_written_three_times(id: str) -> None:
    assert set(WRONG[id]) == set(assignment(id).misconceptions)
    assert all(len(cases) >= 3 for cases in WRONG[id].values())


@pytest.mark.parametrize(("id", "key", "number"), CASES)
def test_a_misconception_is_named(
    id: str, key: str, number: int, graders: dict[tuple[str, str], Grader]
) -> None:
    where, code = WRONG[id][key][number]
    found = grader_of(graders, id, where).grade(changed(id, code)).parts[0]
    assert found.misconception == key, (found.message, code)
    assert found.score < found.max
    assert found.status in ("failed", "error")
    if where not in ("4.5", "6.3"):
        assert found.smallest is not None and set(found.smallest) == {"input", "yours", "right"}


@pytest.mark.parametrize(
    ("id", "where", "number"),
    [(id, where, n) for id in IDS for where in RIGHT[id] for n in range(len(RIGHT[id][where]))],
)
def test_a_right_solution_is_not_accused(
    id: str, where: str, number: int, graders: dict[tuple[str, str], Grader]
) -> None:
    code = RIGHT[id][where][number]
    found = grader_of(graders, id, where).grade(changed(id, code)).parts[0]
    assert (found.status, found.score, found.misconception) == ("passed", found.max, None), code


@pytest.mark.parametrize("id", IDS)
def test_mixed_styles_earn_all_points(id: str) -> None:
    parts = ("1.1", "1.2", "1.4") if id == "A1" else ()  # 1.3 takes seconds, and is tried above
    with SharedGrader(assignment(id), Settings(60.0, parts=parts)) as grader:
        for code in mixed(id, 2):
            report = grader.grade(changed(id, code))
            assert report.score == report.max


@pytest.mark.parametrize(
    ("id", "every"),
    [pytest.param(id, 1, marks=pytest.mark.nightly) for id in ("A2", "A3", "A5")]
    + [("A2", 4), ("A3", 2), ("A5", 9)],
)
def test_two_misconceptions_at_once_name_one_of_them(id: str, every: int) -> None:
    """By day some pairs are tried. The functions of A1 are left out: they take functions."""
    named = total = tried = 0
    for part_ in assignment(id).parts:
        cases = list(wrong_functions(part_))
        for function in {case[0].name: case[0] for case in cases if not case[0].driver}.values():
            ways = [(key, flags) for f, key, flags in cases if f is function]
            for first, one in ways[::3]:
                for second, other in ways[1::4]:
                    if first == second or set(one) & set(other):
                        continue
                    tried += 1
                    if tried % every:
                        continue
                    probes = list((function.probes or function.small)())[:80]
                    seen = []
                    for inputs in probes:
                        right = answer(function.right, inputs, function.seen)
                        yours = answer(function.model, inputs, function.seen, {**one, **other})
                        corner = function.corner(inputs)
                        seen.append(Observation(inputs, yours, right, corner, function.floor))
                    if any(o.wrong and o.yours is not RAISED for o in seen):
                        total += 1
                        named += detect(function, seen) is not None
    assert total and named >= 0.95 * total


def test_nothing_is_named_where_no_key_fits() -> None:
    code = """
def conv_transpose1d(y, w, stride=1):
    return np.zeros((w.shape[1], (y.shape[1] - 1) * stride + w.shape[2]))
"""
    with SharedGrader(assignment("A2"), Settings(parts=("2.1",))) as grader:
        found = grader.grade(changed("A2", code)).parts[0]
    assert found.misconception is None and found.status == "failed" and found.score == 8
    assert found.smallest is not None
    assert found.smallest["input"]["y"].size == 1


def test_the_smallest_failing_input_is_small() -> None:
    where, code = WRONG["A2"]["kernel-not-flipped"][0]
    with SharedGrader(assignment("A2"), Settings(parts=(where,))) as grader:
        found = grader.grade(changed("A2", code)).parts[0].json()["smallest"]
    assert found == {
        "input": {"y": [[[1.0]]], "w": [[[[0.0, 1.0]]]], "padding": [0, 0]},
        "yours": [[[1.0, 0.0]]],
        "right": [[[0.0, 1.0]]],
    }


def test_a_part_that_fails_only_because_of_an_earlier_one_says_so() -> None:
    code = WRONG["A2"]["kernel-not-flipped"][0][1]
    with SharedGrader(assignment("A2"), Settings()) as grader:
        report = grader.grade(changed("A2", code))
    assert "only because of `conv_transpose2d_stride1` (part 2.3)" in part(report, "2.4").message
    code = WRONG["A1"]["missing-factor-two"][0][1]
    with SharedGrader(assignment("A1"), Settings(parts=("1.1", "1.2"))) as grader:
        report = grader.grade(changed("A1", code))
    assert "only because of `numerical_gradient` (part 1.1)" in part(report, "1.2").message


def test_a_part_that_is_wrong_itself_is_not_excused() -> None:
    code = WRONG["A2"]["kernel-not-flipped"][0][1] + WRONG["A2"]["holes-after-the-last"][0][1]
    with SharedGrader(assignment("A2"), Settings(parts=("2.3", "2.4"))) as grader:
        report = grader.grade(changed("A2", code))
    assert "only because" not in part(report, "2.4").message


@pytest.mark.parametrize("id", ["A3"])
def test_selftest(id: str) -> None:
    found = selftest(assignment(id))
    assert found.problems == [] and found.stub == 0 and found.score == found.max
    assert found.named == found.ways


def test_selftest_finds_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    from minigan.classroom import selftest as module

    monkeypatch.setattr(module, "reference", lambda assignment: "coverage = len")
    monkeypatch.setattr(module, "_misconceptions", lambda *_: None)  # `test_selftest` has them
    assert selftest(assignment("A3")).problems


# -------------------------------------------------------------------------- tests graded by mutants


def check_score(code: str, seconds: float = 60.0) -> tuple[int, str]:
    with SharedGrader(assignment("A1"), Settings(seconds, parts=("1.3",))) as grader:
        found = grader.grade(submission("import numpy as np\n" + code, "a1.py")).parts[0]
    return found.score, found.status


TRIVIAL = {
    "accepts all": "def check_conv_transpose2d(f):\n    assert True\n",
    "rejects all": "def check_conv_transpose2d(f):\n    assert False\n",
    "draws lots": """
def check_conv_transpose2d(f):
    assert np.random.default_rng().random() < 0.5
""",
    "always raises": "def check_conv_transpose2d(f):\n    raise ValueError\n",
    "is exact": """
def check_conv_transpose2d(f):
    rng = np.random.default_rng(0)
    y, w = rng.normal(size=(1, 3, 3)), rng.normal(size=(1, 1, 2, 2))
    x = np.zeros((1, 4, 4))
    for o in range(3):
        for p in range(3):
            x[0, o:o + 2, p:p + 2] += y[0, o, p] * w[0, 0]
    assert (f(y, w) == x).all()
""",
    "counts the calls": """
import os
def check_conv_transpose2d(f):
    seen = os.listdir(".") + os.listdir("..")
    open("seen", "w").write("x")
    assert len(seen) < 7
""",
}


@pytest.mark.parametrize("name", TRIVIAL)
def test_a_trivial_check_earns_nothing(name: str) -> None:
    assert check_score(TRIVIAL[name])[0] == 0


def test_a_check_of_shapes_earns_at_most_a_quarter() -> None:
    code = """
def check_conv_transpose2d(f):
    cases = ((1, 1, 3, 4, 2, 3, 1, 1, 0, 0), (2, 3, 4, 3, 3, 3, 2, 3, 1, 1),
             (2, 2, 5, 5, 4, 4, 3, 3, 2, 1))
    for K, C, Y, Z, k, l, s, t, p, q in cases:
        x = f(np.ones((K, Y, Z)), np.ones((K, C, k, l)), (s, t), (p, q))
        assert x.shape == (C, (Y - 1) * s + k - 2 * p, (Z - 1) * t + l - 2 * q)
"""
    score, status = check_score(code)
    assert 0 < score <= 6 and status == "failed"


def test_a_check_by_the_adjoint_rejects_all() -> None:
    code = """
def conv(x, w, Y, s, p):
    y = np.zeros((w.shape[0], *Y))
    for o in range(Y[0]):
        for u in range(Y[1]):
            for i in range(w.shape[2]):
                for j in range(w.shape[3]):
                    h, v = s[0] * o + i - p[0], s[1] * u + j - p[1]
                    if 0 <= h < x.shape[1] and 0 <= v < x.shape[2]:
                        y[:, o, u] += w[:, :, i, j] @ x[:, h, v]
    return y

def check_conv_transpose2d(f):
    rng = np.random.default_rng(0)
    for n in range(40):
        K, C = rng.integers(1, 4, 2)
        C = K if n % 3 == 0 else C
        Y, k = rng.integers(1, 6, 2), rng.integers(1, 5, 2)
        s, p = rng.integers(1, 4, 2), rng.integers(0, 4, 2)
        if n % 2:
            Y[:], k[:], s[:], p[:] = Y[0], k[0], s[0], p[0]
        X = (Y - 1) * s + k - 2 * p
        if (X < 1).any():
            continue
        s, p = tuple(map(int, s)), tuple(map(int, p))
        y, w, x = rng.normal(size=(K, *Y)), rng.normal(size=(K, C, *k)), rng.normal(size=(C, *X))
        z = f(y, w, stride=s, padding=p)
        assert z.shape == x.shape
        for c in range(C):
            e = np.zeros_like(x)
            e[c] = x[c]
            a, b = (conv(e, w, Y, s, p) * y).sum(), (e * z).sum()
            assert abs(a - b) <= 1e-3 * max(1, abs(a))
"""
    score, status = check_score(code)
    assert score >= 22, status


# ------------------------------------------------------------- the planted faults of minigan.check

PLANTED = {
    "conv_transpose2d": ("conv_transpose2d_scatter", "conv_transpose2d_holes"),
    "conv_transpose2d_backward": ("conv_transpose2d_backward",),
    "conv_transpose_by_matrix": ("conv_transpose_by_matrix",),
    "output_size": ("output_size",),
    "legal_output_paddings": ("legal_output_paddings",),
    "useful_multiplications": ("useful_multiplications",),
}
FAULTS = [
    (version, function)
    for part_ in assignment("A2").parts
    for function in part_.functions
    for version in WRONG_CONVOLUTIONS
    if function.name in PLANTED.get(version.of, ()) and version.key in function.wrong
]


@pytest.mark.parametrize(
    ("version", "function"), FAULTS, ids=lambda value: getattr(value, "key", "")
)
def test_the_faults_that_are_planted_in_the_engine_are_named(
    version: Wrong, function: Function
) -> None:
    """The detector and `minigan.check` know the same wrong ideas by the same keys."""
    seen = []
    for inputs in list((function.probes or function.small)())[:80]:
        right = answer(function.right, inputs, function.seen)
        yours = answer(version, inputs, function.seen)
        seen.append(Observation(inputs, yours, right, function.corner(inputs), function.floor))
    assert detect(function, seen) == version.key
