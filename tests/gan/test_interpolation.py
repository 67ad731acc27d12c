"""Interpolation of latent vectors: formulas, lengths, ends and errors."""

from math import acos, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.gan import lerp, slerp

seeds, shares = st.integers(0, 2**32), st.floats(0, 1)


def pair(seed, D):
    a, b = np.random.default_rng(seed).standard_normal((2, D))
    return a, b


@given(seeds, shares, st.integers(2, 6))
def test_slerp_is_its_formula(seed, t, D):
    a, b = pair(seed, D)
    w = acos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1))
    slow = [(sin((1 - t) * w) * x + sin(t * w) * y) / sin(w) for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(slerp(a, b, t), slow, rtol=1e-5, atol=1e-7)


@given(seeds, shares, st.integers(2, 6))
def test_on_a_sphere_slerp_has_constant_length_and_speed(seed, t, D):
    a, b = (v / np.linalg.norm(v) for v in pair(seed, D))
    at = slerp(a, b, t)
    assert np.linalg.norm(at) == pytest.approx(1)
    assert acos(np.clip(a @ at, -1, 1)) == pytest.approx(t * acos(np.clip(a @ b, -1, 1)), abs=1e-6)
    assert np.linalg.norm(lerp(a, b, t)) <= 1 + 1e-9


@pytest.mark.parametrize("between", [lerp, slerp])
@given(seed=seeds)
def test_both_start_at_a_end_at_b_and_are_symmetric(between, seed):
    a, b = np.random.default_rng(seed).standard_normal((2, 3, 5))
    t = np.linspace(0, 1, 4)
    path = between(a, b, t)
    assert path.shape == (4, 3, 5)
    np.testing.assert_allclose(path[[0, -1]], [a, b], atol=1e-12)
    np.testing.assert_allclose(path, between(b, a, 1 - t), atol=1e-12)
    np.testing.assert_allclose(path[2], between(a, b, t[2]))


def test_nearly_parallel_vectors_are_exact():
    a = np.array([1.0, 2, 3])
    np.testing.assert_allclose(slerp(a, a, 0.3), a)
    np.testing.assert_allclose(slerp(a, 2 * a, 0.5), 1.5 * a)
    b = a + np.array([1e-9, 0, 0])
    np.testing.assert_allclose(slerp(a, b, 0.5), (a + b) / 2, rtol=1e-12)


def test_float32_stays():
    a, b = np.random.default_rng(0).standard_normal((2, 4), dtype=np.float32)
    assert slerp(a, b, 0.5).dtype == lerp(a, b, [0.5]).dtype == np.float32


def test_halfway_between_gaussian_vectors_lerp_is_too_short_and_slerp_is_not():
    a, b = np.random.default_rng(0).standard_normal((2, 1000, 100))
    for between, length in ((lerp, 50**0.5), (slerp, 10)):
        assert np.linalg.norm(between(a, b, 0.5), axis=1).mean() == pytest.approx(length, rel=0.01)


def test_illegal_arguments_are_refused():
    with pytest.raises(ValueError, match=r"lerp: a of shape \(2,\), b of shape \(3,\)"):
        lerp([1, 2], [1, 2, 3], 0.5)
    with pytest.raises(ValueError, match="slerp: a of shape"):
        slerp([1, 2], [1, 2], np.nan)
    with pytest.raises(ValueError, match="a or b is 0"):
        slerp([0, 0], [1, 2], 0.5)
    with pytest.raises(ValueError, match="opposite"):
        slerp([1, 2], [-2, -4], 0.5)
