"""Multi-layer perceptrons for data that are points: generator, discriminator and encoder for toy
distributions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.models.channels import joined


class Gain(nn.Module):
    """Each number times one of its own, learned, first 1: (N, features) -> (N, features).

    Before an activation it is how steep that is, learned as one number beside the row of weights
    that says where. (Jagtap, Kawaguchi & Karniadakis 2020, Proc. R. Soc. A 476, "Locally adaptive
    activation functions with slope recovery": the slope of each neuron.)
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(np.ones(features, np.float32))

    def forward(self, input: Tensor) -> Tensor:
        """The numbers, each times its gain."""
        return input * self.weight


def _layers(
    sizes: Sequence[int],
    generator: np.random.Generator,
    activation: Callable[[], nn.Module] = nn.ReLU,
    gains: bool = False,
) -> list[nn.Module]:
    """Linear layers of these sizes with activations between them, perhaps each after its gains."""
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers.append(nn.Linear(before, after, generator=generator))
        layers += [Gain(after), activation()] if gains else [activation()]
    return layers[: -2 if gains else -1]


class MLPGenerator(nn.Sequential):
    """h (N, latent) -> points (N, dimensions).

    With `activation` nn.Tanh its function is smooth steps, which modes far apart ask for; with
    `gains` it learns how steep they are, unit by unit.
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
        super().__init__(
            *_layers([latent, *hidden, dimensions], as_generator(generator), activation, gains)
        )


class MLPEncoder(MLPGenerator):
    """Points (N, dimensions) -> h (N, latent), for BiGAN: a generator the other way round."""

    def __init__(
        self,
        latent: int = 256,
        dimensions: int = 2,
        hidden: Sequence[int] = (128, 128),
        *,
        generator: Seed = None,
    ) -> None:
        super().__init__(dimensions, latent, hidden, generator=generator)


class MLPDiscriminator(nn.Sequential):
    """Points (N, dimensions) -> logits (N,): log odds that a point is from the data.

    What is given beside a point, vectors (N, M), counts among the `dimensions`.
    """

    def __init__(
        self,
        dimensions: int = 2,
        hidden: Sequence[int] = (128, 128),
        *,
        generator: Seed = None,
    ) -> None:
        super().__init__(*_layers([dimensions, *hidden, 1], as_generator(generator)))

    def forward(self, input: Tensor, *given: Tensor) -> Tensor:
        """The logits of points, given vectors."""
        logits: Tensor = super().forward(joined(input, *given))
        return logits.squeeze(-1)
