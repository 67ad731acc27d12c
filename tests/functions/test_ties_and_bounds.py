"""Gradients where a function has a kink, a tie or a bound, as literal numbers; bits and closeness.

The numbers are PyTorch's conventions, written by hand.
"""

import numpy as np
import pytest

import minigan
import minigan.nn.functional as F
from minigan import tensor

INF, NAN = float("inf"), float("nan")


def slopes(function, *arrays):
    """Return the gradients of the sum of function(*tensors), as lists."""
    xs = [tensor(x, dtype="float64", requires_grad=True) for x in arrays]
    y = function(*xs)
    return [g.tolist() for g in minigan.grad(y.sum(), xs)]


AT_KINKS = {
    # name: function, x, gradient of the sum
    "abs": (minigan.abs, [-2.0, 0.0, 3.0], [-1, 0, 1]),
    "sign": (lambda x: minigan.sign(x) * x, [-2.0, 0.0, 3.0], [-1, 0, 1]),
    "relu": (F.relu, [-1.0, 0.0, 1.0], [0, 0, 1]),
    "leaky_relu": (lambda x: F.leaky_relu(x, 0.25), [-1.0, 0.0, 1.0], [0.25, 0.25, 1]),
    "prelu": (
        lambda x: F.prelu(x, tensor([0.25], dtype="float64")), [-1.0, 0.0, 1.0], [0.25, 0.25, 1],
    ),
    "elu": (lambda x: F.elu(x, 2.0), [0.0, 1.0], [2, 1]),
    "celu": (lambda x: F.celu(x, 2.0), [0.0, 1.0], [1, 1]),
    "relu6": (F.relu6, [-1.0, 0.0, 3.0, 6.0, 7.0], [0, 0, 1, 0, 0]),
    "hardtanh": (lambda x: F.hardtanh(x, -2.0, 3.0), [-3.0, -2.0, 0.0, 3.0, 4.0], [0, 0, 1, 0, 0]),
    "hardsigmoid": (F.hardsigmoid, [-3.0, 0.0, 3.0], [0, 1 / 6, 0]),
    "hardswish": (F.hardswish, [-4.0, -3.0, 0.0, 3.0, 4.0], [0, 0, 0.5, 1, 1]),
    "hardshrink": (lambda x: F.hardshrink(x, 0.5), [-0.5, 0.25, 0.5, 1.0], [0, 0, 0, 1]),
    "softshrink": (lambda x: F.softshrink(x, 0.5), [-1.0, -0.5, 0.25, 0.5, 1.0], [1, 0, 0, 0, 1]),
    "threshold": (lambda x: F.threshold(x, 0.5, 9.0), [0.25, 0.5, 1.0], [0, 0, 1]),
    "softplus": (lambda x: F.softplus(x, threshold=2.0), [0.0, 2.5], [0.5, 1]),
    "clamp": (lambda x: x.clamp(-1.0, 1.0), [-2.0, -1.0, 0.0, 1.0, 2.0], [0, 1, 1, 1, 0]),
    "clamp min": (lambda x: x.clamp(min=1.0), [0.0, 1.0, 2.0], [0, 1, 1]),
    "clamp max": (lambda x: x.clamp(max=1.0), [0.0, 1.0, 2.0], [1, 1, 0]),
    "clamp crossed": (lambda x: x.clamp(2.0, 1.0), [0.0, 1.0, 1.5, 2.0, 3.0], [0, 0, 0, 0, 0]),
    "amax": (minigan.amax, [3.0, 1.0, 3.0, 3.0], [1 / 3, 0, 1 / 3, 1 / 3]),
    "amin": (minigan.amin, [1.0, 1.0, 2.0], [0.5, 0.5, 0]),
    "max": (minigan.max, [1.0, 3.0, 3.0], [0, 0.5, 0.5]),
    "min": (minigan.min, [1.0, 1.0, 3.0, 1.0], [1 / 3, 1 / 3, 0, 1 / 3]),
    "max over a dim": (lambda x: minigan.max(x, dim=0)[0], [1.0, 3.0, 3.0], [0, 1, 0]),
    "min over a dim": (lambda x: x.min(0).values, [1.0, 1.0, 3.0], [1, 0, 0]),
    "max_pool1d": (
        lambda x: F.max_pool1d(x[None, None], 3),
        [2.0, 5.0, 5.0, 1.0, 1.0, 1.0], [0, 1, 0, 1, 0, 0],
    ),
    "max_pool1d padded": (
        lambda x: F.max_pool1d(x[None, None], 2, 1, 1), [-1.0, -1.0], [2, 1],
    ),
    "adaptive_max_pool1d": (
        lambda x: F.adaptive_max_pool1d(x[None, None], 2), [4.0, 4.0, 1.0, 1.0], [1, 0, 1, 0],
    ),
    "prod of one zero": (minigan.prod, [2.0, 0.0, 3.0], [0, 6, 0]),
    "prod of two zeros": (minigan.prod, [2.0, 0.0, 0.0], [0, 0, 0]),
    "norm of zeros": (minigan.norm, [0.0, 0.0], [0, 0]),
    "norm inf": (lambda x: x.norm(INF), [3.0, -3.0, 1.0], [0.5, -0.5, 0]),
    "pow 2 of zero": (lambda x: x**2, [0.0], [0]),
    "pow 1 of zero": (lambda x: x**1, [0.0], [1]),
    "pow 0 of zero": (lambda x: x**0, [0.0], [0]),
    "floor": (lambda x: x.floor() + x, [1.0, 1.5], [1, 1]),
    "remainder": (lambda x: x % 2.0, [4.0, 5.5], [1, 1]),
    "where": (lambda x: minigan.where(x >= 1, x * 2, x * 3), [0.0, 1.0, 2.0], [3, 2, 2]),
    "l1_loss": (
        lambda x: F.l1_loss(x, tensor([1.0, 1.0, 1.0], dtype="float64"), reduction="sum"),
        [0.0, 1.0, 2.0], [-1, 0, 1],
    ),
    "smooth_l1_loss": (
        lambda x: F.smooth_l1_loss(x, 0 * x.detach(), reduction="sum", beta=2.0),
        [-3.0, -2.0, 0.0, 1.0, 2.0], [-1, -1, 0, 0.5, 1],
    ),
    "huber_loss": (
        lambda x: F.huber_loss(x, 0 * x.detach(), reduction="sum", delta=2.0),
        [-3.0, -2.0, 0.0, 1.0, 2.0], [-2, -2, 0, 1, 2],
    ),
    "median of equals": (lambda x: x.median(dim=0)[0], [1.0, 5.0, 9.0], [0, 1, 0]),
    "sort": (lambda x: x.sort()[0] * tensor([1.0, 10.0, 100.0]), [2.0, 1.0, 2.0], [10, 1, 100]),
    "topk": (lambda x: x.topk(1)[0], [1.0, 7.0, 3.0], [0, 1, 0]),
    "sqrt of zero": (minigan.sqrt, [0.0, 4.0], [INF, 0.25]),
    "logsumexp of equals": (lambda x: x.logsumexp(0), [5.0, 5.0], [0.5, 0.5]),
    "std of equals": (lambda x: x.var(0), [2.0, 2.0, 2.0], [0, 0, 0]),
}  # fmt: skip


@pytest.mark.parametrize("name", AT_KINKS)
def test_the_gradient_at_a_kink(name):
    function, x, wanted = AT_KINKS[name]
    np.testing.assert_allclose(slopes(function, x)[0], wanted, rtol=1e-14)


PAIRS = {
    "maximum": (minigan.maximum, [1.0, 2.0, 3.0], [2.0, 2.0, 2.0], [0, 0.5, 1], [1, 0.5, 0]),
    "minimum": (minigan.minimum, [1.0, 2.0, 3.0], [2.0, 2.0, 2.0], [1, 0.5, 0], [0, 0.5, 1]),
    "clamp by tensors": (
        lambda x, low: x.clamp(min=low), [1.0, 2.0, 3.0], [2.0, 2.0, 2.0], [0, 1, 1], [1, 0, 0],
    ),
    "hypot at 3, 4": (minigan.hypot, [3.0], [4.0], [0.6], [0.8]),
    "sub": (minigan.sub, [1.0], [1.0], [1], [-1]),
    "div": (minigan.div, [3.0], [2.0], [0.5], [-0.75]),
    "atan2": (minigan.atan2, [1.0], [1.0], [0.5], [-0.5]),
    "atan2 at the origin": (minigan.atan2, [0.0, -0.0], [0.0, -0.0], [0, 0], [0, 0]),
    "atan2 where squares underflow or overflow": (
        minigan.atan2, [0.0, 1e-200, 1e200], [1e-200, 1e-200, 1e200],
        [1e200, 5e199, 5e-201], [0, -5e199, -5e-201],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_the_gradients_of_a_tie(name):
    function, a, b, *wanted = PAIRS[name]
    np.testing.assert_allclose(slopes(function, a, b), wanted, rtol=1e-14)


def test_values_of_hardsigmoid():
    """PyTorch rounds its slope to float32, so the kept results leave it out."""
    x = tensor([-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 4.0], dtype="float64")
    np.testing.assert_allclose(F.hardsigmoid(x).numpy(), [0, 0, 0.25, 0.5, 0.75, 1, 1], rtol=1e-15)


def test_indices_of_ties_are_the_first():
    x = tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0], [0.0, 5.0, 4.0]])
    assert x.argmax().item() == 7 and x.argmin().item() == 6
    assert x.argmax(1).tolist() == [1, 0, 1] and x.argmin(1).tolist() == [0, 0, 0]
    assert x.max(1)[1].tolist() == [1, 0, 1] and x.min(0)[1].tolist() == [2, 1, 1]
    assert x.sort(1, stable=True)[1].tolist() == [[0, 1, 2], [0, 1, 2], [0, 2, 1]]
    assert x.argsort(1, descending=True).tolist() == [[1, 2, 0], [0, 1, 2], [1, 2, 0]]
    y, places = F.max_pool1d(x[None], 2, 1, return_indices=True)
    assert y.tolist() == [[[3, 3], [2, 2], [5, 5]]]
    assert places.tolist() == [[[1, 1], [0, 1], [1, 1]]]


def test_bits_of_integers_and_bools():
    a, b = tensor([12, 10, 7]), tensor([10, 3, 7])
    assert (a & b).tolist() == [8, 2, 7] and (a & b).dtype == np.int64
    assert (a | b).tolist() == [14, 11, 7]
    assert (a ^ b).tolist() == [6, 9, 0]
    assert (~a).tolist() == [-13, -11, -8]
    assert (a ^ 1).tolist() == [13, 11, 6] and (6 & a).tolist() == [4, 2, 6]
    p, q = tensor([True, True, False, False]), tensor([True, False, True, False])
    assert (p & q).tolist() == [True, False, False, False]
    assert (p | q).tolist() == [True, True, True, False]
    assert (p ^ q).tolist() == [False, True, True, False]
    assert (~p).tolist() == [False, False, True, True] and (~p).dtype == np.bool_
    assert (~tensor([0, 200], dtype="uint8")).tolist() == [255, 55]
    for operator in ("__and__", "__or__", "__xor__"):
        with pytest.raises(TypeError):
            getattr(tensor([1.0]), operator)(tensor([2.0]))
    with pytest.raises(TypeError):
        ~tensor([1.0])


def test_a_bool_has_no_sign():
    for function in (minigan.neg, minigan.positive, lambda x: -x, lambda x: +x):
        with pytest.raises(TypeError, match=r"(neg|positive): a bool tensor has no"):
            function(tensor([True]))
    assert (+tensor([1, -2])).tolist() == [1, -2] and (-tensor([1, -2])).tolist() == [-1, 2]


CLOSE = [
    # a, b, settings, close
    (1.0, 1.0, {}, True),
    (1.0, 1.0 + 1e-6, {}, True),
    (1.0, 1.0 + 1e-4, {}, False),
    (0.0, 1e-8, {}, True),
    (0.0, 1.1e-8, {}, False),
    (100.0, 101.0, {"rtol": 0.01}, True),  # |a - b| <= rtol |b|, not rtol |a|
    (101.0, 100.0, {"rtol": 0.0099}, False),
    (1.0, 1.5, {"atol": 0.5}, True),
    (1.0, 1.5001, {"atol": 0.5, "rtol": 0.0}, False),
    (NAN, NAN, {}, False),
    (NAN, NAN, {"equal_nan": True}, True),
    (NAN, 1.0, {"equal_nan": True}, False),
    (INF, INF, {}, True),
    (INF, -INF, {}, False),
    (INF, 1e300, {"rtol": 0.5}, False),
    (2, 2, {}, True),
    (2, 3, {}, False),
]


@pytest.mark.parametrize(("a", "b", "settings", "close"), CLOSE)
def test_closeness(a, b, settings, close):
    x, y = (tensor(v, dtype="float64" if isinstance(v, float) else None) for v in (a, b))
    assert minigan.isclose(x, y, **settings).tolist() is close
    assert minigan.allclose(x, y, **settings) is close
    assert minigan.allclose(x.expand(3), y.expand(2, 3), **settings) is close
    assert minigan.equal(x, y) is (a == b)
    mixed = minigan.isclose(minigan.stack([x, y]), minigan.stack([y, y]), **settings)
    assert mixed.tolist() == [close, minigan.isclose(y, y, **settings).item()]


NAMES = {
    "float16": ("half", 2), "float32": ("float", 4), "float64": ("double", 8),
    "uint8": ("", 1), "int8": ("", 1), "int16": ("short", 2), "int32": ("int", 4),
    "int64": ("long", 8), "bool": ("", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_dtypes(name):
    other, size = NAMES[name]
    dtype = getattr(minigan, name)
    assert dtype == np.dtype(name) and str(dtype) == name and dtype.itemsize == size
    if other:
        assert getattr(minigan, other) == dtype
        if hasattr(minigan.Tensor, other):
            assert getattr(minigan.zeros(2), other)().dtype == dtype
    for given in (name, dtype, np.dtype(name), np.dtype(name).type):
        assert minigan.zeros(2, dtype=given).dtype == dtype
        assert minigan.zeros(2).to(given).dtype == dtype
    assert minigan.zeros(2, dtype=dtype).element_size() == size
