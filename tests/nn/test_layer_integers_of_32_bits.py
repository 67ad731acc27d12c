"""Layers and functions give the same where NumPy's own integer has 32 bits, as on Pyodide."""

from itertools import chain

import fake_cupy
import numpy as np
import pytest
from fake_cupy import installed
from function_suite import CASES
from layer_suite import LAYERS
from op_suite import On, orders

import minigan
from minigan import nn
from minigan.nn import functional as F


@pytest.fixture
def cupy(monkeypatch):
    """The stand-in for CuPy, whose own integer has 32 bits."""
    monkeypatch.setattr(fake_cupy, "BITS", [32])
    with installed() as module:
        yield module


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case.name}" for i, case in enumerate(CASES)])
def test_functions_have_the_same_values_dtypes_and_gradients(case, cupy):
    there = orders(On(minigan, "cuda"), minigan.grad, case, "float64")
    here = orders(minigan, minigan.grad, case, "float64")
    for a, b in zip(chain(*there), chain(*here), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a.detach().cpu().numpy(), b.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize(("name", "settings", "shape"), LAYERS)
def test_layers_have_the_same_outputs_and_gradients(name, settings, shape, cupy):
    layer = getattr(nn, name)(**settings).double()
    found = []
    for device in ("cpu", "cuda"):
        layer.to(device).zero_grad()
        numbers = np.random.default_rng(0).normal(size=shape)
        x = minigan.tensor(numbers, device=device, requires_grad=True)
        y = layer.eval()(x)
        y.square().sum().backward()
        found.append([y, x.grad, *[p.grad for p in layer.parameters()]])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(
            a.detach().cpu().numpy(), b.detach().cpu().numpy(), rtol=1e-9, atol=1e-12
        )


POOLS = {
    "max_pool2d": lambda x: F.max_pool2d(x, 3, 2, 1),
    "max_pool2d overlapping": lambda x: F.max_pool2d(x, 3, 1),
    "adaptive_max_pool2d": lambda x: F.adaptive_max_pool2d(x, (3, 2)),
    "max_unpool2d": lambda x: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2),
    "nearest": lambda x: F.interpolate(x, (5, 9)),
    "bilinear": lambda x: F.interpolate(x, (5, 9), mode="bilinear"),
    "embedding": lambda x: F.embedding(minigan.tensor([3, 0, 3]), x[0, 0]),
    "cross_entropy": lambda x: F.cross_entropy(x[0, 0], minigan.tensor([1, 0, 2, 1, 1, 3])),
    "pdist": lambda x: F.pdist(x[0, 0]),
}


@pytest.mark.parametrize("name", POOLS)
def test_backward_where_bincount_takes_only_32_bits(name, monkeypatch):
    """NumPy casts the places for bincount safely, so int64 is refused where its own has 32 bits."""
    x = minigan.randn(2, 3, 6, 8, dtype="float64", generator=0).requires_grad_()
    POOLS[name](x).square().sum().backward()
    expected, x.grad = x.grad.numpy(), None
    plain = np.bincount

    def bincount(places, *args, **kwargs):
        if places.dtype.itemsize > 4:
            raise TypeError("Cannot cast array data from int64 to int32 according to 'safe'")
        return plain(places, *args, **kwargs)

    monkeypatch.setattr(np, "bincount", bincount)
    monkeypatch.setattr(np, "intp", np.int32)
    POOLS[name](x).square().sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), expected)
