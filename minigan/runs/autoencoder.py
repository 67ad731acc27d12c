"""An auto-encoder's run: from a config to data, model and training; held-out figures at its end."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigan import datasets, optim
from minigan.autoencoder import Training, pca_error
from minigan.models import ConvAutoencoder, outputs
from minigan.runs.config import AutoencoderConfig
from minigan.runs.directory import RunError
from minigan.runs.task import Array, Task

_SHOWN = 32  # held-out images in a picture of the progress


class AutoencoderTask(Task):
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
        scheduler = optim.lr_scheduler.LambdaLR(optimizer, self._share_of_lr)
        self.data, self.train, self.test = data, train.scaled(0, 1), test.scaled(0, 1)
        self.training = Training(model, batches, optimizer, scheduler)
        super().__init__(self.training, (model,))

    def _share_of_lr(self, number: int) -> float:
        """Half a cosine, from 1 to 0; of the number alone, so that --resume with more --steps follows the new plan."""
        return (1 + math.cos(math.pi * min(1.0, number / self.config.steps))) / 2

    @property
    def summary(self) -> str:
        """What is about to be trained, in a line."""
        count, c = sum(p.numel() for p in self.training.model.parameters()), self.config
        return f"auto-encoder with h of {c.latent}, {count:,} parameters, {c.steps} updates of {c.batch}, seed {c.seed}"

    def step(self) -> dict[str, float]:
        """One update."""
        return {"loss": self.training.step().loss}

    def look(self) -> Array:
        """What becomes of some held-out images."""
        return outputs(self.training.model, self.test[:_SHOWN])

    def metrics(self, log: list[dict[str, Any]]) -> dict[str, Any]:
        """Squared errors per pixel on the held-out images, with those of PCA and of the mean image beside them."""
        error = (outputs(self.training.model, self.test) - self.test) ** 2
        return {
            "updates": self.number,
            "test_mse": float(error.mean(dtype=np.float64)),
            "pca_mse": pca_error(self.train, self.test, self.config.latent),
            "mean_image_mse": pca_error(self.train, self.test, 0),
            "test_images": len(self.test),
        }
