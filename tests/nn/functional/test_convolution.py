"""Convolution on tensors: each face is the gradient of the other two, to any order.

Every formulation is tested.
"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import Problem, conv_geometries, geometries, problems, transposed_geometries

import minigan
from minigan import Tensor, grad
from minigan.check import check_grad
from minigan.conv import FORMULATIONS
from minigan.nn import functional as F
from minigan.nn.functional.convolution import Conv, ConvTranspose, ConvWeight

formulations = st.sampled_from([None, *FORMULATIONS])


def settings(geometry, *names):
    """Return settings of every axis as lists."""
    return {name: [getattr(axis, name) for axis in geometry.axes] for name in names} | {
        "groups": geometry.groups
    }


@given(problems(geometries()), formulations)
def test_the_gradients_of_each_face_are_the_other_two(problem: Problem, by: str | None) -> None:
    geometry, *arrays = problem
    x, w, y = (Tensor(array, requires_grad=True) for array in arrays)
    conv, conv_transpose, conv_weight = (
        kind(geometry, FORMULATIONS[by or "blocked"]) for kind in (Conv, ConvTranspose, ConvWeight)
    )
    for found, wanted in zip(
        grad(conv(x, w), (x, w), y), (conv_transpose(y, w), conv_weight(x, y)), strict=True
    ):
        np.testing.assert_array_equal(found.numpy(), wanted.numpy())
    for found, wanted in zip(
        grad(conv_transpose(y, w), (y, w), x), (conv(x, w), conv_weight(x, y)), strict=True
    ):
        np.testing.assert_array_equal(found.numpy(), wanted.numpy())
    for found, wanted in zip(
        grad(conv_weight(x, y), (x, y), w), (conv_transpose(y, w), conv(x, w)), strict=True
    ):
        np.testing.assert_array_equal(found.numpy(), wanted.numpy())


@given(problems(conv_geometries(dims=(1, 2))))
def test_conv_transpose_is_the_gradient_of_conv(problem: Problem) -> None:
    """It holds for the public functions too, with the size given by output_padding."""
    geometry, x, w, y = problem
    D, x = len(geometry.axes), Tensor(x, requires_grad=True)
    conv, transpose = ((F.conv1d, F.conv_transpose1d), (F.conv2d, F.conv_transpose2d))[D - 1]
    (gx,) = grad(
        conv(x, Tensor(w), **settings(geometry, "stride", "padding", "dilation")), x, Tensor(y)
    )
    names = ("stride", "padding", "output_padding", "dilation")
    if all(axis.output_padding < max(axis.stride, axis.dilation) for axis in geometry.axes):
        np.testing.assert_array_equal(
            gx.numpy(), transpose(Tensor(y), Tensor(w), **settings(geometry, *names)).numpy()
        )


@pytest.mark.parametrize("by", FORMULATIONS)
def test_gradients_to_order_three_through_a_cube(by: str) -> None:
    """conv alone is bilinear, so its third order is 0; sum(conv(x, w)**3) has all orders."""
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(1, 2, 4, 3)), rng.normal(size=(2, 1, 3, 2)), rng.normal(size=2)
    check_grad(
        lambda x, w, b: F.conv2d(x, w, b, (2, 1), (1, 0), (1, 2), 2, by=by) ** 3,
        (x, w, b),
        order=3,
        generator=0,
    )
    y = rng.normal(size=(1, 2, 2, 2))
    check_grad(
        lambda y, w, b: F.conv_transpose2d(y, w, b, (2, 1), (1, 0), (1, 0), 2, (1, 2), by=by) ** 3,
        (y, w, b),
        order=3,
        generator=0,
    )


@given(problems(geometries(dims=(2,))))
def test_unbatched_inputs_are_a_batch_of_one(problem: Problem) -> None:
    geometry, x, w, y = problem
    kinds = settings(geometry, "stride", "padding", "dilation")
    if len(x):
        one = F.conv2d(Tensor(x[0]), Tensor(w), **kinds).numpy()
        np.testing.assert_array_equal(one, F.conv2d(Tensor(x), Tensor(w), **kinds).numpy()[0])
        w = Tensor(w)
        one = F.conv_transpose2d(Tensor(y[0]), w, **kinds | {"padding": 0}).numpy()
        np.testing.assert_array_equal(
            one, F.conv_transpose2d(Tensor(y), w, **kinds | {"padding": 0}).numpy()[0]
        )


def test_inputs_are_left_alone_and_half_precision_is_widened() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(4, 3, 3, 2))
    before = x.copy(), w.copy()
    exact = F.conv2d(Tensor(x), Tensor(w)).numpy()
    assert np.array_equal(x, before[0]) and np.array_equal(w, before[1])
    half = F.conv2d(Tensor(x).half(), Tensor(w).half())
    assert half.dtype == minigan.float16
    np.testing.assert_allclose(half.numpy(), exact, atol=0.02)
    swapped = F.conv2d(Tensor(x.astype(">f8")), Tensor(np.asfortranarray(w)))
    np.testing.assert_array_equal(swapped.numpy(), exact)


X, W, B = minigan.ones(2, 4, 6, 5), minigan.ones(6, 2, 3, 2), minigan.ones(6)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: F.conv2d(X, W),
            ValueError,
            r"conv2d: input of shape \(2, 4, 6, 5\) has 4 channels .* groups=1",
        ),
        (lambda: F.conv2d(X, W, groups=4), ValueError, "groups=4"),
        (lambda: F.conv2d(X[0, 0], W, groups=2), ValueError, r"conv2d: input has shape \(6, 5\)"),
        (lambda: F.conv2d(X, W[0], groups=2), ValueError, r"conv2d: weight has shape \(2, 3, 2\)"),
        (
            lambda: F.conv2d(X, W, B[:5], groups=2),
            ValueError,
            r"bias has shape \(5,\); it must be \(6,\)",
        ),
        (
            lambda: F.conv2d(X.double(), W, groups=2),
            TypeError,
            "input has dtype float64 and weight float32",
        ),
        (lambda: F.conv2d(X, W, B.double(), groups=2), TypeError, "bias float64"),
        (lambda: F.conv2d(X.long(), W.long(), groups=2), TypeError, "int64; it must be a float"),
        (
            lambda: F.conv2d(X.numpy(), W, groups=2),
            TypeError,
            "input must be a Tensor, not ndarray",
        ),
        (lambda: F.conv2d(X, "w", groups=2), TypeError, "weight must be a Tensor, not str"),
        (lambda: F.conv2d(X, W, stride=0, groups=2), ValueError, "stride=0"),
        (lambda: F.conv2d(X, W, padding=-1, groups=2), ValueError, "padding=-1"),
        (lambda: F.conv2d(X, W, padding=(1, 2, 3), groups=2), ValueError, r"padding=\(1, 2, 3\)"),
        (
            lambda: F.conv2d(X, W, padding="equal", groups=2),
            ValueError,
            "padding='equal'.*'same', 'valid'",
        ),
        (
            lambda: F.conv2d(X, W, padding="same", stride=2, groups=2),
            ValueError,
            "padding='same' needs stride=1",
        ),
        (lambda: F.conv2d(X, W, dilation=3, groups=2), ValueError, "padded input size 6"),
        (lambda: F.conv2d(X, W, dilation=1.0, groups=2), TypeError, "dilation=1.0"),
        (
            lambda: F.conv2d(X, W, groups=2, by="magic"),
            ValueError,
            "by='magic' .*definition, loops",
        ),
        (lambda: F.conv_transpose2d(X, W), ValueError, "has 4 channels and weight .* reads 6"),
        (
            lambda: F.conv_transpose2d(X, W[:4], stride=2, output_padding=2),
            ValueError,
            r"conv_transpose2d: output_padding=2 must be smaller than stride=2 or dilation=1 "
            r"\(legal: 0, 1\)",
        ),
        (lambda: F.conv_transpose2d(X, W[:4], padding="same"), TypeError, "padding='same'"),
        (lambda: F.conv_transpose2d(X, W[:4], padding=9), ValueError, "padding=9"),
    ],
)
def test_what_is_wrong_is_named(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()


@given(problems(transposed_geometries(dims=(2,))))
def test_a_planted_fault_is_caught(problem: Problem) -> None:
    """A planted fault changes the result: the law above notices one wrong product."""
    geometry, x, _, y = problem
    assume(y.size)
    wrong = y.copy()
    wrong.flat[0] += 1
    right = ConvWeight(geometry)(Tensor(x), Tensor(y)).numpy()
    moved = ConvWeight(geometry)(Tensor(x), Tensor(wrong)).numpy() - right
    first = tuple(slice(*axis.window(0)[1].indices(axis.X)) for axis in geometry.axes)
    group = x.shape[1] // geometry.groups
    assert bool(moved.any()) == bool(x[0, :group][(slice(None), *first)].any())
