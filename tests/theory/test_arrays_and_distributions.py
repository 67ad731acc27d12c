"""One function serves arrays and distributions: on discrete ones both give the same numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spaces import games, normalised, pairs

from minigan import theory
from minigan.theory import F_DIVERGENCES, Discrete, Gaussian


def equal(sum_, integral):
    """Assert that a sum over an array and that of a distribution agree up to rounding."""
    np.testing.assert_allclose(integral.value, sum_, rtol=1e-12, atol=1e-14)


@given(pairs(), st.sampled_from(sorted(F_DIVERGENCES)))
def test_divergences(counts, name):
    p, q = map(normalised, counts)
    P, Q = Discrete(p), Discrete(q)
    equal(theory.entropy(p), theory.entropy(P))
    for function in (theory.cross_entropy, theory.kl, theory.js):
        equal(function(p, q), function(P, Q))
    equal(theory.f_divergence(p, q, name), theory.f_divergence(P, Q, name))


@given(games(least=1))
def test_the_game(game):
    p, g, d = game
    logits = 20 * d - 10
    P, G, logit = Discrete(p), Discrete(g), lambda x: logits[x.astype(int)]
    sums = theory.decompose(logits, p, g, logits=True)
    for sum_, integral in zip(sums, theory.decompose(logit, P, G), strict=True):
        equal(sum_, integral)
    assert theory.optimal_logit(P, G)(np.arange(p.size)).tolist() == pytest.approx(
        theory.optimal_logit(p, g).tolist()
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: theory.kl([1], Gaussian()), "kl: p is a list and q is a Gaussian"),
        (lambda: theory.js(Gaussian(), np.ones(1)), "js: p is a Gaussian and q is a ndarray"),
        (lambda: theory.f_divergence(Gaussian(), [1], "js"), "f_divergence: p is a Gaussian"),
        (lambda: theory.optimal_logit([1], Gaussian()), "optimal_logit: p_data is a list"),
        (lambda: theory.value(0.5, Gaussian(), Gaussian()), "value: d=0.5 must be a function"),
        (lambda: theory.regret(np.sin, [1], [1]), "regret: d must hold real numbers"),
        (lambda: theory.value(0.5, [1], [1], cuts=[0]), "value: cuts is for distributions"),
        (lambda: theory.value(np.sin, Gaussian(), [1]), "value: p_data is a Gaussian and p_model"),
    ],
)
def test_the_two_kinds_do_not_mix(wrong, message):
    with pytest.raises(TypeError, match=message):
        wrong()
