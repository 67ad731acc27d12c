"""Mutants in forked children: which function a change is in, exchanged code, verdicts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from benchmarks.changed_code import Place, exchange, function_around, functions_of
from benchmarks.forked_tests import try_many
from benchmarks.mutants import mutants
from benchmarks.wrong_copy import ROOT

TEXT = '''"""é: the offsets of Python's parser count bytes."""
from functools import cache, wraps

LIMIT = 3

def twice(function):
    @wraps(function)
    def call(x):
        return function(function(x))
    return call

@twice
def half(x, by=2):
    return x / by

@cache
def kept(x):
    return x + LIMIT

class A:
    size = 1 + 1
    double = staticmethod(lambda x: 2 * x)

    def __init__(self):
        super().__init__()
'''


def around(code: str) -> Place | None:
    start = TEXT.index(code)
    return function_around("f.py", TEXT, start, start + len(code))


@pytest.mark.parametrize(("code", "line", "name"), [
    ("function(function(x))", 7, "call"),
    ("x / by", 12, "half"),
    ("x + LIMIT", 16, "kept"),
    ("2 * x", 22, "<lambda>"),
    ("super().__init__()", 24, "__init__"),
])  # fmt: skip
def test_the_function_around_a_change(code, line, name):
    assert around(code) == Place("f.py", line, name)


@pytest.mark.parametrize("code", ["3", "@twice", "by=2", "1 + 1", "staticmethod"])
def test_what_runs_at_import_is_in_no_function(code):
    assert around(code) is None


def test_functions_get_the_code_of_a_changed_file(tmp_path):
    path = tmp_path / "f.py"
    path.write_text(TEXT, encoding="utf-8")
    module: dict[str, Any] = {"__name__": "f"}
    exec(compile(TEXT, str(path), "exec"), module)
    functions = functions_of(str(tmp_path))[str(path)]
    before = module["half"](8.0), module["A"].double(3)
    for old, new in (("x / by", "x * by"), ("2 * x", "5 * x"), ("LIMIT\n\n", "7\n\n")):
        pairs = exchange(str(path), TEXT, TEXT.replace(old, new), functions)
        assert len(pairs) == 1
        for function, code in pairs:
            function.__code__ = code
    assert before == (2.0, 6)
    assert (module["half"](8.0), module["A"].double(3), module["kept"](1)) == (32.0, 15, 8)
    with pytest.raises(ValueError, match="uses other names"):  # without super() no __class__
        exchange(str(path), TEXT, TEXT.replace("super().__init__()", "pass"), functions)


MODULE = """from functools import cache

LIMIT = 4

@cache
def half(x):
    return x / 2

def small(x):
    return half(x) < LIMIT

def forever(x):
    while x > 0:
        x -= 1
    return x

def not_tested(x):
    return -x

def plus(x):
    return x + 5

def at_import(x):
    return x * 2

EIGHT = at_import(4)
"""
TESTS = """import minigan.code as code
import os, pytest, subprocess, sys

@pytest.fixture(scope="module")
def four():
    return code.half(8)

def test_half(four):
    assert four == 4

def test_again(four):
    assert code.small(7) and not code.small(8)

def test_forever():
    assert code.forever(3) == 0

def test_that_fails_while_calls_are_noted():
    assert code.plus(1) == 6 and sys.getprofile() is None

def test_eight():
    assert code.EIGHT == 8
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_verdicts_on_mutants(tmp_path: Path) -> None:
    root = tmp_path / "small"
    (root / "minigan").mkdir(parents=True)
    (root / "minigan/__init__.py").touch()
    (root / "minigan/code.py").write_text(MODULE, encoding="utf-8")
    (root / "test_code.py").write_text(TESTS, encoding="utf-8")
    found = mutants("minigan/code.py", MODULE)
    environment = os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{ROOT}"}
    records = list(try_many(found, ["test_code.py"], root, environment, least=0.5))
    verdicts = {
        str(mutant).partition(": ")[2]: (record["kind"], record["words"].rpartition("::")[2])
        for mutant, record in zip(found, records, strict=True)
    }
    assert verdicts.pop("`x -= 1` -> `pass`")[0] == "timeout"
    assert verdicts == {
        "`4` -> `(4 + 1)`": ("unclear", "runs when a module is imported"),
        "`x / 2` -> `((x) * (2))`": verdicts["`x / 2` -> `((x) * (2))`"],  # two tests notice it
        "`2` -> `(2 + 1)`": ("unclear", "runs when a module is imported"),  # of x * 2
        "`half(x) < LIMIT` -> `(half(x)) <= (LIMIT)`": ("caught", "test_again"),
        "`x > 0` -> `(x) >= (0)`": ("caught", "test_forever"),
        "`0` -> `(0 + 1)`": ("caught", "test_forever"),
        "`1` -> `(1 + 1)`": ("caught", "test_forever"),
        "`-x` -> `(x)`": ("survived", "0 tests"),
        "`x + 5` -> `((x) - (5))`": ("caught", "test_that_fails_while_calls_are_noted"),
        "`5` -> `(5 + 1)`": ("caught", "test_that_fails_while_calls_are_noted"),
        "`x * 2` -> `((x) / (2))`": ("unclear", "runs when a module is imported"),
    }
    assert verdicts["`x / 2` -> `((x) * (2))`"][0] in ("caught", "error")
    assert (root / "minigan/code.py").read_text() == MODULE
