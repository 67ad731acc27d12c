"""Discriminators trained on samples, for games whose best discriminator D* is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan import no_grad, optim, tensor
from minigan.backend import Seed, as_generator
from minigan.gan import minimax
from minigan.models import MLPDiscriminator
from minigan.theory import CASES, Case, Loss
from minigan.theory.quadrature import Function

Array = np.ndarray[Any, Any]
# the name of the case, the hidden layers of D (none if the logit of D* is linear), the rate
_TRAINED = (("far", (), 0.1), ("modes", (32, 32), 0.03))


@dataclass(frozen=True)
class TrainedDiscriminator:
    """A case of the proof, the logit of a D trained on its samples, and the parts of its loss."""

    case: Case
    logit: Function
    loss: Loss


def train_discriminator(
    case: Case, hidden: tuple[int, ...] = (), lr: float = 0.1, steps: int = 300, generator: Seed = 0
) -> Function:
    """Return the logit, a function of x (N,), of a D trained to lower -V(D, G).

    D is a perceptron with these hidden layers, or linear without any. Each step draws 2048 new
    samples of P and of G. The rate of Adam falls from lr to 0 along a cosine.
    """
    start, real, fake = as_generator(generator).spawn(3)
    D = MLPDiscriminator(1, hidden, generator=start).double()
    optimizer = optim.Adam(D.parameters(), lr)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        x, y = case.P.sample(2048, real), case.G.sample(2048, fake)
        loss = minimax.discriminator(D(tensor(x[:, None])), D(tensor(y[:, None])))  # (N,) -> (N, 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()

    def logit(x: Array) -> Array:
        with no_grad():
            values: Array = D(tensor(x[:, None])).numpy()
        return values

    return logit


def trained_discriminators(generator: Seed = 0) -> list[TrainedDiscriminator]:
    """Return a linear D trained for two Gaussians, and a perceptron trained for two modes."""
    cases, found = {case.name: case for case in CASES}, []
    for name, hidden, lr in _TRAINED:
        case = cases[name]
        logit = train_discriminator(case, hidden, lr, generator=generator)
        kind = "perceptron" if hidden else "linear"
        loss = Loss.of(logit, case.P, case.G, name, kind, "trained on samples")
        found.append(TrainedDiscriminator(case, logit, loss))
    return found
