"""Theorem: V(D, G) = 2 JSD(P, G) - 2 ln 2 - regret(D) for every D, from three separate sums."""

from collections import Counter
from fractions import Fraction
from math import lcm, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spaces import games, pairs

from minigan import theory
from minigan.theory import Gaussian, GaussianMixture, Pushforward, affine, summands

LN2 = np.log(2)


@given(games())
def test_on_arrays(game):
    p, g, d = game
    V, JSD, regret = theory.decompose(d, p, g)
    rest = 2 * JSD - 2 * LN2 - regret
    assert V == rest == -np.inf or abs(V - rest) < 1e-14


@given(games(), st.floats(-60, 60))
def test_from_logits(game, shift):
    p, g, d = game
    V, JSD, regret = theory.decompose(20 * d + shift, p, g, logits=True)
    assert abs(V - (2 * JSD - 2 * LN2 - regret)) < 1e-13


def test_on_batches_of_any_leading_axes():
    rng = np.random.default_rng(0)
    p, g, d = (
        rng.dirichlet(np.ones(5), (4, 1)),
        rng.dirichlet(np.ones(5), (3,)),
        rng.random((2, 1, 1, 5)),
    )
    V, JSD, regret = theory.decompose(d, p, g)
    assert V.shape == regret.shape == (2, 4, 3) and JSD.shape == (4, 3)
    assert abs(V - (2 * JSD - 2 * LN2 - regret)).max() < 1e-14
    assert V[1, 2, 0] == theory.value(d[1, 0, 0], p[2, 0], g[0])


# ------------------------------------------------------------------------------- on exact rationals
# A quantity is a sum of rational multiples of logarithms of rationals, {argument: multiple}. It is
# 0 if and only if the product of argument ** (multiple * common denominator) is 1. Its value is
# known between rational bounds.


def exact_value(d, p, g):
    logs = Counter()
    for a, b, share in zip(p, g, d, strict=True):
        logs[share] += a
        logs[1 - share] += b
    return logs


def exact_js(p, g):
    logs = Counter()
    for a, b in zip(p, g, strict=True):
        for argument, multiple in ((a, a / 2), (b, b / 2), ((a + b) / 2, -(a + b) / 2)):
            logs[argument] += multiple
    return logs


def exact_regret(d, p, g):
    logs = Counter()
    for a, b, share in zip(p, g, d, strict=True):
        best = a / (a + b)
        for part, mass in ((best / share, best), ((1 - best) / (1 - share), 1 - best)):
            logs[part] += (a + b) * mass
    return logs


def interval(logs):
    """Return rational bounds of the sum; arguments are first doubled or halved to be near 1."""
    low = high = Fraction(0)
    for argument, multiple in logs.items():
        doublings = 0
        while argument > Fraction(4, 3):
            argument, doublings = argument / 2, doublings + 1
        while argument < Fraction(2, 3):
            argument, doublings = argument * 2, doublings - 1
        for factor, ends in (
            (multiple, log_bounds(argument)),
            (multiple * doublings, log_bounds(Fraction(2))),
        ):
            low, high = (
                low + min(factor * end for end in ends),
                high + max(factor * end for end in ends),
            )
    return low, high


def log_bounds(x, terms=20):
    z = (x - 1) / (x + 1)  # log x = 2 artanh z; the rest of the series is below a geometric series
    near = sum((2 * z ** (2 * k + 1) / (2 * k + 1) for k in range(terms)), Fraction(0))
    rest = 2 * abs(z) ** (2 * terms + 1) / ((2 * terms + 1) * (1 - z * z))
    return near - rest, near + rest


@given(pairs(most=3, least=1), st.lists(st.integers(1, 9), min_size=3, max_size=3))
def test_on_exact_rationals(counts, tenths):
    p, g = ([Fraction(count, sum(each)) for count in each] for each in counts)
    d = [Fraction(tenth, 10) for tenth in tenths[: len(p)]]
    V, JSD, regret = exact_value(d, p, g), exact_js(p, g), exact_regret(d, p, g)
    nothing = Counter({Fraction(2): 2})  # V - 2 JSD + 2 ln 2 + regret
    for logs, times in ((V, 1), (JSD, -2), (regret, 1)):
        for argument, multiple in logs.items():
            nothing[argument] += times * multiple
    scale = lcm(*(multiple.denominator for multiple in map(Fraction, nothing.values())))
    assert prod(argument ** int(multiple * scale) for argument, multiple in nothing.items()) == 1

    for logs, computed in zip((V, JSD, regret), theory.decompose(d, p, g), strict=True):
        low, high = interval(logs)
        assert high - low < Fraction(1, 10**12)
        assert float(low) - 1e-14 <= computed <= float(high) + 1e-14


# ------------------------------------------------------------------------------------ by quadrature


def steep(h):
    return 4 - 3 * np.tanh(3 * h) ** 2


CASES = {
    "gaussians": (Gaussian(), Gaussian(3, 0.2)),
    "affine": (Gaussian(1, 2), affine(-0.3, 2)),
    "mixtures": (
        GaussianMixture([-4, 0, 4], 0.05),
        GaussianMixture([0, 4.1], [0.05, 1], [0.1, 0.9]),
    ),
    "monotone": (GaussianMixture([-2, 2], 0.3), Pushforward(lambda h: h + np.tanh(3 * h), steep)),
    "lognormal": (Gaussian(1, 1), Pushforward(np.exp, np.exp, np.log)),
}
LOGITS = {
    "knows nothing": np.zeros_like,
    "linear": lambda x: 2 - 3 * x,
    "kinks": lambda x: np.maximum(0, 3 * x - 1) - 2 * abs(x + 0.1),
    "steps": lambda x: np.where(x > 0.3, 1.0, -2.0),
    "sure": lambda x: 200 * np.sin(x),
}


@pytest.mark.parametrize("logit", LOGITS.values(), ids=LOGITS)
@pytest.mark.parametrize("game", CASES.values(), ids=CASES)
def test_on_densities(game, logit):
    V, JSD, regret = theory.decompose(logit, *game)
    assert abs(V.value - (2 * JSD.value - 2 * LN2 - regret.value)) < 1e-9
    assert max(V.error, JSD.error, regret.error) < 1e-9


def test_the_loss_you_see():
    V, JSD, regret = theory.decompose(np.zeros_like, Gaussian(), Gaussian(2))
    assert -V.value == pytest.approx(1.386294, abs=5e-7)
    assert 2 * LN2 - 2 * JSD.value == pytest.approx(0.712633, abs=5e-7)
    assert regret.value == pytest.approx(0.673662, abs=5e-7)


# ----------------------------------------------------------------------------------- planted errors


@pytest.mark.parametrize("part", ["value", "js", "regret"])
def test_an_error_in_any_of_the_three_breaks_it(part, monkeypatch):
    p, g, d = [0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.3, 0.6, 0.2]
    P, G, logit = Gaussian(), Gaussian(1), lambda x: x - 2

    def off():
        V, JSD, regret = theory.decompose(d, p, g)
        W, JSE, lost = (integral.value for integral in theory.decompose(logit, P, G))
        return abs(V - (2 * JSD - 2 * LN2 - regret)), abs(W - (2 * JSE - 2 * LN2 - lost))

    assert max(off()) < 1e-14
    right = getattr(summands, part)
    wrong = lambda *logs: right(*logs) * (1 + 1e-6)
    monkeypatch.setattr(summands, part, wrong)
    assert min(off()) > 1e-8
