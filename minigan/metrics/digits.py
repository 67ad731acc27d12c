"""Generated images before a judge: a classifier that learned on real ones says what it sees, and
how surely.

A sample counts as recognisable if some class has a probability above 0.9. Recognisable samples of
one class, or copies of the training images, would be worthless, so the classes are counted, the
variety within each is compared with that of real images, and so is the distance to the nearest
training image. What the judge has learned to look at before it decides are the features in which
sets of images are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from minigan import datasets, nn, optim
from minigan.functions import tensor
from minigan.metrics.distances import Array, as_rows, nearest
from minigan.models import Classifier, outputs
from minigan.nn import functional as F

EPOCHS = 20
SURE = 0.9  # probability from which on a class is recognised


def judges(data: datasets.Dataset, seed: int = 0, epochs: int = EPOCHS) -> Iterator[Classifier]:
    """A classifier of labelled images, scaled to [-1, 1], epoch by epoch; the last one is ready.

    Adam, its rate falling to 0, batches of 64. Each batch is moved by up to a pixel, since a digit
    beside its place is the same digit. Raises ValueError for images without labels.
    """
    if data.labels is None:
        raise ValueError(f"judges: data {data.name!r} has no labels to learn from")
    start, order, moves = np.random.default_rng(seed).spawn(3)
    channels, size, _ = data.shape
    model = Classifier(size, channels, int(data.labels.max()) + 1, generator=start)
    batches = data.batches(min(64, len(data)), order)
    optimizer = optim.Adam(model.parameters(), 4e-3)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * batches.per_epoch)
    for _ in range(epochs):
        for _ in range(batches.per_epoch):
            images, labels = next(batches)
            moved = np.roll(images, tuple(moves.integers(-1, 2, 2)), axis=(2, 3))
            loss = F.cross_entropy(model(tensor(moved)), tensor(labels))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        yield model


def train_judge(data: datasets.Dataset, seed: int = 0, epochs: int = EPOCHS) -> Classifier:
    """The last of `judges`."""
    *_, judge = judges(data, seed, epochs)
    return judge


def features(judge: Classifier, images: Array) -> Array:
    """What a judge sees in images (N, C, H, W) in [-1, 1] before it decides: (N, F), F = 4 x its
    last channels.

    Each channel of its last convolution is averaged over the four quarters of the image: little
    enough for means and covariances of some hundred images, and still a place each.
    """
    half = max(1, -(-images.shape[2] // 4) // 2)
    return outputs(nn.Sequential(*judge[:-2], nn.AvgPool2d(half), nn.Flatten()), images)


def classify(judge: Classifier, images: Array) -> tuple[Array, Array]:
    """The class (N,) that a judge sees in each of images (N, C, H, W), and its probability (N,)."""
    chances = tensor(outputs(judge, images)).softmax(1).numpy()
    return chances.argmax(axis=1), chances.max(axis=1)


@dataclass(frozen=True)
class Verdict:
    """What a judge found of one set of images."""

    confident: float  # share of images with a class of probability > 0.9
    classes: int  # that occur
    total_variation: (
        float  # of the class histogram from uniform: 0 is even, 0.9 is one class of ten
    )
    variance: float  # within classes, per pixel
    distance: float  # median L2 distance to the nearest training image
    distinct: float  # share of images that is left without copies
    accuracy: float | None  # of the judge, where the truth is known


def verdict(judge: Classifier, images: Array, known: Array, labels: Array | None = None) -> Verdict:
    """A judge's verdict on images (N, C, H, W); `known` (M, C, H, W) are those it learned from, all
    in [-1, 1].

    Raises ValueError if the images are no images of the shape of the known ones.
    """
    if images.shape[1:] != known.shape[1:]:
        raise ValueError(
            f"verdict: images of shape {images.shape[1:]} (legal: {known.shape[1:]}, as the known "
            "ones)"
        )
    seen, chance = classify(judge, images)
    K = judge[-1].out_features
    shares = np.bincount(seen, minlength=K) / len(images)
    within = sum(
        images[seen == k].var(axis=0).mean() * shares[k] for k in range(K) if shares[k] > 0
    )
    flat, training = as_rows("verdict", images=images, known=known)
    return Verdict(
        confident=float((chance > SURE).mean()),
        classes=int((shares > 0).sum()),
        total_variation=float(np.abs(shares - 1 / K).sum() / 2),
        variance=float(within),
        distance=float(np.median(np.sqrt(nearest(flat, training)))),
        distinct=len(np.unique(flat, axis=0)) / len(flat),
        accuracy=None if labels is None else float((seen == labels).mean()),
    )
