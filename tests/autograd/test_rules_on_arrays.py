"""Rules that are plain arithmetic run on arrays when nothing is recorded; the numbers are equal."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import minigan
from minigan.autograd import Op, Tensor, grad
from minigan.autograd.quiet import quietly
from minigan.backend import Array
from minigan.functions.arithmetic import Mul

FUNCTIONS = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "neg": lambda x, y: -x * y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "number": lambda x, y: 3 * x / 7 - y * 0.1,
    "power": lambda x, y: x**3 + y**-2,
    "exp": lambda x, y: x.exp() * y.expm1(),
    "log": lambda x, y: x.log() + y.log1p(),
    "sqrt": lambda x, y: x.sqrt() * y,
    "sigmoid": lambda x, y: x.sigmoid() * y.tanh(),
    "atanh": lambda x, y: (x / 4).atanh() * y,
    "single": lambda x, y: x.sum() * y.mean(),
    "broadcast": lambda x, y: x[:1] * y + x,
    "sums": lambda x, y: x.sum(0) * y.mean(1, keepdim=True),
    "matmul": lambda x, y: x @ y.T @ (x + y),
    "stacks": lambda x, y: x.reshape(3, 1, 2) @ y.permute(1, 0)[None],
    "relu": lambda x, y: (x - 1.5).relu() * y,
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_on_arrays_have_the_bits_of_recorded_gradients(name: str, dtype: type) -> None:
    rng = np.random.default_rng(0)
    x, y = (
        minigan.tensor(rng.uniform(0.5, 3, (3, 2)).astype(dtype)).requires_grad_() for _ in "xy"
    )
    out = FUNCTIONS[name](x, y)
    g = minigan.tensor(rng.standard_normal(out.shape).astype(dtype))
    plain = grad(out, (x, y), g, retain_graph=True)
    recorded = grad(out, (x, y), g, create_graph=True)
    for a, b in zip(plain, recorded, strict=True):
        assert a.dtype == b.dtype == dtype and a.numpy().tobytes() == b.numpy().tobytes()
        assert not a.requires_grad


@pytest.mark.parametrize(
    "function",
    [lambda x: x.reshape(6), lambda x: x.sum(1), lambda x: x.sum(1, keepdim=True), lambda x: x.T],
)
def test_a_gradient_that_views_the_cotangent_has_its_version(function: Any) -> None:
    rng = np.random.default_rng(0)
    x, w = (minigan.tensor(rng.normal(size=(2, 3))).requires_grad_() for _ in "xw")
    shape = function(x).shape
    g = minigan.tensor(rng.normal(size=shape))
    (gx,) = grad(function(x), x, g)
    loss = (w * gx).sum()
    g.mul_(100.0)  # and gx with it: the product has read other numbers
    with pytest.raises(RuntimeError, match="was changed in place"):
        loss.backward()
    g = minigan.tensor(rng.normal(size=shape)).requires_grad_()
    z = (g * g).sum()
    (gx,) = grad(function(x), x, g.detach())
    try:
        gx.mul_(100.0)  # and g with it
    except RuntimeError as error:
        assert "expanded" in str(error) or "read-only" in str(error)
    else:
        with pytest.raises(RuntimeError, match="was changed in place"):
            z.backward()


def test_a_gradient_that_is_passed_on_is_the_same_tensor() -> None:
    x, y = minigan.ones(2).requires_grad_(), minigan.ones(2).requires_grad_()
    g = minigan.ones(2)
    gx, gy = grad(x + y, (x, y), g)
    assert gx is g and gy is g


def test_a_subclass_with_other_rules_gets_tensors() -> None:
    class Doubled(Mul):
        def backward_a(self, g: Tensor, b: Tensor) -> Tensor:
            assert isinstance(g, Tensor) and isinstance(b, Tensor)
            return g * b * 2.0

    x, y = minigan.ones(2).requires_grad_(), minigan.ones(2).requires_grad_()
    assert Mul.arithmetic and not Doubled.arithmetic
    assert [g.tolist() for g in grad(Doubled()(x, y).sum(), (x, y))] == [[2.0, 2.0], [1.0, 1.0]]


def test_a_changed_input_is_noticed_on_arrays_too() -> None:
    x, y = minigan.ones(2).requires_grad_(), minigan.ones(2).requires_grad_()
    for out, name in (((x * y).sum(), "input b"), (x.exp().sum(), "output")):
        kept = y if name == "input b" else out.node.parents[0].value("out")
        kept.changed()
        with pytest.raises(RuntimeError, match=f"its {name}, a tensor of shape \\(2,\\), was"):
            grad(out, x)


def test_quiet_is_quiet_and_ends() -> None:
    class Loud(Op):
        def forward(self, x: Array) -> Array:
            return np.log(x) / 0.0

        def backward_x(self, g: Tensor) -> Tensor:
            return Tensor(np.log(g._data - g._data))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = minigan.zeros(2).requires_grad_()
        assert grad(Loud()(x).sum(), x)[0].tolist() == [-np.inf, -np.inf]
        assert quietly(quietly, np.log, np.zeros(1)).tolist() == [-np.inf]
        with pytest.raises(ZeroDivisionError):
            quietly(lambda: 1 // 0)
        with pytest.raises(RuntimeWarning):
            np.log(np.zeros(1))
        with np.errstate(all="raise"), pytest.raises(FloatingPointError):
            quietly(np.log, np.zeros(1))
            np.log(np.zeros(1))
