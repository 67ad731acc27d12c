"""A discriminator of pairs (x, h): convolutions map x to a vector, and h is joined to that vector.

If an h of many numbers were added to the image as channels, most of D's input would be h. So h
enters after the convolutions, as in BiGAN (Donahue, Krahenbuhl & Darrell 2017, section 4) and ALI
(Dumoulin et al. 2017, section 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.models.arguments import check_sizes
from minigan.models.dcgan import DCGANEncoder, Normalize
from minigan.models.mlp import MLPDiscriminator


class PairDiscriminator(nn.Module):
    """Maps pairs of images (N, channels, size, size) and conditions to logits (N,).

    The logit is the log odds that a pair is real. `condition_size` is the number of entries of all
    conditions together, such as h (N, latent). Raises ValueError unless size is 16, 32, 64 or 128.

    >>> import minigan
    >>> D = PairDiscriminator(size=16, condition_size=10, features=4, generator=0)
    >>> D(minigan.zeros(2, 1, 16, 16), minigan.zeros(2, 10)).shape
    (2,)
    """

    def __init__(
        self,
        size: int = 32,
        channels: int = 1,
        condition_size: int = 100,
        features: int = 32,
        hidden: Sequence[int] = (256, 256),
        *,
        normalize: Normalize | None = nn.BatchNorm2d,
        generator: Seed = None,
    ) -> None:
        super().__init__()
        check_sizes("PairDiscriminator", hidden=hidden)
        integer("PairDiscriminator", "condition_size", condition_size, least=0)
        if not hidden:
            raise ValueError(
                "PairDiscriminator: hidden=() is not legal (legal: at least one size, that of the "
                "vector of an image)"
            )
        rng = as_generator(generator)
        self.see = DCGANEncoder(
            hidden[0], size, channels, features, normalize=normalize, generator=rng
        )
        self.judge = MLPDiscriminator(hidden[0] + condition_size, hidden, generator=rng)

    def forward(self, input: Tensor, *conditions: Tensor) -> Tensor:
        """Return the logits of images, with their conditions."""
        logits: Tensor = self.judge(self.see(input), *conditions)
        return logits
