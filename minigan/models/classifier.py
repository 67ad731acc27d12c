"""A small convolutional classifier of images, and its training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from minigan import nn, optim
from minigan.backend import Seed, as_generator
from minigan.datasets import Batches
from minigan.functions import tensor
from minigan.models.arguments import check_flags, check_sizes
from minigan.nn import functional as F


class Classifier(nn.Sequential):
    """Images (N, channels, size, size) -> logits (N, classes), by two 5x5 convolutions of stride 2.

    `hidden` are the sizes of fully connected layers before the logits, by default none. With
    `norm`, batch norm follows every layer but the last. Raises TypeError or ValueError if a size is
    not an integer of at least 1.

    >>> import minigan
    >>> Classifier(size=8, generator=0)(minigan.zeros(3, 1, 8, 8)).shape
    (3, 10)
    """

    def __init__(
        self,
        size: int = 28,
        channels: int = 1,
        classes: int = 10,
        features: int = 16,
        hidden: Sequence[int] = (),
        norm: bool = False,
        *,
        generator: Seed = None,
    ) -> None:
        name = "Classifier"
        check_sizes(
            name, hidden=hidden, size=size, channels=channels, classes=classes, features=features
        )
        check_flags(name, norm=norm)
        rng = as_generator(generator)
        layers: list[nn.Module] = []
        for fan_in, fan_out in ((channels, features), (features, 2 * features)):
            layers += [nn.Conv2d(fan_in, fan_out, 5, stride=2, padding=2, generator=rng)]
            layers += [nn.BatchNorm2d(fan_out), nn.ReLU()] if norm else [nn.ReLU()]
        widths = (2 * features * (-(-size // 4)) ** 2, *hidden)
        layers.append(nn.Flatten())
        for fan_in, fan_out in pairwise(widths):
            layers += [nn.Linear(fan_in, fan_out, generator=rng)]
            layers += [nn.BatchNorm1d(fan_out), nn.ReLU()] if norm else [nn.ReLU()]
        super().__init__(*layers, nn.Linear(widths[-1], classes, generator=rng))


def train_classifier(
    model: nn.Module,
    batches: Batches,
    epochs: int,
    lr: float,
    shifts: np.random.Generator | None = None,
) -> Iterator[float]:
    """Train a classifier on batches (images, labels), and yield the loss of each update.

    The loss is the cross-entropy of the logits, in nats. Adam's learning rate falls from `lr` to 0
    by half a cosine. With `shifts`, each batch is shifted by a random -1, 0 or 1 pixel along both
    axes, because a shifted digit is the same digit.

    >>> from minigan.datasets import digits8
    >>> model, data = Classifier(size=8, generator=0), digits8()
    >>> losses = list(train_classifier(model, data.batches(64, 1), epochs=2, lr=4e-3))
    >>> len(losses), losses[0] > 2, losses[-1] < 0.5
    (56, True, True)
    """
    like = next(iter(model.parameters()))
    updates = epochs * batches.per_epoch
    optimizer = optim.Adam(model.parameters(), lr)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)
    for _ in range(updates):
        images, labels = next(batches)
        if shifts is not None:
            images = np.roll(images, tuple(shifts.integers(-1, 2, 2)), axis=(2, 3))
        logits = model(tensor(images, device=like.device))
        loss = F.cross_entropy(logits, tensor(labels, device=like.device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        yield loss.item()
