"""The child's side of `minigan check FILE.py`, called in this process: its answers, one by one.

In use it runs in a process of its own, which `test_homework.py` has.
"""

import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from homework_files import HEAD, examples, op, written

from minigan.check import submission
from minigan.check.originals import Originals

Load = Callable[[str], str]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """A function that loads a text as a file and returns its path; the process is restored."""
    for name in ("path", "argv"):
        monkeypatch.setattr(sys, name, [*getattr(sys, name)])
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    monkeypatch.setitem(sys.modules, "_checked_my-ops", sys)
    for name, value in (("_kinds", {}), ("_cases", []), ("_originals", Originals())):
        monkeypatch.setattr(submission, name, value)

    def load(text: str) -> str:
        path = str(written(tmp_path, text))
        submission.load(path)
        return path

    return load


ABSTRACT = """
if True:
    class Base(Op):
        def backward_x(self, g, x): return g
class Child(Base):
    def forward(self, x): x * 1.0
class Other: pass
from minigan import Op as O
class Renamed(O):
    def forward(self, x): raise NotImplementedError
    def backward_x(self, g): pass
"""


def test_classes_are_listed_without_running_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, ABSTRACT + "raise SystemExit")
    found = {one["name"]: one for one in submission.listed(str(path))}
    assert list(found) == ["Base", "Child", "Renamed"]
    assert [one["abstract"] for one in found.values()] == [True, False, False]
    assert [one["silent"] for one in found.values()] == [[], ["forward"], ["backward_x"]]
    line = HEAD.count("\n") + 3
    assert found["Base"]["line"] == line and found["Base"]["lines"] == {"backward_x": line + 1}


def test_a_file_is_loaded_and_its_ops_are_named(load: Load) -> None:
    load(ABSTRACT + op("A"))
    path = load(op("B") + "from minigan.functions.arithmetic import Mul\n")
    assert set(submission._kinds) == {"Base", "Child", "Renamed", "A", "B"}
    assert sys.argv == [path] and sys.path[0] == str(Path(path).parent)
    names = [name for name, *_ in submission.load(path)]
    assert "Mul" not in names and "Base" not in names  # imported, abstract
    assert ("B", ("x",), False) in submission.load(path)


SCALE = """
@dataclass(frozen=True)
class Scale(Op):
    by: float = 2.0
    where: tuple = (1, None)
    def forward(self, x): return self.by * x
    def backward_x(self, g): return self.by * g
    @staticmethod
    def examples():
        return [(Scale(3.0), (np.ones((2, 3), "f4"),)), (np.arange(3),), np.ones(2), (None,)]
"""


def test_examples_are_sent_with_their_settings(load: Load) -> None:
    load(SCALE + op("A"))
    assert submission.examples("A") is None
    found = submission.examples("Scale")
    assert found is not None and [one["case"] for one in found] == [0, 1, 2, 3]
    assert found[0]["settings"] == {"by": 3.0, "where": (1, None)}
    assert found[0]["title"].startswith("Scale(by=3.0")
    (x,) = found[0]["inputs"]
    assert x.dtype == np.float64 and x.shape == (2, 3)  # gradients are checked in float64
    assert found[1]["inputs"][0].dtype.kind == "i" and found[2]["inputs"][0].shape == (2,)
    assert found[3]["inputs"] == [None]
    made = submission.made({"name": "Scale", "settings": {"by": 5.0}})
    assert (made["case"], made["settings"]["by"]) == (4, 5.0)


def test_examples_of_another_class_are_refused(load: Load) -> None:
    load(op("A") + op("B", more=examples("[(A(), (np.ones(2),))]")))
    with pytest.raises(TypeError, match="returns an op of class A; it must return ops of class B"):
        submission.examples("B")


def test_outputs_and_gradients_of_every_order(load: Load) -> None:
    load(op("A", "x * x * x", "3.0 * g * x * x"))
    case = submission.made({"name": "A", "settings": {}})["case"]
    x, g = np.array([1.0, 2.0]), np.array([1.0, 10.0])
    first = {"case": case, "inputs": [x], "counts": [1]}
    found = submission.outputs(first)
    assert found["changed"] == [] and found["outputs"][0].tolist() == [1.0, 8.0]
    wanted = {**first, "cotangents": [g], "record": False}
    assert submission.gradients(wanted)[0].tolist() == [3.0, 120.0]
    # the second order has the gradient as a function of x and g
    second = {"case": case, "inputs": [x, g], "counts": [1, 2]}
    assert submission.outputs(second)["outputs"][0].tolist() == [3.0, 120.0]
    wanted = {**second, "cotangents": [np.ones(2)], "record": False}
    of_x, of_g = submission.gradients(wanted)
    assert of_x.tolist() == [6.0, 120.0] and of_g.tolist() == [3.0, 12.0]


def test_inputs_that_forward_changes_are_told(load: Load) -> None:
    load(op("A", "\n        x *= 2\n        return x * 1.0"))
    case = submission.made({"name": "A", "settings": {}})["case"]
    found = submission.outputs({"case": case, "inputs": [np.ones(2)], "counts": [1]})
    assert found["changed"] == [0]


def test_what_a_file_replaces_is_named(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    import minigan
    from minigan.functions.arithmetic import Mul

    for where, name in ((math, "hypot"), (minigan, "exp"), (json.JSONEncoder, "encode")):
        monkeypatch.setattr(where, name, getattr(where, name))  # restored after the test
    rules = dict(Mul.rules)
    text = """
import json, types
math.hypot = minigan.exp = None
json.JSONEncoder.encode = lambda *a: "{}"
minigan.functions.arithmetic.Mul.rules.pop("a")
late = types.ModuleType("minigan.late")
late.helper = Op.__call__
def helper(): pass
late.own = helper
sys.modules["minigan.late"] = late
"""
    monkeypatch.setitem(sys.modules, "minigan.late", sys)
    del sys.modules["minigan.late"]
    try:
        path = load(text + op("A"))
        found = set(submission.replaced(path))
    finally:
        Mul.rules.update(rules)
    # the encoder is json's own class in json.encoder; minigan.exp is not that of a method
    assert {"math.hypot", "minigan.exp", "minigan.late.own"} <= found
    assert "json.encoder.JSONEncoder.encode" in found
    assert "minigan.functions.arithmetic.Mul.rules['a']" in found
    assert "minigan.late.helper" not in found
