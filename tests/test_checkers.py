"""Tests of the checks: each planted wrong gradient must be found, and right ones accepted."""

from typing import Any

import numpy as np
import pytest

import minigan
from minigan import Op, Tensor
from minigan.autograd import FusedOp
from minigan.check import GradientError, check_adjoint, check_all, check_grad, examples, right
from minigan.check.examples import Example
from minigan.check.wrong import Wrong, wrong
from minigan.functions.products import matmul
from minigan.nn.functional.average_pooling import AvgPool


def draw(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng([7, seed]).normal(size=shape)


X, A, B = draw(1, 3, 4), draw(2, 3, 3), draw(3, 3, 3)


class Cube(Op):
    """Right, and its rule is the start of most of the wrong ones."""

    def forward(self, x: Any) -> Any:
        return x**3

    def backward_x(self, g: Any, x: Any) -> Any:
        return g * x * x * 3.0


class WrongSign(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        return -g * x * x * 3.0


class MissingFactor(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        return g * x * x


class FactorOff(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        return g * x * x * 3.0003


class ForgetsTheCotangent(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        return x * x * 3.0


class ReversesTheCotangent(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        return g.flip(0, 1) * x * x * 3.0


class MeansTheCotangent(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        return g.mean() * x * x * 3.0


class ReadsTheOutput(Cube):
    def backward_x(self, g: Any, x: Any, out: Any) -> Any:
        return out * x * x * 3.0


class ReturnsNothing(Cube):
    def backward_x(self, g: Any) -> Any:
        return g * 0.0


class SinglePrecision(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        return g.float() * x.float() * x.float() * 3.0


class SinglePrecisionForward(Cube):
    def forward(self, x: Any) -> Any:
        return (x**3).astype(np.float32)


class OneOfMany(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        right = np.ones(x.shape)
        right.reshape(-1)[2 * right.size // 3] = 1.01
        return g * x * x * (3.0 * Tensor(right))


class DetachesInput(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        return g * x.detach() * x * 3.0


class DetachesCotangent(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        return g.detach() * x * x * 3.0


class WrongThird(Cube):
    def backward_x(self, g: Any, x: Any) -> Any:
        return g * DetachedSquare()(x) * 3.0


class DetachedSquare(Op):
    """Right to order one: at order two its rule is a constant."""

    def forward(self, x: Any) -> Any:
        return x * x

    def backward_x(self, g: Any, x: Any) -> Any:
        return g * (x.detach() * 2.0)


class TransposedProduct(Op):
    def forward(self, a: Any, b: Any) -> Any:
        return a @ b

    def backward_a(self, g: Any, b: Any) -> Any:
        return matmul(g, b.T)

    def backward_b(self, g: Any, a: Any) -> Any:
        return matmul(a.T, g).T


class SwappedProduct(TransposedProduct):
    def backward_b(self, g: Any, a: Any) -> Any:
        return matmul(a, g)


class FusedCube(FusedOp):
    """The composition and the rule on arrays must be checked both."""

    def plain(self, x: Tensor) -> Tensor:
        return x * x * x

    def forward(self, x: Any) -> Any:
        return x**3

    def backward(self, g: Any, x: Any, wanted: Any) -> Any:
        return [3 * g * x * x]


class WrongOnArrays(FusedCube):
    def backward(self, g: Any, x: Any, wanted: Any) -> Any:
        return [2 * g * x * x]


class WrongComposition(FusedCube):
    def plain(self, x: Tensor) -> Tensor:
        return x * x * x.detach()


@pytest.mark.parametrize(
    "wrong",
    [
        WrongSign(), MissingFactor(), FactorOff(), ForgetsTheCotangent(), ReversesTheCotangent(),
        MeansTheCotangent(),
        ReadsTheOutput(), ReturnsNothing(), SinglePrecision(), SinglePrecisionForward(),
        OneOfMany(), WrongOnArrays(),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_caught_at_order_one(wrong: Op) -> None:
    with pytest.raises(GradientError):
        check_grad(wrong, X, order=1)


@pytest.mark.parametrize("wrong", [DetachesInput(), DetachesCotangent(), DetachedSquare()])
def test_a_wrong_second_order_is_caught_and_only_at_order_two(wrong: Op) -> None:
    assert check_grad(wrong, X, order=1).error < 1e-7
    with pytest.raises(GradientError, match="order 2"):
        check_grad(wrong, X)


def test_a_wrong_third_order_is_caught_and_only_at_order_three() -> None:
    check_grad(WrongThird(), X, order=2)
    with pytest.raises(GradientError, match="order 3"):
        check_grad(WrongThird(), X, order=3)


@pytest.mark.parametrize("wrong", [TransposedProduct(), SwappedProduct()])
def test_a_transposed_gradient_is_caught_in_its_input(wrong: Op) -> None:
    with pytest.raises(GradientError, match=r"input 1 \(b\)"):
        check_grad(wrong, [A, B], order=1)


def test_a_wrong_composition_of_a_fused_op_is_caught() -> None:
    with pytest.raises(GradientError, match="while being recorded"):
        check_grad(WrongComposition(), X, order=1)


@pytest.mark.parametrize("full", [True, False, None])
def test_one_wrong_number_among_thousands_is_found_and_named(full: bool | None) -> None:
    x = np.random.default_rng(1).normal(size=(60, 75))
    with pytest.raises(GradientError, match=r"index \(40, 0\)"):
        check_grad(OneOfMany(), x, order=1, full=full)


def test_a_reversed_cotangent_would_pass_with_ones() -> None:
    """Why cotangents are random."""
    x = Tensor(X, requires_grad=True)
    for op in (Cube(), ReversesTheCotangent(), MeansTheCotangent(), ForgetsTheCotangent()):
        (g,) = minigan.grad(op(x).sum(), x)
        np.testing.assert_allclose(g.numpy(), 3 * X**2)


@pytest.mark.parametrize(
    "right", [Cube(), FusedCube(), minigan.sigmoid, lambda x: x.softmax(1), lambda x: x * 2.0]
)
def test_right_gradients_are_accepted_to_order_three(right: Any) -> None:
    checked = check_grad(right, X, order=3)
    assert checked.order == 3 and checked.error < 1e-7 and checked.comparisons > 3 * X.size


def test_maps_that_are_not_adjoint_are_caught() -> None:
    with pytest.raises(GradientError, match="not adjoint"):
        check_adjoint(lambda x: x.cumsum(0), lambda y: y.cumsum(0), (5,), (5,))
    with pytest.raises(GradientError, match="shape"):
        check_adjoint(lambda x: x, lambda y: y, (5,), (4,))
    with pytest.raises(GradientError, match="not adjoint"):
        check_adjoint(lambda x: x * 1.0000001, lambda y: y, (5,), (5,), exact=False)


def test_a_fault_planted_in_minigans_own_op_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from minigan.check.examples import EXAMPLES

    example = next(e for e in EXAMPLES if isinstance(e.op, AvgPool))
    check_grad(example.op, example.inputs)
    rule = AvgPool.rules["x"]
    monkeypatch.setitem(
        AvgPool.rules, "x", rule._replace(function=lambda self, g: rule.function(self, g.flip(-1)))
    )
    with pytest.raises(GradientError):
        check_grad(example.op, example.inputs)


class ScatterWithBias(Op):
    """A transposed convolution with a bias, and a backward pass on arrays, for order one."""

    def __init__(self, backward: Any) -> None:
        self.arrays = backward

    def forward(self, y: Any, w: Any, b: Any) -> Any:
        return right.conv_transpose2d(y, w, (2, 1), (1, 0)) + b[:, None, None]

    def backward(self, g: Tensor, y: Tensor, w: Tensor, b: Tensor, wanted: Any) -> Any:
        found = self.arrays(g.numpy(), y.numpy(), w.numpy(), (2, 1), (1, 0))
        return [Tensor(gradient) for gradient in found]


Y, W, BIAS = draw(4, 2, 3, 4), draw(5, 2, 3, 4, 3), draw(6, 3)


def test_the_right_backward_of_a_transposed_convolution_is_accepted() -> None:
    check_grad(ScatterWithBias(right.conv_transpose2d_backward), [Y, W, BIAS], order=1)


@pytest.mark.parametrize("planted", wrong("conv_transpose2d_backward"), ids=lambda w: w.key)
def test_a_wrong_backward_of_a_transposed_convolution_is_caught(planted: Wrong) -> None:
    with pytest.raises((GradientError, RuntimeError), match=r"gradient of|the rule for input"):
        check_grad(ScatterWithBias(planted), [Y, W, BIAS], order=1)


@pytest.mark.parametrize("planted", wrong("conv_transpose2d"), ids=lambda w: w.key)
def test_a_wrong_transposed_convolution_is_not_the_adjoint_of_the_convolution(
    planted: Wrong,
) -> None:
    rng = np.random.default_rng(7)
    y, w = rng.integers(1, 9, (2, 3, 4)) * 1.0, rng.integers(1, 9, (2, 2, 3, 2)) * 1.0
    s, p, q, d = (2, 3), (1, 2), (1, 1), (2, 3)
    shape = right.conv_transpose2d(y, w, s, p, q, d).shape
    with pytest.raises(GradientError):
        check_adjoint(
            lambda y: planted(y, w, s, p, q, d),
            lambda x: right.conv2d(x, w, s, p, d),
            y.shape,
            shape,
            arrays=True,
        )


# ------------------------------------------------------------------------------ other refusals


def test_a_gradient_that_was_rounded_is_refused() -> None:
    class Rounded(Op):
        def forward(self, x: Any) -> Any:
            return x * 2.0

        def backward_x(self, g: Any) -> Any:
            return (g * 2.0).to(np.float32).to(np.float64)

    with pytest.raises(GradientError, match=r"gradient of input 0 \(x\) was rounded to float32"):
        check_grad(Rounded(), X)


def test_inputs_near_a_kink_are_named_as_the_likely_cause() -> None:
    """Each number alone stays on its side of the kink, and all together cross it."""

    class Kink(Op):
        def forward(self, x: Any) -> Any:
            return abs(x.sum() - 100.0) * np.ones(1)

        def backward_x(self, g: Any, x: Any) -> Any:
            return (g * (x.sum() - 100.0).sign()).expand(*x.shape)

    x = np.ones(100)
    x[0] += 3e-6
    with pytest.raises(GradientError, match="but number by number they do not; are the inputs too"):
        check_grad(Kink(), x, order=1)
    x[0] += 1e-3
    check_grad(Kink(), x, order=1)


def test_an_adjoint_of_another_shape_is_refused() -> None:
    with pytest.raises(GradientError, match=r"adjoint\(y\) has shape \(3,\); it must be \(4,\)"):
        check_adjoint(lambda x: X @ x, lambda y: y, (4,), (3,), arrays=True)


def test_a_wrong_op_and_one_that_raises_are_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    class Raising(Cube):
        def backward_x(self, g: Any, x: Any) -> Any:
            raise KeyError("planted")

    class Thrice(Cube):
        def backward_x(self, g: Any, x: Any) -> Any:
            return g * x * x

    table = [Example(kind(), (X,)) for kind in (Cube, Thrice, Raising)]
    monkeypatch.setattr(examples, "EXAMPLES", table)
    right_, thrice, raising = check_all()
    assert right_.ok and not thrice.ok and not raising.ok
    assert thrice.verdict.startswith("WRONG: check_grad: Thrice")
    assert raising.verdict == "WRONG: KeyError: 'planted'"
