"""Measure the samples of a GAN, with real samples measured in the same way beside them.

The data decide what is measured. The modes of a mixture are known and are counted. Images with
labels train a judge, whose features are compared. Images without labels, or with labels of more
than 1000 classes, are compared by pixels.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from minigan import datasets, metrics
from minigan.metrics import Finding
from minigan.metrics.judge import CONFIDENT, EPOCHS
from minigan.models import Classifier
from minigan.progress import progress
from minigan.runs.data import MOST_CLASSES, square_images
from minigan.runs.directory import RunError
from minigan.runs.gan import GANTask, sample
from minigan.runs.task import Array

USUAL_COUNTS = {"images": 1000, "points": 2500, "stacks": 26_000}  # the last two as published
_AT_ONCE = 1000  # stacks of digits


def usual_count(task: GANTask) -> int:
    """Return how many samples are measured by default; it depends on the data.

    Published results are of 2,500 points and 26,000 stacks of digits (Srivastava et al. 2017,
    VEEGAN; Lin et al. 2018, PacGAN).
    """
    if task.data.kind == "images" and task.data.stack_of:
        return USUAL_COUNTS["stacks"]
    return USUAL_COUNTS[task.data.kind]


def compared_count(task: GANTask, count: int) -> int:
    """Return how many of `count` samples are compared as a set.

    These are all points, at most 1000 stacks, and of other images at most as many as are held out.
    Raises RunError if there are fewer than 20 images.
    """
    data = task.data
    if data.kind == "points":
        return count
    require_enough(data)
    return min(count, _AT_ONCE if data.stack_of else len(datasets.split(data)[1]))


def evaluate(task: GANTask, count: int, seed: int = 0) -> Iterator[Finding]:
    """Yield the findings of `count` new samples, each as soon as it is known.

    Sets of samples are compared with `compared_count` members. Raises RunError if there are fewer
    than 20 images.
    """
    data, compared = task.data, compared_count(task, count)
    if data.kind == "points":
        return _of_points(task, data, count, seed)
    if data.stack_of:
        return _of_stacks(task, data, count, seed)
    if data.labels is None or data.class_count > MOST_CLASSES:
        return _of_pixels(task, data, compared, seed)
    return _of_images(task, data, count, compared, seed)


def require_enough(data: datasets.Dataset) -> None:
    """Raise RunError if there are fewer than 20 images, of which 4 are held out."""
    if len(data) < 20:
        raise RunError(
            f"{data.name}: {len(data)} images are too few to hold some out (legal: at least 20)"
        )


def _of_points(task: GANTask, data: datasets.Mixture, count: int, seed: int) -> Iterator[Finding]:
    points, first, second, chance = sample(task, count, seed), *np.random.default_rng(seed).spawn(3)
    reference, real = data.sample(count, first), data.sample(count, second)
    yield from metrics.of_modes(metrics.count_modes(real, data), metrics.count_modes(points, data))
    yield from metrics.compare(reference, real, points, generator=chance)


def _of_pixels(task: GANTask, data: datasets.Dataset, n: int, seed: int) -> Iterator[Finding]:
    reference, real = (part.scaled() for part in datasets.split(data))
    yield from metrics.compare(reference[:n], real[:n], sample(task, n, seed), generator=seed)


def _of_images(
    task: GANTask, data: datasets.Dataset, count: int, compared: int, seed: int
) -> Iterator[Finding]:
    train, test = datasets.split(data)
    judge = judge_of(train, seed)
    reference, real, images = train.scaled(), test.scaled(), sample(task, count, seed)
    yield from metrics.of_verdicts(
        metrics.verdict(judge, real, reference, test.labels),
        metrics.verdict(judge, images, reference),
    )
    features = [metrics.features(judge, part[:compared]) for part in (reference, real, images)]
    yield from metrics.compare(*features, features=True, generator=seed)


def _of_stacks(task: GANTask, data: datasets.Dataset, count: int, seed: int) -> Iterator[Finding]:
    """Yield the findings of stacked digits.

    A judge of single digits classifies each channel. The real stacks are made of digits that the
    judge has not seen.
    """
    train, test = datasets.split(square_images(data.stack_of).resized(data.shape[1]))
    judge = judge_of(train, seed)
    noise, draws, chance = np.random.default_rng(seed).spawn(3)
    starts = range(0, count, _AT_ONCE)
    parts = []
    for start in progress(starts, "classify stacks", unit=f" x {_AT_ONCE}", stays=False):
        stacks = sample(task, min(_AT_ONCE, count - start), noise)
        digits = stacks.reshape(-1, 1, *stacks.shape[2:])  # (N, 3, H, W) -> (3N, 1, H, W)
        parts.append(metrics.classify(judge, digits))
        if start == 0:
            generated = stacks
    real, rows = metrics.classify(judge, test.scaled()), draws.integers(len(test), size=(count, 3))
    classes, probabilities = (
        np.concatenate(part).reshape(-1, 3) for part in zip(*parts, strict=True)
    )  # (3N,) -> (N, 3)
    yield from metrics.of_modes(
        metrics.count_stacked(real[0][rows], real[1][rows] > CONFIDENT),
        metrics.count_stacked(classes, probabilities > CONFIDENT),
        f"three digits of probability > {CONFIDENT}",
    )
    n = len(generated)
    sets = [datasets.stack_digits(part, n, draws).scaled() for part in (train, test)]
    features = [_by_channel(judge, part) for part in (*sets, generated)]
    yield from metrics.compare(*features, features=True, generator=chance)


def _by_channel(judge: Classifier, stacks: Array) -> Array:
    """Return the judge's features (N, 3F) of all three channels of stacks (N, 3, H, W)."""
    N, C, H, W = stacks.shape
    features = metrics.features(judge, stacks.reshape(N * C, 1, H, W))
    return features.reshape(N, -1)  # (NC, F) -> (N, CF)


def judge_of(train: datasets.Dataset, seed: int) -> Classifier:
    """Return a classifier trained on these images; a progress bar shows its epochs."""
    judge: Classifier
    epochs = metrics.judge_epochs(train, seed, EPOCHS)
    *_, judge = progress(epochs, "train a judge", EPOCHS, unit="epoch", stays=False)
    return judge
