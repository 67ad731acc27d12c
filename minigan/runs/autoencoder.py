"""The run of an auto-encoder: data, model and training from a config, and held-out errors."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np

from minigan import datasets, optim
from minigan.autoencoder import Reconstruction, pca_error
from minigan.models import Autoencoder, ConvAutoencoder, outputs
from minigan.nn import Module
from minigan.optim import Optimizer
from minigan.runs.config import AutoencoderConfig
from minigan.runs.data import SPLITS, loaded, require_batch, require_square, rows_of
from minigan.runs.errors import RunError
from minigan.runs.outline import Outline
from minigan.runs.task import Array, Task

_SHOWN = 32  # held-out images in a picture of the progress


class AutoencoderTask(Task):
    """The training that a config describes, and pictures of reconstructions of held-out images.

    `outline` is what the headers of a checkpoint say, which will be loaded. Raises RunError if the
    config cannot be carried out, or does not fit the outline.
    """

    kind: ClassVar[Literal["autoencoder"]] = "autoencoder"

    def __init__(self, config: AutoencoderConfig, outline: Outline | None = None) -> None:
        self.config = config
        data, self.fingerprint = loaded(config.data)
        self.data = require_square(config.data, data)
        if outline is not None:
            widths = (config.latent, config.features, *([config.hidden] if config.hidden else []))
            outline.require(least_numbers(config, self.data.shape), *widths)
        self.rows = rows_of(self.data)
        self.train, self.test = (self.data.take(self.rows[split]).scaled(0, 1) for split in SPLITS)
        self.training = training_of(config, self.data.take(self.rows["train"]))
        self.model: Autoencoder = self.training.model
        super().__init__(self.training, (self.model,))

    @property
    def summary(self) -> str:
        """What is trained, in one line."""
        c = self.config
        variants = {"variational": c.variational, "denoising": c.denoise, "tied": c.tied}
        words = [name for name, value in variants.items() if value]
        name = " ".join([*words, f"auto-encoder with h of {c.latent}"])
        return (
            f"{name}, {self.parameters:,} parameters, {c.steps} updates of {c.batch}, seed {c.seed}"
        )

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """The shape of the array that `look` returns."""
        return (min(_SHOWN, len(self.test)), *self.data.shape)

    @property
    def optimizers(self) -> dict[str, Optimizer]:
        """The optimizer, by its name in the state of the training."""
        return {"optimizer": self.training.optimizer}

    @property
    def parameters(self) -> int:
        """The number of weights that are learned."""
        return sum(p.numel() for p in self.model.parameters())

    @property
    def networks(self) -> dict[str, Module]:
        """The parts of the model, by the names under which their weights travel."""
        model = self.model
        head = {} if model.log_variance is None else {"log_variance": model.log_variance}
        return {"encoder": model.encoder, "decoder": model.decoder, **head}

    def adopt(self) -> None:
        """Go on from weights that somebody has changed: they are those that are trained."""

    def step(self) -> dict[str, float]:
        """Make one update, and return its loss."""
        return {"loss": self.training.step().loss}

    def look(self) -> Array:
        """Return the reconstructions of the first held-out images."""
        return outputs(self.model, self.test[:_SHOWN])

    def metrics(self, log: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the squared error per pixel on held-out images, of the model, PCA and the mean.

        PCA has as many components as h has numbers.
        """
        error = (outputs(self.model, self.test) - self.test) ** 2
        return {
            "updates": self.number,
            "parameters": self.parameters,
            "test_mse": float(error.mean(dtype=np.float64)),
            "pca_mse": pca_error(self.train, self.test, self.config.latent),
            "mean_image_mse": pca_error(self.train, self.test, 0),
            "test_images": len(self.test),
            **({"classes": list(self.data.classes)} if self.data.classes else {}),
        }

    def reconstruct(self, split: str) -> dict[str, Array]:
        """Return `images` and `reconstructions` (N, C, H, W) of a split, in [0, 1], and `indices`.

        `indices` (N,) are the places of the images in the data.
        """
        images = self.train if split == "train" else self.test
        return {
            "images": images,
            "reconstructions": _finite(outputs(self.model, images)),
            "indices": self.rows[split],
        }

    def labels(self, split: str) -> Array:
        """Return the classes (N,) of a split; they are 0 if the data have no labels."""
        rows, labels = self.rows[split], self.data.labels
        return np.zeros(len(rows), np.int64) if labels is None else labels[rows]

    def ends(self, pairs: int, seed: int) -> list[tuple[Array, Array]]:
        """Return pairs of held-out images (C, H, W), of two different classes if there are any."""
        rng, labels, found = np.random.default_rng(seed), self.labels("test"), []
        for first in rng.permutation(len(labels))[:pairs]:
            others = np.flatnonzero(labels != labels[first])
            last = rng.choice(others if len(others) else len(labels))
            found.append((self.test[first], self.test[last]))
        return found

    def encode(self, images: Array) -> Array:
        """Return h (N, latent) of images (N, C, H, W) in [0, 1]; of a VAE the mean of h."""
        return _finite(outputs(self.model.encoder, images))

    def decode(self, h: Array) -> Array:
        """Return the images (N, C, H, W) in [0, 1] of h (N, latent)."""
        return _finite(outputs(self.model.decoder, h))

    def walk(self, first: Array, last: Array, steps: int) -> Array:
        """Return the images (steps, C, H, W) on the line in h from one image to another."""
        a, b = self.encode(np.stack([first, last]))
        t = np.linspace(0, 1, steps, dtype=a.dtype)[:, None]  # (steps, 1)
        return self.decode((1 - t) * a + t * b)


def _finite(found: Array) -> Array:
    """Return what a model makes. Raises RunError if it is not finite."""
    if not np.isfinite(found).all():
        raise RunError("the model makes numbers that are not finite, so its weights are of no use")
    return found


def training_of(
    config: AutoencoderConfig, train: datasets.Dataset, model: Autoencoder | None = None
) -> Reconstruction:
    """Return the training that a config describes, on these images; by default of its own model.

    Raises RunError if it cannot be carried out.
    """
    start, order, noise = np.random.default_rng(config.seed).spawn(3)
    require_batch(config, train)
    batches = train.batches(config.batch, order, low=0, high=1)
    model = model_of(config, train.shape, start) if model is None else model
    optimizer = optim.Adam(model.to(config.device).parameters(), config.lr)

    def cosine(number: int) -> float:
        # it depends on the number alone, so a run resumed to more steps follows the new plan
        return (1 + math.cos(math.pi * min(1.0, number / config.steps))) / 2

    return Reconstruction(
        model,
        batches,
        optimizer,
        optim.lr_scheduler.LambdaLR(optimizer, cosine),
        denoise=config.denoise,
        beta=config.variational,
        generator=noise,
    )


def least_numbers(config: AutoencoderConfig, shape: tuple[int, ...]) -> int:
    """Return how many numbers the weights of the encoder have, without those of its norm layers.

    >>> least_numbers(AutoencoderConfig(latent=3, features=2), (1, 8, 8))  # 4*4*2 + 2*4*4*3
    128
    """
    width, left, _ = shape
    numbers, layers = 0, 0
    while left > 4 or not layers:
        wider = 2 * width if layers else config.features
        numbers, layers = numbers + 16 * width * wider, layers + 1
        left, width = left // 2, wider
    hidden = (config.hidden, config.hidden // 2) if config.hidden else ()
    widths: tuple[int, ...] = (width * left * left, *hidden, config.latent)
    return numbers + sum(before * after for before, after in pairwise(widths))


def model_of(
    config: AutoencoderConfig, shape: tuple[int, ...], generator: np.random.Generator
) -> ConvAutoencoder:
    """Return the model that a config describes, for images of shape (C, H, H).

    Raises RunError if there is none, as for an h of more numbers than the image.
    """
    channels, size, _ = shape
    hidden = (config.hidden, config.hidden // 2) if config.hidden else ()
    try:
        return ConvAutoencoder(
            config.latent,
            size,
            channels,
            config.features,
            hidden,
            tied=config.tied,
            variational=config.variational > 0,
            generator=generator,
        )
    except ValueError as error:
        raise config.refusal(str(error)) from error
