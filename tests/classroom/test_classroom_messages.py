"""Messages, as a student meets them who solves an assignment with `check` alone."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from helpers import REFERENCES, graded, part

from minigan.classroom import PartReport, assignment
from minigan.classroom.text import report_text
from minigan.cli import main


def told(id: str, number: str, code: str) -> PartReport:
    """Return the report of one part, where functions of the reference are replaced."""
    return part(graded(id, REFERENCES[id] + "\n\n" + code, parts=(number,)), number)


# The matrix is as wide as the padded x.
WIDE_MATRIX = """
def conv_matrix(w, size, stride=1, padding=0):
    rows = (size + 2 * padding - len(w)) // stride + 1
    M = np.zeros((rows, size + 2 * padding))
    for o in range(rows):
        M[o, o * stride : o * stride + len(w)] = w
    return M
"""
# The output is too long if the stride is above the kernel, and raises if it is below.
LENGTH = """
def conv_transpose1d(y, w, stride=1):
    x = np.zeros((w.shape[1], y.shape[1] * stride))
    for o in range(y.shape[1]):
        x[:, o * stride : o * stride + w.shape[2]] += np.tensordot(y[:, o], w, 1)
    return x
"""
NOT_FLIPPED = """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    (p, q), (k, l) = padding, w.shape[2:]
    return conv2d(y, w.transpose(1, 0, 2, 3), padding=(k - 1 - p, l - 1 - q))
"""
TODO = "def conv_transpose2d_stride1(y, w, padding=(0, 0)):\n    raise NotImplementedError\n"
IN_BITS = """
def entropy(p):
    return -np.where(p > 0, p * np.log2(np.where(p > 0, p, 1)), 0).sum(-1)
def kl(p, q):
    return (p * np.log(p / q)).sum(-1)
def js(p, q):
    m = (p + q) / 2
    return (kl(p, m) + kl(q, m)) / 2
"""


@pytest.mark.parametrize(
    ("number", "code", "texts"),
    [
        # the first wrong function of a part is told, and the other one in passing
        ("2.2", WIDE_MATRIX, ["`conv_matrix` returns an array of shape (3, 3) where (3, 1) is "
                              "right; `conv_transpose_by_matrix` fails only because of"]),
        ("2.1", "conv_transpose1d = conv_transpose2d_scatter = lambda y, w, stride=1: None",
         ["look for a missing `return`; `conv_transpose2d_scatter` is wrong, too."]),
        ("2.1", LENGTH + "del conv_transpose2d_scatter",
         ["`conv_transpose2d_scatter` still has to be written."]),
        # the message is about the input that is shown
        ("2.1", LENGTH, ["shape (1, 2) where (1, 1) is right; for other inputs, ",
                         "raised ValueError: operands could not be broadcast"]),
        # the earlier function need not be in the part that was asked for
        ("2.4", NOT_FLIPPED, ["only because of `conv_transpose2d_stride1` (part 2.3)"]),
        ("2.4", TODO, ["only because of `conv_transpose2d_stride1` (part 2.3)"]),
        # the arguments of the task
        ("2.7", "def useful_multiplications(size, taps, stride): return size * taps",
         ["must take the arguments (size, kernel, stride), by position or by name"]),
        ("2.5", "def output_size(size, kernel, stride, padding): return 1",
         ["must take the arguments (size, kernel, stride, padding, output_padding=0, dilation=1)"]),
        ("2.7", "import no_such_package as n\ndef useful_multiplications(*a, **k): return n.f()",
         ["raised NameError", "before that: The file does not load: ModuleNotFoundError"]),
        ("2.7", "def useful_multiplications(size, kernel, stride):\n"
                "    return ((size - 1) * stride + kernel) * kernel", ["inserted zeros"]),
    ],
)  # fmt: skip
def test_a2(number: str, code: str, texts: list[str]) -> None:
    message = told("A2", number, code).message
    for text in texts:
        assert text in message


def test_a_function_is_blamed_only_if_the_other_one_uses_it() -> None:
    """JSD is computed from KL here, so the entropy in bits is not the reason."""
    found = told("A5", "5.1", IN_BITS)
    assert found.misconception == "log-base-2"
    assert "`kl` is wrong, too; `js` fails only because of `kl`." in found.message


def test_the_line_of_an_error_is_outside_what_is_given() -> None:
    code = "def conv_transpose2d_stride1(y, w, padding=(0, 0)):\n    return conv2d(y, w[0])\n"
    found = told("A2", "2.3", code)
    line = (REFERENCES["A2"] + "\n\n" + code).count("\n")
    assert found.status == "error" and f"(line {line} of a2.py)" in found.message


def test_a_part_that_runs_the_library_shows_no_input() -> None:
    code = "import minigan\ndef useful_multiplications(*args, **kwargs): return minigan.zeros(1)"
    found = told("A2", "2.7", code)
    assert "without the library" in found.message and found.smallest is None


def test_the_smallest_input_of_a_misconception_shows_other_numbers() -> None:
    """Here each answer has a wrong type, too."""
    code = """
def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    extra = out - output_size(size, kernel, stride, padding, 0, dilation)
    if not 0 <= extra < stride:
        raise ValueError
    return [np.float64(extra)]
"""
    found = told("A2", "2.5", code)
    assert found.misconception == "only-zero-to-stride"
    assert found.smallest is not None and found.smallest["yours"] != found.smallest["right"]
    assert str(found.smallest["yours"]).startswith("ValueError")


def test_a_missing_error_shows_a_small_input() -> None:
    code = """
def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    extra = out - output_size(size, kernel, stride, padding, 0, dilation)
    return [extra] if 0 <= extra < max(stride, dilation) else []
"""
    found = told("A2", "2.5", code).json()
    assert found["smallest"]["input"]["size"] == 1 and found["smallest"]["yours"] == []


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("5.1", "def entropy(p): return -(p * np.log(p + 1e-300)).sum()",
         "returns one number where an array of shape (2,) is right"),
        ("5.5", "def what_is_wrong(loss_d, jsd): return 'g'", 'returns "g" where "'),
        ("5.3", "_right = proof\ndef proof(p, g): return [*_right(p, g)[:5], (0.5, 2 * js(p, g))]",
         "(at result[5][0])"),
    ],
)  # fmt: skip
def test_a5(number: str, code: str, text: str) -> None:
    assert text in told("A5", number, code).message


def test_nan_in_some_lines_of_the_proof_is_named() -> None:
    code = """
_right = proof
def proof(p, g):
    V = (p * np.log(p / (p + g)) + g * np.log(g / (p + g))).sum()
    (a, _), (_, b), *others = _right(p, g)
    return [(a, V), (V, b), *others]
"""
    assert told("A5", "5.3", code).misconception == "zero-log-zero-is-nan"


def test_a_hint_comes_with_its_part_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a5.py"
    path.write_text(REFERENCES["A5"] + "\ndel entropy, kl\n", encoding="utf-8")
    assert main(["classroom", "check", str(path), "--hint", "5.2:2"]) == 1  # 5.1 is missing
    out = capsys.readouterr().out
    assert out.startswith("5.2 hint 2 of 3") and "\n5.2 " in out and "\n5.1 " not in out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_is_wider_than_a_terminal_of_100_columns(language: str) -> None:
    report = graded("A5", REFERENCES["A5"] + IN_BITS, language=language, parts=("5.1", "5.6"))
    for line in report_text(report, language).splitlines():
        assert sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line) <= 100
        assert not line.lstrip().startswith(("，", "。", "；"))
    titles = [assignment("A5").text(language, "parts", id, "title") for id in ("5.1", "5.6")]
    starts = set()
    for title in titles:  # the titles stand below each other
        line = next(s for s in report_text(report, language).splitlines() if s.endswith(title))
        before = line.removesuffix(title)
        starts.add(sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in before))
    assert len(starts) == 1


def test_only_an_assertion_error_rejects() -> None:
    """The others count all the same, and the message says what was raised."""
    code = """
_check = check_conv_transpose2d
def check_conv_transpose2d(conv_transpose2d):
    y, w = np.ones((1, 3, 3)), np.ones((1, 1, 2, 2))
    conv_transpose2d(y, w).reshape(4, 4)
    _check(conv_transpose2d)
"""
    found = told("A1", "1.3", code)
    assert found.status == "failed" and 0 < found.score < 24
    assert "it raised ValueError: cannot reshape" in found.message
    assert "only AssertionError rejects" in found.message
    never = "def check_conv_transpose2d(conv_transpose2d):\n    raise ValueError('no')\n"
    assert told("A1", "1.3", never).score == 0


def test_a_numpy_text_is_a_text() -> None:
    code = "_right = what_is_wrong\ndef what_is_wrong(*a, **k): return np.str_(_right(*a, **k))\n"
    assert told("A5", "5.5", code).score == 14
