"""An auto-encoder's run: from a config to data, model and training; held-out figures at its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from minigan import datasets, optim
from minigan.autoencoder import Training, pca_error, reconstruct
from minigan.models import ConvAutoencoder
from minigan.runs.config import AutoencoderConfig
from minigan.runs.directory import Run, RunError
from minigan.runs.loop import advance

_SHOWN = 32  # held-out images in a picture of the progress


class AutoencoderTask:
    """The training that a config describes, and pictures of held-out images and what becomes of them."""

    def __init__(self, config: AutoencoderConfig) -> None:
        self.config = config
        try:
            data = datasets.load(config.data)
            if not isinstance(data, datasets.Dataset):
                raise ValueError("an auto-encoder takes images, and these are points")
            train, test = datasets.split(data)
            start, order = np.random.default_rng(config.seed).spawn(2)
            batches = train.batches(config.batch, order, low=0, high=1)
        except (ValueError, TypeError, OSError) as error:
            raise RunError(f"--data {config.data}: {error}") from error
        channels, size, width = data.shape
        if size != width:
            raise RunError(f"--data {config.data}: images of {size}x{width} are not square")
        try:
            model = ConvAutoencoder(config.latent, size, channels, config.features, generator=start)
        except ValueError as error:
            raise RunError(f"--latent {config.latent}: {error}") from error
        optimizer = optim.Adam(model.to(config.device).parameters(), config.lr)
        scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, config.steps)
        self.data, self.train, self.test = data, train.scaled(0, 1), test.scaled(0, 1)
        self.training = Training(model, batches, optimizer, scheduler)
        self.frames: list[np.ndarray[Any, Any]] = []
        self.numbers: list[int] = []

    @property
    def summary(self) -> str:
        """What is about to be trained, in a line."""
        count, c = sum(p.numel() for p in self.training.model.parameters()), self.config
        return f"auto-encoder with h of {c.latent}, {count:,} parameters, {c.steps} updates of {c.batch}, seed {c.seed}"

    @property
    def number(self) -> int:
        """How many updates have been made."""
        return self.training.number

    def step(self) -> dict[str, float]:
        """One update."""
        return {"loss": self.training.step().loss}

    def picture(self) -> None:
        """Remember what becomes of the held-out images now."""
        self.frames.append(reconstruct(self.training.model, self.test[:_SHOWN]))
        self.numbers.append(self.number)

    def state_dict(self) -> dict[str, Any]:
        """The training and its pictures."""
        return {"training": self.training.state_dict(), "frames": self.frames, "numbers": self.numbers}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state."""
        self.training.load_state_dict(state["training"])
        self.frames, self.numbers = list(state["frames"]), list(state["numbers"])


def train(run: Run, task: AutoencoderTask) -> Iterator[int]:
    """Train until the config's updates are made; yields at each checkpoint; ends with held-out figures."""
    yield from advance(run, task, task.config.steps)
    error = (reconstruct(task.training.model, task.test) - task.test) ** 2
    run.write_json(
        "metrics.json",
        {
            "updates": task.number,
            "test_mse": float(error.mean(dtype=np.float64)),
            "pca_mse": pca_error(task.train, task.test, task.config.latent),
            "mean_image_mse": pca_error(task.train, task.test, 0),
            "test_images": len(task.test),
        },
    )
