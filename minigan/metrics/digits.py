"""Generated digits before a judge: a classifier that learned on real ones says what it sees, and how surely.

A sample counts as recognisable if some class has a probability above 0.9. Recognisable samples of one class, or
copies of the training images, would be worthless, so the classes are counted, the variety within each is compared
with that of real digits, and so is the distance to the nearest training image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan import datasets, nn, optim
from minigan.backend import matmul
from minigan.models import Classifier, outputs
from minigan.nn import functional as F
from minigan.tensor import tensor

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Verdict:
    """What the judge found of one set of images (N, C, H, W) in [-1, 1]."""

    name: str
    images: int
    confident: float  # share of images with a class of probability > 0.9
    classes: int  # that occur
    total_variation: float  # of the class histogram from uniform: 0 is even, 0.9 is one class of ten
    variance: float  # within classes, per pixel
    distance: float  # median L2 distance to the nearest training image
    distinct: float  # share of images that are not equal to another
    accuracy: float | None  # of the judge, where the truth is known


def train_judge(data: datasets.Dataset, seed: int = 0, epochs: int = 20) -> nn.Module:
    """A classifier trained on labelled images, scaled to [-1, 1]: Adam, its rate falling to 0, batches of 64.

    Each batch is moved by up to a pixel, since a digit beside its place is the same digit.

    Raises ValueError for images without labels.
    """
    if data.labels is None:
        raise ValueError(f"train_judge: data {data.name!r} has no labels to learn from")
    start, order, moves = np.random.default_rng(seed).spawn(3)
    channels, size, _ = data.shape
    model = Classifier(size, channels, int(data.labels.max()) + 1, generator=start)
    batches = data.batches(min(64, len(data)), order)
    updates = epochs * batches.per_epoch
    optimizer = optim.Adam(model.parameters(), 4e-3)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)
    for _ in range(updates):
        images, labels = next(batches)
        moved = np.roll(images, tuple(moves.integers(-1, 2, 2)), axis=(2, 3))
        loss = F.cross_entropy(model(tensor(moved)), tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.eval()


def judge_digits(samples: Array, data: datasets.Dataset, seed: int = 0) -> list[Verdict]:
    """The judge's verdicts on held-out real images and on samples, both (N, C, H, W) in [-1, 1].

    The judge learns on four fifths of the data (`datasets.split`), the rest is held out. Raises ValueError if the data
    are points or have no labels, or the samples are no images of their shape.
    """
    if not isinstance(data, datasets.Dataset):
        raise ValueError(f"judge_digits: data {data.name!r} are points; the judge needs images and their labels")
    if samples.shape[1:] != data.shape:
        raise ValueError(f"judge_digits: samples of shape {samples.shape[1:]} are no images of the data's {data.shape}")
    train, test = datasets.split(data)
    judge = train_judge(train, seed)
    known = train.scaled()
    return [
        _verdict("real, held out", test.scaled(), judge, known, test.labels),
        _verdict("generated", samples, judge, known, None),
    ]


def _verdict(name: str, images: Array, judge: nn.Module, known: Array, labels: Array | None) -> Verdict:
    chances = tensor(outputs(judge, images)).softmax(1).numpy()
    seen, K = chances.argmax(axis=1), chances.shape[1]
    shares = np.bincount(seen, minlength=K) / len(images)
    within = sum(images[seen == k].var(axis=0).mean() * shares[k] for k in range(K) if shares[k] > 0)
    flat = images.reshape(len(images), -1)
    return Verdict(
        name,
        len(images),
        float((chances.max(axis=1) > 0.9).mean()),
        int((shares > 0).sum()),
        float(np.abs(shares - 1 / K).sum() / 2),
        float(within),
        float(np.median(nearest(flat, known.reshape(len(known), -1)))),
        len(np.unique(flat, axis=0)) / len(flat),
        None if labels is None else float((seen == labels).mean()),
    )


def nearest(a: Array, b: Array) -> Array:
    """The L2 distance of each row of a (N, D) to the nearest row of b (M, D), shape (N,)."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    squares = (a**2).sum(axis=1)[:, None] - 2 * matmul(a, b.T) + (b**2).sum(axis=1)
    distances: Array = np.sqrt(np.maximum(squares.min(axis=1), 0))
    return distances


def report(verdicts: list[Verdict]) -> str:
    """The verdicts as a table, a column each."""
    rows = [
        ("images", [f"{v.images}" for v in verdicts]),
        ("a class with probability > 0.9", [f"{v.confident:.1%}" for v in verdicts]),
        ("classes that occur", [f"{v.classes}" for v in verdicts]),
        ("histogram, total variation from even", [f"{v.total_variation:.3f}" for v in verdicts]),
        ("variance within classes, per pixel", [f"{v.variance:.4f}" for v in verdicts]),
        ("median distance to nearest training image", [f"{v.distance:.2f}" for v in verdicts]),
        ("distinct images", [f"{v.distinct:.1%}" for v in verdicts]),
        ("accuracy of the judge", ["-" if v.accuracy is None else f"{v.accuracy:.1%}" for v in verdicts]),
    ]
    lines = [f"{'':42}" + "".join(f"{v.name:>18}" for v in verdicts)]
    return "\n".join(lines + [f"{name:42}" + "".join(f"{cell:>18}" for cell in cells) for name, cells in rows])
