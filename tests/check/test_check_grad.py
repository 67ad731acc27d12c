"""check_grad, check_adjoint, and every op of the package."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from fake_cupy import installed
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import Op, Tensor, nn
from minigan.autograd import FusedOp
from minigan.check import (
    GradientError,
    check_adjoint,
    check_all,
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
    # ops of several ranks: tests/parallel has the tests of their gradients
    kinds = {kind for kind in kinds if not kind.__module__.startswith("minigan.parallel.")}
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
    assert (
        table.splitlines()[-1] == f"{len(rows)} checks: {len(rows)} right, 0 WRONG, 0 not checked"
    )


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
        return rows @ w, rows.tanh(), i  # integers among the outputs are ignored

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
def test_a_function_that_cannot_be_checked_is_refused(
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
