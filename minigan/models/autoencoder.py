"""A convolutional auto-encoder: convolutions halve the image down to a vector h, transposed ones bring it back.

Halving rounds odd sizes down, so several sizes arrive at the same one; the decoder's `output_padding` remembers which
it was. The bottleneck has no activation: h may be anywhere. Batch norm keeps training away from
the all-dark image, where a sigmoid behind dead ReLUs would stay for good.
"""

from __future__ import annotations

import numpy as np

from minigan import nn
from minigan.backend import as_generator
from minigan.tensor import Tensor


class ConvAutoencoder(nn.Module):
    """Images (N, channels, size, size) in [0, 1] -> h (N, latent) -> images again, by `encoder` and `decoder`.

    `features` is the number of channels after the first halving; it doubles with each, until at most 4 pixels are left.
    Raises ValueError if the size is below 4 or the latent is not in 1..channels * size^2.
    """

    def __init__(
        self,
        latent: int = 30,
        size: int = 28,
        channels: int = 1,
        features: int = 16,
        *,
        generator: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__()
        if size < 4:
            raise ValueError(f"ConvAutoencoder: size={size} must be at least 4")
        if not 1 <= latent <= channels * size**2:
            raise ValueError(
                f"ConvAutoencoder: latent={latent} must be in 1..{channels * size**2}, "
                f"the numbers of an image ({channels}, {size}, {size})"
            )
        rng, sizes, widths = as_generator(generator), [size], [channels]
        encoder: list[nn.Module] = []
        while sizes[-1] > 4 or len(sizes) == 1:
            width = features * 2 ** (len(sizes) - 1)
            conv = nn.Conv2d(widths[-1], width, 4, stride=2, padding=1, bias=False, generator=rng)
            encoder += [conv, nn.BatchNorm2d(width), nn.LeakyReLU(0.2)]
            sizes.append(sizes[-1] // 2)
            widths.append(width)
        flat = widths[-1] * sizes[-1] ** 2
        self.encoder = nn.Sequential(*encoder, nn.Flatten(), nn.Linear(flat, latent, generator=rng))
        decoder: list[nn.Module] = [
            nn.Linear(latent, flat, generator=rng),
            nn.LeakyReLU(0.2),
            nn.Unflatten(1, (widths[-1], sizes[-1], sizes[-1])),
        ]
        for level in range(len(sizes) - 1, 0, -1):
            width, odd, last = widths[level - 1], sizes[level - 1] - 2 * sizes[level], level == 1
            conv_transpose = nn.ConvTranspose2d(
                widths[level], width, 4, stride=2, padding=1, output_padding=odd, bias=last, generator=rng
            )
            decoder += [conv_transpose, *([nn.Sigmoid()] if last else [nn.BatchNorm2d(width), nn.LeakyReLU(0.2)])]
        self.decoder = nn.Sequential(*decoder)

    def forward(self, input: Tensor) -> Tensor:
        """The reconstructions of images."""
        images: Tensor = self.decoder(self.encoder(input))
        return images
