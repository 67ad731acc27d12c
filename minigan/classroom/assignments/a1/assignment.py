"""The parts of A1 and their points."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from minigan.classroom.assignments.a1 import candidates, draws, models, solution
from minigan.classroom.comparison import Mismatch, close, mismatch
from minigan.classroom.model import Assignment, Function, Inputs, Part

# Beside a submission: its functions receive functions, which no message can hold.
_FUNCTION = """
def checked(f, shape):
    function = eval(f, {"np": np})
    def call(values):
        if np.shape(values) != shape:
            raise ValueError(f"f takes an array of shape {shape}, and received {np.shape(values)}")
        return function(np.asarray(values))
    return call

def arranged(x, layout):
    if layout == "F":
        return np.array(x, order="F")
    if layout == "transposed":
        return np.ascontiguousarray(x.T).T
    if layout == "strided":
        wide = np.zeros([2 * n for n in x.shape])[tuple(slice(1, None, 2) for _ in x.shape)]
    elif layout == "reversed":
        wide = np.zeros(x.shape)[tuple(slice(None, None, -1) for _ in x.shape)]
    else:
        return x.copy()
    wide[...] = x
    return wide
"""
_GRADIENT = (
    _FUNCTION
    + """
def run(submission, ask, f, x, eps, layout):
    given = arranged(x, layout)
    more = () if eps is None else (eps,)
    result = submission.numerical_gradient(checked(f, x.shape), given, *more)
    return [result, given]
"""
)
_CHECK = (
    _FUNCTION
    + """
def run(submission, ask, f, claimed, x, eps=None, tolerance=None):
    more = {} if eps is None else {"eps": eps, "tolerance": tolerance}
    return submission.grad_check(checked(f, x.shape), lambda v: claimed.copy(), x, **more)
"""
)
_VALUES = """
def run(submission, ask, program):
    names = {"Value": submission.Value}
    exec(program, names)
    kind = submission.Value
    found = {name: value for name, value in names.items() if isinstance(value, kind)}
    told = [[name, value.data, value.grad] for name, value in sorted(found.items())]
    return [*told, ["before", 0.0, names.get("before", 0.0)]]
"""

# The wrong submissions of the selftest.
_WRONG_GRADIENT = """
def numerical_gradient(f, x, eps=1e-6):
    result, keeps = models.gradient(f, x, eps, **FLAGS)
    if not keeps:
        x += 1e-9
    return result
"""
_WRONG_CHECK = """
def grad_check(f, gradient, x, eps=1e-6, tolerance=1e-5):
    return models.check(f, gradient(x), x, eps, tolerance, **FLAGS)
"""
_WRONG_CLASS = 'Value = type("Value", (models.Value,), {"flags": FLAGS})\n'


def _with_bits(value: Any, inputs: Inputs) -> Any:
    """Return (gradient, whether x is bit for bit the same) of what the driver returned."""
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[1], np.ndarray)):
        return value
    same = value[1].shape == inputs["x"].shape and value[1].tobytes() == inputs["x"].tobytes()
    return value[0], same


def _gradient_of(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) else value


def _gradient_only(value: Any, right: Any) -> Mismatch | None:
    return mismatch(_gradient_of(value), right[0], 1e-7)


def _unchanged_too(value: Any, right: Any) -> Mismatch | None:
    found = _gradient_only(value, right)
    return found if found is not None or value[1] is True else Mismatch("changed", {})


def _judge_check(value: Any, right: tuple[bool, tuple[int, ...], float]) -> Mismatch | None:
    """Compare (ok, index, error): the index counts where ok is false."""
    if not isinstance(value, list | tuple) or len(value) != 3:
        return mismatch(value, list(right))
    ok, index, error = value
    if (found := mismatch(ok, right[0])) is not None:
        return Mismatch(found.kind, {**found.values, "index": "[0]"})
    if right[0]:
        small = isinstance(error, int | float | np.integer | np.floating) and 0 <= error <= 1e-3
        return None if small else Mismatch("not-small", {"index": "[2]"})
    if (found := mismatch(index, list(right[1]))) is not None:
        return Mismatch("entry-of-gradient", {"right": right[1]})
    if (found := mismatch(error, right[2])) is None or close(error, right[2], relative=1e-3):
        return None
    return Mismatch(found.kind, {**found.values, "index": "[2]"})


def _ok(value: Any, inputs: Inputs) -> Any:
    """Return what tells misconceptions apart: whether the gradient is accepted."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 3 else value


def _numerical(points: int, aspect: str, judge: Any) -> Function:
    return Function(
        "numerical_gradient", points, models.gradient, draws.numerical, draws.small_numerical,
        models.gradient, models.GRADIENT, driver=_GRADIENT, view=_with_bits, judge=judge,
        kinds={"changed": "changes-its-input"},
        aspect=aspect, simplify=False, told=_gradient_of,
        standby=inspect.getsource(solution.numerical_gradient), wrong_code=_WRONG_GRADIENT,
    )  # fmt: skip


_CHECKS = Function(
    "grad_check", 30, models.check, draws.checks, draws.small_checks, models.check, models.CHECK,
    driver=_CHECK, judge=_judge_check, seen=_ok, simplify=False, wrong_code=_WRONG_CHECK,
)  # fmt: skip
_CLASS = Function(
    "Value", 20, models.values, draws.graphs, draws.small_graphs, models.values, models.VALUES,
    driver=_VALUES, wrong_code=_WRONG_CLASS,
)  # fmt: skip

ASSIGNMENT = Assignment(
    id="A1",
    parts=(
        Part("1.1", 20, (_numerical(14, "", _gradient_only), _numerical(6, "x", _unchanged_too)),
             difficulty=1, minutes=20),
        Part("1.2", 30, (_CHECKS,), difficulty=2, minutes=30),
        Part("1.3", 24, special=candidates.grade, difficulty=3, minutes=45),
        Part("1.4", 20, (_CLASS,), difficulty=2, minutes=40),
        Part("1.5", 6, difficulty=1, minutes=10, manual=True),
    ),
    imports="import math\n\nimport numpy as np",
    chapters=("t00", "t01"),
    steps={
        "one-sided-difference": "t00#secants",
        "missing-factor-two": "t00#secants",
        "changes-its-input": "t00#gradient",
        "checks-one-entry": "t00#one-entry",
        "compares-sums": "t00#direction",
        "absolute-error-only": "t00#relative",
        "gradient-overwritten": "t01#order",
        "no-topological-order": "t01#order",
        "one-operand-forgotten": "t01#chain",
    },
)  # fmt: skip
