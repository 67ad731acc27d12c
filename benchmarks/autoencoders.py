"""Held-out squared error of five auto-encoders at several sizes of h, and how many numbers each has
learned.

The mean image (no h at all), PCA, a linear auto-encoder, a perceptron and a convolutional
auto-encoder: all on the same splits, one for each seed, of which the weights and the order of the
batches are too. PCA is the rival: the best that can be done linearly, so the linear auto-encoder
must equal it, and the others beat it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import fmean, stdev
from typing import Any

import numpy as np

from benchmarks import count
from benchmarks.report import Report
from minigan import datasets, optim
from minigan.autoencoder import Reconstruction, pca_error
from minigan.datasets import Batches, Dataset
from minigan.models import Autoencoder, MLPAutoencoder, outputs
from minigan.runs import configure
from minigan.runs.autoencoder import training_of
from minigan.threads import one_blas_thread

Found = tuple[float, int]  # held-out squared error per pixel, numbers that were learned


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", default="digits8", help="square images: a name or a path (default: digits8)"
    )
    parser.add_argument(
        "--latents", type=count, nargs="*", default=[1, 2, 4, 8, 16, 32], metavar="K"
    )
    parser.add_argument(
        "--seeds", type=count, default=5, help="splits, each with weights of its own"
    )
    parser.add_argument(
        "--updates",
        type=count,
        default=3000,
        help="of the linear auto-encoder, on all images at once",
    )
    parser.add_argument(
        "--steps", type=count, help="of the two others (default: as `minigan train autoencoder`)"
    )
    parser.add_argument("--json", metavar="F", help="keep every figure there")


def main(arguments: argparse.Namespace) -> None:
    report, data = Report(arguments), datasets.load(arguments.data)
    if data.kind != "images":
        raise SystemExit(
            f"--data {arguments.data}: points have no auto-encoder here (legal: images)"
        )
    print(
        f"\n{data.description}: held-out squared error per pixel, mean and standard deviation of "
        f"{arguments.seeds}"
    )
    print(f"{'k':>4} " + "".join(f"{name:>26}" for name in MODELS))
    for k in arguments.latents:
        found = {
            name: [model(data, k, seed, arguments) for seed in range(arguments.seeds)]
            for name, model in MODELS.items()
        }
        report.keep(f"k={k}", found)
        print(f"{k:4} " + "".join(f"{cell(values):>26}" for values in found.values()))
        pca = [error for error, _ in found["PCA"]]
        shares = {
            name: fmean(e / p for (e, _), p in zip(values, pca, strict=True))
            for name, values in found.items()
        }
        print(
            f"{'':4} " + "".join(f"{f'{share:.3f} of PCA':>26}" for share in shares.values()),
            flush=True,
        )


def cell(values: list[Found]) -> str:
    """The errors, and the numbers that were learned."""
    errors = [error for error, _ in values]
    spread = stdev(errors) if len(errors) > 1 else 0.0
    return f"{fmean(errors):.5f} +-{spread:.5f} {values[0][1]:,}"


def parts(data: Dataset, seed: int) -> tuple[Dataset, Dataset]:
    return datasets.split(data, generator=seed)


def mean_image(data: Dataset, k: int, seed: int, arguments: Any) -> Found:
    """h has no numbers."""
    train, test = (part.scaled(0, 1) for part in parts(data, seed))
    return pca_error(train, test, 0), train[0].size


def pca(data: Dataset, k: int, seed: int, arguments: Any) -> Found:
    """The mean image and k components."""
    train, test = (part.scaled(0, 1) for part in parts(data, seed))
    return pca_error(train, test, k), (k + 1) * train[0].size


def linear(data: Dataset, k: int, seed: int, arguments: Any) -> Found:
    """Trained on all images at once, less their mean, which spares the weights from finding it."""
    train, test = (part.scaled(0, 1, np.float64) for part in parts(data, seed))
    mean = train.mean(axis=0)
    model = MLPAutoencoder(k, data.shape, (), generator=seed).double()
    optimizer = optim.Adam(model.parameters(), 0.02)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, arguments.updates)
    batches = Batches(train - mean, size=len(train), generator=seed)
    training = Reconstruction(model, batches, optimizer, schedule)
    return learn(training, arguments.updates, test - mean)


def perceptron(data: Dataset, k: int, seed: int, arguments: Any) -> Found:
    """Hidden layers of 256 and 128, trained as the convolutional one."""
    return usual(data, k, seed, arguments, MLPAutoencoder(k, data.shape, generator=seed))


def convolutional(data: Dataset, k: int, seed: int, arguments: Any) -> Found:
    """What `minigan train autoencoder` trains."""
    return usual(data, k, seed, arguments, None)


def usual(data: Dataset, k: int, seed: int, arguments: Any, model: Autoencoder | None) -> Found:
    """With the defaults of `minigan train autoencoder`."""
    given = {"data": arguments.data, "latent": k, "seed": seed}
    config: Any = configure(
        "autoencoder", given if arguments.steps is None else {**given, "steps": arguments.steps}
    )
    train, test = parts(data, seed)
    return learn(training_of(config, train, model), config.steps, test.scaled(0, 1))


def learn(training: Reconstruction, steps: int, test: np.ndarray[Any, Any]) -> Found:
    """Train; the held-out error, and how many numbers were learned."""
    with one_blas_thread:
        for _ in training.run(steps):
            pass
    error = ((outputs(training.model, test) - test) ** 2).mean(dtype=np.float64)
    return float(error), sum(p.numel() for p in training.model.parameters())


MODELS: dict[str, Callable[[Dataset, int, int, Any], Found]] = {
    "mean image": mean_image,
    "PCA": pca,
    "linear": linear,
    "perceptron": perceptron,
    "convolutional": convolutional,
}
