"""The recording of the layers explorer: what decoders reconstruct from the layers of encoders.

`python -m minigan.explain.explorers.layers_recording` writes layers.npz anew, in half a minute. It
trains a small classifier on the embedded 8x8 digits, and a decoder for each of its layers. The same
is done for the classifier before its training, and for a bank of orthonormal kernels, whose
decoders are its transposes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from minigan.autoencoder import Decoders, pca_error
from minigan.backend import Array
from minigan.datasets import Dataset, digits8, split
from minigan.files import replacing
from minigan.functions import tensor
from minigan.runs import DecodersConfig
from minigan.studies.decoders import encoder_of
from minigan.viz.recording import Levels

PATH = Path(__file__).with_name("layers.npz")
ENCODERS = ("classifier", "untrained", "orthonormal")
EACH = 3  # held-out images of each digit


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: its shape, its outputs (K, *shape) for K images, and what a decoder makes of them.

    `ratio` is the mean squared error of the decoder over all held-out images, divided by that of
    the mean image of the training data. `images` are the reconstructions (K, H, W).
    """

    name: str
    shape: tuple[int, ...]
    ratio: float
    outputs: Levels
    images: Levels


@dataclass(frozen=True, eq=False)
class Study:
    """The images (K, H, W) with their labels (K,), and the layers of each encoder.

    `means` (10, H, W) are the mean training images of the digits, `mean_error` is the squared error
    of the mean of all, and `held_out` the number of images over which errors are means.
    """

    images: Array
    labels: Array
    means: Array
    mean_error: float
    held_out: int
    encoders: dict[str, list[Layer]]


def recorded(steps: int = 600, seed: int = 0) -> Study:
    """Return the study; each decoder is trained for `steps` updates."""
    train, test = split(digits8())
    kept = chosen(test)
    X, T = train.scaled(0, 1), test.scaled(0, 1)
    mean_error = pca_error(X, T, 0)
    digits = np.asarray(train.labels)
    means = np.stack([X[digits == digit].mean(0) for digit in range(10)])
    encoders = {}
    for name in ENCODERS:
        config = DecodersConfig.with_defaults(
            {"data": "digits8", "encoder": name, "steps": steps, "seed": seed}
        )
        encoder = encoder_of(config, train)
        batches = train.batches(config.batch, seed, low=0, high=1)
        decoders = Decoders(encoder, batches, steps, config.lr, seed)
        for _ in decoders.run():
            pass
        like = next(encoder.layers.parameters())
        outputs = decoders.features(tensor(T[kept], dtype=like.dtype))
        parts = zip(
            decoders.names, decoders.shapes, outputs, decoders.reconstructions(T), strict=True
        )
        encoders[name] = [
            Layer(
                layer,
                tuple(shape),
                float(((images - T) ** 2).mean() / mean_error),
                Levels.of(output.numpy()),
                Levels.of(images[kept, 0].clip(0, 1)),
            )
            for layer, shape, output, images in parts
        ]
    return Study(
        T[kept, 0], np.asarray(test.labels)[kept], means[:, 0], mean_error, len(T), encoders
    )


def chosen(test: Dataset) -> Array:
    """Return the rows of the first EACH images of each digit, digit by digit."""
    return np.concatenate(
        [np.flatnonzero(np.asarray(test.labels) == digit)[:EACH] for digit in range(10)]
    )


def packed(study: Study) -> dict[str, Array]:
    """Return the study as arrays by name, which `unpacked` reads."""
    found = {
        "images": study.images,
        "labels": study.labels,
        "means": study.means,
        "scalars": np.array([study.mean_error, study.held_out]),
    }
    for name, layers in study.encoders.items():
        for number, layer in enumerate(layers):
            key = f"{name}/{number}/{layer.name}"
            ends = [layer.outputs.low, layer.outputs.high, layer.images.low, layer.images.high]
            found[f"{key}/numbers"] = np.array([layer.ratio, *ends])
            found[f"{key}/outputs"] = layer.outputs.levels
            found[f"{key}/images"] = layer.images.levels
    return found


def unpacked(found: Mapping[str, Array]) -> Study:
    """Return the study that `packed` described."""
    encoders: dict[str, list[Layer]] = {name: [] for name in ENCODERS}
    for key in found:
        if key.endswith("/numbers"):
            name, _, layer, _ = key.split("/")
            stem = key.removesuffix("/numbers")
            ratio, *ends = map(float, found[key])
            outputs = Levels(found[f"{stem}/outputs"], *ends[:2])
            images = Levels(found[f"{stem}/images"], *ends[2:])
            shape = outputs.levels.shape[1:]
            encoders[name].append(Layer(layer, shape, ratio, outputs, images))
    mean_error, held_out = found["scalars"]
    images, labels, means = (found[name] for name in ("images", "labels", "means"))
    return Study(images, labels, means, float(mean_error), int(held_out), encoders)


def load() -> Study:
    """Return the built-in study."""
    with np.load(PATH, allow_pickle=False) as file:
        return unpacked({name: file[name] for name in file})


def main() -> None:
    """Write layers.npz."""
    with replacing(PATH) as file, file.open("wb") as target:
        np.savez_compressed(target, allow_pickle=False, **packed(recorded()))
    print(f"{PATH.name}: {PATH.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
