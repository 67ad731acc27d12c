"""Everything there is to measure of a GAN's samples, with real ones measured the same way beside
them.

Which figures there are follows the data: the modes of a mixture are known; images with labels teach
a judge, whose features are compared; of other images the pixels are.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from tqdm import tqdm

from minigan import datasets, metrics
from minigan.metrics import Finding
from minigan.metrics.digits import EPOCHS, SURE
from minigan.models import Classifier
from minigan.runs.directory import RunError
from minigan.runs.gan import GANTask, sample
from minigan.runs.task import Array

_AT_ONCE = 1000  # stacks of digits


def usual_count(task: GANTask) -> int:
    """As many samples as the published protocols take: 26,000 stacks of digits, 2,500 points; 1,000
    other images.
    """
    if isinstance(task.data, datasets.Mixture):
        return 2500
    return 26_000 if _stacked(task.data) else 1000


def compared_count(task: GANTask, count: int) -> int:
    """How many of `count` samples are compared as a set: all points, 1000 stacks, as many images as
    are held out.

    Raises RunError for too few images.
    """
    data = task.data
    if isinstance(data, datasets.Mixture):
        return count
    require_enough(data)
    return min(count, _AT_ONCE if _stacked(data) else len(datasets.split(data)[1]))


def evaluate(task: GANTask, count: int, seed: int = 0) -> Iterator[Finding]:
    """The findings of `count` new samples, one by one as they are made; what takes long shows its
    progress.

    Sets of samples are compared in `compared_count` of them. Raises RunError for too few images.
    """
    data, compared = task.data, compared_count(task, count)
    if isinstance(data, datasets.Mixture):
        return _of_points(task, data, count, seed)
    if _stacked(data):
        return _of_stacks(task, count, seed)
    if data.labels is None:
        return _of_pixels(task, data, compared, seed)
    return _of_images(task, data, count, compared, seed)


def require_enough(data: datasets.Dataset) -> None:
    """RunError for fewer images than 20, of which 4 are held out."""
    if len(data) < 20:
        raise RunError(
            f"{data.name}: {len(data)} images are too few to hold some out (legal: at least 20)"
        )


def _stacked(data: datasets.Dataset) -> bool:
    return data.name == "stacked-mnist5k"


def _of_points(task: GANTask, data: datasets.Mixture, count: int, seed: int) -> Iterator[Finding]:
    points, first, second, chance = sample(task, count, seed), *np.random.default_rng(seed).spawn(3)
    reference, real = data.sample(count, first), data.sample(count, second)
    yield from metrics.of_modes(metrics.count_modes(real, data), metrics.count_modes(points, data))
    yield from metrics.compare(reference, real, points, generator=chance)


def _of_pixels(task: GANTask, data: datasets.Dataset, n: int, seed: int) -> Iterator[Finding]:
    known, real = (part.scaled() for part in datasets.split(data))
    yield from metrics.compare(known[:n], real[:n], sample(task, n, seed), generator=seed)


def _of_images(
    task: GANTask, data: datasets.Dataset, count: int, compared: int, seed: int
) -> Iterator[Finding]:
    train, test = datasets.split(data)
    judge = judge_of(train, seed)
    known, real, images = train.scaled(), test.scaled(), sample(task, count, seed)
    yield from metrics.of_verdicts(
        metrics.verdict(judge, real, known, test.labels), metrics.verdict(judge, images, known)
    )
    seen = [metrics.features(judge, part[:compared]) for part in (known, real, images)]
    yield from metrics.compare(*seen, features=True, generator=seed)


def _of_stacks(task: GANTask, count: int, seed: int) -> Iterator[Finding]:
    """Each channel goes before a judge of single digits; the real stacks are of digits that it has
    not seen.
    """
    train, test = datasets.split(datasets.mnist5k().resized(task.data.shape[1]))
    judge = judge_of(train, seed)
    noise, draws, chance = np.random.default_rng(seed).spawn(3)
    parts = []
    for start in tqdm(
        range(0, count, _AT_ONCE),
        desc="stacks before the judge",
        unit=f" x {_AT_ONCE}",
        leave=False,
    ):
        stacks = sample(task, min(_AT_ONCE, count - start), noise)
        parts.append(
            metrics.classify(judge, stacks.reshape(-1, 1, *stacks.shape[2:]))
        )  # (3N, 1, H, W)
        if start == 0:
            generated = stacks
    real, rows = metrics.classify(judge, test.scaled()), draws.integers(len(test), size=(count, 3))
    seen, chances = (
        np.concatenate(both).reshape(-1, 3) for both in zip(*parts, strict=True)
    )  # (N, 3)
    yield from metrics.of_modes(
        metrics.count_stacked(real[0][rows], real[1][rows] > SURE),
        metrics.count_stacked(seen, chances > SURE),
        f"three digits of probability > {SURE}",
    )
    n = len(generated)
    sets = [datasets.stack_digits(digits, n, draws).scaled() for digits in (train, test)]
    yield from metrics.compare(
        *(_by_channel(judge, s) for s in (*sets, generated)), features=True, generator=chance
    )


def _by_channel(judge: Classifier, stacks: Array) -> Array:
    """The judge's features of all three channels: (N, 3F)."""
    N, C, H, W = stacks.shape
    return metrics.features(judge, stacks.reshape(N * C, 1, H, W)).reshape(
        N, -1
    )  # (NC, F) -> (N, CF)


def judge_of(train: datasets.Dataset, seed: int) -> Classifier:
    """A judge that has learned from these images, epoch by epoch before the user's eyes."""
    judge: Classifier
    *_, judge = tqdm(
        metrics.judges(train, seed, EPOCHS), "a judge learns", EPOCHS, unit="epoch", leave=False
    )
    return judge
