"""An output may be changed in place before backward, wherever PyTorch allows it.

`y = f(x); y.add_(1); y.backward()` raises an error in PyTorch if the derivative of f is computed
from y. Here it may work too, but never the other way round, and never with a wrong gradient.
"""

import warnings

import numpy as np
import pytest
from function_suite import CASES
from layer_suite import LAYERS

import minigan
from minigan import nn

torch = pytest.importorskip("torch")

CHANGES = {
    "add_": lambda y: y.add_(1.0),
    "mul_": lambda y: y.mul_(3.0),
    "zero_": lambda y: y.zero_(),
    "setitem": lambda y: y.__setitem__(..., 2.0),
}


def gradients(m, function, inputs, change):
    """Return the gradients after the output was changed, or None if this raises RuntimeError."""
    xs = [m.tensor(x.numpy() if isinstance(x, torch.Tensor) else x) for x in inputs]
    for x in xs:
        x.requires_grad_()
    y = function(m, *xs)
    y = y[0] if isinstance(y, list | tuple) else y
    if not y.requires_grad or any(y is x for x in xs):
        return None
    numbers = np.random.default_rng(5).normal(size=tuple(y.shape))
    try:
        change(y)
        y.backward(m.tensor(numbers))
    except RuntimeError:
        return None
    return [None if x.grad is None else x.grad.numpy() for x in xs]


def check(function, inputs, change):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = gradients(torch, function, inputs, change)
    if theirs is None:
        return
    ours = gradients(minigan, function, inputs, change)
    assert ours is not None, "PyTorch allows this"
    for a, b in zip(ours, theirs, strict=True):
        zeros = np.zeros_like(next(z for z in (b, a, np.zeros(1)) if z is not None))
        a, b = (zeros if z is None else z for z in (a, b))
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case.name}" for i, case in enumerate(CASES)])
def test_function(case, change):
    check(case.function, [np.array(x, "float64") for x in case.inputs], change)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(("name", "settings", "shape"), LAYERS)
def test_layer(name, settings, shape, change):
    layers = {torch: getattr(torch.nn, name)(**settings).double()}
    layers[minigan] = getattr(nn, name)(**settings).double()
    layers[minigan].load_state_dict(layers[torch].state_dict())
    check(lambda m, x: layers[m](x), [np.random.default_rng(1).normal(size=shape)], change)


@pytest.mark.parametrize("slope", [0.0, 0.2])
@pytest.mark.parametrize("norm", [False, True])
def test_a_fused_activation(norm, slope):
    """Linear or batch norm with its activation is one op, which keeps neither input nor output."""
    found = []
    for fuse in (True, False):
        first = nn.BatchNorm1d(3) if norm else nn.Linear(3, 3, generator=0)
        act = nn.LeakyReLU(slope) if slope else nn.Identity()
        net = nn.Sequential(first, act, fuse=fuse).double()
        x = minigan.randn(4, 3, dtype="float64", generator=1).requires_grad_()
        y = net(x)
        y.mul_(2.0)
        (y * y).sum().backward()
        found.append(x.grad.numpy())
    np.testing.assert_allclose(*found, rtol=1e-12)
