"""The training of an auto-encoder: reconstruct a batch, and descend on the squared error.

A plain auto-encoder maps X to X'. A denoising one maps X plus noise back to X (Vincent et al.
2008). A variational one draws h from a normal distribution that the encoder computes, and a penalty
keeps that distribution near N(0, I), so that new h can be sampled (Kingma & Welling 2014).
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
from minigan.checks import number
from minigan.datasets import generator_state, set_generator_state
from minigan.functions import tensor
from minigan.nn import functional as F
from minigan.optim import Optimizer


@dataclass(frozen=True)
class ReconstructionStep:
    """One update: its number, the loss on its batch before the update, and the model."""

    number: int
    loss: float
    model: nn.Module


class Reconstruction:
    """The training of a model X -> X': the model, a stream of batches, and an optimizer.

    `batches` yields tuples whose first entry is images (N, C, H, W). The loss is the mean squared
    error per pixel. `denoise` is the standard deviation of the noise that is added to the model's
    input. `beta` > 0 is for a variational model: the weight of KL(posterior || N(0, I)) per pixel.
    Up to a constant the loss is then beta times the negative evidence lower bound, per pixel, for
    pixels with variance beta / 2 (Kingma & Welling 2014, equation 3). A `scheduler` is stepped
    after each update. Noise is drawn from `generator`, on the CPU. Raises ValueError if `denoise`
    or `beta` is negative, and TypeError if it is not a number.

    >>> from minigan.datasets import digits8
    >>> from minigan.models import MLPAutoencoder
    >>> from minigan.optim import Adam
    >>> model = MLPAutoencoder(3, (1, 8, 8), generator=0)
    >>> batches = digits8().batches(64, 1, low=0, high=1)
    >>> training = Reconstruction(model, batches, Adam(model.parameters(), 1e-3))
    >>> first, *_, last = training.run(20)
    >>> last.loss < first.loss
    True
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
        self.model: Any = model  # an Autoencoder, if it is variational
        self.batches, self.optimizer, self.scheduler = batches, optimizer, scheduler
        self.denoise = number("Reconstruction", "denoise", denoise, low=0)
        self.beta = number("Reconstruction", "beta", beta, low=0)
        self.generator = as_generator(generator)
        self.number = 0

    def step(self) -> ReconstructionStep:
        """Make one update and return its record."""
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
        """Return the loss that an update on images x (N, C, H, W) lowers."""
        noisy = x + self.denoise * self._noise(x) if self.denoise else x
        if not self.beta:
            return F.mse_loss(self.model(noisy), x)
        mean, log_variance = self.model.posterior(noisy)
        h = mean + (log_variance / 2).exp() * self._noise(mean)
        kl = divergence(mean, log_variance)
        return F.mse_loss(self.model.decoder(h), x) + self.beta / prod(x.shape[1:]) * kl

    def _noise(self, like: Tensor) -> Tensor:
        """Return draws from N(0, 1) in the shape, dtype and device of a tensor."""
        drawn = self.generator.standard_normal(like.shape, np.float32)
        return tensor(drawn, dtype=like.dtype, device=like.device)

    def run(self, steps: int) -> Iterator[ReconstructionStep]:
        """Yield update after update, until `steps` have been made since the start of training."""
        while self.number < steps:
            yield self.step()

    def state_dict(self) -> dict[str, Any]:
        """Return everything that later updates depend on."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "batches": self.batches.state_dict(),
            "generator": generator_state(self.generator),
            "number": self.number,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue, bit for bit, from a state that `state_dict` returned."""
        for name in ("model", "optimizer", "batches"):
            getattr(self, name).load_state_dict(state[name])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        set_generator_state(self.generator, state["generator"])
        self.number = state["number"]


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return KL(N(mean, variance) || N(0, I)) in nats, averaged over N; arguments (N, latent).

    Source: Kingma & Welling 2014, appendix B.

    >>> divergence(tensor([[2.0]]), tensor([[0.0]])).item()
    2.0
    """
    terms = mean**2 + log_variance.exp() - 1 - log_variance
    return terms.sum(1).mean() / 2
