"""Theorem: for a fixed G, V is concave in D and largest at D* = p/(p + g)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spaces import games, normalised, pairs

import minigan
from minigan import theory
from minigan.nn import functional as F


@given(games())
def test_no_discriminator_has_a_larger_value(game):
    p, g, d = game
    best = theory.value(theory.optimal_discriminator(p, g), p, g)
    assert theory.value(d, p, g) <= best + 1e-15


@given(pairs(least=1), st.integers(0, 5), st.sampled_from([-1e-3, -1e-6, 1e-6, 1e-3]))
def test_every_small_step_away_has_a_regret(counts, where, step):
    p, g = map(normalised, counts)
    best = theory.optimal_discriminator(p, g)
    moved = best + step * (np.arange(p.size) == where % p.size)
    lost = theory.regret(moved, p, g)
    assert lost > 0
    assert theory.value(best, p, g) - theory.value(moved, p, g) == pytest.approx(
        lost, rel=1e-3, abs=1e-15
    )


@given(games(), st.floats(0, 1))
def test_the_value_is_concave_in_d(game, t):
    p, g, d = game
    other = np.roll(d, 1) / 2 + 0.25
    d = 0.9 * d + 0.05
    between = theory.value(t * d + (1 - t) * other, p, g)
    assert between >= t * theory.value(d, p, g) + (1 - t) * theory.value(other, p, g) - 1e-12


@given(pairs(least=1))
def test_the_gradient_of_v_is_zero_at_d_star(counts):
    p, g = map(normalised, counts)
    logit = minigan.tensor(theory.optimal_logit(p, g), requires_grad=True)
    value = (
        minigan.tensor(p) * F.logsigmoid(logit) + minigan.tensor(g) * F.logsigmoid(-logit)
    ).sum()
    (slope,) = minigan.grad(value, logit, create_graph=True)
    assert abs(slope.numpy()).max() < 1e-15
    (bend,) = minigan.grad(slope.sum(), logit)
    assert (bend.numpy() < 0).all()
    assert value.item() == pytest.approx(
        theory.value(logit.detach().numpy(), p, g, logits=True), abs=1e-14
    )


def test_where_both_probabilities_are_zero_it_is_one_half():
    assert theory.optimal_discriminator([1, 0, 0], [0, 1, 0]).tolist() == [1, 0, 0.5]
    assert theory.optimal_logit([1, 0, 0], [0, 1, 0]).tolist() == [np.inf, -np.inf, 0]


def test_the_numbers_of_the_example():
    p, g = [1 / 2, 1 / 2], [3 / 4, 1 / 4]
    assert theory.optimal_discriminator(p, g) == pytest.approx([2 / 5, 2 / 3], abs=1e-15)
    assert theory.value([2 / 5, 2 / 3], p, g) == pytest.approx(-1.3186502, abs=5e-8)
    assert theory.js(p, g) == pytest.approx(0.0338221, abs=5e-8)


def test_a_tiny_probability_of_the_model_keeps_d_star_below_one():
    p, g = [0.5, 0.5, 0], [1e-30, 1, 1e-300]
    best = theory.optimal_discriminator(p, g)
    assert 0 < 1 - best[0] < 1e-15 and best[2] == 0
    V, JSD, regret = theory.decompose(best, p, g)
    assert abs(V - (2 * JSD - 2 * np.log(2) - regret)) < 1e-15 and regret < 1e-15


@pytest.mark.parametrize("m", [0, 0.5, 2, 6])
def test_between_gaussians_it_is_logistic(m):
    x = np.linspace(-30, 30, 101)
    logit = theory.optimal_logit(theory.Gaussian(), theory.Gaussian(m))
    assert logit(x) == pytest.approx(m * m / 2 - m * x, abs=1e-12)


def test_a_discriminator_of_zeros_and_ones():
    assert theory.value([1, 0], [1, 0], [0, 1]) == 0
    assert theory.value([0, 0], [1, 0], [0, 1]) == -np.inf
    assert theory.regret([0, 0], [1, 0], [0, 1]) == np.inf
    assert theory.value([0.5, 1], [0.5, 0.5], [1, 0]) == pytest.approx(-1.5 * np.log(2), abs=1e-15)
    logits = [[40.0, -800.0]]
    assert theory.value(logits, [0.5, 0.5], [0.5, 0.5], logits=True) == pytest.approx(
        [-420], abs=1e-12
    )
    assert (
        theory.value(1 / (1 + np.exp(-40.0)), [0.5, 0.5], [0.5, 0.5]) == -np.inf
    )  # sigmoid(40) is 1: use logits
