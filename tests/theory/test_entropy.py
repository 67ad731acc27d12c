"""Entropy, cross-entropy and KL: Gibbs' inequality, closed forms, and error messages."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from spaces import normalised, pairs, weights

from minigan import theory
from minigan.theory import Gaussian


@given(weights)
def test_entropy_is_at_most_that_of_the_uniform_distribution(counts):
    H = theory.entropy(normalised(counts))
    assert 0 <= H <= np.log(len(counts)) + 1e-15
    assert not np.signbit(H)
    loop = -sum(p * np.log(p) for p in normalised(counts) if p > 0)
    assert abs(H - loop) < 1e-14


@given(pairs())
def test_gibbs_inequality(counts):
    p, q = map(normalised, counts)
    KL = theory.kl(p, q)
    assert (KL == 0) == np.array_equal(p, q) and KL >= 0
    assert theory.cross_entropy(p, q) == KL == np.inf or theory.cross_entropy(
        p, q
    ) == pytest.approx(theory.entropy(p) + KL, abs=1e-14)


def test_gaussians():
    assert theory.entropy(Gaussian()).value == pytest.approx(1.418939, abs=5e-7)
    assert theory.kl(Gaussian(0), Gaussian(2)).value == pytest.approx(2, abs=1e-12)
    for P, Q in ((Gaussian(1, 2), Gaussian(-3, 0.7)), (Gaussian(0, 1e-3), Gaussian(5, 100))):
        assert theory.entropy(P).value == pytest.approx(P.entropy, abs=1e-10)
        assert theory.kl(P, Q).value == pytest.approx(P.kl(Q), rel=1e-10)
        assert theory.cross_entropy(P, Q).value == pytest.approx(P.entropy + P.kl(Q), rel=1e-10)


def test_sequences_and_views_are_accepted_and_not_changed():
    p = [Fraction(1, 3), Fraction(2, 3)]
    assert theory.entropy(p) == pytest.approx(np.log(3) - 2 / 3 * np.log(2), abs=1e-15)
    wide = np.asfortranarray(np.random.default_rng(0).dirichlet(np.ones(4), 6))
    kept = wide.copy()
    assert theory.entropy(wide[::-2]).shape == (3,)
    assert np.array_equal(wide, kept)
    softmax = np.exp(np.arange(1000, dtype=np.float32) / 100)
    softmax /= softmax.sum()
    assert theory.js(softmax, softmax) == 0 and theory.js(softmax, softmax[::-1]) <= np.log(2)
    assert theory.kl(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.5, -0.5, 1], [1, 0, 0]), "kl: p holds -0.5"),
        (([0.5, 0.4], [1, 0]), "kl: p sums to 0.9 along the last axis"),
        (([0.5, 0.5], [[1, 0], [0.5, 0.6]]), "kl: q sums to 1.1"),
        (([0.5, 0.5], [0.5, np.nan]), "kl: q holds nan"),
        (([0.5, 0.5], [np.inf, 0]), "kl: q sums to inf"),
        (([0.5, 0.5], [1, 0, 0]), r"p of shape \(2,\) and q of shape \(3,\) do not match"),
        (([[1, 0]] * 2, [[1, 0]] * 3), r"p of shape \(2, 2\) and q of shape \(3, 2\) do not match"),
        ((1.0, 1.0), "kl: p=1.0 is a number"),
        (([], []), "kl: p sums to 0.0"),
    ],
)
def test_arguments_that_are_not_distributions_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        theory.kl(*arguments)


def test_other_types_and_illegal_discriminators_are_refused():
    for wrong in (["a", "b"], [1 + 0j, 0], [object(), 1]):
        with pytest.raises(TypeError, match="entropy: p"):
            theory.entropy(wrong)
    for d in ([1.5, 0], [-0.1, 0], [np.nan, 0]):
        with pytest.raises(ValueError, match="value: d goes from"):
            theory.value(d, [0.5, 0.5], [0.5, 0.5])
    with pytest.raises(ValueError, match="regret: d of shape .3,. and p_data of shape .2,."):
        theory.regret([0.1] * 3, [0.5, 0.5], [0.5, 0.5])
