"""Quadrature: known integrals, and errors that are as stated."""

import numpy as np
import pytest

from minigan.theory import Gaussian, decompose, integrate


@pytest.mark.parametrize(
    ("f", "cuts", "exact"),
    [
        (lambda x: np.exp(-x * x), [-1, 1], np.sqrt(np.pi)),
        (lambda x: np.exp(-((x - 5e3) ** 2)), [-1, 5e3 - 8, 5e3 + 8], np.sqrt(np.pi)),
        (lambda x: np.exp(-abs(x)), [-1, 1], 2),  # a kink in the middle of a piece
        (lambda x: np.exp(-abs(x - 0.123)), [-1, 1], 2),  # a kink elsewhere
        (lambda x: 1 / (1 + x * x), [-1, 1], np.pi),  # heavy tails
        (lambda x: (abs(x - 0.1) < 1 / 3) * 1.0, [-1, 1], 2 / 3),  # jumps
        (lambda x: np.where(abs(x) < 2, np.sqrt(4 - np.minimum(x * x, 4)), 0), [-2, 2], 2 * np.pi),
        (
            lambda x: np.exp(-x * x / 2) * np.cos(40 * x),
            [-8, 8],
            np.sqrt(2 * np.pi) * np.exp(-800.0),
        ),
        (
            lambda x: np.exp(-1e10 * x * x),
            [-8e-5, 0, 8e-5, 1e3],
            np.sqrt(np.pi) / 1e5,
        ),  # many scales
    ],
)
def test_known_integrals(f, cuts, exact):
    value, error = integrate(f, cuts)
    assert abs(value - exact) <= error + 1e-13 * max(1, abs(exact))
    assert error < 1e-9


@pytest.mark.parametrize("power", [1.1, 1.3, 1.5, 1.7, 1.9])
def test_the_error_of_a_heavy_tail_is_stated(power):
    value, error = integrate(lambda x: (1 + abs(x - 3)) ** -power, [-1, 1, 3, 20])
    exact = 2 / (power - 1)
    assert error / 5 < abs(value - exact) < error < 0.05 * exact


def test_a_narrow_peak_between_cuts_is_found():
    def logit(x):
        return 1000 * np.exp(-(((x - 0.3) / 1e-3) ** 2))

    P = Gaussian()
    x = np.linspace(
        0.29, 0.31, 200_001
    )  # the oracle: the loss beyond ln 4 by the sum of a fine grid
    density, s = np.exp(-x * x / 2) / np.sqrt(2 * np.pi), logit(x)
    more = (density * (np.logaddexp(0, s) + np.logaddexp(0, -s) - 2 * np.log(2))).sum() * (
        x[1] - x[0]
    )
    V, JSD, regret = decompose(logit, P, P, cuts=[0.29, 0.3, 0.31])
    assert -V.value == pytest.approx(2 * np.log(2) + more, rel=1e-9)
    assert (
        abs(V.value - (2 * JSD.value - 2 * np.log(2) - regret.value))
        < V.error + 2 * JSD.error + regret.error
        < 1e-11
    )


def test_noise_does_not_halve_for_ever_and_its_error_is_stated():
    def noisy(x):
        calls.append(x.size)
        return np.exp(-x * x) * (1 + 1e-6 * rng.standard_normal(x.size))

    rng, calls = np.random.default_rng(0), []
    value, error = integrate(noisy, [-2, 2])
    assert sum(calls) < 500_000
    assert abs(value - np.sqrt(np.pi)) < error and 1e-9 < error < 1e-5


def test_functions_without_an_integral():
    assert integrate(lambda x: np.where(abs(x) < 1, np.inf, 0), [-2, 2]) == (np.inf, 0)
    for f, value in (
        (np.ones_like, np.inf),
        (lambda x: -1 / (1 + abs(x)), -np.inf),
        (lambda x: x / (1 + x * x), np.nan),
    ):
        np.testing.assert_equal(integrate(f, [-1, 0, 1]).value, value)
    with pytest.raises(ValueError, match="integrate: f is nan"):
        integrate(lambda x: x * np.nan, [0, 1])
    for cuts in ([1, 1], [], [0, np.inf]):
        with pytest.raises(ValueError, match="integrate: cuts"):
            integrate(np.exp, cuts)
