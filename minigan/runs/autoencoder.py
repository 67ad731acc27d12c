"""An auto-encoder's run: from a config to data, model and training; held-out figures at its end."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from minigan import datasets, optim
from minigan.autoencoder import Training, pca_error
from minigan.models import Autoencoder, ConvAutoencoder, outputs
from minigan.runs.config import AutoencoderConfig
from minigan.runs.directory import RunError
from minigan.runs.task import Array, Task

SPLITS = ("train", "test")
# what lowers the held-out error: a little noise where images are few, and hidden layers where h has
# few numbers
DIGITS8 = {"steps": 3000, "lr": 5e-3, "features": 16, "denoise": 0.05}
_FEW = 8
_SHOWN = 32  # held-out images in a picture of the progress


class AutoencoderTask(Task):
    """The training that a config describes, and pictures of held-out images and what becomes of
    them.
    """

    def __init__(self, config: AutoencoderConfig) -> None:
        self.config, self.data = config, images_of(config.data)
        self.rows = rows_of(self.data)
        self.train, self.test = (self.data.take(self.rows[split]).scaled(0, 1) for split in SPLITS)
        self.training = training_of(config, self.data.take(self.rows["train"]))
        self.model: Autoencoder = self.training.model
        super().__init__(self.training, (self.model,))

    @property
    def summary(self) -> str:
        """What is about to be trained, in a line."""
        c = self.config
        kinds = {"variational": c.variational, "denoising": c.denoise, "tied": c.tied}
        name = " ".join(
            [
                *(kind for kind, wanted in kinds.items() if wanted),
                f"auto-encoder with h of {c.latent}",
            ]
        )
        return (
            f"{name}, {self.parameters:,} parameters, {c.steps} updates of {c.batch}, seed {c.seed}"
        )

    @property
    def parameters(self) -> int:
        """How many numbers are learned."""
        return sum(p.numel() for p in self.model.parameters())

    def step(self) -> dict[str, float]:
        """One update."""
        return {"loss": self.training.step().loss}

    def look(self) -> Array:
        """What becomes of some held-out images."""
        return outputs(self.model, self.test[:_SHOWN])

    def metrics(self, log: list[dict[str, Any]]) -> dict[str, Any]:
        """Squared errors per pixel on the held-out images, with those of PCA and of the mean image
        beside them.
        """
        error = (outputs(self.model, self.test) - self.test) ** 2
        return {
            "updates": self.number,
            "parameters": self.parameters,
            "test_mse": float(error.mean(dtype=np.float64)),
            "pca_mse": pca_error(self.train, self.test, self.config.latent),
            "mean_image_mse": pca_error(self.train, self.test, 0),
            "test_images": len(self.test),
        }

    def reconstruct(self, split: str) -> dict[str, Array]:
        """`images` of a split and their `reconstructions` (N, C, H, W) in [0, 1]; `indices` (N,)
        into the dataset.
        """
        images = self.train if split == "train" else self.test
        return {
            "images": images,
            "reconstructions": outputs(self.model, images),
            "indices": self.rows[split],
        }

    def labels(self, split: str) -> Array:
        """The classes (N,) of a split; all 0 where they are not known."""
        known = self.data.labels
        return (
            np.zeros(len(self.rows[split]), np.int64) if known is None else known[self.rows[split]]
        )

    def ends(self, pairs: int, seed: int) -> list[tuple[Array, Array]]:
        """Pairs of held-out images (C, H, W), of two classes where there are two."""
        rng, labels, found = np.random.default_rng(seed), self.labels("test"), []
        for first in rng.permutation(len(labels))[:pairs]:
            others = np.flatnonzero(labels != labels[first])
            found.append(
                (self.test[first], self.test[rng.choice(others if len(others) else len(labels))])
            )
        return found

    def encode(self, images: Array) -> Array:
        """The h (N, latent) of images (N, C, H, W) in [0, 1]: the mean, where it is drawn."""
        return outputs(self.model.encoder, images)

    def decode(self, h: Array) -> Array:
        """The images (N, C, H, W) in [0, 1] of h (N, latent)."""
        return outputs(self.model.decoder, h)

    def walk(self, first: Array, last: Array, steps: int) -> Array:
        """The images of h on the line from that of image `first` to that of `last`, (steps, C, H,
        W), ends included.
        """
        a, b = self.encode(np.stack([first, last]))
        t = np.linspace(0, 1, steps, dtype=a.dtype)[:, None]  # (steps, 1)
        return self.decode((1 - t) * a + t * b)


def usual_config(given: dict[str, Any]) -> AutoencoderConfig:
    """The config of these settings, and where they leave a choice, of what suits data and
    latent.
    """
    usual: dict[str, Any] = dict(DIGITS8) if given.get("data") == "digits8" else {}
    if given.get("latent", AutoencoderConfig.latent) <= _FEW:
        usual |= {"hidden": 256, **({"denoise": 0.1} if "denoise" in usual else {})}
    return AutoencoderConfig(**{**usual, **given})


def images_of(name: str) -> datasets.Dataset:
    """The images of a name or path, which must be square. RunError if they are none."""
    try:
        data = datasets.load(name)
    except (ValueError, TypeError, OSError) as error:
        raise RunError(f"--data {name}: {error}") from error
    if not isinstance(data, datasets.Dataset):
        raise RunError(f"--data {name}: an auto-encoder takes images, and these are points")
    _, height, width = data.shape
    if height != width:
        raise RunError(f"--data {name}: images of {height}x{width} are not square")
    return data


def rows_of(data: datasets.Dataset) -> dict[str, Array]:
    """Which images (N,) of the data are in each split."""
    numbered = replace(data, labels=np.arange(len(data)), classes=())
    try:
        return {
            split: np.asarray(part.labels)
            for split, part in zip(SPLITS, datasets.split(numbered), strict=True)
        }
    except ValueError as error:
        raise RunError(f"--data {data.name}: {error}") from error


def training_of(
    config: AutoencoderConfig, train: datasets.Dataset, model: Autoencoder | None = None
) -> Training:
    """The training that a config describes, on these images and, if none is given, of its own
    model.

    RunError if it cannot be carried out.
    """
    start, order, noise = np.random.default_rng(config.seed).spawn(3)
    try:
        batches = train.batches(config.batch, order, low=0, high=1)
    except ValueError as error:
        raise RunError(f"--batch {config.batch}: {error}") from error
    model = model_of(config, train.shape, start) if model is None else model
    optimizer = optim.Adam(model.to(config.device).parameters(), config.lr)

    def share_of_lr(number: int) -> float:
        # of the number alone, so that --resume with more --steps follows the new plan
        return (1 + math.cos(math.pi * min(1.0, number / config.steps))) / 2

    schedule = optim.lr_scheduler.LambdaLR(optimizer, share_of_lr)
    options: dict[str, Any] = {
        "denoise": config.denoise,
        "beta": config.variational,
        "generator": noise,
    }
    return Training(model, batches, optimizer, schedule, **options)


def model_of(
    config: AutoencoderConfig, shape: tuple[int, ...], generator: np.random.Generator
) -> ConvAutoencoder:
    """The model that a config describes, for images (N, *shape). RunError if there is none."""
    channels, size, _ = shape
    hidden = (config.hidden, config.hidden // 2) if config.hidden else ()
    options: dict[str, Any] = {
        "tied": config.tied,
        "variational": config.variational > 0,
        "generator": generator,
    }
    try:
        return ConvAutoencoder(config.latent, size, channels, config.features, hidden, **options)
    except ValueError as error:
        raise RunError(f"--latent {config.latent}: {error}") from error
