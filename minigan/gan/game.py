"""The GAN game: D learns to tell real samples from generated ones, and G learns to deceive D.

`for step in game.play(1000)` is the whole training. Each step is a frozen record, which the caller
may log, draw, check or ignore. `state_dict` has everything that later steps depend on, so a game
can be saved and resumed bit for bit.

D judges a sample together with its conditions: its class in a conditional game, and its latent
vector h in a game with an encoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.datasets import generator_state, set_generator_state
from minigan.functions import tensor
from minigan.gan.average import Average
from minigan.gan.objectives import Objective, non_saturating
from minigan.models import joined, packed
from minigan.nn import functional as F
from minigan.optim import Optimizer


@dataclass(frozen=True)
class GameStep:
    """One update of D and G: the losses, the gradients of G before its update, and both models.

    `loss_D` is without the penalty, which is `penalty`. If D makes several updates in a step, both
    are those of the last one.
    """

    number: int
    loss_D: float
    loss_G: float
    gradients_G: tuple[Tensor | None, ...]
    G: nn.Module
    D: nn.Module
    penalty: float = 0.0


class _Batch(NamedTuple):
    """The inputs of D, packed: (x,) or (x, h), real and fake, and the classes of both, one-hot."""

    real: tuple[Tensor, ...]
    fake: tuple[Tensor, ...]
    classes: tuple[Tensor, ...]


class Game:
    """A generator G and a discriminator D, their optimizers, real batches, and a source of noise.

    `batches` yields tuples whose first entry is real data (N, ...). For each sample `latent`
    numbers are drawn from N(0, latent_std^2), on the CPU, from `generator`. With `decay` > 0 the
    moving average of G is kept too.

    With `classes` the game is conditional (Mirza & Osindero 2014). The second entry of a batch is
    then the labels (N,). G receives h and the class, joined, (N, latent + classes), and D receives
    x and the class. A fake has the class of the real sample in its place. With `pack`, D judges
    that many samples at once, joined along channels (PacGAN: Lin et al. 2018). With an `encoder` E
    (BiGAN: Donahue et al. 2017, Dumoulin et al. 2017) D judges pairs, (x, E(x)) against (G(h), h).
    E learns together with G, and `optimizer_G` must have the parameters of both.

    Raises ValueError for an encoder together with a penalty, for `pack` below 1 and `classes` below
    0. A step raises ValueError if `pack` does not divide the batch.

    >>> from minigan import datasets, optim
    >>> G = nn.Linear(2, 1, generator=0)
    >>> D = nn.Sequential(nn.Linear(1, 1, generator=1), nn.Flatten(0))
    >>> players = optim.Adam(G.parameters()), optim.Adam(D.parameters())
    >>> game = Game(G, D, datasets.gaussian().batches(8, 2), *players, latent=2, generator=3)
    >>> [step.number for step in game.play(3)]
    [1, 2, 3]
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
        classes: int = 0,
        pack: int = 1,
        encoder: nn.Module | None = None,
        generator: Seed = None,
    ) -> None:
        if encoder is not None and objective.penalty is not None:
            raise ValueError(
                f"Game: encoder: {objective.name} has a penalty on the gradient of D in x, and "
                "with an encoder D judges pairs (x, h)"
            )
        self.G, self.D, self.encoder = G, D, encoder
        self.batches, self.objective = batches, objective
        self.optimizer_G, self.optimizer_D = optimizer_G, optimizer_D
        self.latent, self.latent_std, self.generator = latent, latent_std, as_generator(generator)
        self.classes = integer("Game", "classes", classes, least=0)
        self.pack = integer("Game", "pack", pack, least=1)
        self.average = Average(G, decay) if decay else None
        self.number = 0

    def noise(self, count: int, generator: Seed = None) -> Tensor:
        """Return latent vectors (count, latent) from N(0, latent_std^2).

        They are drawn from `generator`, by default that of the game.
        """
        rng = self.generator if generator is None else as_generator(generator)
        drawn = rng.standard_normal((count, self.latent), np.float32)
        return self._tensor(drawn * np.float32(self.latent_std))

    def one_hot(self, labels: Any) -> Tensor:
        """Return labels (N,) as one-hot vectors (N, classes), as G and D take them.

        Raises ValueError if a label is not in 0..classes - 1.
        """
        return self._tensor(F.one_hot(tensor(labels), self.classes).numpy())

    def step(self) -> GameStep:
        """Update D, once or `critic_steps` times on a new batch each, then G; return the record."""
        for _ in range(self.objective.critic_steps):
            batch = self._draw_batch()
            loss_D, penalty = self._update_D(batch)
        loss_G, gradients = self._update_G(batch)
        if self.average:
            self.average.update()
        self.number += 1
        return GameStep(self.number, loss_D, loss_G, gradients, self.G, self.D, penalty)

    def play(self, steps: int) -> Iterator[GameStep]:
        """Yield step after step, until `steps` have been made since the start of the game."""
        while self.number < steps:
            yield self.step()

    def _draw_batch(self) -> _Batch:
        """Return a batch of real data and as many fakes of the same classes, packed."""
        data, *labels = next(self.batches)
        if self.classes and not labels:
            raise ValueError(
                f"Game: classes={self.classes} needs batches of data and labels; these have no "
                "labels"
            )
        x, h = self._tensor(data), self.noise(len(data))
        classes = [self.one_hot(labels[0])] if self.classes else []
        real, fake = [x], [self.G(joined(h, *classes))]
        if self.encoder is not None:
            real.append(self.encoder(x))
            fake.append(h)
        return _Batch(
            *(tuple(packed(part, self.pack) for part in parts) for parts in (real, fake, classes))
        )

    def _update_D(self, batch: _Batch) -> tuple[float, float]:
        """Update D once; return its loss and its penalty. G and E receive no gradient."""
        real, fake = (tuple(x.detach() for x in sample) for sample in (batch.real, batch.fake))
        loss = self.objective.discriminator(
            self.D(*real, *batch.classes), self.D(*fake, *batch.classes)
        )
        total, penalty = loss, 0.0
        if self.objective.penalty is not None:
            term = self.objective.penalty(
                lambda x: self.D(x, *batch.classes), real[0], fake[0], self.generator
            )
            total, penalty = loss + term, term.item()
        self.optimizer_D.zero_grad()
        total.backward()
        self.optimizer_D.step()
        self.objective.constrain(self.D)
        return loss.item(), penalty

    def _update_G(self, batch: _Batch) -> tuple[float, tuple[Tensor | None, ...]]:
        """Update G, and E if there is one, once; return the loss of G and its gradients."""
        learners = list(self.G.parameters())
        loss = total = self.objective.generator(self.D(*batch.fake, *batch.classes))
        if self.encoder is not None:
            learners += self.encoder.parameters()
            total = loss + self.objective.encoder(self.D(*batch.real, *batch.classes))
        self.optimizer_G.zero_grad()
        total.backward(inputs=learners)  # the weights of D receive no gradient of G's loss
        gradients = tuple(parameter.grad for parameter in self.G.parameters())
        self.optimizer_G.step()
        return loss.item(), gradients

    def _tensor(self, array: Any) -> Tensor:
        """Return the array as a tensor of G's dtype, on G's device."""
        like = next(iter(self.G.parameters()))
        return tensor(array, dtype=like.dtype, device=like.device)

    def state_dict(self) -> dict[str, Any]:
        """Return everything that later steps depend on."""
        parts = {name: part.state_dict() for name, part in self._parts().items()}
        return {**parts, "generator": generator_state(self.generator), "number": self.number}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue, bit for bit, from a state that `state_dict` returned."""
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        set_generator_state(self.generator, state["generator"])
        self.number = state["number"]

    def _parts(self) -> dict[str, Any]:
        """Return the parts that have a state of their own, by name."""
        names = ("G", "D", "encoder", "optimizer_G", "optimizer_D", "average", "batches")
        return {name: part for name in names if (part := getattr(self, name)) is not None}
