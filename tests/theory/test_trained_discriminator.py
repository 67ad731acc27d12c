"""A discriminator trained on samples reaches the value and the logit of the theorem."""

import numpy as np
import pytest

from minigan.studies import train_discriminator
from minigan.theory import Case, Gaussian, decompose, optimal_logit, value


@pytest.fixture(scope="module", params=[1.0, 2.0], ids=["m=1", "m=2"])
def trained(request):
    m = request.param
    game = Case("", "", Gaussian(), Gaussian(m), np.zeros_like)
    return m, game, train_discriminator(game, generator=1)


def test_it_reaches_the_exact_optimum(trained):
    _, game, logit = trained
    best = value(optimal_logit(game.P, game.G), game.P, game.G)
    V, JSD, regret = decompose(logit, game.P, game.G)
    assert -1e-3 <= V.value - best.value <= 1e-12
    assert V.value == pytest.approx(2 * JSD.value - 2 * np.log(2) - regret.value, abs=1e-9)


def test_it_reaches_the_optimum_on_a_million_fresh_samples(trained):
    m, game, logit = trained
    x, y = game.P.sample(500_000, generator=10), game.G.sample(500_000, generator=11)
    seen = [
        -np.logaddexp(0, -of(x)).mean() - np.logaddexp(0, of(y)).mean()
        for of in (logit, lambda x: m * m / 2 - m * x)
    ]
    assert (
        -1e-3 <= seen[0] - seen[1] <= 1e-4
    )  # the same samples for both: their noise is not in the difference


def test_its_logit_is_that_of_the_densities(trained):
    m, _, logit = trained
    at_0, at_1 = logit(np.array([0.0, 1.0]))
    assert at_1 - at_0 == pytest.approx(-m, abs=0.05)
    assert at_0 == pytest.approx(m * m / 2, abs=0.05)


def test_a_loss_of_two_ln_two_means_two_things():
    perfect = decompose(np.zeros_like, Gaussian(), Gaussian())
    useless = decompose(np.zeros_like, Gaussian(), Gaussian(2))
    for V in (perfect[0].value, useless[0].value, value(0.5, [1, 0], [0, 1])):
        assert abs(V + 1.386294) < 5e-7
    assert (perfect[1].value, perfect[2].value) == (0, 0)
    assert useless[1].value > 0.3 and useless[2].value > 0.6
