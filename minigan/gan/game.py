"""The game, turn by turn: D learns to tell real from generated, then G learns to deceive it.

`for step in game.play(1000)` is all of training: a generator of frozen records, which the caller
logs, draws, checks or ignores. The state of a game is everything that its future depends on.

What D judges is always a sample and what is given with it, both packed: its class, where the game
has classes, and the h that belongs to it, where there is an encoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.datasets import generator_state, set_generator_state
from minigan.functions import tensor
from minigan.gan.average import Average
from minigan.gan.objectives import Objective, non_saturating
from minigan.models import joined, packed
from minigan.nn import functional as F
from minigan.optim import Optimizer


@dataclass(frozen=True)
class GameStep:
    """One update of both players: their losses, G's gradients as they were before its update, and
    the players.

    `loss_D` is without the penalty, which stands beside it; both are of D's last update, if it made
    several.
    """

    number: int
    loss_D: float
    loss_G: float
    gradients_G: tuple[Tensor | None, ...]
    G: nn.Module
    D: nn.Module
    penalty: float = 0.0


class _Deal(NamedTuple):
    """What D is to judge, packed: samples, each with its h if there is an encoder, and the classes
    of both, one-hot.
    """

    real: tuple[Tensor, ...]
    fake: tuple[Tensor, ...]
    classes: tuple[Tensor, ...]


class Game:
    """Two models, their optimizers, a stream of real batches and a source of noise.

    `batches` yields tuples whose first entry is a batch of real data (N, ...). `latent` numbers are
    drawn from N(0, latent_std^2) per sample, on the CPU, from `generator`. `decay` > 0 also keeps
    the moving average of G.

    With `classes` (conditional: Mirza & Osindero 2014) the batches' second entry is labels (N,): G
    is given h and the class, joined, (N, latent + classes), and D(x, class) the class of each
    sample; a fake is of the class of the real sample in its place. With `pack` D sees that many
    samples at once, joined along channels (PacGAN: Lin et al. 2018). With an `encoder` (BiGAN:
    Donahue et al. 2017, Dumoulin et al. 2017) D(x, h) judges pairs, (x, E(x)) against (G(h), h),
    and E learns together with G; `optimizer_G` then moves the parameters of both.

    Raises ValueError for an encoder in a game whose penalty is on D's slope in x alone, and for a
    pack or a number of classes that is none; a step does if pack does not divide the batch.
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
                f"Game: encoder: {objective.name} has a penalty on D's slope in x, and D judges "
                "pairs"
            )
        if pack < 1 or classes < 0:
            raise ValueError(
                f"Game: pack={pack} must be at least 1 and classes={classes} at least 0"
            )
        self.G, self.D, self.encoder, self.batches, self.objective = (
            G,
            D,
            encoder,
            batches,
            objective,
        )
        self.optimizer_G, self.optimizer_D = optimizer_G, optimizer_D
        self.latent, self.latent_std, self.generator = latent, latent_std, as_generator(generator)
        self.classes, self.pack = classes, pack
        self.average = Average(G, decay) if decay else None
        self.number = 0

    def _tensor(self, array: Any) -> Tensor:
        """The array in G's dtype, where G is."""
        like = next(iter(self.G.parameters()))
        return tensor(array, dtype=like.dtype, device=like.device)

    def noise(self, count: int, generator: Seed = None) -> Tensor:
        """Latent vectors (count, latent) from N(0, latent_std^2), by the game's generator or
        another.
        """
        rng = self.generator if generator is None else as_generator(generator)
        return self._tensor(
            rng.standard_normal((count, self.latent), np.float32) * np.float32(self.latent_std)
        )

    def one_hot(self, labels: Any) -> Tensor:
        """The classes of labels (N,) as G and D take them: (N, classes).

        ValueError for a label that is no class.
        """
        return self._tensor(F.one_hot(tensor(labels), self.classes).numpy())

    def _deal(self) -> _Deal:
        """A batch of data and as many fakes, of the same classes, packed."""
        batch, *labels = next(self.batches)
        if self.classes and not labels:
            raise ValueError(
                f"Game: of {self.classes} classes, needs batches of data and labels; these have "
                "no labels"
            )
        x, h = self._tensor(batch), self.noise(len(batch))
        classes = [self.one_hot(labels[0])] if self.classes else []
        real, fake = [x], [self.G(joined(h, *classes))]
        if self.encoder is not None:
            real.append(self.encoder(x))
            fake.append(h)
        return _Deal(
            *(tuple(packed(part, self.pack) for part in parts) for parts in (real, fake, classes))
        )

    def _update_D(self, deal: _Deal) -> tuple[float, float]:
        """Teach D to tell the real from the fake; its loss, and its penalty."""
        real, fake = (tuple(part.detach() for part in sample) for sample in (deal.real, deal.fake))
        loss = self.objective.discriminator(
            self.D(*real, *deal.classes), self.D(*fake, *deal.classes)
        )
        total, penalty = loss, 0.0
        if self.objective.penalty is not None:
            extra = self.objective.penalty(
                lambda x: self.D(x, *deal.classes), real[0], fake[0], self.generator
            )
            total, penalty = loss + extra, extra.item()
        self.optimizer_D.zero_grad()
        total.backward()
        self.optimizer_D.step()
        self.objective.constrain(self.D)
        return loss.item(), penalty

    def _update_G(self, deal: _Deal) -> tuple[float, tuple[Tensor | None, ...]]:
        """Teach G, and the encoder, to deceive D; G's loss, and its gradients."""
        players = list(self.G.parameters())
        loss = total = self.objective.generator(self.D(*deal.fake, *deal.classes))
        if self.encoder is not None:
            players += self.encoder.parameters()
            total = loss + self.objective.encoder(self.D(*deal.real, *deal.classes))
        self.optimizer_G.zero_grad()
        total.backward(inputs=players)  # D's weights want no gradient of G's loss
        gradients = tuple(parameter.grad for parameter in self.G.parameters())
        self.optimizer_G.step()
        return loss.item(), gradients

    def step(self) -> GameStep:
        """Updates of D, each on a batch of real and generated data, then one of G through the new
        D.
        """
        for _ in range(self.objective.critic_steps):
            deal = self._deal()
            loss_D, penalty = self._update_D(deal)
        loss_G, gradients = self._update_G(deal)
        if self.average:
            self.average.update()
        self.number += 1
        return GameStep(self.number, loss_D, loss_G, gradients, self.G, self.D, penalty)

    def play(self, steps: int) -> Iterator[GameStep]:
        """Update after update, until `steps` have been made since the game began."""
        while self.number < steps:
            yield self.step()

    def state_dict(self) -> dict[str, Any]:
        """Everything that the future depends on: weights, moments, buffers, data order, noise,
        number.
        """
        parts = {name: part.state_dict() for name, part in self._parts().items()}
        return {**parts, "generator": generator_state(self.generator), "number": self.number}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue, bit for bit, the game that returned this state."""
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        set_generator_state(self.generator, state["generator"])
        self.number = state["number"]

    def _parts(self) -> dict[str, Any]:
        """What has a state of its own."""
        names = ("G", "D", "encoder", "optimizer_G", "optimizer_D", "average", "batches")
        return {name: part for name in names if (part := getattr(self, name)) is not None}
