"""Auto-encoders: an encoder maps an image to a vector h, and a decoder maps h back to an image.

The decoder is the mirror of the encoder. There is no activation at h, so its values are not
bounded. The convolutional encoder uses batch norm: without it, training can get stuck at black
images, where the ReLUs are dead and the sigmoid is flat. A variational encoder maps an image to a
normal distribution N(mean, variance) of h (Kingma & Welling 2014); `encoder` then returns the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.models.arguments import check_flags, check_sizes
from minigan.models.mirrored_decoder import mirror


class Autoencoder(nn.Module):
    """Images (N, *shape) -> h (N, latent) by `encoder` -> images by its mirror, `decoder`.

    The last layer of the encoder is linear. The decoder ends with the module `last`, if there is
    one: a sigmoid keeps images in [0, 1]. With `tied`, decoder and encoder share their weights.
    With `variational`, `posterior` returns a normal distribution of h. Raises ValueError and
    TypeError as `mirror` does.

    >>> import minigan
    >>> encoder = nn.Sequential(nn.Flatten(), nn.Linear(16, 2, generator=0))
    >>> model = Autoencoder(encoder, (1, 4, 4), last=None, generator=0)
    >>> model.encoder(minigan.zeros(3, 1, 4, 4)).shape, model(minigan.zeros(3, 1, 4, 4)).shape
    ((3, 2), (3, 1, 4, 4))
    """

    log_variance: nn.Linear | None

    def __init__(
        self,
        encoder: nn.Sequential,
        shape: Sequence[int],
        *,
        last: nn.Module | None,
        tied: bool = False,
        variational: bool = False,
        generator: Seed = None,
    ) -> None:
        super().__init__()
        check_flags("Autoencoder", tied=tied, variational=variational)
        rng, self.shape = as_generator(generator), _shape("Autoencoder", shape)
        self.encoder = encoder
        self.decoder = mirror(encoder, self.shape, tied=tied, last=last, generator=rng)
        head = encoder[-1]
        self.log_variance = (
            nn.Linear(head.in_features, head.out_features, generator=rng) if variational else None
        )

    def forward(self, input: Tensor) -> Tensor:
        """Return the reconstructions of images. Raises ValueError for images of another shape."""
        images: Tensor = self.decoder(self.encoder(self._checked(input)))
        return images

    def posterior(self, input: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean and the log variance of h, both (N, latent), for images (N, *shape).

        Raises RuntimeError if the model is not variational, and ValueError for images of another
        shape.
        """
        if self.log_variance is None:
            raise RuntimeError(
                f"{type(self).__name__}: only a variational model (variational=True) has a "
                "posterior"
            )
        features = self.encoder[:-1](self._checked(input))
        return self.encoder[-1](features), self.log_variance(features)

    def _checked(self, images: Tensor) -> Tensor:
        """Return the images. Raises ValueError if they have another shape than (N, *shape)."""
        if images.shape[1:] != self.shape:
            raise ValueError(
                f"{type(self).__name__}: images of shape {images.shape[1:]} (legal: {self.shape})"
            )
        return images


class ConvAutoencoder(Autoencoder):
    """A convolutional auto-encoder of images (N, channels, size, size) in [0, 1].

    Each convolution halves the size, until it is at most 4. `features` is the number of channels
    after the first one, and doubles with each. `hidden` are the sizes of fully connected layers
    before h, by default none; an h of few numbers needs some, because its map to images must be
    strongly nonlinear. Raises ValueError if the size is below 4 or the latent is not in
    1..channels * size^2.

    >>> import minigan
    >>> ConvAutoencoder(latent=5, size=8, generator=0).encoder(minigan.zeros(3, 1, 8, 8)).shape
    (3, 5)
    """

    def __init__(
        self,
        latent: int = 30,
        size: int = 28,
        channels: int = 1,
        features: int = 16,
        hidden: Sequence[int] = (),
        *,
        tied: bool = False,
        variational: bool = False,
        generator: Seed = None,
    ) -> None:
        name = "ConvAutoencoder"
        integer(name, "size", size, least=4)
        check_sizes(name, hidden=hidden, channels=channels, features=features)
        check_flags(name, tied=tied, variational=variational)
        _check_latent(name, latent, (channels, size, size))
        rng, left, width = as_generator(generator), size, channels
        layers: list[nn.Module] = []
        while left > 4 or not layers:
            wider = 2 * width if layers else features
            conv = nn.Conv2d(width, wider, 4, stride=2, padding=1, bias=False, generator=rng)
            layers += [conv, nn.BatchNorm2d(wider), nn.LeakyReLU(0.2)]
            left, width = left // 2, wider
        encoder = nn.Sequential(
            *layers, nn.Flatten(), *_perceptron((width * left**2, *hidden, latent), rng)
        )
        shape = (channels, size, size)
        super().__init__(
            encoder, shape, last=nn.Sigmoid(), tied=tied, variational=variational, generator=rng
        )


class MLPAutoencoder(Autoencoder):
    """An auto-encoder of images (N, *shape) in [0, 1] by fully connected layers.

    `hidden` are the sizes of the encoder's hidden layers. Without hidden layers the model is linear
    and has no sigmoid at the end, so PCA is the best that it can learn. Raises ValueError if the
    latent is not in 1..numbers of an image.

    >>> import minigan
    >>> MLPAutoencoder(2, (1, 8, 8), generator=0)(minigan.zeros(3, 1, 8, 8)).shape
    (3, 1, 8, 8)
    """

    def __init__(
        self,
        latent: int,
        shape: Sequence[int],
        hidden: Sequence[int] = (256, 128),
        *,
        tied: bool = False,
        variational: bool = False,
        generator: Seed = None,
    ) -> None:
        name = "MLPAutoencoder"
        check_sizes(name, hidden=hidden)
        check_flags(name, tied=tied, variational=variational)
        _check_latent(name, latent, _shape(name, shape))
        rng = as_generator(generator)
        encoder = nn.Sequential(nn.Flatten(), *_perceptron((prod(shape), *hidden, latent), rng))
        last = nn.Sigmoid() if hidden else None
        super().__init__(
            encoder, shape, last=last, tied=tied, variational=variational, generator=rng
        )


def _perceptron(widths: Sequence[int], rng: np.random.Generator) -> list[nn.Module]:
    """Return linear layers between these widths, with a SiLU after each but the last."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(widths):
        layers += [nn.Linear(fan_in, fan_out, generator=rng), nn.SiLU()]
    return layers[:-1]


def _shape(name: str, shape: Any) -> tuple[int, ...]:
    """Return the shape. Raises TypeError or ValueError if it is not a sequence of sizes."""
    if isinstance(shape, str) or not isinstance(shape, Sequence):
        raise TypeError(f"{name}: shape={shape!r} must be a sequence of sizes, such as (1, 28, 28)")
    return tuple(integer(name, f"shape[{i}]", size, least=1) for i, size in enumerate(shape))


def _check_latent(name: str, latent: int, shape: Sequence[int]) -> None:
    """Raise TypeError or ValueError unless the latent is an integer in 1..numbers of an image."""
    if not 1 <= integer(name, "latent", latent) <= prod(shape):
        raise ValueError(
            f"{name}: latent={latent} must be in 1..{prod(shape)}, the numbers of an image "
            f"{tuple(shape)}"
        )
