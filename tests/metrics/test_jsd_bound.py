"""The lower bound of the JSD from counts: never above the JSD, and near it for far samples."""

from functools import cache

import numpy as np
import pytest

from minigan import datasets
from minigan.metrics import JSDBound, count_modes


def density(data, x):
    """Return the density of a mixture at points (N, 2)."""
    squares = ((x[:, None] - data.centers) ** 2).sum(axis=2)
    return np.exp(-squares / (2 * data.std**2)) @ data.weights / (2 * np.pi * data.std**2)


@cache
def jsd(name, count=100_000):
    """Return an estimate of the JSD of two mixtures, from draws of both and their densities."""
    (P, G), parts = GAMES[name], []
    for source, seed in ((P, 1), (G, 2)):
        x = source.sample(count, seed, np.float64)
        p, g = density(P, x), density(G, x)
        m = (p + g) / 2
        parts.append(np.log((p if source is P else g) / m).mean())
    return sum(parts) / 2


RING, GRID = datasets.ring(), datasets.grid()
CLOSE = datasets.mixture([[0, 0], [1, 0.5], [0.5, 1]], 0.4)  # modes that overlap
GAMES = {
    "the data": (RING, RING),
    "wider": (RING, datasets.ring(std=0.06)),
    "narrower": (GRID, datasets.grid(std=0.01)),
    "shifted": (RING, datasets.mixture(RING.centers + 0.02, 0.02)),
    "half of the modes": (RING, datasets.mixture(RING.centers[:4], 0.02)),
    "one mode": (GRID, datasets.mixture(GRID.centers[:1], 0.05)),
    "unequal": (RING, datasets.mixture(RING.centers, 0.02, np.arange(1, 9) / 36)),
    "everywhere": (RING, datasets.gaussian([0, 0], 2.0)),
    "far away": (RING, datasets.gaussian([30, 0], 1.0)),
    "overlapping": (CLOSE, CLOSE),
    "overlapping, moved": (CLOSE, datasets.mixture(CLOSE.centers + 0.3, 0.4)),
}


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("count", [100, 500, 5000])
def test_it_is_a_lower_bound(name, count):
    P, G = GAMES[name]
    bound, exact = JSDBound(P), jsd(name)
    found = [bound(G.sample(count, seed)) for seed in range(40)]
    assert min(found) >= 0 and max(found) <= min(exact, np.log(2)) + 2e-3, (max(found), exact)


@pytest.mark.parametrize(
    ("name", "least"), [("far away", 0.6), ("everywhere", 0.6), ("one mode", 0.45), ("wider", 0.15)]
)
def test_it_is_high_where_the_counts_of_modes_alone_are_low_or_high(name, least):
    P, G = GAMES[name]
    assert JSDBound(P)(G.sample(500, 0)) > least


def test_samples_around_the_modes_have_a_low_jsd_of_the_modes_and_a_high_bound():
    """What version 0.1 drew as the JSD is near 0 here, and the JSD is near ln 2."""
    angles = np.random.default_rng(0).random(500) * 2 * np.pi
    samples = np.stack([np.cos(angles), np.sin(angles)], axis=1)  # a circle of half the radius
    assert count_modes(samples, RING).jsd < 0.01
    assert JSDBound(RING)(samples) > 0.6


def test_no_samples_are_refused():
    with pytest.raises(ValueError, match=r"JSDBound"):
        JSDBound(RING)(np.empty((0, 2)))
