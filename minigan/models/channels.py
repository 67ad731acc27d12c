"""Adds conditions to a sample as more channels: its class, its h, or other samples."""

from __future__ import annotations

from minigan.autograd import Tensor
from minigan.functions import cat


def joined(x: Tensor, *conditions: Tensor) -> Tensor:
    """Return x (N, C, ...) with each condition (N, M) as M more channels: (N, C + M, ...).

    The channels are constant over the image. For points and latent vectors (N, C) the result is
    (N, C + M). A class enters as a one-hot vector, so it has its own weights in the first layer
    (Mirza & Osindero 2014, figure 1).

    >>> from minigan import ones, zeros
    >>> joined(zeros(2, 1, 4, 4), ones(2, 10)).shape
    (2, 11, 4, 4)
    """
    if not conditions:
        return x
    sizes = x.shape[2:]
    maps = [
        v.reshape(*v.shape, *[1] * len(sizes)).expand(*v.shape, *sizes) for v in conditions
    ]  # (N, M) -> (N, M, ...)
    return cat([x, *maps], dim=1)


def packed(x: Tensor, pack: int) -> Tensor:
    """Return x (N, C, ...) with each `pack` consecutive samples as one: (N/pack, pack C, ...).

    Source: PacGAN (Lin et al. 2018). Raises ValueError if pack does not divide N.

    >>> from minigan import zeros
    >>> packed(zeros(6, 1, 4, 4), 3).shape
    (2, 3, 4, 4)
    """
    if pack == 1:
        return x
    count, channels, *places = x.shape
    if pack < 1 or count % pack:
        raise ValueError(f"packed: pack={pack} must divide the {count} samples")
    return x.reshape(
        count // pack, pack * channels, *places
    )  # (N, C, ...) -> (N/pack, pack C, ...)
