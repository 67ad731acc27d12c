"""Training an auto-encoder, update by update: reconstruct a batch, descend on the squared error.

Plain: X -> X'. Denoising: from X and noise back to X (Vincent et al. 2008). Variational: from an h
that is drawn, and whose distribution is held near N(0, I) by its divergence from it (Kingma &
Welling 2014), so that h may be sampled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.datasets.batches import generator_state, set_generator_state
from minigan.functions import tensor
from minigan.nn import functional as F
from minigan.optim import Optimizer


@dataclass(frozen=True)
class ReconstructionStep:
    """One update: its number, the batch's loss before it, and the model."""

    number: int
    loss: float
    model: nn.Module


class Training:
    """A model X -> X', its optimizer, and a stream of batches whose first entry is the images (N,
    C, H, W).

    The loss is the mean squared error per pixel. `denoise` is the standard deviation of the noise
    that is added to what the model sees; `beta` > 0, for a variational model, the weight of
    KL(posterior || N(0, I)) per pixel: the loss is the negative log-likelihood with pixels known to
    a variance of beta / 2, times beta and up to a constant. With a scheduler, the learning rate
    follows it, update by update. Raises ValueError for a negative `denoise` or `beta`.
    """

    def __init__(
        self,
        model: nn.Module,
        batches: Any,
        optimizer: Optimizer,
        scheduler: Any = None,
        *,
        denoise: float = 0.0,
        beta: float = 0.0,
        generator: Seed = None,
    ) -> None:
        for name, value in (("denoise", denoise), ("beta", beta)):
            if not value >= 0:
                raise ValueError(f"Training: {name}={value} must be at least 0")
        self.model: Any = model  # of an Autoencoder, if it is variational
        self.batches, self.optimizer, self.scheduler = batches, optimizer, scheduler
        self.denoise, self.beta, self.generator = denoise, beta, as_generator(generator)
        self.number = 0

    def step(self) -> ReconstructionStep:
        """One update."""
        like = next(iter(self.model.parameters()))
        x = tensor(next(self.batches)[0], dtype=like.dtype, device=like.device)
        loss = self.loss(x)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        if self.scheduler is not None:
            self.scheduler.step()
        self.number += 1
        return ReconstructionStep(self.number, loss.item(), self.model)

    def loss(self, x: Tensor) -> Tensor:
        """What an update on images (N, C, H, W) makes smaller."""
        seen = x + self.denoise * self._noise(x) if self.denoise else x
        if not self.beta:
            return F.mse_loss(self.model(seen), x)
        mean, log_variance = self.model.posterior(seen)
        h = mean + (log_variance / 2).exp() * self._noise(mean)
        return F.mse_loss(self.model.decoder(h), x) + self.beta / prod(x.shape[1:]) * divergence(
            mean, log_variance
        )

    def _noise(self, like: Tensor) -> Tensor:
        drawn = self.generator.standard_normal(like.shape, np.float32)
        return tensor(drawn, dtype=like.dtype, device=like.device)

    def run(self, steps: int) -> Iterator[ReconstructionStep]:
        """Update after update, until `steps` have been made since the training began."""
        while self.number < steps:
            yield self.step()

    def state_dict(self) -> dict[str, Any]:
        """Everything that the future depends on."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "batches": self.batches.state_dict(),
            "generator": generator_state(self.generator),
            "number": self.number,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue, bit for bit, the training that returned this state."""
        for name in ("model", "optimizer", "batches"):
            getattr(self, name).load_state_dict(state[name])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        set_generator_state(self.generator, state["generator"])
        self.number = state["number"]


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, variance) || N(0, I)) in nats, averaged over N, of means and log variances (N,
    latent).

    >>> divergence(tensor([[2.0]]), tensor([[0.0]])).item()
    2.0
    """
    terms = mean**2 + log_variance.exp() - 1 - log_variance
    return terms.sum(1).mean() / 2
