"""MMD agrees with sums by hand; p-values are uniform for equal distributions."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.metrics import distances, kernel, kid, mmd


def slow_mmd2(x, y, k):
    n, m = len(x), len(y)
    xx = sum(k(x[i], x[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    yy = sum(k(y[i], y[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    return xx + yy - 2 * sum(k(a, b) for a in x for b in y) / (n * m)


def sets(seed, D=3):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(2, 7, 2)
    return rng.standard_normal((n, D)), 1 + rng.standard_normal((m, D))


@given(st.integers(0, 2**32))
def test_kid_is_the_sum_of_its_definition(seed):
    x, y = sets(seed)
    slow = slow_mmd2(x, y, lambda a, b: (sum(a * b) / 3 + 1) ** 3)
    assert kid(x, y, 1, generator=0).mmd2 == pytest.approx(slow, rel=1e-9, abs=1e-9)


@given(st.integers(0, 2**32))
def test_mmd_is_the_sum_of_its_definition(seed):
    x, y = sets(seed)
    median = np.median([((a - b) ** 2).sum() for a, b in combinations([*x, *y], 2)])
    slow = slow_mmd2(x, y, lambda a, b: np.exp(-((a - b) ** 2).sum() / (2 * median)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distances, "_BLOCK", 20)
        assert mmd(x, y, 1, generator=0).mmd2 == pytest.approx(slow, rel=1e-9, abs=1e-12)


def test_the_p_value_is_the_fraction_of_shuffles_as_far_apart():
    x, y = np.array([0.0, 0.3, 0.4]), np.array([2.0, 2.5, 9.0])
    z = np.concatenate([x, y])
    values = []
    for chosen in combinations(range(6), 3):
        rest = [i for i in range(6) if i not in chosen]
        values.append(slow_mmd2(z[list(chosen)], z[rest], lambda a, b: (a * b + 1) ** 3))
    exact = np.mean(
        [value >= slow_mmd2(x, y, lambda a, b: (a * b + 1) ** 3) - 1e-9 for value in values]
    )
    assert kid(x, y, 20_000, generator=0).p_value == pytest.approx(exact, abs=0.01)


def test_the_estimate_is_unbiased():
    """E MMD^2 = 0 for one distribution: the mean of many is within three standard errors of 0."""
    for test in (mmd, kid):
        values = [
            test(*np.random.default_rng(seed).standard_normal((2, 20, 2)), 1, generator=0).mmd2
            for seed in range(400)
        ]
        assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(400)
        assert min(values) < 0


@given(st.integers(0, 2**32), st.integers(1, 5))
def test_groups_change_nothing_but_the_shuffles(seed, groups):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(2, 30, 2)
    x, y = rng.standard_normal((n, 2)), rng.standard_normal((m, 2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "_GROUPS", groups)
        found = kid(x, y, 5, generator=0)
    assert found.mmd2 == pytest.approx(
        slow_mmd2(x, y, lambda a, b: (a @ b / 2 + 1) ** 3), rel=1e-9, abs=1e-9
    )


def test_shuffled_in_groups_p_values_are_uniform_too(monkeypatch):
    monkeypatch.setattr(kernel, "_GROUPS", 6)
    rng = np.random.default_rng(3)
    draws = [
        (rng.standard_normal((20, 2)), rng.standard_normal((27, 2))) for _ in range(400)
    ]  # in groups of three
    p = np.sort([mmd(x, y, 99, generator=rng).p_value for x, y in draws])
    assert np.abs(p - np.arange(1, 401) / 400).max() < 1.63 / np.sqrt(400) + 0.01
    assert np.mean([mmd(x, y + 2, 99, generator=rng).p_value <= 0.01 for x, y in draws[:50]]) > 0.9


@pytest.mark.parametrize("test", [mmd, kid])
def test_p_values_are_uniform_under_the_hypothesis_and_small_without_it(test):
    rng = np.random.default_rng(1)
    p = np.sort(
        [test(*rng.standard_normal((2, 15, 2)), 99, generator=rng).p_value for _ in range(400)]
    )
    gap = np.abs(p - np.arange(1, 401) / 400).max()
    assert gap < 1.63 / np.sqrt(400) + 0.01  # Kolmogorov-Smirnov at 1 %, plus the step of p
    for alpha in (0.01, 0.05, 0.1):
        assert (p <= alpha).mean() < alpha + 3 * np.sqrt(alpha / 400)
    for _ in range(5):
        assert (
            test(
                rng.standard_normal((40, 2)), 1 + rng.standard_normal((40, 2)), 99, generator=rng
            ).p_value
            <= 0.02
        )


def test_copies_are_not_far_apart_and_equal_samples_are_no_error():
    x = np.random.default_rng(0).standard_normal((30, 2))
    assert mmd(x, x, 50, generator=0).mmd2 < 0 and mmd(x, x, 50, generator=0).p_value > 0.9
    assert mmd(np.ones((5, 2)), np.ones((4, 2)), 9, generator=0) == (0.0, 1.0)


def test_no_permutations_are_refused():
    for test, permutations, error in (
        (mmd, 0, ValueError),
        (kid, 1.5, TypeError),
        (kid, True, TypeError),
    ):
        with pytest.raises(error, match=f"{test.__name__}: permutations={permutations}"):
            test(np.ones((5, 2)), np.ones((5, 2)), permutations)
    assert mmd(np.ones((5, 2)), np.ones((5, 2)), np.int64(3)).p_value == 1
