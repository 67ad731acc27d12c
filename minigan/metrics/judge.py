"""A judge is a classifier that was trained on real images; it classifies generated ones.

An image counts as recognised if one class has a probability above 0.9. Recognised images alone
would be worth little if they were all of one class, or copies of the training images. So the
classes are counted, the variance within each class is compared with that of real images, and so is
the distance to the nearest training image. The activations of the judge's last convolution are the
features in which sets of images are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from minigan import datasets, nn
from minigan.functions import tensor
from minigan.metrics.distances import Array, as_rows, nearest
from minigan.models import Classifier, outputs, train_classifier

EPOCHS = 20
CONFIDENT = 0.9  # a class with a larger probability is recognised


def judge_epochs(
    data: datasets.Dataset, seed: int = 0, epochs: int = EPOCHS
) -> Iterator[Classifier]:
    """Train a classifier of labelled images, and yield it after each epoch; the last one is ready.

    Images are scaled to [-1, 1] and shifted by up to one pixel, in batches of 64. Adam's learning
    rate falls from 0.004 to 0. Raises ValueError for images without labels.
    """
    if data.labels is None:
        raise ValueError(f"judge_epochs: data {data.name!r} has no labels to learn from")
    start, order, shifts = np.random.default_rng(seed).spawn(3)
    channels, size, _ = data.shape
    model = Classifier(size, channels, data.class_count, generator=start)
    batches = data.batches(min(64, len(data)), order)
    for number, _ in enumerate(train_classifier(model, batches, epochs, 4e-3, shifts), 1):
        if number % batches.per_epoch == 0:
            yield model


def train_judge(data: datasets.Dataset, seed: int = 0, epochs: int = EPOCHS) -> Classifier:
    """Return the classifier that `judge_epochs` has trained in all its epochs.

    Raises ValueError for images without labels.

    >>> judge = train_judge(datasets.digits8().take(range(200)), epochs=1)
    >>> judge[-1].out_features
    10
    """
    *_, judge = judge_epochs(data, seed, epochs)
    return judge


def features(judge: Classifier, images: Array) -> Array:
    """Return the features (N, F) of images (N, C, H, W) in [-1, 1], F = 4 x the last channels.

    Each channel of the judge's last convolution is averaged over the four quarters of the image.
    That is few enough numbers for means and covariances of some hundred images, and still keeps
    the place.

    >>> features(Classifier(size=8, generator=0), np.zeros((5, 1, 8, 8), np.float32)).shape
    (5, 128)
    """
    half = max(1, -(-images.shape[2] // 4) // 2)
    return outputs(nn.Sequential(*judge[:-2], nn.AvgPool2d(half), nn.Flatten()), images)


def classify(judge: Classifier, images: Array) -> tuple[Array, Array]:
    """Return the most probable class (N,) of images (N, C, H, W), and its probability (N,).

    >>> found, p = classify(Classifier(size=8, generator=0), np.zeros((5, 1, 8, 8), np.float32))
    >>> found.shape, p.shape
    ((5,), (5,))
    """
    probabilities = tensor(outputs(judge, images)).softmax(1).numpy()
    return probabilities.argmax(axis=1), probabilities.max(axis=1)


@dataclass(frozen=True)
class Verdict:
    """What a judge finds in a set of images.

    `confident` is the fraction of images with a class of probability > 0.9, `classes` the number of
    classes that occur. `total_variation` is the distance of the class histogram from uniform: 0 if
    all classes are as frequent, 0.9 if one class of ten occurs alone. `variance` is the variance
    within classes, per pixel. `distance` is the median L2 distance to the nearest training image.
    `distinct` is the number of different images over the number of images. `accuracy` is that of
    the judge, if the labels are known.
    """

    confident: float
    classes: int
    total_variation: float
    variance: float
    distance: float
    distinct: float
    accuracy: float | None


def verdict(judge: Classifier, images: Array, known: Array, labels: Array | None = None) -> Verdict:
    """Return a judge's verdict on images (N, C, H, W), `known` (M, C, H, W) its training images.

    All images are in [-1, 1]; `labels` (N,) are the true classes, if they are known. Raises
    ValueError if images and known images differ in shape.

    >>> images = datasets.digits8().scaled()[:20]
    >>> verdict(Classifier(size=8, generator=0), images, images).distance  # all are copies
    0.0
    """
    if images.shape[1:] != known.shape[1:]:
        raise ValueError(
            f"verdict: images of shape {images.shape[1:]} (legal: {known.shape[1:]}, as the known "
            "ones)"
        )
    found, probability = classify(judge, images)
    K = judge[-1].out_features
    frequencies = np.bincount(found, minlength=K) / len(images)
    within = sum(
        images[found == k].var(axis=0).mean() * frequencies[k]
        for k in range(K)
        if frequencies[k] > 0
    )
    flat, training = as_rows("verdict", images=images, known=known)
    return Verdict(
        confident=float((probability > CONFIDENT).mean()),
        classes=int((frequencies > 0).sum()),
        total_variation=float(np.abs(frequencies - 1 / K).sum() / 2),
        variance=float(within),
        distance=float(np.median(np.sqrt(nearest(flat, training)))),
        distinct=len(np.unique(flat, axis=0)) / len(flat),
        accuracy=None if labels is None else float((found == labels).mean()),
    )
