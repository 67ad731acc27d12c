"""Max unpooling against PyTorch, and as the reverse of max pooling; its errors."""

import numpy as np
import pytest

import minigan
from minigan import nn
from minigan.nn import functional as F

torch = pytest.importorskip("torch")

CASES = [
    (1, (2, 3, 9), {"kernel_size": 2}, None),
    (1, (3, 9), {"kernel_size": 3, "stride": 2}, None),
    (1, (2, 3, 9), {"kernel_size": 3, "stride": 3, "padding": 1}, (9,)),
    (2, (2, 3, 6, 8), {"kernel_size": 2}, None),
    (2, (2, 3, 7, 9), {"kernel_size": 2}, (7, 9)),
    (2, (3, 7, 9), {"kernel_size": (2, 3), "stride": (2, 3)}, (7, 9)),
    (2, (2, 3, 7, 9), {"kernel_size": 3, "stride": 2, "padding": 1}, (2, 3, 7, 9)),
    (2, (0, 3, 6, 8), {"kernel_size": 2}, None),
    (3, (2, 2, 4, 6, 5), {"kernel_size": (2, 3, 2)}, (4, 6, 5)),
]


@pytest.mark.parametrize(("D", "shape", "settings", "size"), CASES)
def test_as_pytorch(D, shape, settings, size):
    numbers = np.random.default_rng(0).normal(size=shape)
    found = []
    for m in (minigan, torch):
        f = m.nn.functional
        x = m.tensor(numbers, requires_grad=True)
        y, places = getattr(f, f"max_pool{D}d")(x, **settings, return_indices=True)
        z = getattr(f, f"max_unpool{D}d")(y, places, **settings, output_size=size)
        layer = getattr(m.nn, f"MaxUnpool{D}d")(**settings)
        assert bool((layer(y, places, output_size=size) == z).all())
        (z * z * m.tensor(np.arange(z.numel()).reshape(tuple(z.shape)) + 1.0)).sum().backward()
        found.append([a.detach().numpy() for a in (z, places, x.grad)])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_pooling_again_gives_the_same_numbers():
    x = minigan.randn(2, 3, 8, 6, generator=0).abs() + 0.1
    y, places = F.max_pool2d(x, 2, return_indices=True)
    z = F.max_unpool2d(y, places, 2)
    again, same = F.max_pool2d(z, 2, return_indices=True)
    assert bool((again == y).all()) and bool((same == places).all())
    assert int((z != 0).sum()) == y.numel()


def test_second_order():
    y = minigan.randn(1, 2, 2, 2, dtype="float64", generator=0).requires_grad_()
    places = minigan.tensor([[[[0, 3], [12, 10]], [[5, 6], [9, 15]]]])
    minigan_sum = lambda y: (F.max_unpool2d(y, places, 2) ** 3).sum()
    (g,) = minigan.grad(minigan_sum(y), y, create_graph=True)
    (h,) = minigan.grad(g.sum(), y)
    np.testing.assert_allclose(h.numpy(), 6 * y.detach().numpy(), rtol=1e-12)


Y = minigan.ones(1, 1, 2, 2)
PLACES = minigan.zeros(1, 1, 2, 2).long()
BAD = [
    (lambda: F.max_unpool2d([1.0], PLACES, 2), TypeError, "max_unpool2d: input must be a Tensor"),
    (lambda: F.max_unpool2d(Y[0, 0], PLACES, 2), ValueError, "max_unpool2d: input has shape"),
    (lambda: F.max_unpool2d(Y, Y, 2), TypeError, "indices has dtype float32; it must be an int"),
    (lambda: F.max_unpool2d(Y, PLACES[0], 2), ValueError, r"indices of shape \(1, 2, 2\) must"),
    (lambda: F.max_unpool2d(Y, PLACES + 16, 2), IndexError, r"a place that is not in 0\.\.15"),
    (lambda: F.max_unpool2d(Y, PLACES - 1, 2), IndexError, r"a place that is not in 0\.\.15"),
    (
        lambda: F.max_unpool2d(Y, PLACES, 2, output_size=(9, 4)),
        ValueError,
        r"output_size=\(9, 4\) does not fit \(legal: 3\.\.5, 3\.\.5\)",
    ),
    (lambda: F.max_unpool2d(Y, PLACES, 2, output_size=4), ValueError, "must be 2 sizes"),
    (lambda: F.max_unpool2d(Y, PLACES, 0), ValueError, "kernel_size=0 must be at least 1"),
    (lambda: nn.MaxUnpool2d(2, stride="a"), TypeError, "MaxUnpool2d: stride='a'"),
    (lambda: nn.MaxUnpool1d(2, padding=-1), ValueError, "MaxUnpool1d: padding=-1"),
]


@pytest.mark.parametrize(("call", "error", "match"), BAD)
def test_errors(call, error, match):
    with pytest.raises(error, match=match):
        call()
