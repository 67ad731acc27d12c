"""unfold and fold: against loops, their laws, and errors."""

from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import minigan
from minigan import Tensor
from minigan.check import check_adjoint, check_grad
from minigan.geometry import Geometry
from minigan.nn.functional import conv2d, fold, unfold

X = np.random.default_rng(14).normal(size=(2, 3, 6, 5))
PAIR = st.tuples(st.integers(1, 3), st.integers(1, 2))


@given(PAIR, PAIR, st.tuples(st.integers(0, 2), st.integers(0, 1)), PAIR)
def test_columns_by_loops_and_the_adjoint(k: Any, d: Any, p: Any, s: Any) -> None:
    assume(all(n + 2 * p_ > d_ * (k_ - 1) for n, p_, d_, k_ in zip((6, 5), p, d, k, strict=True)))
    padded = np.pad(X, ((0, 0), (0, 0), (p[0],) * 2, (p[1],) * 2))
    reach = [d_ * (k_ - 1) + 1 for d_, k_ in zip(d, k, strict=True)]
    columns = [
        padded[:, :, a : a + reach[0] : d[0], b : b + reach[1] : d[1]].reshape(2, -1)
        for a in range(0, padded.shape[2] - reach[0] + 1, s[0])
        for b in range(0, padded.shape[3] - reach[1] + 1, s[1])
    ]
    cols = unfold(Tensor(X), k, d, p, s)
    np.testing.assert_array_equal(cols.numpy(), np.stack(columns, -1))
    check_adjoint(
        lambda x: unfold(x, k, d, p, s), lambda c: fold(c, (6, 5), k, d, p, s), X.shape, cols.shape
    )


def test_fold_after_unfold_multiplies_by_the_coverage() -> None:
    rows, columns = Geometry.conv((6, 5), (3, 2), (2, 1), (1, 0)).axes
    coverage = np.outer(rows.coverage, columns.coverage)
    y = fold(unfold(Tensor(X), (3, 2), 1, (1, 0), (2, 1)), (6, 5), (3, 2), 1, (1, 0), (2, 1))
    np.testing.assert_allclose(y.numpy(), X * coverage, rtol=1e-14)


def test_a_convolution_is_a_product_with_the_columns() -> None:
    w = np.random.default_rng(15).normal(size=(4, 3, 3, 2))
    y = Tensor(w.reshape(4, -1)) @ unfold(Tensor(X), (3, 2), 1, (1, 0), (2, 1))
    expected = conv2d(Tensor(X), Tensor(w), None, (2, 1), (1, 0)).numpy()
    np.testing.assert_allclose(y.numpy().reshape(expected.shape), expected, atol=1e-13)


def test_without_a_batch_and_with_an_empty_one() -> None:
    x = Tensor(X)
    np.testing.assert_array_equal(unfold(x[1], 2).numpy(), unfold(x, 2).numpy()[1])
    cols = unfold(x, 2)
    np.testing.assert_array_equal(
        fold(cols[1], (6, 5), 2).numpy(), fold(cols, (6, 5), 2).numpy()[1]
    )
    assert fold(unfold(x[:0], 2), (6, 5), 2).shape == (0, 3, 6, 5)


def test_gradients_to_order_three() -> None:
    check_grad(lambda x: unfold(x, (2, 3), (2, 1), 1, 2) ** 3, X[:1, :1], order=3)
    cols = np.random.default_rng(16).normal(size=(1, 4, prod((2, 3))))
    check_grad(lambda c: fold(c, (3, 4), 2) ** 3, cols, order=3)


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        (ValueError, "unfold: input has shape", lambda x: unfold(x[0, 0], 2)),
        (ValueError, "unfold: kernel_size=7 is larger", lambda x: unfold(x, 7)),
        (ValueError, "unfold: stride=0", lambda x: unfold(x, 2, stride=0)),
        (TypeError, "unfold: padding='same'", lambda x: unfold(x, 3, padding="same")),
        (ValueError, "fold: input has shape", lambda x: fold(x, 4, 2)),
        (
            ValueError,
            r"fold: input has shape .* it must be \(N, C\*4, 9\)",
            lambda x: fold(minigan.ones(2, 8, 8), 4, 2),
        ),
        (
            ValueError,
            r"fold: input has shape .* it must be \(N, C\*4, 9\)",
            lambda x: fold(minigan.ones(2, 7, 9), 4, 2),
        ),
        (
            ValueError,
            r"fold: output_size=\(1, 2, 3\)",
            lambda x: fold(minigan.ones(2, 8, 9), (1, 2, 3), 2),
        ),
        (TypeError, "fold: input must be a Tensor", lambda x: fold(X, 4, 2)),
    ],
)
def test_wrong_arguments(error: Any, match: str, call: Any) -> None:
    with pytest.raises(error, match=match):
        call(Tensor(X))
