"""Multi-layer perceptrons for points: generator, discriminator and encoder of toy distributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.models.arguments import check_flags, check_layer, check_sizes
from minigan.models.channels import joined


class Gain(nn.Module):
    """Multiplies each feature by a learned gain, initially 1: (N, features) -> (N, features).

    Before an activation the gain sets the slope of that unit. Source: Jagtap, Kawaguchi &
    Karniadakis 2020, Proc. R. Soc. A 476, "Locally adaptive activation functions with slope
    recovery".

    >>> import minigan
    >>> Gain(3)(minigan.ones(2, 3)).shape
    (2, 3)
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        size = integer("Gain", "features", features, least=1)
        self.weight = nn.Parameter(np.ones(size, np.float32))

    def forward(self, input: Tensor) -> Tensor:
        """Return the features, each times its gain."""
        return input * self.weight


def _layers(
    sizes: Sequence[int],
    generator: np.random.Generator,
    activation: Callable[[], nn.Module] = nn.ReLU,
    gains: bool = False,
) -> list[nn.Module]:
    """Return linear layers with activations between them; with `gains`, a Gain before each."""
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers.append(nn.Linear(before, after, generator=generator))
        layers += [Gain(after), activation()] if gains else [activation()]
    return layers[: -2 if gains else -1]


class MLPGenerator(nn.Sequential):
    """Maps h (N, latent) to points (N, dimensions).

    With `activation=nn.Tanh` the map is a sum of smooth steps, which suits modes that are far
    apart. With `gains` the slope of each unit is learned.

    >>> import minigan
    >>> MLPGenerator(latent=3, dimensions=2, generator=0)(minigan.zeros(5, 3)).shape
    (5, 2)
    """

    def __init__(
        self,
        latent: int = 256,
        dimensions: int = 2,
        hidden: Sequence[int] = (128, 128),
        activation: Callable[[], nn.Module] = nn.ReLU,
        gains: bool = False,
        *,
        generator: Seed = None,
    ) -> None:
        check_sizes("MLPGenerator", hidden=hidden, latent=latent, dimensions=dimensions)
        check_layer("MLPGenerator", "activation", activation)
        check_flags("MLPGenerator", gains=gains)
        super().__init__(
            *_layers([latent, *hidden, dimensions], as_generator(generator), activation, gains)
        )


class MLPEncoder(MLPGenerator):
    """Maps points (N, dimensions) to h (N, latent): the encoder of a BiGAN.

    >>> import minigan
    >>> MLPEncoder(latent=3, dimensions=2, generator=0)(minigan.zeros(5, 2)).shape
    (5, 3)
    """

    def __init__(
        self,
        latent: int = 256,
        dimensions: int = 2,
        hidden: Sequence[int] = (128, 128),
        *,
        generator: Seed = None,
    ) -> None:
        check_sizes("MLPEncoder", hidden=hidden, latent=latent, dimensions=dimensions)
        super().__init__(dimensions, latent, hidden, generator=generator)


class MLPDiscriminator(nn.Sequential):
    """Maps points (N, dimensions) to logits (N,): the log odds that a point is real.

    Conditions (N, M) are joined to the point, and count among `dimensions`.

    >>> import minigan
    >>> MLPDiscriminator(dimensions=2, generator=0)(minigan.zeros(5, 2)).shape
    (5,)
    """

    def __init__(
        self,
        dimensions: int = 2,
        hidden: Sequence[int] = (128, 128),
        *,
        generator: Seed = None,
    ) -> None:
        check_sizes("MLPDiscriminator", hidden=hidden, dimensions=dimensions)
        super().__init__(*_layers([dimensions, *hidden, 1], as_generator(generator)))

    def forward(self, input: Tensor, *conditions: Tensor) -> Tensor:
        """Return the logits of points, with their conditions."""
        logits: Tensor = super().forward(joined(input, *conditions))
        return logits.squeeze(-1)
