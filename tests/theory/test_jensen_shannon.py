"""Theorem: JSD is symmetric, lies in [0, ln 2], and is 0 only for equal distributions."""

import numpy as np
import pytest
from hypothesis import given
from spaces import normalised, pairs

from minigan import theory
from minigan.theory import Gaussian

LN2 = np.log(2)


@given(pairs())
def test_symmetry_bounds_and_entropies(counts):
    p, q = map(normalised, counts)
    JSD = theory.js(p, q)
    assert abs(JSD - theory.js(q, p)) < 1e-15
    assert 0 <= JSD <= LN2
    assert (JSD == 0) == np.array_equal(p, q)
    m = (p + q) / 2
    assert abs(JSD - (theory.entropy(m) - (theory.entropy(p) + theory.entropy(q)) / 2)) < 1e-14
    assert abs(JSD - (theory.kl(p, m) + theory.kl(q, m)) / 2) < 1e-14


def test_disjoint_distributions_have_the_maximum():
    assert theory.js([0.2, 0.8, 0, 0], [0, 0, 0.7, 0.3]) == pytest.approx(LN2, abs=1e-15)


@pytest.mark.parametrize(
    ("m", "JSD", "V"),
    [
        (0, 0.0, -1.386294),
        (0.5, 0.030311, None),
        (1, 0.111421, -1.163451),
        (2, 0.336831, -0.712633),
        (3, 0.526777, None),
        (4, 0.632720, -0.120854),
        (6, 0.689298, None),
        (60, 0.693147, None),
    ],
)
def test_between_gaussians(m, JSD, V):
    P, G = Gaussian(), Gaussian(m)
    found = theory.js(P, G)
    assert found.value == pytest.approx(JSD, abs=5e-7) and found.error < 1e-11
    best = theory.value(theory.optimal_logit(P, G), P, G).value
    assert best == pytest.approx(2 * found.value - 2 * LN2, abs=1e-12)
    assert V is None or best == pytest.approx(V, abs=5e-7)
