"""check_grad, check_adjoint, and the table of all ops."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_cupy import installed
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import Op, Tensor, check, nn
from minigan.autograd import FusedOp
from minigan.check import (
    GradientError,
    check_adjoint,
    check_all,
    check_file,
    check_grad,
    format_rows,
)
from minigan.check.examples import EXAMPLES
from minigan.functions.casting import Transfer
from minigan.geometry import Geometry
from minigan.nn.functional import average_pooling, folding

X = np.random.default_rng(3).normal(size=(3, 4))


# ----------------------------------------------------------------------------------- all of minigan


def _kinds(kind: type[Op]) -> Iterator[type[Op]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


def test_every_op_of_the_package_is_in_the_table() -> None:
    for room in ("autograd", "functions", "nn"):
        package = importlib.import_module(f"minigan.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"minigan.{room}."):
            importlib.import_module(module.name)
    kinds = {kind for kind in _kinds(Op) if kind.__module__.startswith("minigan.")} - {FusedOp}
    missing = kinds - {type(example.op) for example in EXAMPLES}
    assert not missing, f"add an example to minigan/check/examples.py for {missing}"


def test_every_op_of_the_package_is_right() -> None:
    rows = list(check_all())
    assert len(rows) == len(EXAMPLES) and all(row.ok and row.verdict == "right" for row in rows), (
        format_rows(rows)
    )
    assert max(row.error or 0.0 for row in rows) < 1e-6
    assert sum(row.seconds for row in rows) < 30
    table = format_rows(rows)
    assert table.splitlines()[0].split() == ["op", "inputs", "order", "error", "ms", "verdict"]
    assert table.splitlines()[-1] == f"{len(rows)} checks: {len(rows)} right, 0 WRONG, 0 skipped"


def test_every_op_of_the_package_is_right_on_the_stand_in_for_cupy() -> None:
    with installed():
        for op, inputs, function in EXAMPLES:
            if not isinstance(op, Transfer):  # whose examples stay on the CPU
                there = [None if x is None else Tensor(x, device="cuda") for x in inputs]
                check_grad(function or op, there, directions=1, full=False)


# --------------------------------------------------------------------------------------- check_grad


def test_inputs_of_any_kind_and_several_outputs() -> None:
    weight = nn.Parameter(minigan.ones(4, 2))
    index = np.array([2, 0, 0])

    def function(
        x: Tensor, i: Tensor, w: Tensor, b: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        assert b is None and i.dtype == np.int64 and x.dtype == w.dtype == np.float64
        rows = x[i]
        return rows @ w, rows.tanh(), i  # integers among the outputs are no business of the check

    x = Tensor(X.astype(np.float32), requires_grad=True)
    checked = check_grad(function, [x, index, weight, None])
    assert checked.error < 1e-7
    assert x.grad is None and weight.grad is None and weight.dtype == np.float32
    np.testing.assert_array_equal(x.detach().numpy(), X.astype(np.float32))
    np.testing.assert_array_equal(weight.detach().numpy(), np.ones((4, 2)))


def test_inputs_without_numbers_and_without_dimensions() -> None:
    assert check_grad(lambda x: x.exp(), [1.5], order=3).order == 3
    assert check_grad(lambda x: x * x, np.zeros((0, 3))).error == 0
    check_grad(lambda x, y: x * 2.0, [X, X])  # y has no gradient, and needs none
    check_grad(lambda x: x, X)
    check_grad(lambda x: x[::2].T, [X[:, ::-1].T])  # memory in any order


def test_a_check_can_be_repeated() -> None:
    assert check_grad(minigan.tanh, X, generator=5) == check_grad(minigan.tanh, X, generator=5)
    assert check_grad(minigan.tanh, X, generator=5) != check_grad(minigan.tanh, X, generator=6)


def test_large_and_small_inputs() -> None:
    check_grad(minigan.log, X**2 * 1e4 + 1.0)
    check_grad(minigan.nn.functional.softplus, np.array([-1e4, -30.0, 0.5, 30.0, 1e4]))
    check_grad(lambda x: x.sigmoid() * 1e6, X)


@pytest.mark.parametrize(
    ("function", "at"),
    [
        (minigan.relu, 0.0),
        (minigan.abs, 0.3),
        (lambda x: x.clamp(max=2.0), 2.0),
        (minigan.floor, 1.0),
    ],
)
def test_a_kink_is_suspected(function: Any, at: float) -> None:
    shifted = (
        (lambda x: (x - 0.3).abs() + (x - 0.3).relu()) if function is minigan.abs else function
    )
    with pytest.raises(
        GradientError, match=r"index \(1,\) .*kink .* is suspected at " + str(at).removesuffix(".0")
    ):
        check_grad(shifted, np.array([1.7, at, -0.6]), order=1)


def test_no_kink_is_suspected_of_a_wrong_rule() -> None:
    class Wrong(Op):
        def forward(self, x: Any) -> Any:
            return np.sin(x)

        def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
            return g * minigan.sin(x)

    with pytest.raises(GradientError) as caught:
        check_grad(Wrong(), X, order=1)
    message = str(caught.value)
    assert (
        "Wrong, order 1: the gradient of input 0 (x) at index (0, 0) is " in message
        and "kink" not in message
    )
    assert isinstance(caught.value, AssertionError)


@pytest.mark.parametrize(
    ("error", "match", "function", "inputs", "settings"),
    [
        (TypeError, "callable", 3, X, {}),
        (TypeError, "no input holds floats", minigan.abs, np.arange(3), {}),
        (TypeError, r"inputs\[0\]", minigan.abs, "abc", {}),
        (TypeError, "must return a Tensor", lambda x: x.numpy(), X, {}),
        (ValueError, "order=0", minigan.abs, X, {"order": 0}),
        (ValueError, "eps=0", minigan.abs, X, {"eps": 0}),
        (ValueError, "infinities or NaN", minigan.log, np.zeros(3), {}),
        (ValueError, "two results", lambda x: x * np.random.default_rng().random(), X, {}),
        (ValueError, "changes input 0", lambda x: x.add_(1.0) if not x.requires_grad else x, X, {}),
        (GradientError, "returns float32", lambda x: x.float(), X, {}),
    ],
)
def test_what_cannot_be_checked_is_refused(
    error: Any, match: str, function: Any, inputs: Any, settings: Any
) -> None:
    with pytest.raises(error, match=match):
        check_grad(function, inputs, **settings)


# ------------------------------------------------------------------------------------ check_adjoint


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 1), st.integers(1, 2))
def test_adjoint_pairs(k: int, s: int, p: int, d: int) -> None:
    geometry = Geometry.conv((6, 7), (k, 2), (s, 1), p, (1, d))
    L = geometry.Y[0] * geometry.Y[1]
    check_adjoint(folding.Unfold(geometry), folding.Fold(geometry), (2, 3, 6, 7), (2, 3 * 2 * k, L))
    pool = Geometry.pool((6, 7), (k, 2), (s, 1), (0, 1), ceil_mode=True)
    sizes = average_pooling.window_sizes(pool, True)
    check_adjoint(
        average_pooling.AvgPool(pool, sizes),
        average_pooling.AvgUnpool(pool, sizes),
        (2, 3, 6, 7),
        (2, 3, *pool.Y),
        exact=False,
    )


def test_adjoint_of_arrays() -> None:
    m = np.array([[1.0, 2.0, 0.0], [-1.0, 3.0, 1.0]])
    assert check_adjoint(lambda x: m @ x, lambda y: m.T @ y, (3,), (2,), arrays=True).error == 0
    with pytest.raises(GradientError):
        check_adjoint(lambda x: m @ x, lambda y: np.flip(m.T, 0) @ y, (3,), (2,), arrays=True)


# --------------------------------------------------------------------------------------- check_file

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
    verdicts = [(row.op, row.verdict.partition(":")[0]) for row in rows]
    assert verdicts == [
        ("Square", "right"), ("Bad", "WRONG"), ("Root", "right"), ("Trace", "right"),
        ("Scale", "right"),
        ("Scale", "right"), ("Settings", "skipped"), ("Crash", "WRONG"), ("Pair", "WRONG"),
        ("Broken", "WRONG"),
    ]  # fmt: skip
    assert [row.ok for row in rows] == [not verdict.startswith("WRONG") for _, verdict in verdicts]
    assert "input 1 (b)" in rows[1].verdict and "define examples()" in rows[6].verdict
    assert "NameError" in rows[7].verdict and rows[3].inputs == "3x3"
    assert "10 checks: 5 right, 4 WRONG, 1 skipped" in format_rows(rows)


def test_a_file_may_import_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "neighbour_of_ops.py").write_text("factor = 3.0\n")
    (tmp_path / "ops.py").write_text(
        "import minigan\nfrom neighbour_of_ops import factor\nclass Scale(minigan.Op):\n"
        "    def forward(self, x): return x * factor\n    def backward_x(self, g): return g * "
        "factor\n"
    )
    assert [row.verdict for row in check_file(str(tmp_path / "ops.py"))] == ["right"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (None, "there is no file"),
        ("def f(:", "SyntaxError"),
        ("import nowhere_to_be_found", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("x = 1", "defines no subclass"),
        ("from minigan.nn.functional.padding import Pad", "defines no subclass"),
        (
            "from minigan import Op\nclass A(Op):\n  def forward(self, x): pass\n  def "
            "backward_x(self): pass",
            "rule takes g",
        ),
    ],
)
def test_a_file_that_cannot_be_checked(text: str | None, match: str, tmp_path: Path) -> None:
    path = tmp_path / "ops.py"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ValueError, match=match):
        check_file(path)


def test_what_is_promised() -> None:
    assert all(hasattr(check, name) for name in check.__all__)
