"""The exact generator in one dimension."""

from math import erfc, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.gan import exact_generator
from minigan.theory import Gaussian, GaussianMixture


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.floats(-4, 4), st.floats(0.2, 2), st.floats(0.1, 1)), min_size=1, max_size=4
    ),
    st.floats(-6, 6),
)
def test_quantiles_are_mapped_to_quantiles(parts, h):
    means, stds, weights = np.array(parts).T
    P = GaussianMixture(means, stds, weights / weights.sum())
    x = float(exact_generator(P).forward(np.array([h]))[0])
    sign = 1 if h > 0 else -1  # the tail on h's side has a small rounding error
    tail = sum(
        w * erfc(sign * (x - m) / s / sqrt(2)) / 2
        for m, s, w in zip(P.means, P.stds, P.weights, strict=True)
    )
    assert tail == pytest.approx(erfc(sign * h / sqrt(2)) / 2, rel=1e-9)


def test_for_one_gaussian_it_is_affine():
    h = np.linspace(-8, 8, 33)
    G = exact_generator(GaussianMixture([3], 2))
    np.testing.assert_allclose(G.forward(h), 3 + 2 * h, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(G.slope(h), 2, rtol=1e-12)


def test_its_samples_have_the_density_of_the_data():
    P = GaussianMixture([-1.5, 1], [0.5, 0.4], [0.7, 0.3])
    G, x = exact_generator(P), np.linspace(-3, 2, 11)
    np.testing.assert_allclose(G.density(x), P.density(x), rtol=1e-9)
    assert G.expectation(lambda x: x).value == pytest.approx(-1.5 * 0.7 + 0.3, abs=1e-9)


def test_its_slope_agrees_with_differences_and_is_large_at_the_gap():
    P = GaussianMixture([-2, 2], 0.5)
    G, h = exact_generator(P), np.array([-2.0, -0.3, 0.5, 1.7])
    slow = (G.forward(h + 1e-5) - G.forward(h - 1e-5)) / 2e-5
    np.testing.assert_allclose(G.slope(h), slow, rtol=1e-6)
    assert G.slope(np.zeros(1)) == pytest.approx(Gaussian().density(0) / P.density(0))
    assert G.slope(np.zeros(1)) > 1000 * G.slope(np.ones(1))
