"""The game, turn by turn: D learns to tell real from generated, then G learns to deceive it.

`for step in game.play(1000)` is all of training: a generator of frozen records, which the caller logs, draws, checks
or ignores. The state of a game is everything that its future depends on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan import nn
from minigan.backend import as_generator
from minigan.datasets import generator_state, set_generator_state
from minigan.gan.average import Average
from minigan.gan.objectives import Objective, non_saturating
from minigan.optim import Optimizer
from minigan.tensor import Tensor, tensor


@dataclass(frozen=True)
class Step:
    """One update of both players: losses in nats, G's gradients as they were before its update, and the players."""

    number: int
    loss_D: float
    loss_G: float
    gradients_G: tuple[Tensor | None, ...]
    G: nn.Module
    D: nn.Module


class Game:
    """Two models, their optimizers, a stream of real batches and a source of noise.

    `batches` yields tuples whose first entry is a batch of real data (N, ...). `latent` numbers are drawn from
    N(0, latent_std^2) per sample, on the CPU, from `generator`. `decay` > 0 also keeps the moving average of G.
    """

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        batches: Any,
        optimizer_G: Optimizer,
        optimizer_D: Optimizer,
        *,
        latent: int,
        latent_std: float = 1.0,
        objective: Objective = non_saturating,
        decay: float = 0.0,
        generator: np.random.Generator | int | None = None,
    ) -> None:
        self.G, self.D, self.batches, self.objective = G, D, batches, objective
        self.optimizer_G, self.optimizer_D = optimizer_G, optimizer_D
        self.latent, self.latent_std, self.generator = latent, latent_std, as_generator(generator)
        self.average = Average(G, decay) if decay else None
        self.number = 0

    def _tensor(self, array: Any) -> Tensor:
        """The array in G's dtype, where G is."""
        like = next(iter(self.G.parameters()))
        return tensor(array, dtype=like.dtype, device=like.device)

    def noise(self, count: int, generator: np.random.Generator | int | None = None) -> Tensor:
        """Latent vectors (count, latent) from N(0, latent_std^2), by the game's generator or another."""
        rng = self.generator if generator is None else as_generator(generator)
        return self._tensor(rng.standard_normal((count, self.latent), np.float32) * np.float32(self.latent_std))

    def step(self) -> Step:
        """One update of D on a batch of real and generated data, then one of G through the new D."""
        batch = next(self.batches)[0]
        real = self._tensor(batch)
        fake = self.G(self.noise(len(batch)))

        loss_D = self.objective.discriminator(self.D(real), self.D(fake.detach()))
        self.optimizer_D.zero_grad()
        loss_D.backward()
        self.optimizer_D.step()

        loss_G = self.objective.generator(self.D(fake))
        self.optimizer_G.zero_grad()
        loss_G.backward(inputs=list(self.G.parameters()))  # D's weights want no gradient of G's loss
        gradients = tuple(parameter.grad for parameter in self.G.parameters())
        self.optimizer_G.step()

        if self.average:
            self.average.update()
        self.number += 1
        return Step(self.number, loss_D.item(), loss_G.item(), gradients, self.G, self.D)

    def play(self, steps: int) -> Iterator[Step]:
        """Update after update, until `steps` have been made since the game began."""
        while self.number < steps:
            yield self.step()

    def state_dict(self) -> dict[str, Any]:
        """Everything that the future depends on: weights, moments, buffers, data order, noise, number."""
        return {
            "G": self.G.state_dict(),
            "D": self.D.state_dict(),
            "optimizer_G": self.optimizer_G.state_dict(),
            "optimizer_D": self.optimizer_D.state_dict(),
            "average": None if self.average is None else self.average.state_dict(),
            "batches": self.batches.state_dict(),
            "generator": generator_state(self.generator),
            "number": self.number,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue, bit for bit, the game that returned this state."""
        for name in ("G", "D", "optimizer_G", "optimizer_D", "batches"):
            getattr(self, name).load_state_dict(state[name])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        set_generator_state(self.generator, state["generator"])
        self.number = state["number"]
