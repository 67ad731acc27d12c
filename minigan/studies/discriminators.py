"""Discriminators that learn from samples alone, for games whose best discriminator is known."""

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
# name of the case, D's hidden layers (none if D* is logistic), learning rate
_TRAINED = (("far", (), 0.1), ("modes", (32, 32), 0.03))


@dataclass(frozen=True)
class TrainedDiscriminator:
    """A case of the proof, the logit of a D trained on samples of it, and its loss taken apart."""

    case: Case
    logit: Function
    loss: Loss


def train_discriminator(
    case: Case, hidden: tuple[int, ...] = (), lr: float = 0.1, steps: int = 300, generator: Seed = 0
) -> Function:
    """Return the logit, a function of x, of a D trained on 2048 fresh samples of P and G a step.

    D is a perceptron with these hidden layers, or linear; Adam on -V(D, G), its rate falling from
    lr to 0.
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
    """Train a linear D for two Gaussians, and a perceptron for two modes."""
    cases, found = {case.name: case for case in CASES}, []
    for name, hidden, lr in _TRAINED:
        case = cases[name]
        logit = train_discriminator(case, hidden, lr, generator=generator)
        kind = "perceptron" if hidden else "linear"
        loss = Loss.of(logit, case.P, case.G, name, kind, "trained on samples")
        found.append(TrainedDiscriminator(case, logit, loss))
    return found
