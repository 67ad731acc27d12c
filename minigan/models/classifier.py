"""A small convolutional classifier of digits: the judge of what a generator draws."""

from __future__ import annotations

import numpy as np

from minigan import nn
from minigan.backend import as_generator


class Classifier(nn.Sequential):
    """Images (N, channels, size, size) -> logits (N, classes), by two 5x5 convolutions that halve the image."""

    def __init__(
        self,
        size: int = 28,
        channels: int = 1,
        classes: int = 10,
        features: int = 16,
        *,
        generator: np.random.Generator | int | None = None,
    ) -> None:
        rng, quarter = as_generator(generator), -(-size // 4)
        super().__init__(
            nn.Conv2d(channels, features, 5, stride=2, padding=2, generator=rng),
            nn.ReLU(),
            nn.Conv2d(features, 2 * features, 5, stride=2, padding=2, generator=rng),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * features * quarter**2, classes, generator=rng),
        )
