"""Auto-encoders: an encoder brings an image down to a vector h, its mirror image brings h back to
an image.

The bottleneck has no activation: h may be anywhere. Batch norm keeps a convolutional one away from
the all-dark image, where a sigmoid behind dead ReLUs would stay for good. A variational one makes
of an image not one h but N(mean, variance), a cloud of them (Kingma & Welling 2014); `encoder` then
gives the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.models.mirrored_decoder import mirror


class Autoencoder(nn.Module):
    """Images (N, *shape) -> h (N, latent), by `encoder`, whose last layer is linear -> images, by
    its mirror `decoder`.

    The decoder ends with the module `last`, if any: a sigmoid holds images to [0, 1]. With `tied`,
    decoder and encoder share their weights. With `variational`, `posterior` is a normal
    distribution of h. Raises ValueError and TypeError as `mirror` does.
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
        rng, self.shape = as_generator(generator), tuple(shape)
        self.encoder = encoder
        self.decoder = mirror(encoder, self.shape, tied=tied, last=last, generator=rng)
        head = encoder[-1]
        self.log_variance = (
            nn.Linear(head.in_features, head.out_features, generator=rng) if variational else None
        )

    def forward(self, input: Tensor) -> Tensor:
        """The reconstructions of images; ValueError for images of another shape."""
        images: Tensor = self.decoder(self.encoder(self._checked(input)))
        return images

    def posterior(self, input: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance, both (N, latent), of the h of images.

        RuntimeError if the model is not variational.
        """
        if self.log_variance is None:
            raise RuntimeError(
                f"{type(self).__name__}: posterior is of a variational model (variational=True)"
            )
        features = self.encoder[:-1](self._checked(input))
        return self.encoder[-1](features), self.log_variance(features)

    def _checked(self, images: Tensor) -> Tensor:
        if images.shape[1:] != self.shape:
            raise ValueError(
                f"{type(self).__name__}: images of shape {images.shape[1:]} (legal: {self.shape})"
            )
        return images


class ConvAutoencoder(Autoencoder):
    """Images (N, channels, size, size) in [0, 1] -> h (N, latent) -> images again, by convolutions
    that halve.

    `features` is the number of channels after the first halving; it doubles with each, until at
    most 4 pixels are left. `hidden` are the sizes of fully connected layers before h, by default
    none: an h of few numbers needs a bent space. Raises ValueError if the size is below 4 or the
    latent is not in 1..channels * size^2.
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
        if size < 4:
            raise ValueError(f"ConvAutoencoder: size={size} must be at least 4")
        _check_latent("ConvAutoencoder", latent, (channels, size, size))
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
    """Images (N, *shape) in [0, 1] -> h (N, latent) -> images again, by a perceptron with these
    hidden layers.

    Without hidden layers it is linear, without a sigmoid at the end: what it can learn at best is
    PCA. Raises ValueError if the latent is not in 1..numbers of an image.
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
        _check_latent("MLPAutoencoder", latent, shape)
        rng = as_generator(generator)
        encoder = nn.Sequential(nn.Flatten(), *_perceptron((prod(shape), *hidden, latent), rng))
        last = nn.Sigmoid() if hidden else None
        super().__init__(
            encoder, shape, last=last, tied=tied, variational=variational, generator=rng
        )


def _perceptron(widths: Sequence[int], rng: np.random.Generator) -> list[nn.Module]:
    """Linear layers between these widths, with a smooth activation after each but the last."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(widths):
        layers += [nn.Linear(fan_in, fan_out, generator=rng), nn.SiLU()]
    return layers[:-1]


def _check_latent(name: str, latent: int, shape: Sequence[int]) -> None:
    if not 1 <= latent <= prod(shape):
        raise ValueError(
            f"{name}: latent={latent} must be in 1..{prod(shape)}, the numbers of an image "
            f"{tuple(shape)}"
        )
