"""A task is what a config describes: data, a training, and pictures of what its models make on the
way.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from minigan import nn

Array = np.ndarray[Any, Any]


class Training(Protocol):
    """What a task steps: it counts its updates, and gives and takes everything that its future
    depends on.
    """

    number: int

    def state_dict(self) -> dict[str, Any]:
        """The whole state."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state."""


class Task(ABC):
    """A training and the pictures taken of it; a kind of run says how it is made, stepped, shown
    and measured.
    """

    config: Any
    data: Any

    def __init__(self, training: Training, models: Sequence[nn.Module]) -> None:
        self._training, self._models = training, models
        self.frames: list[Array] = []
        self.numbers: list[int] = []  # of updates, a number for each frame

    @property
    @abstractmethod
    def summary(self) -> str:
        """What is about to be trained, in a line."""

    @abstractmethod
    def step(self) -> dict[str, float]:
        """Make one update; the losses, by name."""

    @abstractmethod
    def look(self) -> Array:
        """What the models make, now, of what they are always shown."""

    @abstractmethod
    def metrics(self, log: list[dict[str, Any]]) -> dict[str, Any]:
        """What the finished run found."""

    @property
    def number(self) -> int:
        """How many updates have been made."""
        return self._training.number

    def picture(self) -> None:
        """Remember what the models make at this moment."""
        self.frames.append(self.look())
        self.numbers.append(self.number)

    def is_finite(self) -> bool:
        """Whether all weights, and all that is seen in the last picture, are finite numbers."""
        values = [value for model in self._models for value in model.state_dict().values()]
        return bool(np.isfinite(self.frames[-1]).all()) and all(
            bool(value.isfinite().all()) for value in values
        )

    def state_dict(self) -> dict[str, Any]:
        """The training and its pictures."""
        return {
            "training": self._training.state_dict(),
            "frames": self.frames,
            "numbers": self.numbers,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state."""
        self._training.load_state_dict(state["training"])
        self.frames, self.numbers = list(state["frames"]), list(state["numbers"])
