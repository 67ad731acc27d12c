"""The error of PCA agrees with the singular values, and illegal arguments are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan import datasets
from minigan.autoencoder import pca_error


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(0, 6))
def test_the_error_is_that_of_the_discarded_singular_values(seed, D, k):
    x = np.random.default_rng(seed).standard_normal((9, D)) * np.arange(1, D + 1)
    k = min(k, D)
    s = np.linalg.svd(x - x.mean(axis=0), compute_uv=False)
    assert pca_error(x, x, k) == pytest.approx((s[k:] ** 2).sum() / x.size, rel=1e-9, abs=1e-12)


def test_held_out_errors_of_the_embedded_digits():
    train, test = (part.scaled(0, 1) for part in datasets.split(datasets.digits8()))
    for k, error in ((2, 0.0534), (4, 0.0384), (8, 0.0247), (16, 0.0116)):
        assert pca_error(train, test, k) == pytest.approx(error, rel=0.02)


@pytest.mark.parametrize("k", [-1, 65])
def test_there_are_no_more_components_than_pixels(k):
    x = datasets.digits8().scaled(0, 1)
    with pytest.raises(ValueError, match=f"pca_error: k={k} must be at (least 0|most 64)"):
        pca_error(x, x, k)


def test_illegal_arguments_are_refused():
    x = np.random.default_rng(0).standard_normal((5, 3))
    for train, test, k, message in (
        # these would broadcast
        (x, x[:, :1], 0, r"train of shape \(5, 3\) and test of shape \(5, 1\)"),
        (x, x[:0], 1, r"test of shape \(0, 3\)"),
        (x * np.nan, x, 1, "train holds values that are not finite"),
    ):
        with pytest.raises(ValueError, match=f"pca_error: {message}"):
            pca_error(train, test, k)
    with pytest.raises(TypeError, match="pca_error: k=1.5 must be an integer"):
        pca_error(x, x, 1.5)
