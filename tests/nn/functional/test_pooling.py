"""Pooling against loops over windows, its laws, and errors."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import Tensor
from minigan.check import check_grad
from minigan.nn.functional import (
    adaptive_avg_pool2d,
    adaptive_max_pool2d,
    avg_pool1d,
    avg_pool2d,
    conv2d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)

X = np.random.default_rng(11).normal(size=(2, 3, 7, 5))


def windows(
    sizes: tuple[int, int], k: tuple[int, int], s: tuple[int, int], p: tuple[int, int], ceil: bool
) -> Any:
    """Return for each output the rows and columns of its window that lie inside, by loops."""
    along = []
    for X_, k_, s_, p_ in zip(sizes, k, s, p, strict=True):
        starts, start = [], -p_
        while start + k_ <= X_ + p_ or (ceil and start < X_ and start - s_ + k_ < X_ + p_):
            starts.append(start)
            start += s_
        along.append([[h for h in range(start, start + k_) if 0 <= h < X_] for start in starts])
    return along


@given(
    st.tuples(st.integers(1, 4), st.integers(1, 3)),
    st.tuples(st.integers(1, 3), st.integers(1, 4)),
    st.booleans(),
    st.data(),
)
def test_windows_by_loops(k: tuple[int, int], s: tuple[int, int], ceil: bool, data: Any) -> None:
    p = tuple(data.draw(st.integers(0, size // 2)) for size in k)
    x = np.random.default_rng([*k, *s]).integers(-3, 4, (2, 3, 6, 5)).astype(float)
    rows, columns = windows((6, 5), k, s, p, ceil)  # type: ignore[arg-type]
    y, places = max_pool2d(Tensor(x), k, s, p, ceil_mode=ceil, return_indices=True)
    mean = avg_pool2d(Tensor(x), k, s, p, ceil, False)
    assert y.shape == mean.shape == (2, 3, len(rows), len(columns))
    for n, c, (o, h), (q, v) in product(range(2), range(3), enumerate(rows), enumerate(columns)):
        window = [(x[n, c, i, j], -i, -j) for i, j in product(h, v)]
        best = max(window)  # the first of equal numbers
        assert y.numpy()[n, c, o, q] == best[0]
        assert places.numpy()[n, c, o, q] == -best[1] * 5 - best[2]
        assert mean.numpy()[n, c, o, q] == pytest.approx(
            sum(one[0] for one in window) / len(window)
        )


@given(
    st.tuples(st.integers(1, 4), st.integers(1, 3)),
    st.tuples(st.integers(1, 3), st.integers(1, 4)),
    st.sampled_from([np.float64, np.float32, np.float16]),
    st.permutations(range(4)),
    st.data(),
)
def test_the_gradient_goes_to_the_first_of_equals(k, s, dtype, order, data) -> None:
    """Also at -inf beside padding, with infinite cotangents, and in any memory order."""
    p = tuple(data.draw(st.integers(0, size // 2)) for size in k)
    rng = np.random.default_rng([*k, *s])
    numbers = rng.choice([-np.inf, -1, 0, 1], size=(2, 3, 6, 5)).astype(dtype)
    x = Tensor._wrap(np.ascontiguousarray(numbers.transpose(order)).transpose(np.argsort(order)))
    x.requires_grad_()
    y, places = max_pool2d(x, k, s, p, return_indices=True)
    g = rng.choice([np.inf, -2, 0, 1, 3], size=y.shape).astype(dtype)
    expected = np.zeros((2, 3, 6, 5))
    rows, columns = windows((6, 5), k, s, p, False)
    for n, c, (o, h), (q, v) in product(range(2), range(3), enumerate(rows), enumerate(columns)):
        _, i, j = max((numbers[n, c, i, j], -i, -j) for i, j in product(h, v))
        expected[n, c, -i, -j] += g[n, c, o, q]
        assert places.numpy()[n, c, o, q] == -i * 5 - j
    for pooled in (y, max_pool2d(x, k, s, p)):
        assert pooled.dtype == dtype
        (gx,) = minigan.grad(pooled, [x], [Tensor(g)], retain_graph=True)
        np.testing.assert_array_equal(gx.numpy(), expected)
        assert not np.signbit(gx.numpy()[gx.numpy() == 0]).any()


def test_the_result_may_be_changed_in_place_before_backward() -> None:
    x = Tensor(X, requires_grad=True)
    max_pool2d(x, 2).relu_().sum().backward()
    expected = minigan.grad(max_pool2d(x, 2).relu().sum(), [x])[0]
    np.testing.assert_array_equal(x.grad.numpy(), expected.numpy())


@pytest.mark.parametrize("ceil", [False, True])
def test_gradients_to_order_three(ceil: bool) -> None:
    distinct = np.random.default_rng(12).permutation(X.size).reshape(X.shape) * 0.1
    check_grad(
        lambda x: max_pool2d(x, (3, 2), 2, (1, 0), (1, 2), ceil) ** 3, distinct[:1, :2], order=3
    )
    check_grad(lambda x: avg_pool2d(x, (3, 2), 2, (1, 1), ceil) ** 3, X[:1, :2], order=3)
    check_grad(lambda x: adaptive_avg_pool2d(x, (3, None)) ** 3, X[:1, :1], order=3)
    check_grad(lambda x: adaptive_avg_pool2d(x, (11, 2)) ** 3, X[:1, :1], order=3)


def test_average_pooling_is_a_convolution_with_equal_weights() -> None:
    x = Tensor(X.reshape(6, 1, 7, 5))
    for k, s, p in (((3, 2), (2, 1), (1, 0)), ((2, 4), (1, 3), (1, 2))):
        w = minigan.full((1, 1, *k), 1 / (k[0] * k[1]), dtype="float64")
        np.testing.assert_allclose(
            avg_pool2d(x, k, s, p).numpy(), conv2d(x, w, None, s, p).numpy(), atol=1e-15
        )


def test_max_pooling_commutes_with_increasing_functions() -> None:
    x = Tensor(X)
    assert (max_pool2d(x.exp(), 3, 1) == max_pool2d(x, 3, 1).exp()).all()
    assert (max_pool2d(x, 3, 1) >= avg_pool2d(x, 3, 1)).all()
    assert (avg_pool2d(x, 3, 1) >= -max_pool2d(-x, 3, 1)).all()


def test_memory_in_any_order_and_inputs_unchanged() -> None:
    strange = np.asfortranarray(X)[:, ::-1].transpose(0, 1, 3, 2)
    plain, before = np.ascontiguousarray(strange), strange.copy()
    for f in (
        lambda x: max_pool2d(x, 2),
        lambda x: avg_pool2d(x, 2, 1, 1),
        lambda x: adaptive_avg_pool2d(x, 3),
    ):
        np.testing.assert_array_equal(
            f(minigan.as_tensor(strange)).numpy(), f(Tensor(plain)).numpy()
        )
    np.testing.assert_array_equal(strange, before)


def test_max_pooling_of_integers() -> None:
    x = minigan.arange(12).reshape(1, 3, 4)
    y, places = max_pool2d(-x, 2, return_indices=True)
    assert y.tolist() == [[[0, -2]]] and places.tolist() == [[[0, 2]]] and y.dtype == np.int64


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        (
            ValueError,
            r"max_pool2d: padding=2 .* kernel_size=3 \(legal: 0..1\)",
            lambda x: max_pool2d(x, 3, padding=2),
        ),
        (ValueError, r"max_pool2d: kernel_size=8", lambda x: max_pool2d(x, 8)),
        (ValueError, r"kernel_size=3 with dilation=4", lambda x: max_pool2d(x, 3, dilation=4)),
        (
            ValueError,
            r"nothing but padding",
            lambda x: max_pool2d(x[..., :2], (1, 2), 1, (0, 1), (1, 3)),
        ),
        (ValueError, r"stride=0", lambda x: max_pool2d(x, 2, 0)),
        (ValueError, r"kernel_size=\(2, 2, 2\)", lambda x: avg_pool2d(x, (2, 2, 2))),
        (TypeError, r"kernel_size=2.5", lambda x: avg_pool2d(x, 2.5)),
        (
            ValueError,
            r"avg_pool2d: divisor_override=0",
            lambda x: avg_pool2d(x, 2, divisor_override=0),
        ),
        (ValueError, r"max_pool1d: input has shape", lambda x: max_pool1d(x, 2)),
        (
            ValueError,
            r"max_pool3d: input has shape .*\(N, C, D, H, W\)",
            lambda x: max_pool3d(x[0], 2),
        ),
        (TypeError, r"avg_pool1d: input has dtype int64", lambda x: avg_pool1d(x[0].long(), 2)),
        (TypeError, r"max_pool2d: input has dtype bool", lambda x: max_pool2d(x > 0, 2)),
        (TypeError, r"max_pool2d: input must be a Tensor", lambda x: max_pool2d(x.numpy(), 2)),
        (ValueError, r"adaptive_avg_pool2d", lambda x: adaptive_avg_pool2d(x, (1, 2, 3))),
        (ValueError, r"adaptive_avg_pool2d", lambda x: adaptive_avg_pool2d(x, 0)),
        (TypeError, r"adaptive_avg_pool2d", lambda x: adaptive_avg_pool2d(x, 2.0)),
        (
            ValueError,
            r"adaptive_avg_pool2d: size 10000.* must be less than 2\^63",
            lambda x: adaptive_avg_pool2d(x, 10**30),
        ),
        (
            ValueError,
            r"adaptive_avg_pool2d: output_size=10000000 makes",
            lambda x: adaptive_avg_pool2d(x, 10**7),
        ),
    ],
)
def test_wrong_arguments(error: Any, match: str, call: Any) -> None:
    with pytest.raises(error, match=match):
        call(Tensor(X))


def test_nan_is_the_largest_number() -> None:
    """A window with NaN gives NaN and the place of the last NaN, as PyTorch does."""
    nan = np.nan
    x = Tensor([[[1.0, nan, 5.0, nan, 2.0, 3.0]]], requires_grad=True)
    y, places = max_pool1d(x, 3, 1, return_indices=True)
    np.testing.assert_array_equal(y.detach().numpy(), [[[nan, nan, nan, nan]]])
    assert places.tolist() == [[[1, 3, 3, 3]]]
    np.testing.assert_array_equal(max_pool1d(x, 2, 2).detach().numpy(), [[[nan, nan, 3.0]]])
    (g,) = minigan.grad(max_pool1d(x, 3, 3), [x], [Tensor([[[2.0, 7.0]]])])
    assert g.tolist() == [[[0, 2, 0, 7, 0, 0]]]
    x = Tensor([[[nan, 1, 2, nan], [3, nan, 4, 5], [6, 7, 8, 9]]])
    y, places = adaptive_max_pool2d(x, (1, 2), return_indices=True)
    assert y.isnan().all() and places.tolist() == [[[5, 3]]]
