"""Study an encoder layer by layer: how well can images be reconstructed from each layer?

The study has a directory of its own:

config.json       the settings              layers.npz   images, and reconstructions of each layer
metrics.json      the held-out errors       layers.png   a picture of these, by `minigan.viz`
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from statistics import fmean, stdev
from typing import Any

import numpy as np

from minigan import datasets, nn
from minigan.autoencoder import Decoders, Encoder, orthonormal_bank, pca_error
from minigan.files import replacing
from minigan.models import Classifier, train_classifier
from minigan.progress import Bar, progress
from minigan.runs import load
from minigan.runs.autoencoder import AutoencoderTask
from minigan.runs.config import AutoencoderConfig, DecodersConfig
from minigan.runs.data import (
    MOST_CLASSES,
    absolute,
    require_batch,
    rows_of,
    square_images,
    unusable,
)
from minigan.runs.directory import Run
from minigan.runs.task import Array
from minigan.threads import one_blas_thread

ENCODERS = ("classifier", "autoencoder", "untrained", "orthonormal")
_HIDDEN = (64,)  # the width of the classifier's fully connected layer before the logits
_SHOWN = 10  # held-out images in layers.npz


@dataclass(frozen=True)
class Layer:
    """The result for one layer."""

    name: str
    shape: tuple[int, ...]  # of the layer's output for one image
    mse: tuple[float, ...]  # held-out squared errors per pixel, one for each set of decoders
    normalised: float  # the mean of mse, divided by the error of the mean image
    standard_error: float  # of `normalised`, over the sets; 0 for one set
    psnr: float  # dB
    largest: float  # the largest error of a pixel

    @classmethod
    def of(
        cls, name: str, shape: tuple[int, ...], errors: list[Array], mean_image_mse: float
    ) -> Layer:
        """Return the result for the errors (N, C, H, W) of each set of decoders."""
        mse = tuple(float((error.astype(np.float64) ** 2).mean()) for error in errors)
        standard_error = stdev(mse) / math.sqrt(len(mse)) if len(mse) > 1 else 0.0
        largest = max(float(np.abs(error).max()) for error in errors)
        psnr = -10 * math.log10(max(fmean(mse), 1e-300))
        return cls(
            name,
            shape,
            mse,
            fmean(mse) / mean_image_mse,
            standard_error / mean_image_mse,
            psnr,
            largest,
        )


class LayerStudy:
    """Sets of decoders for every layer of one encoder, measured on the same held-out images.

    Each set has a seed of its own. The encoder is that of `task`, by default one of ENCODERS. After
    `run`, `layers` holds the results and `shown` (layers, images, C, H, W) the reconstructions by
    the first set. Raises RunError if the encoder does not accept the images of the data.
    """

    def __init__(self, config: DecodersConfig, task: AutoencoderTask | None = None) -> None:
        self.config, self.data = config, square_images(config.data)
        self.train, self.test = (self.data.take(rows) for rows in rows_of(self.data).values())
        require_batch(config, self.train)
        if task is None:
            self.encoder = encoder_of(config, self.train)
        else:
            self.encoder = Encoder(config.encoder, task.model.encoder, task.model.shape)
        if self.encoder.shape != self.data.shape:
            legal = f"the encoder of {config.encoder} accepts {self.encoder.shape}"
            raise unusable(config.data, f"images of shape {self.data.shape} (legal: {legal})")
        self.images = self.test.scaled(0, 1)
        self.mean_image_mse = pca_error(self.train.scaled(0, 1), self.images, 0)
        self.layers: list[Layer] = []
        self.shown: Array = np.empty(0)

    def run(self) -> Iterator[dict[str, float]]:
        """Train one set of decoders after the other; yield the losses of each update."""
        errors: dict[str, list[Array]] = {}
        repeats = 1 if self.encoder.exact else self.config.repeats
        for generator in np.random.default_rng(self.config.seed).spawn(repeats):
            start, order = generator.spawn(2)
            batches = self.train.batches(self.config.batch, order, low=0, high=1)
            decoders = Decoders(self.encoder, batches, self.config.steps, self.config.lr, start)
            yield from decoders.run()
            found = decoders.reconstructions(self.images)
            if not all(np.isfinite(images).all() for images in found):
                raise self.config.refusal(
                    f"lr={self.config.lr}: the images of a decoder are not finite (a smaller `lr` "
                    "may help)"
                )
            for name, images in zip(decoders.names, found, strict=True):
                errors.setdefault(name, []).append(images - self.images)
            if not self.shown.size:
                self.shown = np.stack([images[:_SHOWN] for images in found])
        self.layers = [
            Layer.of(name, shape, errors[name], self.mean_image_mse)
            for name, shape in zip(decoders.names, decoders.shapes, strict=True)
        ]

    def metrics(self) -> dict[str, Any]:
        """Return the results as metrics.json holds them."""
        return {
            "encoder": self.encoder.name,
            "mean_image_mse": self.mean_image_mse,
            "test_images": len(self.images),
            "layers": [asdict(layer) for layer in self.layers],
        }


def study(
    config: DecodersConfig,
    task: AutoencoderTask | None = None,
    out: str | os.PathLike[str] | None = None,
) -> tuple[Run, LayerStudy]:
    """Study an encoder, with a progress bar; return its new directory and the study.

    Raises RunError if it cannot be carried out, and OSError if a file cannot be written; then no
    directory is left.
    """
    config = replace(config, data=absolute(config.data))
    with Run.create(out, config.kind) as run:  # first: it may be refused
        with one_blas_thread:
            found = LayerStudy(config, task)
            total = 0 if found.encoder.exact else config.repeats * config.steps
            with Bar(total, found.encoder.name, unit="update") as bar:
                for _ in found.run():
                    bar.update()
        run.write_json("config.json", config.as_json())
        run.write_json("metrics.json", found.metrics())
        arrays = {"images": found.images[:_SHOWN], "reconstructions": found.shown}
        with replacing(run.path / "layers.npz") as file, file.open("wb") as target:
            np.savez_compressed(target, allow_pickle=False, **arrays)
    return run, found


def layers_table(study: LayerStudy) -> str:
    """Return the study as a table, with a line for each layer."""
    lines = [
        f"{study.encoder.name:16} {'numbers':>14}   error / mean image's      PSNR   largest error"
    ]
    for layer in study.layers:
        size = "x".join(map(str, layer.shape))
        error = f"{layer.normalised:.3g} +- {layer.standard_error:.1g}"
        lines.append(
            f"  {layer.name:14} {size:>14}   {error:>20} {layer.psnr:6.1f} dB   "
            f"{layer.largest:13.2g}"
        )
    return "\n".join(lines)


def encoder_of(config: DecodersConfig, train: datasets.Dataset) -> Encoder:
    """Return one of ENCODERS; `classifier` and `autoencoder` are trained on the images.

    Raises RunError if the images cannot be used.
    """
    name = config.encoder
    if name == "autoencoder":
        return _autoencoder(config)
    if name == "orthonormal":
        try:
            bank = orthonormal_bank(train.shape, config.seed).to(config.device)
            return Encoder(name, bank, train.shape, exact=True)
        except ValueError as error:
            raise unusable(config.data, error) from error
    if train.labels is None:
        raise unusable(config.data, "there are no labels, and a classifier needs them")
    if train.class_count > MOST_CLASSES:
        reason = f"there are {train.class_count:,} classes (legal: at most {MOST_CLASSES:,})"
        raise unusable(config.data, reason)
    return _classifier(config, train, train.class_count)


def _autoencoder(config: DecodersConfig) -> Encoder:
    """Return the encoder of an auto-encoder, trained with its defaults."""
    names = ("data", "latent", "seed", "device")
    settings = {name: getattr(config, name) for name in names}
    task = AutoencoderTask(AutoencoderConfig.with_defaults(settings))
    for _ in progress(range(task.config.steps), config.encoder, unit="update"):
        task.step()
    return Encoder(config.encoder, task.model.encoder, task.model.shape)


def _classifier(config: DecodersConfig, train: datasets.Dataset, classes: int) -> Encoder:
    """Return a classifier with softmax, trained for ten epochs, or untrained."""
    channels, size, _ = train.shape
    model = Classifier(size, channels, classes, hidden=_HIDDEN, norm=True, generator=config.seed)
    model.to(config.device)
    if config.encoder == "classifier":
        epochs, batches = 10, train.batches(min(64, len(train)), config.seed, low=0, high=1)
        updates = train_classifier(model, batches, epochs, lr=2e-3)
        total = epochs * batches.per_epoch
        for _ in progress(updates, config.encoder, total, unit="update"):
            pass
    return Encoder(config.encoder, nn.Sequential(*model, nn.Softmax(1)), train.shape)


def study_layers(
    settings: dict[str, Any], out: str | os.PathLike[str] | None = None
) -> tuple[Run, LayerStudy]:
    """Study the encoder of a run, or one of ENCODERS; return the new directory and the study.

    `encoder` among the settings is the name of the encoder or the path of the run. By default the
    study of a run uses the data and the device of that run. Raises as `study` does.
    """
    name, task = settings.get("encoder", DecodersConfig.encoder), None
    if name not in ENCODERS:
        _, task = load(name, kind="autoencoder")
        settings = {"data": task.config.data, "device": task.config.device, **settings}
    return study(DecodersConfig.with_defaults(settings), task, out)
