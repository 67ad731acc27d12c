"""Training an auto-encoder, update by update: reconstruct a batch, descend on the squared error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from minigan import nn
from minigan.nn import functional as F
from minigan.optim import Optimizer
from minigan.tensor import tensor


@dataclass(frozen=True)
class Step:
    """One update: its number, the batch's mean squared error per pixel before it, and the model."""

    number: int
    loss: float
    model: nn.Module


class Training:
    """A model X -> X', its optimizer, and a stream of batches whose first entry is the images (N, C, H, W).

    With a scheduler, the learning rate follows it, update by update.
    """

    def __init__(self, model: nn.Module, batches: Any, optimizer: Optimizer, scheduler: Any = None) -> None:
        self.model, self.batches, self.optimizer, self.scheduler = model, batches, optimizer, scheduler
        self.number = 0

    def step(self) -> Step:
        """One update."""
        like = next(iter(self.model.parameters()))
        x = tensor(next(self.batches)[0], dtype=like.dtype, device=like.device)
        loss = F.mse_loss(self.model(x), x)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        if self.scheduler is not None:
            self.scheduler.step()
        self.number += 1
        return Step(self.number, loss.item(), self.model)

    def run(self, steps: int) -> Iterator[Step]:
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
            "number": self.number,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue, bit for bit, the training that returned this state."""
        for name in ("model", "optimizer", "batches"):
            getattr(self, name).load_state_dict(state[name])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        self.number = state["number"]
