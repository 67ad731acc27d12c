"""Toys: their modes, standard deviations and weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.datasets import gaussian, grid, load, mixture, ring


def nearest(toy, points):
    distances = np.linalg.norm(points[:, None] - toy.centers, axis=2)  # (n, K)
    return distances.argmin(axis=1), distances.min(axis=1)


@pytest.mark.parametrize("name, modes, std", [("ring8", 8, 0.02), ("grid25", 25, 0.05)])
def test_every_mode_has_its_weight_and_width(name, modes, std):
    toy = load(name)
    points = toy.sample(50_000, generator=0)
    mode, distance = nearest(toy, points)
    assert (
        toy.name == name
        and toy.std == std
        and points.dtype == np.float32
        and len(toy.centers) == modes
    )
    assert np.bincount(mode, minlength=modes) / 50_000 == pytest.approx(1 / modes, rel=0.1)
    assert np.mean(distance < 3 * std) == pytest.approx(0.9889, abs=0.002)  # 1 - exp(-9/2)
    assert np.mean(distance**2) == pytest.approx(2 * std**2, rel=0.02)


def test_ring8_has_eight_distinct_modes_on_its_circle():
    centers = ring().centers
    gaps = np.linalg.norm(centers[:, None] - centers, axis=2)
    assert np.linalg.norm(centers, axis=1) == pytest.approx(2) and np.sort(gaps[0])[
        1
    ] == pytest.approx(4 * np.sin(np.pi / 8))
    assert np.sort(gaps, axis=1)[:, 1] == pytest.approx(np.sort(gaps[0])[1])


def test_grid25_is_the_lattice_of_even_numbers():
    assert {tuple(center) for center in grid().centers} == {
        (x, y) for x in range(-4, 5, 2) for y in range(-4, 5, 2)
    }


def test_gaussians():
    x = gaussian(mean=3.0, std=0.5).sample(20_000, generator=1, dtype=np.float64)
    assert x.shape == (20_000, 1) and x.dtype == np.float64
    assert (x.mean(), x.std()) == pytest.approx((3, 0.5), abs=0.02)
    assert gaussian([1, -2, 3]).sample(4, generator=0).shape == (4, 3)
    pair = mixture([-4, 4], std=0.1, weights=[0.25, 0.75])
    assert np.mean(pair.sample(20_000, generator=0) > 0) == pytest.approx(0.75, abs=0.02)


@given(
    modes=st.integers(1, 12),
    radius=st.floats(0.1, 9),
    n=st.integers(0, 20),
    seed=st.integers(0, 99),
)
def test_with_std_zero_every_point_is_a_centre(modes, radius, n, seed):
    toy = ring(modes, radius, std=0)
    points = toy.sample(n, seed, dtype=np.float64)
    assert points.shape == (n, 2) and (n == 0 or nearest(toy, points)[1].max() == 0)
    assert np.array_equal(points, toy.sample(n, np.random.default_rng(seed), dtype=np.float64))


def test_batches_are_fresh_draws():
    first, second = (next(stream)[0] for stream in [ring().batches(16, generator=0)] * 2)
    assert first.shape == (16, 2) and not np.array_equal(first, second)
    assert (
        np.array_equal(first, ring().sample(16, generator=0))
        and "8 Gaussians in 2-D" in ring().description
    )


@pytest.mark.parametrize(
    "make, match",
    [
        (lambda: mixture([]), "centers"),
        (lambda: mixture([0.0, np.nan]), "centers"),
        (lambda: mixture(np.zeros((2, 2, 2))), r"\(2, 2, 2\)"),
        (lambda: gaussian(std=-1), "std=-1"),
        (lambda: gaussian(std=np.nan), "std=nan"),
        (lambda: mixture([0, 1], weights=[0.5, 0.6]), "sum 1"),
        (lambda: mixture([0, 1], weights=[1.5, -0.5]), "weights"),
        (lambda: mixture([0, 1], weights=[1]), "2 numbers"),
        (lambda: ring(0), "modes=0"),
        (lambda: grid(-1), "side=-1"),
        (lambda: ring().sample(-1), "n=-1"),
    ],
)
def test_illegal_mixtures_are_refused(make, match):
    with pytest.raises(ValueError, match=match):
        make()
