"""A discriminator of pairs (x, h): convolutions look at the image, and what they saw is judged
beside h.

An h of many numbers, spread over the image as channels, would drown it; here it joins once the
image is a vector too, as in BiGAN (Donahue, Krahenbuhl & Darrell 2017, section 4) and ALI (Dumoulin
et al. 2017, section 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.models.dcgan import DCGANEncoder, Normalize
from minigan.models.mlp import MLPDiscriminator


class PairDiscriminator(nn.Module):
    """Images (N, channels, size, size) with vectors of `given` numbers in all -> logits (N,) that
    the pair is real.

    Raises ValueError for a size that does not halve to 4.
    """

    def __init__(
        self,
        size: int = 32,
        channels: int = 1,
        given: int = 100,
        features: int = 32,
        hidden: Sequence[int] = (256, 256),
        *,
        normalize: Normalize | None = nn.BatchNorm2d,
        generator: Seed = None,
    ) -> None:
        super().__init__()
        rng = as_generator(generator)
        self.see = DCGANEncoder(
            hidden[0], size, channels, features, normalize=normalize, generator=rng
        )
        self.judge = MLPDiscriminator(hidden[0] + given, hidden, generator=rng)

    def forward(self, input: Tensor, *given: Tensor) -> Tensor:
        """The logits of images, given vectors."""
        logits: Tensor = self.judge(self.see(input), *given)
        return logits
