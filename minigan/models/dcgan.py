"""DCGAN (Radford, Metz & Chintala 2015): transposed convolutions in G, convolutions in D.

Kernels are 4x4 with stride 2 and padding 1. The stride divides the kernel size, so each pixel in
the interior of a generated image is covered by the same number of taps, and sizes double (or halve)
exactly. The first layer of G maps the 1x1 latent to 4x4 pixels.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.models.arguments import check_layer, check_sizes
from minigan.models.channels import joined

Normalize = Callable[[int], nn.Module]


def _doublings(model: str, size: int) -> int:
    """Return how many times 4 pixels must be doubled to reach the size."""
    if integer(model, "size", size) not in (16, 32, 64, 128):
        raise ValueError(
            f"{model}: size={size!r} is not an image size of this model (legal: 16, 32, 64, 128)"
        )
    return (size // 4).bit_length() - 1


def dcgan_init(model: nn.Module, generator: np.random.Generator) -> None:
    """Initialize as in the paper: weights from N(0, 0.02^2), scales from N(1, 0.02^2), biases 0.

    The scales are those of batch norm. Sources: Radford, Metz & Chintala 2015, section 4, and for
    the scales the DCGAN code in Torch.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, 0.02, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif (
            isinstance(module, nn.BatchNorm2d)
            and module.weight is not None
            and module.bias is not None
        ):
            nn.init.normal_(module.weight, 1.0, 0.02, generator=generator)
            nn.init.zeros_(module.bias)


class DCGANGenerator(nn.Sequential):
    """Maps h (N, latent) or (N, latent, 1, 1) to images (N, channels, size, size) in [-1, 1].

    `features` is the number of channels before the last layer; it doubles with each layer towards
    h. `normalize(channels)` makes the layer after each convolution but the last: by default batch
    norm; None for none. Raises ValueError unless size is 16, 32, 64 or 128.

    >>> import minigan
    >>> DCGANGenerator(latent=10, size=16, features=4, generator=0)(minigan.zeros(2, 10)).shape
    (2, 1, 16, 16)
    """

    def __init__(
        self,
        latent: int = 100,
        size: int = 32,
        channels: int = 1,
        features: int = 32,
        *,
        normalize: Normalize | None = nn.BatchNorm2d,
        generator: Seed = None,
    ) -> None:
        name = "DCGANGenerator"
        check_sizes(name, latent=latent, channels=channels, features=features)
        if normalize is not None:
            check_layer(name, "normalize", normalize)
        rng, bias = as_generator(generator), normalize is None
        width = features * 2 ** (_doublings(name, size) - 1)

        def block(before: int, after: int, stride: int, padding: int) -> list[nn.Module]:
            """Return a transposed convolution, its normalization and a ReLU."""
            layer = nn.ConvTranspose2d(
                before, after, 4, stride=stride, padding=padding, bias=bias, generator=rng
            )
            return [layer, nn.ReLU()] if normalize is None else [layer, normalize(after), nn.ReLU()]

        layers = block(latent, width, 1, 0)  # 1 -> 4
        while width > features:
            layers += block(width, width // 2, 2, 1)
            width //= 2
        layers += [
            nn.ConvTranspose2d(width, channels, 4, stride=2, padding=1, bias=False, generator=rng),
            nn.Tanh(),
        ]
        super().__init__(*layers)
        dcgan_init(self, rng)

    def forward(self, input: Tensor) -> Tensor:
        """Return the images of latent vectors."""
        images: Tensor = super().forward(
            input.reshape(*input.shape, 1, 1) if input.ndim == 2 else input
        )
        return images


def layer_norm(channels: int) -> nn.Module:
    """Return layer norm for images: over all numbers of one sample.

    Unlike batch norm it does not mix the samples of a batch.

    >>> layer_norm(8).num_groups
    1
    """
    return nn.GroupNorm(1, channels)


def _halvings(
    model: str,
    size: int,
    widths: tuple[int, int, int],
    normalize: Normalize | None,
    rng: np.random.Generator,
) -> list[nn.Module]:
    """Return convolutions from images of `size` to 1x1.

    `widths` are the channels of the image, of the first layer and of the last layer.
    """
    channels, width, last = widths
    check_sizes(model, channels=channels, features=width, latent=last)
    if normalize is not None:
        check_layer(model, "normalize", normalize)
    layers: list[nn.Module] = [
        nn.Conv2d(channels, width, 4, stride=2, padding=1, bias=False, generator=rng),
        nn.LeakyReLU(0.2),
    ]
    for _ in range(_doublings(model, size) - 1):
        layers.append(
            nn.Conv2d(
                width, 2 * width, 4, stride=2, padding=1, bias=normalize is None, generator=rng
            )
        )
        layers += [] if normalize is None else [normalize(2 * width)]
        layers.append(nn.LeakyReLU(0.2))
        width *= 2
    return [
        *layers,
        nn.Conv2d(width, last, 4, stride=1, padding=0, bias=False, generator=rng),
    ]  # 4 -> 1


class DCGANDiscriminator(nn.Sequential):
    """Maps images (N, channels, size, size) to logits (N,): the log odds that an image is real.

    Conditions (N, M) are joined to the image as M more channels, and count among `channels`.
    `normalize(channels)` makes the layer after each inner convolution: by default batch norm; use
    `layer_norm` with a penalty on D's gradients; None for none. Raises ValueError unless size is
    16, 32, 64 or 128.

    >>> import minigan
    >>> DCGANDiscriminator(size=16, features=4, generator=0)(minigan.zeros(2, 1, 16, 16)).shape
    (2,)
    """

    def __init__(
        self,
        size: int = 32,
        channels: int = 1,
        features: int = 32,
        *,
        normalize: Normalize | None = nn.BatchNorm2d,
        generator: Seed = None,
    ) -> None:
        rng = as_generator(generator)
        super().__init__(
            *_halvings("DCGANDiscriminator", size, (channels, features, 1), normalize, rng),
            nn.Flatten(0),
        )  # (N, 1, 1, 1) -> (N,)
        dcgan_init(self, rng)

    def forward(self, input: Tensor, *conditions: Tensor) -> Tensor:
        """Return the logits of images, with their conditions."""
        logits: Tensor = super().forward(joined(input, *conditions))
        return logits


class DCGANEncoder(nn.Sequential):
    """Maps images (N, channels, size, size) to h (N, latent): the encoder of a BiGAN.

    It is a discriminator with `latent` outputs. Raises ValueError unless size is 16, 32, 64 or 128.

    >>> import minigan
    >>> DCGANEncoder(10, size=16, features=4, generator=0)(minigan.zeros(2, 1, 16, 16)).shape
    (2, 10)
    """

    def __init__(
        self,
        latent: int = 100,
        size: int = 32,
        channels: int = 1,
        features: int = 32,
        *,
        normalize: Normalize | None = nn.BatchNorm2d,
        generator: Seed = None,
    ) -> None:
        rng = as_generator(generator)
        super().__init__(
            *_halvings("DCGANEncoder", size, (channels, features, latent), normalize, rng),
            nn.Flatten(1),
        )  # (N, latent, 1, 1) -> (N, latent)
        dcgan_init(self, rng)
