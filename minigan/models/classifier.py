"""A small convolutional classifier of digits: the judge of what a generator draws."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from minigan import nn
from minigan.backend import Seed, as_generator


class Classifier(nn.Sequential):
    """Images (N, channels, size, size) -> logits (N, classes), by two 5x5 convolutions that halve
    the image.

    `hidden` are the sizes of fully connected layers before the logits, by default none. With
    `norm`, batch norm follows every layer but the last.
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
