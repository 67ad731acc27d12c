"""DCGAN (Radford, Metz & Chintala 2015): a generator of transposed convolutions, a discriminator
that mirrors it.

Every kernel is 4x4 with stride 2 and padding 1: stride divides kernel, so the interior of what the
generator paints is covered evenly, and sizes double (or halve) exactly. The first layer paints 4x4
pixels from the 1x1 latent.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.models.channels import joined

Normalize = Callable[[int], nn.Module]


def _doublings(model: str, size: int) -> int:
    """How many times 4 pixels double to reach the size."""
    if size not in (16, 32, 64, 128):
        raise ValueError(
            f"{model}: size={size!r} is not an image size of this model (legal: 16, 32, 64, 128)"
        )
    return (size // 4).bit_length() - 1


def dcgan_init(model: nn.Module, generator: np.random.Generator) -> None:
    """The paper's start: weights from N(0, 0.02^2), batch norm's scale from N(1, 0.02^2), biases
    0.
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
    """h (N, latent) or (N, latent, 1, 1) -> images (N, channels, size, size) in [-1, 1].

    `features` is the number of channels before the last layer; it doubles with every halving of the
    size. `normalize` makes what follows every other layer from its number of channels: batch norm,
    or None. Raises ValueError for a size that 4 pixels do not double to.
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
        rng, bias = as_generator(generator), normalize is None
        width = features * 2 ** (_doublings("DCGANGenerator", size) - 1)

        def paint(before: int, after: int, stride: int, padding: int) -> list[nn.Module]:
            layer = nn.ConvTranspose2d(
                before, after, 4, stride=stride, padding=padding, bias=bias, generator=rng
            )
            return [layer, nn.ReLU()] if normalize is None else [layer, normalize(after), nn.ReLU()]

        layers = paint(latent, width, 1, 0)  # 1 -> 4
        while width > features:
            layers += paint(width, width // 2, 2, 1)
            width //= 2
        layers += [
            nn.ConvTranspose2d(width, channels, 4, stride=2, padding=1, bias=False, generator=rng),
            nn.Tanh(),
        ]
        super().__init__(*layers)
        dcgan_init(self, rng)

    def forward(self, input: Tensor) -> Tensor:
        """The images of latent vectors."""
        images: Tensor = super().forward(
            input.reshape(*input.shape, 1, 1) if input.ndim == 2 else input
        )
        return images


def layer_norm(channels: int) -> nn.Module:
    """Layer norm of images: over all numbers of one sample, so that no sample sees the others, as
    batch norm has it.
    """
    return nn.GroupNorm(1, channels)


def _halvings(
    model: str,
    size: int,
    widths: tuple[int, int, int],
    normalize: Normalize | None,
    rng: np.random.Generator,
) -> list[nn.Module]:
    """Convolutions from images of `size` to 1x1: `widths` are the channels of the image, the first
    layer, the last.
    """
    channels, width, last = widths
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
    """Images (N, channels, size, size) -> logits (N,): log odds that an image is from the data; no
    bound on either.

    What is given beside an image, vectors (N, M), joins it as M more of the `channels`. `normalize`
    makes what follows a convolution from its number of channels: batch norm, or where D's slope is
    punished `layer_norm`, or None. Raises ValueError for a size that does not halve to 4.
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

    def forward(self, input: Tensor, *given: Tensor) -> Tensor:
        """The logits of images, given vectors."""
        logits: Tensor = super().forward(joined(input, *given))
        return logits


class DCGANEncoder(nn.Sequential):
    """Images (N, channels, size, size) -> h (N, latent): a discriminator with another last layer,
    for BiGAN.

    Raises ValueError for a size that does not halve to 4.
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
