"""Initial weights: moments and bounds, exact structures, determinism, errors."""

import math

import numpy as np
import pytest

import minigan
from minigan.nn import init

SHAPE = (60, 40, 5, 3)  # fan in 600, fan out 900
DRAWS = [
    (lambda t, g: init.uniform_(t, -2, 4, g), 1.0, math.sqrt(3), 4.0),
    (lambda t, g: init.normal_(t, 3, 0.5, g), 3.0, 0.5, None),
    (lambda t, g: init.trunc_normal_(t, 0.0, 1.0, -2.0, 2.0, g), 0.0, 0.8796, 2.0),
    (
        lambda t, g: init.xavier_uniform_(t, 2.0, g),
        0.0,
        2 * math.sqrt(2 / 1500),
        2 * math.sqrt(6 / 1500),
    ),
    (lambda t, g: init.xavier_normal_(t, 2.0, g), 0.0, 2 * math.sqrt(2 / 1500), None),
    (
        lambda t, g: init.kaiming_uniform_(t, generator=g),
        0.0,
        math.sqrt(2 / 600),
        math.sqrt(6 / 600),
    ),
    (lambda t, g: init.kaiming_normal_(t, 0, "fan_out", "relu", g), 0.0, math.sqrt(2 / 900), None),
    (lambda t, g: init.kaiming_normal_(t, 0.2, generator=g), 0.0, math.sqrt(2 / 1.04 / 600), None),
]


@pytest.mark.parametrize("name", ["kaiming_uniform_", "kaiming_normal_"])
def test_fans_of_zero_one_and_four(name):
    one, four = (getattr(init, name)(minigan.zeros(4, n), generator=0).numpy() for n in (1, 4))
    np.testing.assert_allclose(one.ravel(), 2 * four.ravel()[:4], rtol=1e-6)
    assert getattr(init, name)(minigan.zeros(4, 0), generator=0).shape == (4, 0)


@pytest.mark.parametrize(("draw", "mean", "std", "bound"), DRAWS)
def test_moments_and_bounds(draw, mean, std, bound):
    t = minigan.zeros(*SHAPE)
    assert draw(t, 0) is t
    numbers = t.numpy()
    assert numbers.mean() == pytest.approx(mean, abs=5 * std / math.sqrt(numbers.size))
    assert numbers.std() == pytest.approx(std, rel=0.007)
    if bound is not None:
        assert 0.9995 * bound < numbers.max() <= bound * (1 + 1e-6)
    other = draw(minigan.zeros(*SHAPE), np.random.default_rng(0))
    np.testing.assert_array_equal(other.numpy(), numbers)


def test_constants_and_structures():
    t = minigan.empty(3, 4)
    assert init.ones_(t).tolist() == [[1.0] * 4] * 3 and init.zeros_(t).tolist() == [[0.0] * 4] * 3
    assert init.constant_(t, 2.5).tolist() == [[2.5] * 4] * 3
    np.testing.assert_array_equal(init.eye_(t).numpy(), np.eye(3, 4))
    x = minigan.randn(2, 4, 5, 6, generator=0)
    weight = init.dirac_(minigan.empty(4, 2, 3, 1), groups=2)
    y = minigan.nn.functional.conv2d(x, weight, padding=(1, 0), groups=2)
    np.testing.assert_array_equal(y.numpy(), x.numpy())


@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (4, 2, 3), (5, 5)])
def test_orthogonal(shape):
    q = (
        init.orthogonal_(minigan.empty(*shape, dtype="float64"), gain=2.0, generator=0)
        .numpy()
        .reshape(shape[0], -1)
    )
    gram = q @ q.T if q.shape[0] <= q.shape[1] else q.T @ q
    np.testing.assert_allclose(gram, 4 * np.eye(len(gram)), atol=1e-12)


def test_filling_a_parameter_is_unrecorded_and_makes_graphs_stale():
    p = minigan.nn.Parameter([1.0, 2.0])
    loss = (p * p).sum()
    init.zeros_(p)
    assert p.is_leaf and p.tolist() == [0.0, 0.0]
    with pytest.raises(RuntimeError, match="changed in place"):
        loss.backward()


T = minigan.zeros(3, 4)
BAD = [
    (lambda: init.normal_([1.0]), TypeError, "tensor must be a Tensor, not list"),
    (lambda: init.normal_(T, std=-1.0), ValueError, r"std=-1\.0"),
    (lambda: init.trunc_normal_(T, a=1.0, b=0.0), ValueError, "is not an interval"),
    (lambda: init.trunc_normal_(T, a=100.0, b=101.0), ValueError, "is not an interval"),
    (lambda: init.eye_(minigan.zeros(3)), ValueError, r"shape \(3,\) is not a matrix"),
    (lambda: init.dirac_(T), ValueError, "not a convolution's weight"),
    (lambda: init.dirac_(minigan.zeros(3, 2, 2), groups=2), ValueError, "groups=2 must divide"),
    (lambda: init.xavier_normal_(minigan.zeros(3)), ValueError, "no fans"),
    (lambda: init.kaiming_normal_(T, mode="fan"), ValueError, "mode='fan'"),
    (lambda: init.kaiming_normal_(T, nonlinearity="sine"), ValueError, "nonlinearity='sine'"),
    (lambda: init.calculate_gain("leaky_relu", "a"), ValueError, "param='a'"),
    (lambda: init.orthogonal_(minigan.zeros(3)), ValueError, "at least 2 dimensions"),
]


@pytest.mark.parametrize(("call", "error", "match"), BAD)
def test_errors(call, error, match):
    with pytest.raises(error, match=match):
        call()


FILLS = [
    lambda t: init.uniform_(t, -1, 1, 0),
    lambda t: init.normal_(t, 0, 2, 0),
    lambda t: init.trunc_normal_(t, generator=0),
    lambda t: init.constant_(t, 2),
    lambda t: init.eye_(t),
    lambda t: init.xavier_uniform_(t, generator=0),
    lambda t: init.xavier_normal_(t, generator=0),
    lambda t: init.kaiming_uniform_(t, generator=0),
    lambda t: init.kaiming_normal_(t, generator=0),
    lambda t: init.orthogonal_(t, generator=0),
    lambda t: init.sparse_(t, 0.3, generator=0),
]


@pytest.mark.parametrize("fill", FILLS)
def test_arrays_and_data_are_filled_too(fill):
    expected = fill(minigan.empty(4, 3)).numpy()
    array = np.full((4, 3), 7, np.float32)
    assert fill(array) is array
    np.testing.assert_array_equal(array, expected)
    part = np.full((8, 3), 7, np.float64)
    fill(part[::2])  # a view is filled in its own memory
    np.testing.assert_allclose(part[::2], expected, rtol=1e-6)
    assert (part[1::2] == 7).all()
    p = minigan.nn.Parameter(minigan.ones(4, 3))
    version = p.memory.version
    fill(p.data)
    np.testing.assert_array_equal(p.detach().numpy(), expected)
    assert p.memory.version > version and p.requires_grad and p.is_leaf
    np.testing.assert_array_equal(fill(p).detach().numpy(), expected)


@pytest.mark.parametrize("fill", FILLS)
def test_neither_a_list_nor_read_only_memory_is_filled(fill):
    with pytest.raises(TypeError, match="tensor must be a Tensor, not list"):
        fill([[1.0]])
    array = np.ones((4, 3))
    array.flags.writeable = False
    with pytest.raises(
        RuntimeError, match=r"init: the memory of a tensor of shape \(4, 3\) is read"
    ):
        fill(array)
    assert (array == 1).all()
