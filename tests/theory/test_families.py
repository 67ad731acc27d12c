"""Distributions: densities integrate to 1, samples follow them, and the change of variables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.theory import (
    CASES,
    Discrete,
    Gaussian,
    GaussianMixture,
    Midpoint,
    Pushforward,
    affine,
    entropy,
    js,
    kl,
    total,
)

CUBIC = Pushforward(lambda h: h + h**3 / 5, lambda h: 1 + 3 * h**2 / 5)
CONTINUOUS = {
    "gaussian": Gaussian(-1, 0.3),
    "mixture": GaussianMixture([-3, 0, 100], [0.01, 1, 2], [0.2, 0.5, 0.3]),
    "affine": affine(-2, 5, Gaussian(1, 0.5)),
    "cubic": CUBIC,
    "falling": Pushforward(lambda h: -np.sinh(h), lambda h: -np.cosh(h)),
    "lognormal": Pushforward(np.exp, np.exp, np.log),
    "midpoint": Midpoint(Gaussian(-2), CUBIC),
}


@pytest.mark.parametrize("P", CONTINUOUS.values(), ids=CONTINUOUS)
def test_densities_integrate_to_one_and_samples_follow_them(P):
    mass = total(P.density, P)
    assert mass.value == pytest.approx(1, abs=1e-10) and mass.error < 1e-10
    drawn = P.sample(20_000, generator=3)
    assert drawn.shape == (20_000,) and drawn.dtype == np.float64
    assert np.array_equal(drawn, P.sample(20_000, generator=np.random.default_rng(3)))
    for f in (np.tanh, np.cos, lambda x: (x > 1) * 1.0):
        exact, seen = P.expectation(f), f(drawn)
        assert exact.error < 1e-9
        assert abs(seen.mean() - exact.value) < 5 * seen.std() / np.sqrt(len(drawn)) + 1e-9


def test_discrete():
    P = Discrete([0.5, 0.2, 0.3], outcomes=[7, -1, 2])
    assert P.density([[-1, 2], [7, 3]]).tolist() == [[0.2, 0.3], [0.5, 0]]
    assert P.expectation(lambda x: x).value == pytest.approx(3.9, abs=1e-15)
    drawn = P.sample(10_000, generator=0)
    assert set(drawn) == {-1, 2, 7} and abs((drawn == 7).mean() - 0.5) < 0.02
    assert kl(P, Discrete([1], [7])).value == np.inf
    assert js(P, Discrete([0.5, 0.5], [0, 1])).value == pytest.approx(np.log(2), abs=1e-15)
    assert Midpoint(P, Discrete([1], [0])).density([0, 7]).tolist() == pytest.approx([0.5, 0.25])


@given(st.floats(0.1, 5), st.booleans(), st.floats(-5, 5), st.floats(-3, 3), st.floats(0.2, 2))
def test_an_affine_map_of_a_gaussian_is_a_gaussian(scale, flip, shift, mean, std):
    scale = -scale if flip else scale
    G, N = (
        affine(scale, shift, Gaussian(mean, std)),
        Gaussian(scale * mean + shift, abs(scale) * std),
    )
    searched = Pushforward(G.forward, G.slope, base=G.base)  # by bisection, not by the inverse
    x = N.mean + N.std * np.linspace(-6, 6, 25)
    assert G.density(x) == pytest.approx(N.density(x), rel=1e-9)
    assert searched.density(x) == pytest.approx(N.density(x), rel=1e-9)


def test_the_change_of_variables():
    x = np.linspace(0.01, 9, 50)
    closed = np.exp(-(np.log(x) ** 2) / 2) / (x * np.sqrt(2 * np.pi))
    assert Pushforward(np.exp, np.exp, np.log).density(x) == pytest.approx(closed, rel=1e-12)
    assert Pushforward(np.exp, np.exp).density(x) == pytest.approx(closed, rel=1e-9)
    assert Pushforward(np.exp, np.exp).density([-1, 0]).tolist() == [0, 0]
    assert Pushforward(np.exp, np.exp, np.log).density([-1, 0]).tolist() == [0, 0]
    stretched = Gaussian().entropy + Gaussian().expectation(lambda h: np.log(CUBIC.slope(h))).value
    assert entropy(CUBIC).value == pytest.approx(stretched, abs=1e-10)
    x = CUBIC.sample(1000, generator=0)
    assert CUBIC.expectation(np.cos).value == pytest.approx(
        total(lambda x: CUBIC.density(x) * np.cos(x), CUBIC).value
    )


def test_illegal_parameters_are_refused():
    for make, message in (
        (lambda: Gaussian(0, 0), "Gaussian: mean=0, std=0"),
        (lambda: Gaussian(np.nan), "Gaussian: mean=nan"),
        (lambda: GaussianMixture([0, 1], 1, [0.5, 0.6]), "GaussianMixture: weights sums to 1.1"),
        (
            lambda: GaussianMixture([0, 1], [1, 2, 3]),
            r"means of shape \(2,\), stds of shape \(3,\)",
        ),
        (lambda: Discrete([0.5, 0.5], [1, 1]), "outcomes real, finite and all different"),
        (lambda: Discrete([0.5, 0.5], [1j, 2]), "dtype complex128"),
        (lambda: GaussianMixture(0.0), r"GaussianMixture: means of shape \(\)"),
        (lambda: GaussianMixture([]), r"GaussianMixture: means of shape \(0,\)"),
        (lambda: Discrete([[0.5, 0.5]]), r"Discrete: probabilities of shape \(1, 2\)"),
        (lambda: affine(0, 1), "affine: scale=0"),
        (lambda: Pushforward(np.sin, np.cos), "Pushforward: slopes from -"),
        (lambda: Gaussian().sample(-1), "sample: n=-1"),
    ):
        with pytest.raises(ValueError, match=message):
            make()
    with pytest.raises(TypeError, match="all discrete, or none"):
        js(Gaussian(), Discrete([1]))
    for P, Q in ((Gaussian(), Discrete([1])), (Discrete([1]), Gaussian())):
        with pytest.raises(TypeError, match="Midpoint: P and Q must be both discrete"):
            Midpoint(P, Q)


def test_the_kl_of_gaussians_overflows_to_infinity():
    assert Gaussian(0, 1e200).kl(Gaussian()) == Gaussian(1e200).kl(Gaussian()) == np.inf


def test_the_cases_match_their_words():
    coins, holes, far, perfect, modes = CASES
    x = np.linspace(-4, 4, 9)
    assert 1 / (1 + np.exp(-coins.logit(np.arange(2)))) == pytest.approx([0.3, 0.8])
    assert holes.G.density(np.arange(5)).tolist() == pytest.approx([0, 0.3, 0.1, 0.6, 0])
    assert far.G.density(x) == pytest.approx(Gaussian(2).density(x))
    assert perfect.G.density(x) == pytest.approx(perfect.P.density(x))
    assert modes.P.density(x) == pytest.approx(
        (Gaussian(-2, 0.5).density(x) + Gaussian(2, 0.5).density(x)) / 2
    )
