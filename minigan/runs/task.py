"""A task: the data and the training that a config describes, and pictures of its progress."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np

from minigan import nn
from minigan.optim import Optimizer
from minigan.parallel import Alone, Group, distribute
from minigan.runs.fingerprint import Fingerprint

Array = np.ndarray[Any, Any]


class Training(Protocol):
    """What a task trains: it counts its updates, and can save and restore its whole state."""

    number: int

    def state_dict(self) -> dict[str, Any]:
        """Return the whole state: continued from it, every later update is the same."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state that `state_dict` returned."""


class Task(ABC):
    """A training and pictures of its progress; a subclass for each kind of run.

    `kind` is the kind of the config. `frames` are the arrays that `look` returned at some moments,
    and `numbers` the numbers of updates at these moments.
    """

    kind: ClassVar[str]
    config: Any
    data: Any
    fingerprint: Fingerprint | None  # of data from a file or folder
    group: Group = Alone()  # the ranks that train together

    def __init__(self, training: Training, models: Sequence[nn.Module]) -> None:
        self._training, self.models = training, tuple(models)
        self.frames: list[Array] = []
        self.numbers: list[int] = []

    @property
    @abstractmethod
    def summary(self) -> str:
        """What is trained, in one line."""

    @property
    @abstractmethod
    def frame_shape(self) -> tuple[int, ...]:
        """The shape of the array that `look` returns."""

    @property
    @abstractmethod
    def optimizers(self) -> dict[str, Optimizer]:
        """The optimizers, by their names in the state of the training."""

    @abstractmethod
    def step(self) -> dict[str, float]:
        """Make one update, and return its losses by name."""

    @abstractmethod
    def look(self) -> Array:
        """Return what the models make now of the inputs that every picture shows."""

    @abstractmethod
    def metrics(self, log: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the results of the finished run, from its log and its models."""

    @property
    def number(self) -> int:
        """The number of updates made."""
        return self._training.number

    def distribute(self, group: Group) -> None:
        """Train as one rank of a group from now on, on its share of each batch.

        All ranks continue from the state of rank 0. Raises ParallelError if they do not train the
        same.
        """
        if group.size > 1:
            distribute(self._training, group)
            self.group = group

    def picture(self) -> None:
        """Append what the models make now to `frames`."""
        self.frames.append(self.look())
        self.numbers.append(self.number)

    def is_finite(self) -> bool:
        """Return whether all weights, and all values of the last picture, are finite."""
        values = [value for model in self.models for value in model.state_dict().values()]
        return bool(np.isfinite(self.frames[-1]).all()) and all(
            bool(value.isfinite().all()) for value in values
        )

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the training, and its pictures."""
        return {
            "training": self._training.state_dict(),
            "frames": self.frames,
            "numbers": self.numbers,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state that `state_dict` returned."""
        self._training.load_state_dict(state["training"])
        self.frames, self.numbers = list(state["frames"]), list(state["numbers"])
