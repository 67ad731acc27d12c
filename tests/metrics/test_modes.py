"""Counts of modes agree with their definition, on data, on collapse and on stacks of digits."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.datasets import grid, mixture, ring
from minigan.metrics import count_modes, count_stacked


def slow_modes(samples, centers, std):
    """Return modes, high quality and pooled spread, by their definitions."""
    at = [min(range(len(centers)), key=lambda k: np.linalg.norm(x - centers[k])) for x in samples]
    good = [
        k for k, x in zip(at, samples, strict=True) if np.linalg.norm(x - centers[k]) <= 3 * std
    ]
    squares, freedom = 0.0, 0
    for k in set(good):
        mine = np.array(
            [
                x
                for j, x in zip(at, samples, strict=True)
                if j == k and np.linalg.norm(x - centers[k]) <= 3 * std
            ]
        )
        squares += ((mine - mine.mean(axis=0)) ** 2).sum()
        freedom += len(mine) - 1
    spread = np.sqrt(squares / (freedom * samples.shape[1])) / std if freedom else None
    return at, len(set(good)), len(good) / len(samples), spread


@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 3))
def test_counts_agree_with_their_definition(seed, n, D):
    rng = np.random.default_rng(seed)
    data = mixture(rng.normal(0, 2, (5, D)), std=0.5)
    samples = data.centers[rng.integers(5, size=n)] + rng.normal(0, 0.8, (n, D))
    found = count_modes(samples, data)
    at, modes, high_quality, spread = slow_modes(samples, data.centers, 0.5)
    assert found.modes == modes and found.high_quality == pytest.approx(high_quality)
    assert found.counts.tolist() == [at.count(k) for k in range(5)]
    assert found.spread == (None if spread is None else pytest.approx(spread))
    shares = [at.count(k) / n for k in range(5)]
    assert found.reverse_kl == pytest.approx(sum(s * log(5 * s) for s in shares if s), abs=1e-12)
    halves = [(s + 0.2) / 2 for s in shares]
    entropies = [-sum(s * log(s) for s in of if s) for of in (halves, shares)]
    assert found.jsd == pytest.approx(entropies[0] - (entropies[1] + log(5)) / 2, abs=1e-12)


@pytest.mark.parametrize("data", [ring(), grid()], ids=["ring", "grid"])
def test_real_data_reach_all_modes_and_the_expected_quality_and_kl(data):
    found = [count_modes(data.sample(2500, generator=seed), data) for seed in range(100)]
    assert {each.modes for each in found} == {len(data.centers)}
    assert np.mean([each.high_quality for each in found]) == pytest.approx(1 - exp(-4.5), abs=1e-3)
    inside = 1 - 4.5 * exp(-4.5) / (1 - exp(-4.5))  # the variance of samples within 3 sigma
    assert np.mean([each.spread for each in found]) == pytest.approx(inside**0.5, abs=2e-3)
    assert found[0].floor == pytest.approx({8: 0.0014, 25: 0.0048}[len(data.centers)])
    assert np.mean([each.reverse_kl for each in found]) == pytest.approx(found[0].floor, rel=0.15)


def test_collapse_is_detected():
    data = ring()
    one = np.repeat(data.centers[2:3], 100, axis=0)
    found = count_modes(one, data)
    assert found.modes == 1 and found.high_quality == 1 and found.spread < 1e-9
    assert found.reverse_kl == pytest.approx(log(8))
    nowhere = count_modes(np.zeros((10, 2)), data)
    assert nowhere.modes == 0 and nowhere.high_quality == 0 and nowhere.spread is None


def test_a_mode_of_weight_zero_gives_an_infinite_kl():
    found = count_modes(np.array([0.0, 1.0]), mixture([0, 1], 0.1, weights=[1, 0]))
    assert found.reverse_kl == np.inf and 0 < found.jsd < log(2)


@given(st.integers(0, 2**32), st.integers(1, 50))
def test_stacks_are_numbers_of_three_digits(seed, n):
    rng = np.random.default_rng(seed)
    digits, sure = rng.integers(0, 10, (n, 3)), rng.random((n, 3)) < 0.8
    found = count_stacked(digits, sure)
    words = ["".join(map(str, row)) for row in digits.tolist()]
    assert found.modes == len(set(words)) and found.high_quality == np.mean(
        [all(row) for row in sure]
    )
    assert all(found.counts[int(word)] == words.count(word) for word in words)
    shares = [words.count(word) / n for word in set(words)]
    assert found.reverse_kl == pytest.approx(sum(s * log(1000 * s) for s in shares))


def test_stacks_of_the_published_protocol():
    digits = np.random.default_rng(0).integers(0, 10, (26_000, 3), dtype=np.uint8)
    found = count_stacked(digits)
    assert found.modes == 1000 and found.floor == pytest.approx(0.0192, abs=1e-4)
    assert found.reverse_kl == pytest.approx(found.floor, rel=0.1)


def test_illegal_arguments_are_refused():
    with pytest.raises(ValueError, match="std=0"):
        count_modes(np.zeros((3, 1)), mixture([0, 1], 0))
    with pytest.raises(
        ValueError, match=r"samples of shape \(3, 3\) and centers of shape \(8, 2\)"
    ):
        count_modes(np.zeros((3, 3)), ring())
    for wrong in (
        np.array([[1, 2, 10]]),
        np.array([[1, 2]]),
        np.array([[1.0, 2, 3]]),
        np.empty((0, 3), int),
    ):
        with pytest.raises(ValueError, match="count_stacked: digits of shape"):
            count_stacked(wrong)
