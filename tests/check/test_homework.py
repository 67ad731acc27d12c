"""check_file: a row for every op of a file, whatever the file does."""

import json
import re
from pathlib import Path

import pytest
from homework_files import examples, op, rows_of

from minigan.check import Row, check_file, format_rows, rows_json

# ----------------------------------------------------------------------------------- ordinary files

FILE = """
from __future__ import annotations
from dataclasses import dataclass
import numpy as np
from minigan import Op

class Square(Op):
    def forward(self, x): return x * x
    def backward_x(self, g, x): return g * x * 2.0

class Bad(Op):
    def forward(self, a, b): return a * b
    def backward_a(self, g, b): return g * b
    def backward_b(self, g, a): return g - a

class Root(Op):  # of positive numbers
    def forward(self, x): return np.sqrt(x)
    def backward_x(self, g, out): return g / (out * 2.0)

class Trace(Op):  # of a square matrix
    def forward(self, x): return x.diagonal() * 1.0 if x.shape[0] == x.shape[1] else 1 / 0
    def backward_x(self, g, x):
        from minigan import eye
        return eye(*x.shape, dtype=x.dtype) * g.reshape(-1, 1)

@dataclass(frozen=True)
class Scale(Op):
    factor: float
    def forward(self, x): return x * self.factor
    def backward_x(self, g): return g * self.factor
    @classmethod
    def examples(cls): return [(cls(2.0), (np.ones((2, 3)),)), (cls(-1.0), [np.ones(4)])]

@dataclass(frozen=True)
class Settings(Op):
    factor: float
    def forward(self, x): return x

class Crash(Op):
    def forward(self, x): return x * 1.0
    def backward_x(self, g): return undefined

class Pair(Op):
    def forward(self, a, b): return a + b[0]
    def backward_a(self, g): return g
    def backward_b(self, g, b): return b * 0.0
    @staticmethod
    def examples(): return [(np.ones(3), np.ones(2))]

class Broken(Op):
    def forward(self, x): return x
    def backward_x(self, g): return g
    @staticmethod
    def examples(): raise KeyError("none")
"""


def test_a_users_file(tmp_path: Path) -> None:
    path = tmp_path / "my-ops.py"
    path.write_text(FILE)
    rows = list(check_file(path))
    assert [(row.op, row.status) for row in rows] == [
        ("Square", "right"), ("Bad", "wrong"), ("Root", "right"), ("Trace", "right"),
        ("Scale", "right"), ("Scale", "right"), ("Settings", "not checked"), ("Crash", "wrong"),
        ("Pair", "wrong"), ("Broken", "wrong"),
    ]  # fmt: skip
    assert [row.ok for row in rows] == [row.verdict == "right" for row in rows]
    assert all(row.error is not None and row.error < 1e-6 for row in rows if row.ok)
    assert "input 1 (b)" in rows[1].verdict
    assert rows[1].verdict.endswith("(my-ops.py, line 14, in backward_b)")
    assert "define examples()" in rows[6].verdict and rows[3].inputs == "3x3"
    assert "NameError" in rows[7].verdict and "KeyError: 'none'" in rows[9].verdict
    assert "10 checks: 5 right, 4 WRONG, 1 not checked" in format_rows(rows)
    assert list(tmp_path.iterdir()) == [path]  # no __pycache__


def test_a_file_may_import_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "neighbour_of_ops.py").write_text("factor = 3.0\n")
    text = "from neighbour_of_ops import factor\n" + op("Scale", "x * factor", "g * factor")
    assert [row.verdict for row in rows_of(tmp_path, text)] == ["right"]


def test_the_directions_follow_from_the_generator(tmp_path: Path) -> None:
    text = op("Cube", "x**3", "g * x * x * 3.0")
    once, again = (rows_of(tmp_path, text, generator=4)[0].error for _ in range(2))
    assert once == again != rows_of(tmp_path, text, generator=5)[0].error
    assert rows_of(tmp_path, op("Cube", "x**3", "g * x.detach() * x * 3.0"), order=1)[0].ok
    assert not rows_of(tmp_path, op("Cube", "x**3", "g * x.detach() * x * 3.0"))[0].ok


def test_prints_stand_under_their_row(tmp_path: Path) -> None:
    text = 'print("on import")\n' + op("A", '\n        print("zwei Zeilen\\n第二行\\x1b[2J")\n'
                                            "        return x * x") + op("B")  # fmt: skip
    a, b = rows_of(tmp_path, text)
    assert a.ok and b.ok and b.printed == () and b.lines == 0
    assert a.printed == ("on import", "zwei Zeilen", "第二行?[2J", "zwei Zeilen", "第二行?[2J")
    table = format_rows([a, b]).splitlines()
    assert table[2:4] == ["    printed: on import", "    printed: zwei Zeilen"]
    assert table[7] == f"    printed: ... ({a.lines - 5} more lines)"


def test_a_flood_of_prints_is_cut(tmp_path: Path) -> None:
    flood = '\n        for _ in range(2000): print("x" * 100)\n        return x * x'
    (row,) = rows_of(tmp_path, op("Flood", flood), order=1)
    assert len(row.printed) == 5 and row.lines >= 2000


# --------------------------------------------------------------------- files that cannot be checked

UNLOADED = {
    "def f(:": "SyntaxError.*line 7",
    "import nowhere_to_be_found": "ModuleNotFoundError.*line 7.*not installed",
    "raise SystemExit(3)": "SystemExit: 3.*line 7.*remove this call",
    "sys.exit(0)": "SystemExit: 0",
    "quit()": "(SystemExit|NameError)",
    "os._exit(0)": "ended the process with exit status 0",
    "os.kill(os.getpid(), signal.SIGKILL)": "SIGKILL",
    "os.abort()": "SIGABRT",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "while True: pass": "longer than 1 s.*line 7",
    "1 / 0": "ZeroDivisionError.*line 7",
    "np.zeros(10**11)": "MemoryError",
    "input()": "EOFError.*instead of input",
    "os.closerange(0, 99)": "ended",
    "class A(Op):\n  def forward(self, x): 0\n  def backward_x(self): return 1": "rule takes g",
    "class A(Op):\n  def forward(self, saved): return saved": "an input called `saved`",
    "class A(Op):\n  def forward(self, g): return g": "an input called `g`",
}


@pytest.mark.parametrize("text", UNLOADED)
def test_a_file_that_does_not_load_is_not_right(text: str, tmp_path: Path) -> None:
    rows = rows_of(tmp_path, text + "\n" + op("Late"), seconds=1)
    assert rows and not any(row.ok for row in rows)
    assert re.search(UNLOADED[text], rows[0].verdict), rows
    assert rows[-1].op == "Late" or text == "def f(:"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("x = 1", "defines no subclass"),
        ("from minigan.nn.functional.padding import Pad", "defines no subclass"),
        (op("A") + "del A", "line 7 is not there"),
        (op("A") + "A.__module__ = 'elsewhere'", "line 7 is not there"),
        (op("A") + op("B") + "A = B", "line 7 is not there"),
        (op("A", "x > 0"), "no floats"),
        (op("A", "np.log(-x * x)"), "no finite numbers"),
        (op("A", more="    def __init__(self, n): pass"), "define examples()"),
        (op("A", more=examples("[]")), "is empty"),
        (op("A", more=examples("[np.ones((0, 3))]")), "no numbers"),
        (op("A", more=examples("[np.arange(3)]")), "no input"),
        (op("B") + op("A", more=examples("[(B(), np.ones(3))]")),
         "an op of class B"),
        (op("A", more=examples("3")), "TypeError"),
        (op("A", more=examples("sys.exit(0)")), "SystemExit"),
        ("class A(Op):\n    def forward(): return 1", "first parameter is self"),
        ("class A(Op): pass", "defines no forward"),
    ],
)  # fmt: skip
def test_an_op_that_was_not_checked_is_not_right(text: str, match: str, tmp_path: Path) -> None:
    rows = [row for row in rows_of(tmp_path, text) if row.op != "B"]
    assert [row.ok for row in rows] == [False] and match in rows[0].verdict


def test_a_base_class_without_forward_is_no_op(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "class Base(Op): pass\n" + op("A").replace("(Op)", "(Base)"))
    assert [(row.op, row.verdict) for row in rows] == [("A", "right")]


@pytest.mark.parametrize(
    ("name", "match"),
    [("none.py", "no file"), (".", "folder"), ("ops.txt", "must end in .py")],
)
def test_what_is_no_file_of_python_is_refused(name: str, match: str, tmp_path: Path) -> None:
    (tmp_path / "ops.txt").write_text(op("A"))
    with pytest.raises(ValueError, match=match):
        check_file(tmp_path / name)


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_a_time_that_is_none_is_refused(seconds: float, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seconds="):
        rows_of(tmp_path, op("A"), seconds=seconds)


# --------------------------------------------------------------------------------------------- JSON


def test_rows_as_json() -> None:
    rows = [
        Row("A", "3", 2, 1e-9, 0.5, "right", ("hello",), 1),
        Row("B", "", 2, None, 0.0, "not checked: it took longer than 1 s: 时间"),
    ]
    found = json.loads(rows_json(rows, file="ops.py"))
    assert found["file"] == "ops.py" and found["ok"] is False
    assert [row["status"] for row in found["rows"]] == ["right", "not checked"]
    assert found["rows"][1]["message"] == "it took longer than 1 s: 时间"
    assert json.loads(rows_json(rows[:1]))["ok"] is True
    assert json.loads(rows_json([]))["ok"] is False
    assert json.loads(rows_json([Row("A", "3", 2, float("nan"), 0.5, "right")]))["rows"][0][
        "error"
    ] is None  # fmt: skip
