"""Sliced Wasserstein and Frechet distances agree with closed forms and linear programs."""

from fractions import Fraction
from math import gamma, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.metrics import frechet, frechet_distance, sliced_wasserstein


def slow_w2(x, y):
    """Return W_2^2 of two sets of numbers: each is split into equal pieces, matched one to one."""
    x, y = sorted(map(Fraction, x)), sorted(map(Fraction, y))
    many_x, many_y = (sorted(values * copies) for values, copies in ((x, len(y)), (y, len(x))))
    return sum((a - b) ** 2 for a, b in zip(many_x, many_y, strict=True)) / len(many_x)


numbers = st.lists(st.integers(-20, 20), min_size=1, max_size=7)


@given(numbers, numbers)
def test_in_one_dimension_it_is_w2_also_of_unequal_sets(x, y):
    found = sliced_wasserstein(np.array(x, float), np.array(y, float), 3, generator=0)
    assert found**2 == pytest.approx(float(slow_w2(x, y)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("D", [2, 5, 30])
def test_the_distance_of_a_shift_is_its_length_over_the_root_of_the_dimensions(D):
    x = np.random.default_rng(0).standard_normal((50, D))
    shift = np.arange(1.0, D + 1)
    found = sliced_wasserstein(x, x[::-1] + shift, 40_000, generator=0)
    assert found == pytest.approx(np.linalg.norm(shift) / sqrt(D), rel=0.02)
    assert sliced_wasserstein(x, x[::-1], generator=0) == 0


def test_for_two_gaussians_it_tends_to_that_of_their_projections():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((20_000, 2)), 3 * rng.standard_normal((20_000, 2))
    assert sliced_wasserstein(x, y, generator=0) == pytest.approx(
        2, rel=0.02
    )  # |3 - 1| along every direction


def test_directions_are_uniform():
    """The mean of |cos| over random directions in D dimensions."""
    D = 4
    length = gamma(D / 2) / (sqrt(pi) * gamma((D + 1) / 2))
    point, origin = np.eye(D)[:1], np.zeros((1, D))
    values = [sliced_wasserstein(origin, point, 1, generator=seed) for seed in range(2000)]
    assert np.mean(values) == pytest.approx(length, rel=0.03)


def test_generators_make_it_repeatable():
    x, y = np.random.default_rng(0).standard_normal((2, 30, 4))
    assert sliced_wasserstein(x, y, generator=3) == sliced_wasserstein(
        x, y, generator=np.random.default_rng(3)
    )
    with pytest.raises(ValueError, match="directions=0"):
        sliced_wasserstein(x, y, 0)


positive = st.floats(0, 5)


@given(
    st.lists(
        st.tuples(st.floats(-5, 5), st.floats(-5, 5), positive, positive), min_size=1, max_size=5
    )
)
def test_frechet_of_gaussians_with_common_axes(rows):
    """Where the covariances commute it is |m - n|^2 + sum (s - t)^2 of the standard deviations."""
    m, n, s, t = np.array(rows).T
    turn = np.linalg.qr(np.random.default_rng(len(rows)).standard_normal((len(m), len(m))))[0]
    found = frechet(
        turn @ m, turn @ np.diag(s**2) @ turn.T, turn @ n, turn @ np.diag(t**2) @ turn.T
    )
    assert found == pytest.approx(((m - n) ** 2).sum() + ((s - t) ** 2).sum(), abs=1e-5)


@given(st.integers(0, 2**32))
def test_frechet_of_any_gaussians_in_the_plane(seed):
    """In 2-D the trace of the root is known: tr (CD)^(1/2) = sqrt(tr CD + 2 sqrt(det CD))."""
    rng = np.random.default_rng(seed)
    C, D = ((a := rng.standard_normal((2, 2))) @ a.T for _ in range(2))
    root = sqrt(np.trace(C @ D) + 2 * sqrt(max(0.0, np.linalg.det(C @ D))))
    found = frechet([0, 1], C, [2, 0], D)
    assert found == pytest.approx(5 + np.trace(C) + np.trace(D) - 2 * root, abs=1e-6)
    assert found == pytest.approx(frechet([2, 0], D, [0, 1], C), abs=1e-6)
    assert frechet([0, 1], C, [0, 1], C) == pytest.approx(0, abs=1e-6)


def test_frechet_distance_of_samples():
    x = np.random.default_rng(0).standard_normal((40, 3))
    assert frechet_distance(x, x + np.array([1, 2, 2])) == pytest.approx(9)
    assert frechet_distance(x, 3 * x) == pytest.approx(
        4 * (x.mean(0) ** 2).sum() + 4 * x.var(0, ddof=1).sum()
    )
    assert frechet_distance(x[:2], np.ones((5, 3))) > 0  # singular covariances


def test_frechet_refuses_shapes_that_do_not_match():
    with pytest.raises(ValueError, match=r"covariances of shape \(3, 3\)"):
        frechet([0, 0], np.eye(3), [0, 0], np.eye(3))


@pytest.mark.parametrize(
    ("mean", "cov", "message"),
    [
        ([0, 0], [[1, 0.5], [0, 1]], "cov_y differs from its transpose by 0.5"),
        ([0, 0], [[1, 2], [2, 1]], "cov_y .* least eigenvalue is -1"),
        ([0, np.nan], np.eye(2), "mean_y or cov_y holds values that are not finite"),
        ([0, 0], [[np.inf, 0], [0, 1]], "mean_y or cov_y holds values that are not finite"),
    ],
)
def test_frechet_refuses_illegal_covariances(mean, cov, message):
    with pytest.raises(ValueError, match=f"frechet: {message}"):
        frechet([0, 0], np.eye(2), mean, cov)


def test_the_distance_of_a_set_from_itself_is_not_negative():
    x = np.random.default_rng(0).standard_normal(
        (20, 50)
    )  # of rank 19, so eigenvalues are 0 up to rounding
    assert 0 <= frechet_distance(x, x) < 1e-9
