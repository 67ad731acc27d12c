"""DCGAN (Radford, Metz & Chintala 2015): a generator of transposed convolutions, a discriminator that mirrors it.

Every kernel is 4x4 with stride 2 and padding 1: stride divides kernel, so the interior of what the generator paints is
covered evenly, and sizes double (or halve) exactly. The first layer paints 4x4 pixels from the 1x1 latent.
"""

from __future__ import annotations

import numpy as np

from minigan import nn
from minigan.backend import as_generator
from minigan.tensor import Tensor


def _doublings(model: str, size: int) -> int:
    """How many times 4 pixels double to reach the size."""
    if size not in (16, 32, 64, 128):
        raise ValueError(f"{model}: size={size!r} is not an image size of this model (legal: 16, 32, 64, 128)")
    return (size // 4).bit_length() - 1


def dcgan_init(model: nn.Module, generator: np.random.Generator) -> None:
    """The paper's start: weights from N(0, 0.02^2), batch norm's scale from N(1, 0.02^2), biases 0."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, 0.02, generator=generator)
        elif isinstance(module, nn.BatchNorm2d) and module.weight is not None and module.bias is not None:
            nn.init.normal_(module.weight, 1.0, 0.02, generator=generator)
            nn.init.zeros_(module.bias)


class DCGANGenerator(nn.Sequential):
    """h (N, latent) or (N, latent, 1, 1) -> images (N, channels, size, size) in [-1, 1].

    `features` is the number of channels before the last layer; it doubles with every halving of the size.
    Raises ValueError for a size that 4 pixels do not double to.
    """

    def __init__(
        self,
        latent: int = 100,
        size: int = 32,
        channels: int = 1,
        features: int = 32,
        *,
        generator: np.random.Generator | int | None = None,
    ) -> None:
        rng = as_generator(generator)
        width = features * 2 ** (_doublings("DCGANGenerator", size) - 1)
        layers: list[nn.Module] = [
            nn.ConvTranspose2d(latent, width, 4, stride=1, padding=0, bias=False, generator=rng),  # 1 -> 4
            nn.BatchNorm2d(width),
            nn.ReLU(),
        ]
        while width > features:
            layers += [
                nn.ConvTranspose2d(width, width // 2, 4, stride=2, padding=1, bias=False, generator=rng),
                nn.BatchNorm2d(width // 2),
                nn.ReLU(),
            ]
            width //= 2
        layers += [nn.ConvTranspose2d(width, channels, 4, stride=2, padding=1, bias=False, generator=rng), nn.Tanh()]
        super().__init__(*layers)
        dcgan_init(self, rng)

    def forward(self, input: Tensor) -> Tensor:
        """The images of latent vectors."""
        images: Tensor = super().forward(input.reshape(*input.shape, 1, 1) if input.ndim == 2 else input)
        return images


class DCGANDiscriminator(nn.Sequential):
    """Images (N, channels, size, size) -> logits (N,): log odds that an image is from the data.

    Raises ValueError for a size that does not halve to 4.
    """

    def __init__(
        self,
        size: int = 32,
        channels: int = 1,
        features: int = 32,
        *,
        generator: np.random.Generator | int | None = None,
    ) -> None:
        rng = as_generator(generator)
        layers: list[nn.Module] = [
            nn.Conv2d(channels, features, 4, stride=2, padding=1, bias=False, generator=rng),
            nn.LeakyReLU(0.2),
        ]
        width = features
        for _ in range(_doublings("DCGANDiscriminator", size) - 1):
            layers += [
                nn.Conv2d(width, 2 * width, 4, stride=2, padding=1, bias=False, generator=rng),
                nn.BatchNorm2d(2 * width),
                nn.LeakyReLU(0.2),
            ]
            width *= 2
        layers += [nn.Conv2d(width, 1, 4, stride=1, padding=0, bias=False, generator=rng), nn.Flatten(0)]  # 4 -> 1
        super().__init__(*layers)
        dcgan_init(self, rng)
