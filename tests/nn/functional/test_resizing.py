"""Resizing: its laws, and errors; test_torch_pooling compares it with PyTorch."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan import Tensor
from minigan.check import check_adjoint, check_grad
from minigan.nn.functional import avg_pool2d, interpolate, pixel_shuffle, pixel_unshuffle

X = np.random.default_rng(13).normal(size=(2, 3, 4, 5))


@given(st.integers(1, 4), st.integers(1, 3))
def test_whole_factors_repeat_and_the_mean_undoes_it(a: int, b: int) -> None:
    y = interpolate(Tensor(X), scale_factor=(a, b))
    np.testing.assert_array_equal(y.numpy(), X.repeat(a, 2).repeat(b, 3))
    np.testing.assert_array_equal(y.numpy(), interpolate(Tensor(X), (4 * a, 5 * b)).numpy())
    np.testing.assert_allclose(avg_pool2d(y, (a, b)).numpy(), X, rtol=1e-14)
    np.testing.assert_array_equal(interpolate(y, (4, 5)).numpy(), X)
    check_adjoint(
        lambda x: interpolate(x, scale_factor=(a, b)),
        lambda y: avg_pool2d(y, (a, b)) * (1.0 * a * b),
        X.shape,
        y.shape,
        exact=False,
    )


def test_infinities_stay_where_they_are() -> None:
    x = X.copy()
    x[0, 0, 1, 2] = np.inf
    for size in ((8, 10), (7, 6), (2, 3)):
        assert np.isfinite(interpolate(Tensor(x), size).numpy()[1]).all()
        assert not np.isnan(interpolate(Tensor(x), size).numpy()).any()


@pytest.mark.parametrize("size", [(8, 10), (3, 7), (2, 9)])
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear", "area"])
def test_gradients_to_order_three(mode: str, size: tuple[int, int]) -> None:
    check_grad(lambda x: interpolate(x, size, mode=mode) ** 3, X[:1, :1], order=3)


@given(st.integers(1, 3), st.integers(1, 3))
def test_shuffling_back_is_inverse_and_adjoint(r: int, C: int) -> None:
    x = np.random.default_rng(r).normal(size=(2, C * r * r, 3, 2))
    y = pixel_shuffle(Tensor(x), r)
    np.testing.assert_array_equal(pixel_unshuffle(y, r).numpy(), x)
    for c, h, v in np.ndindex(C, 3 * r, 2 * r):
        assert y.numpy()[1, c, h, v] == x[1, c * r * r + (h % r) * r + v % r, h // r, v // r]
    check_adjoint(lambda x: pixel_shuffle(x, r), lambda y: pixel_unshuffle(y, r), x.shape, y.shape)


@pytest.mark.parametrize(
    ("error", "match", "args", "kwargs"),
    [
        (ValueError, "give one of size=None and scale_factor=None", (), {}),
        (ValueError, "give one of", (4, 2.0), {}),
        (ValueError, "makes sizes \\(0, 0\\)", (None, 0.1), {}),
        (ValueError, "makes sizes", (-1,), {}),
        (ValueError, "must be one number or 2", ((4, 4, 4),), {}),
        (TypeError, "must be integers", (4.0,), {}),
        (TypeError, "must be numbers", (None, "2"), {}),
        (ValueError, "must be finite", (None, float("inf")), {}),
        *(
            (ValueError, "an output of shape", (2**63,), {"mode": mode})
            for mode in ("nearest", "bilinear", "area")
        ),
        (ValueError, "an output of shape", (None, 1e30), {}),
        (ValueError, "mode='bicubic' is not legal", (4,), {"mode": "bicubic"}),
        (ValueError, "mode='linear' resizes 1 axes", (4,), {"mode": "linear"}),
        (ValueError, "align_corners=True is for", (4,), {"align_corners": True}),
        (ValueError, "antialias=True", (4,), {"mode": "bilinear", "antialias": True}),
        (ValueError, "recompute_scale_factor", (4,), {"recompute_scale_factor": True}),
    ],
)
def test_wrong_arguments_of_interpolate(error: Any, match: str, args: Any, kwargs: Any) -> None:
    with pytest.raises(error, match=f"^interpolate: .*{match}"):
        interpolate(Tensor(X), *args, **kwargs)


def test_wrong_inputs() -> None:
    with pytest.raises(ValueError, match=r"must be \(N, C, \*X\) with"):
        interpolate(Tensor(X[0, 0]), 4)
    with pytest.raises(TypeError, match="needs a float"):
        interpolate(Tensor(X).long(), 4, mode="bilinear")
    with pytest.raises(ValueError, match=r"3 channels .* must divide by 2 x 2"):
        pixel_shuffle(Tensor(X), 2)
    with pytest.raises(ValueError, match="height and width"):
        pixel_unshuffle(Tensor(X), 2)
    with pytest.raises(ValueError, match="upscale_factor=0"):
        pixel_shuffle(Tensor(X), 0)
    with pytest.raises(TypeError, match=r"upscale_factor=1\.0"):
        pixel_shuffle(Tensor(X), 1.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"\(\.\.\., C, H, W\)"):
        pixel_unshuffle(Tensor(X[0, 0]), 1)
