"""Functions of nn.functional: finite differences, layouts, CuPy; fused ops against their parts."""

from itertools import chain

import numpy as np
import pytest
from fake_cupy import installed
from function_suite import CASES
from op_suite import On, orders

import minigan
from minigan.conv import FORMULATIONS
from minigan.geometry import Geometry
from minigan.nn.functional.affine import Linear
from minigan.nn.functional.batchnorm import BatchNorm
from minigan.nn.functional.convolution import Conv, ConvTranspose
from minigan.nn.functional.crossentropy import SoftCrossEntropy
from minigan.nn.functional.finished_convolution import Finished
from minigan.nn.functional.losses import BinaryCrossEntropyWithLogits
from minigan.nn.functional.normalization import Standardize


def first(y):
    return y[0] if isinstance(y, list) else y


def slope_error(function, arrays, seed=0, eps=1e-6):
    """Return the relative error of <gradient, direction> against a central difference.

    Cotangent and direction are random.
    """
    rng = np.random.default_rng(seed)
    xs = [minigan.tensor(x, requires_grad=True) for x in arrays]
    y = function(*xs)
    if not y.requires_grad:
        return 0.0
    g = rng.normal(size=y.shape)
    found = minigan.grad(y, xs, minigan.tensor(g), allow_unused=True)
    ways = [rng.normal(size=x.shape) for x in arrays]
    mine = sum(np.vdot(f.numpy(), way) for f, way in zip(found, ways, strict=True) if f is not None)
    up, down = (
        np.vdot(
            g,
            function(
                *[minigan.tensor(x + e * way) for x, way in zip(arrays, ways, strict=True)]
            ).numpy(),
        )
        for e in (eps, -eps)
    )
    return abs((up - down) / (2 * eps) - mine) / max(1.0, abs(mine))


def floats(case):
    return [np.asarray(x, np.float64) for x in case.inputs]


def has_slope(case):
    """Return whether finite differences give the gradient.

    They do not for the mean of no numbers (NaN), nor for the padding row of an embedding, which
    has no gradient by definition.
    """
    y = first(case.function(minigan, *[minigan.tensor(x) for x in floats(case)]))
    return case.name != "embedding/padding" and not np.isnan(y.numpy()).any()


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case.name}" for i, case in enumerate(CASES)])
def test_gradient_by_finite_differences(case):
    if not has_slope(case):
        pytest.skip("a mean of no numbers, or a row without gradient by definition")
    assert slope_error(lambda *xs: first(case.function(minigan, *xs)), floats(case)) < 2e-5

    def gradients(*xs):
        """Return the first gradients of a sum that depends on all numbers, as one vector."""
        y = first(
            case.function(minigan, *(x if x.requires_grad else x.requires_grad_() for x in xs))
        )
        g = minigan.tensor(np.random.default_rng(1).normal(size=y.shape))
        found = (
            minigan.grad(y, xs, g, create_graph=True, allow_unused=True) if y.requires_grad else []
        )
        parts = [f.reshape(-1) for f in found if f is not None]
        return minigan.cat(parts) if parts else minigan.zeros(1)

    if case.order > 1:
        assert slope_error(gradients, floats(case)) < 2e-4


@pytest.mark.parametrize(
    "case", CASES[::2], ids=[f"{2 * i}-{case.name}" for i, case in enumerate(CASES[::2])]
)
def test_layout_and_dtype(case):
    """Results do not depend on strides, inputs do not change, and float16 gives float16."""

    def run(arrays):
        xs = [minigan.as_tensor(x).requires_grad_() for x in arrays]
        y = first(case.function(minigan, *xs))
        if y.requires_grad:
            y.sum().backward()
        return [y.detach().numpy(), *[x.grad.numpy() for x in xs if x.grad is not None]]

    strided = [np.repeat(np.asfortranarray(x), 2, axis=-1)[..., ::2] for x in floats(case)]
    kept = [x.copy() for x in strided]
    for a, b in zip(run(floats(case)), run(strided), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    for x, old in zip(strided, kept, strict=True):
        np.testing.assert_array_equal(x, old)
    whole, half = run(floats(case)), run([x.astype(np.float16) for x in case.inputs])
    for a, b in zip(whole, half, strict=True):
        assert b.dtype == (np.float16 if a.dtype.kind == "f" else a.dtype)


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case.name}" for i, case in enumerate(CASES)])
def test_on_the_stand_in_for_cupy(case):
    """CuPy gives the same numbers up to rounding, by recorded rules and by rules on arrays.

    (There batch norm sums all rows at once.)
    """
    with installed():
        there, here = (
            orders(m, minigan.grad, case, "float64") for m in (On(minigan, "cuda"), minigan)
        )
        by_hand = []
        for m in (On(minigan, "cuda"), minigan):
            xs = [m.tensor(x, requires_grad=True) for x in floats(case)]
            y = first(case.function(m, *xs))
            found = (
                minigan.grad(y, xs, minigan.ones_like(y), allow_unused=True)
                if y.requires_grad
                else []
            )
            by_hand.append([f for f in found if f is not None])
        for a, b in zip(chain(*there, by_hand[0]), chain(*here, by_hand[1]), strict=True):
            assert a.device == "cuda:0" and b.device == "cpu" and a.dtype == b.dtype
            np.testing.assert_allclose(
                a.detach().cpu().numpy(), b.detach().numpy(), rtol=1e-11, atol=1e-11
            )


# ------------------------------------------------------------------------------- fused and composed

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 4, 5))
STATS = [RNG.normal(size=4), RNG.uniform(0.5, 2, 4)]
OWN = [X.mean((0, 2)), X.var((0, 2))]
AFFINES = [[RNG.normal(size=4), RNG.normal(size=4)], [None, None]]
RULED_OUT = np.where(np.arange(4)[:, None] == 2, -np.inf, X)  # class 2 has probability 0
FUSED = [
    *[
        (BatchNorm(0.1, True, slope), [X, *affine, *OWN])
        for slope in (1.0, 0.0, 0.3)
        for affine in AFFINES
    ],
    *[
        (BatchNorm(0.1, False, slope), [X, *affine, *STATS])
        for slope in (1.0, 0.3)
        for affine in AFFINES
    ],
    (Standardize(0.2), [X[0]]),
    *[
        (Linear(slope), [X[0], RNG.normal(size=(3, 5)), bias])
        for slope in (1.0, 0.0, 0.3)
        for bias in (X[1, :3, 0], None)
    ],
    *[
        (Finished(op, face, slope), [X, RNG.normal(size=(K, C, 2)), bias])
        for op, face, K, C in (
            (Conv(Geometry.conv((5,), (2,), 2), FORMULATIONS["blocked"]), "conv", 3, 4),
            (
                ConvTranspose(Geometry.conv_transpose((5,), (2,), 2), FORMULATIONS["im2col"]),
                "conv_transpose",
                4,
                3,
            ),
        )
        for slope in (1.0, 0.0, 0.3)
        for bias in (X[1, :3, 0], None)
    ],
    (SoftCrossEntropy(), [X, RNG.uniform(size=X.shape)]),
    (SoftCrossEntropy(), [RULED_OUT, np.tile([[0.5], [0.5], [0.0], [0.0]], (3, 1, 5))]),
    (BinaryCrossEntropyWithLogits(), [X * 9, RNG.uniform(size=X.shape), RNG.uniform(size=X.shape)]),
    (BinaryCrossEntropyWithLogits(), [X * 9, RNG.uniform(size=X.shape), None]),
]


def fused_error(op, arrays):
    """Return the largest difference between a fused op and its composition.

    Compared are the value, the gradients on arrays, the recorded gradients, and their gradients.
    """
    constant = 3 if isinstance(op, BatchNorm) else len(arrays)
    results = []
    for function, create in ((op, False), (op, True), (op.plain, True)):
        xs = [
            None if x is None else minigan.tensor(x, requires_grad=i < constant)
            for i, x in enumerate(arrays)
        ]
        wanted = [x for x in xs if x is not None and x.requires_grad]
        y = function(*xs)
        g = minigan.tensor(np.random.default_rng(5).normal(size=y.shape), requires_grad=True)
        found = minigan.grad(y, wanted, g, create_graph=create)
        numbers = [y, *found]
        if create:
            h = [
                minigan.tensor(np.random.default_rng([7, *f.shape]).normal(size=f.shape))
                for f in found
            ]
            seconds = minigan.grad(found, [g, *wanted], h, allow_unused=True)
            numbers += [f for f in seconds if f is not None]
        results.append([f.detach().numpy() for f in numbers])
    hand, recorded, plain = results
    pairs = [*zip(hand, plain, strict=False), *zip(recorded, plain, strict=True)]
    return max(float(np.max(np.abs(np.where(a == b, 0.0, a - b)))) for a, b in pairs)


@pytest.mark.parametrize(
    ("op", "arrays"), FUSED, ids=[f"{i}-{op}" for i, (op, _) in enumerate(FUSED)]
)
def test_fused_equals_plain(op, arrays):
    assert fused_error(op, arrays) < 1e-12


def test_planted_faults_are_caught():
    class NoTilt(Standardize):
        def backward(self, g, x, saved, wanted):
            return [saved[1] * (g - g.mean(1, keepdims=True))]

    class WrongTarget(BinaryCrossEntropyWithLogits):
        def backward(self, g, x, t, w, wanted):
            gx, gt, gw = super().backward(g, x, t, w, wanted)
            return [gx, -gt, gw]

    class WrongPlain(Standardize):
        def plain(self, x):
            return super().plain(x.detach()) + x * 0.0

    for op, arrays in (
        (NoTilt(0.2), [X[0]]),
        (WrongTarget(), FUSED[-1][1]),
        (WrongPlain(0.2), [X[0]]),
    ):
        assert fused_error(op, arrays) > 1e-3
    assert slope_error(lambda x: NoTilt(0.2)(x), [X[0]]) > 1e-3
