"""Quadrature: known integrals, and an error that is true."""

import numpy as np
import pytest

from minigan.theory import integrate


@pytest.mark.parametrize(
    ("f", "cuts", "exact"),
    [
        (lambda x: np.exp(-x * x), [-1, 1], np.sqrt(np.pi)),
        (lambda x: np.exp(-((x - 5e3) ** 2)), [-1, 5e3 - 8, 5e3 + 8], np.sqrt(np.pi)),
        (lambda x: np.exp(-abs(x)), [-1, 1], 2),  # a kink, in the middle of a piece
        (lambda x: np.exp(-abs(x - 0.123)), [-1, 1], 2),  # a kink anywhere
        (lambda x: 1 / (1 + x * x), [-1, 1], np.pi),  # heavy tails
        (lambda x: (abs(x - 0.1) < 1 / 3) * 1.0, [-1, 1], 2 / 3),  # jumps
        (lambda x: np.where(abs(x) < 2, np.sqrt(4 - np.minimum(x * x, 4)), 0), [-2, 2], 2 * np.pi),
        (lambda x: np.exp(-x * x / 2) * np.cos(40 * x), [-8, 8], np.sqrt(2 * np.pi) * np.exp(-800.0)),
        (lambda x: np.exp(-1e10 * x * x), [-8e-5, 0, 8e-5, 1e3], np.sqrt(np.pi) / 1e5),  # many scales
    ],
)
def test_known_integrals(f, cuts, exact):
    value, error = integrate(f, cuts)
    assert abs(value - exact) <= error + 1e-13 * max(1, abs(exact))
    assert error < 1e-9


def test_noise_ends_and_is_stated():
    def noisy(x):
        calls.append(x.size)
        return np.exp(-x * x) * (1 + 1e-6 * rng.standard_normal(x.size))

    rng, calls = np.random.default_rng(0), []
    value, error = integrate(noisy, [-2, 2])
    assert sum(calls) < 500_000
    assert abs(value - np.sqrt(np.pi)) < error and 1e-9 < error < 1e-5


def test_what_has_no_integral():
    assert integrate(lambda x: np.where(abs(x) < 1, np.inf, 0), [-2, 2]) == (np.inf, 0)
    assert integrate(np.ones_like, [-1, 1]).error > 1  # no value to be trusted, and it says so
    with pytest.raises(ValueError, match="integrate: f is nan"):
        integrate(lambda x: x * np.nan, [0, 1])
    for cuts in ([1, 1], [], [0, np.inf]):
        with pytest.raises(ValueError, match="integrate: cuts"):
            integrate(np.exp, cuts)
