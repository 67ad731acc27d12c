"""What is given beside a sample - its class, its h, other samples - joins it as more channels."""

from __future__ import annotations

from minigan.autograd import Tensor
from minigan.functions import cat


def joined(x: Tensor, *given: Tensor) -> Tensor:
    """x (N, C, ...) with the numbers of each vector (N, M) as channels that are the same
    everywhere: (N, C + M, ...).

    For points and latent vectors (N, C) the numbers simply follow. A class as a one-hot vector then
    has weights of its own in the first layer: its embedding (Mirza & Osindero 2014, figure 1).

    >>> from minigan import ones, zeros
    >>> joined(zeros(2, 1, 4, 4), ones(2, 10)).shape
    (2, 11, 4, 4)
    """
    if not given:
        return x
    places = x.shape[2:]
    maps = [
        v.reshape(*v.shape, *[1] * len(places)).expand(*v.shape, *places) for v in given
    ]  # (N, M) -> (N, M, ...)
    return cat([x, *maps], dim=1)


def packed(x: Tensor, pack: int) -> Tensor:
    """Each `pack` samples that follow one another in x (N, C, ...) as one: (N/pack, pack C, ...)
    (Lin et al. 2018).

    Raises ValueError if pack does not divide N.
    """
    if pack == 1:
        return x
    count, channels, *places = x.shape
    if pack < 1 or count % pack:
        raise ValueError(f"packed: pack={pack} must divide the {count} samples")
    return x.reshape(
        count // pack, pack * channels, *places
    )  # (N, C, ...) -> (N/pack, pack C, ...)
