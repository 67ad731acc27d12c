"""Maps from h to x on a line: the exact G = F^-1 o Phi, and a G trained on samples.

The data have two modes, so the exact G rises steeply between them. A trained G rises less steeply,
and draws samples in the gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan import datasets, nn, optim
from minigan.backend import Seed, as_generator
from minigan.gan import Average, Game, exact_generator
from minigan.models import MLPDiscriminator, MLPGenerator, outputs
from minigan.theory import Gaussian, GaussianMixture

Array = np.ndarray[Any, Any]
_MODES, _STD = [-2.0, 2.0], 0.5


@dataclass(frozen=True)
class Bijection:
    """Two generators on a grid of h; in each pair the exact one comes before the trained one."""

    h: Array  # (n,)
    curves: tuple[Array, Array]  # G(h), each (n,)
    slopes: tuple[Array, Array]  # dG/dh, each (n,)
    gap: tuple[float, float]  # the interval between the modes
    in_gap: tuple[float, float]  # the probability of a sample in the gap

    @property
    def steepest(self) -> tuple[float, float]:
        """The largest slope of each generator."""
        return float(self.slopes[0].max()), float(self.slopes[1].max())


def train_generator(steps: int = 1500, generator: Seed = 0) -> nn.Module:
    """Return the averaged G of a GAN trained on two modes: a perceptron from (N, 1) to (N, 1)."""
    start_G, start_D, data, noise = as_generator(generator).spawn(4)
    G = MLPGenerator(1, 1, (64, 64), generator=start_G)
    D = MLPDiscriminator(1, (64, 64), generator=start_D)
    average = Average(G, 0.99)
    game = Game(
        G,
        D,
        datasets.mixture(_MODES, _STD).batches(256, data),
        optim.Adam(G.parameters(), 1e-3, betas=(0.5, 0.99)),
        optim.Adam(D.parameters(), 1e-3, betas=(0.5, 0.99)),
        latent=1,
        generator=noise,
    )
    for _ in game.play(steps):
        average.update()
    return average.model


def learned_bijection(steps: int = 1500, generator: Seed = 0) -> Bijection:
    """Train a G for a number of steps, and return it with the exact one."""
    P = GaussianMixture(_MODES, _STD)
    exact, model = exact_generator(P), train_generator(steps, generator)
    h = np.linspace(-4, 4, 8001)
    learned = outputs(model, h[:, None])[:, 0].astype(np.float64)  # (n,) -> (n, 1) -> (n,)
    if learned[-1] < learned[0]:
        learned = learned[::-1]  # G(-h) draws the same samples, and this one rises
    edge, mass = _MODES[1] - 3 * _STD, Gaussian().density(h)
    between = np.linspace(-edge, edge, 1001)
    in_data = float(np.trapezoid(P.density(between), between))
    in_model = float(mass[abs(learned) < edge].sum() / mass.sum())
    return Bijection(
        h,
        (exact.forward(h), learned),
        (exact.slope(h), np.gradient(learned, h)),
        (-edge, edge),
        (in_data, in_model),
    )
