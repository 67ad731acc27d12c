"""Theorem: sum p T - q f*(T) <= D_f(P||Q) for every critic T, with equality at T = f'(p/q)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spaces import normalised, pairs

from minigan import theory
from minigan.theory import F_DIVERGENCES, Gaussian

NAMES = list(F_DIVERGENCES)
U = np.concatenate([[0.0], np.geomspace(1e-8, 1e8, 20001)])
# f as in the literature, independent of the package
F = {
    "kl": lambda u: u * np.log(u),
    "reverse-kl": lambda u: -np.log(u),
    "js": lambda u: (u * np.log(u) - (u + 1) * np.log((u + 1) / 2)) / 2,
    "gan": lambda u: u * np.log(u) - (u + 1) * np.log(u + 1),
    "pearson": lambda u: (u - 1) ** 2,
    "neyman": lambda u: (u - 1) ** 2 / u,
    "squared-hellinger": lambda u: (np.sqrt(u) - 1) ** 2,
    "total-variation": lambda u: abs(u - 1) / 2,
}


def test_the_names():
    assert sorted(F) == sorted(NAMES)
    with pytest.raises(ValueError, match="f_divergence: name='chi' is unknown .*pearson"):
        theory.f_divergence([1], [1], "chi")


@pytest.mark.parametrize("name", NAMES)
@given(pairs(least=1))
def test_the_definition(name, counts):
    p, q = map(normalised, counts)
    assert theory.f_divergence(p, q, name) == pytest.approx(
        (q * F[name](p / q)).sum(), abs=1e-13, rel=1e-13
    )
    assert F_DIVERGENCES[name].f(p / q) == pytest.approx(F[name](p / q), abs=1e-13, rel=1e-13)


@given(pairs(least=1))
def test_known_sums(counts):
    p, q = map(normalised, counts)
    sums = {
        "kl": theory.kl(p, q),
        "reverse-kl": theory.kl(q, p),
        "js": theory.js(p, q),
        "gan": 2 * theory.js(p, q) - 2 * np.log(2),
        "pearson": ((p - q) ** 2 / q).sum(),
        "neyman": ((p - q) ** 2 / p).sum(),
        "squared-hellinger": ((np.sqrt(p) - np.sqrt(q)) ** 2).sum(),
        "total-variation": abs(p - q).sum() / 2,
    }
    for name, total in sums.items():
        assert theory.f_divergence(p, q, name) == pytest.approx(total, abs=1e-13, rel=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_the_minimum_is_at_equal_distributions(name):
    p = np.random.default_rng(0).dirichlet(np.ones(5), 500)
    q = p * (1 + 1e-9 * np.random.default_rng(1).standard_normal(p.shape))
    found = theory.f_divergence(p, q / q.sum(axis=1, keepdims=True), name)
    equal = -2 * np.log(2) if name == "gan" else 0
    assert (found >= equal).all() and found == pytest.approx(equal, abs=1e-8)


@pytest.mark.parametrize("name", NAMES)
@given(t=st.floats(-5, 3))
def test_the_conjugate_is_the_supremum(name, t):
    divergence = F_DIVERGENCES[name]
    lines = t * U - divergence.f(U)
    highest, conjugate = lines.max(), divergence.conjugate(t)
    assert highest <= conjugate + 1e-6  # U reaches 1e8, where t u - f(u) cancels
    if np.isfinite(conjugate) and lines.argmax() < len(U) - 1:
        assert highest == pytest.approx(conjugate, abs=1e-5, rel=1e-5)
    if not np.isfinite(conjugate):
        assert lines.argmax() == len(U) - 1  # t u - f(u) is unbounded


@pytest.mark.parametrize("name", NAMES)
@given(pairs(), st.integers(0, 2**32 - 1))
def test_no_critic_exceeds_the_divergence(name, counts, seed):
    p, q = map(normalised, counts)
    divergence = F_DIVERGENCES[name]
    exact, best = theory.f_divergence(p, q, name), divergence.optimal_critic(p, q)
    assert divergence.bound(best, p, q) == pytest.approx(exact, abs=1e-12, rel=1e-12)
    critic = np.random.default_rng(seed).normal(0, 2, len(p))
    assert divergence.bound(critic, p, q) <= exact + 1e-12
    finite = np.where(np.isfinite(best), best, 0) + critic / 100
    assert divergence.bound(finite, p, q) <= exact + 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_the_critic_is_the_slope(name):
    u = np.array([0.1, 0.7, 1.9, 20.0])
    divergence, step = F_DIVERGENCES[name], 1e-6
    slopes = (divergence.f(u + step) - divergence.f(u - step)) / (2 * step)
    assert divergence.slope(np.log(u)) == pytest.approx(slopes, abs=1e-6, rel=1e-6)


def test_the_critic_of_gan_is_log_d():
    p, q = [0.5, 0.5], [0.75, 0.25]
    critic = F_DIVERGENCES["gan"].optimal_critic(p, q)
    assert critic == pytest.approx(np.log(theory.optimal_discriminator(p, q)), abs=1e-15)


@pytest.mark.parametrize(
    ("name", "only_p", "only_q", "neither"),
    [
        ("kl", np.inf, 0.25 * np.log(1 / 3) + 0.75 * np.log(3), 0.0),
        ("reverse-kl", 0.25 * np.log(0.25), np.inf, 0.0),
        ("total-variation", 0.75, 0.5, 0.0),
        ("squared-hellinger", 1.0, None, 0.0),
    ],
)
def test_outcomes_of_probability_zero(name, only_p, only_q, neither):
    value = theory.f_divergence([0.25, 0.75], [0, 1], name)
    assert np.isinf(value) == (only_p == np.inf) and not np.isnan(value)
    value = theory.f_divergence([0, 1], [0.25, 0.75], name)
    assert np.isinf(value) == (only_q == np.inf) and not np.isnan(value)
    assert theory.f_divergence([1, 0], [1, 0], name) == neither


def test_between_gaussians():
    P, Q = Gaussian(), Gaussian(1)
    closed = {"kl": 0.5, "reverse-kl": 0.5, "pearson": np.e - 1, "neyman": np.e - 1,
              "squared-hellinger": 2 - 2 * np.exp(-1 / 8),
              "total-variation": 0.38292492254802624}  # fmt: skip
    for name, value in closed.items():
        found = theory.f_divergence(P, Q, name)
        assert found.value == pytest.approx(value, abs=1e-12) and found.error < 1e-11
    assert theory.f_divergence(P, Gaussian(0, 0.5), "pearson").value == np.inf


@pytest.mark.parametrize("name", NAMES)
def test_infinite_critics_and_illegal_numbers(name):
    divergence, p, q = F_DIVERGENCES[name], [0.5, 0.5, 0], [0.25, 0.25, 0.5]
    for critic in (np.inf, -np.inf, [np.inf, -np.inf, 0], [-np.inf, 0, 0]):
        assert divergence.bound(critic, p, q) == -np.inf
    for wrong, message in (
        (lambda: divergence.conjugate(np.nan), r"f\* of t=nan"),
        (lambda: divergence.bound([0, np.nan, 0], p, q), "critic holds nan"),
        (lambda: divergence.f([1, np.inf]), "f of u from 1.0 to inf"),
        (lambda: divergence.f(-1), "f of u from -1.0"),
    ):
        with pytest.raises(ValueError, match=f"{name}: {message}"):
            wrong()
