"""The models of a GAN's run: G, D and perhaps an encoder, as data and objective need them."""

from __future__ import annotations

import numpy as np

from minigan import nn
from minigan.models import (
    DCGANDiscriminator,
    DCGANEncoder,
    DCGANGenerator,
    MLPDiscriminator,
    MLPEncoder,
    MLPGenerator,
    PairDiscriminator,
    layer_norm,
)
from minigan.runs.config import GANConfig

_START = 2.0  # the mean of G's first samples on a line: the JSD from N(0, 1) is 0.34 or more

Players = tuple[nn.Module, nn.Module, nn.Module | None]  # G, D, and the encoder of a BiGAN


def players(
    config: GANConfig, shape: tuple[int, ...], classes: int, generator: np.random.Generator
) -> Players:
    """Return G, D and the encoder (None without `bigan`) for samples of a shape.

    They are convolutional for images (C, H, W), and perceptrons for points (D,). Raises RunError if
    the config asks for what the models do not have.
    """
    make = _perceptrons if len(shape) == 1 else _convolutions
    G, D, encoder = make(config, shape, classes, generator)
    if config.spectral_norm:
        for layer in list(D.modules()):
            if isinstance(layer, nn.Linear | nn.Conv2d):
                nn.spectral_norm(layer, generator=generator)
    return G, D, encoder


def least_numbers(config: GANConfig, shape: tuple[int, ...], classes: int) -> int:
    """Return a lower bound of how many numbers the weights of G and D have, from the widest layers.

    >>> least_numbers(GANConfig(latent=3), (2,), 0)  # 3 * 128 of G, and 2 * 128 of D
    640
    """
    inputs = config.latent + classes
    if len(shape) == 1:
        judged = shape[0] + classes + (config.latent if config.bigan else 0)
        return inputs * (1 if shape == (1,) else 128) + config.pack * judged * 128
    channels, size, _ = shape
    widest = config.features * size // 8  # channels of 4x4 pixels
    of_G = 16 * (inputs * widest + widest * (widest // 2))
    return of_G + 16 * config.features * (config.pack * channels + 2 * config.features)


def _perceptrons(
    config: GANConfig, shape: tuple[int, ...], classes: int, rng: np.random.Generator
) -> Players:
    if config.no_norm:
        raise config.refusal(f"no_norm=True: the perceptrons for {config.data} have no norm layers")
    (D_x,), inputs = shape, config.latent + classes
    if D_x == 1:
        line = nn.Linear(inputs, 1, generator=rng)  # affine, so that its density is known
        if line.bias is not None:
            nn.init.constant_(line.bias, _START)
        G: nn.Module = line
    else:
        G = MLPGenerator(inputs, D_x, activation=nn.Tanh, gains=True, generator=rng)
    judged = D_x + classes + (config.latent if config.bigan else 0)
    D = MLPDiscriminator(config.pack * judged, generator=rng)
    return G, D, MLPEncoder(config.latent, D_x, generator=rng) if config.bigan else None


def _convolutions(
    config: GANConfig, shape: tuple[int, ...], classes: int, rng: np.random.Generator
) -> Players:
    """Return convolutional players.

    G has batch norm. D has batch norm too, but layer norm under a penalty, which is on the gradient
    of each sample by itself, and no norm layers with spectral norm.
    """
    (channels, size, _), pack, wide = shape, config.pack, config.features
    norm_G = None if config.no_norm else nn.BatchNorm2d
    norm_D = (
        None
        if config.no_norm or config.spectral_norm
        else layer_norm
        if config.penalty
        else nn.BatchNorm2d
    )
    inputs = config.latent + classes
    G = DCGANGenerator(inputs, size, channels, wide, normalize=norm_G, generator=rng)
    if not config.bigan:
        planes = pack * (channels + classes)
        D = DCGANDiscriminator(size, planes, wide, normalize=norm_D, generator=rng)
        return G, D, None
    pairs = PairDiscriminator(
        size, pack * channels, pack * inputs, wide, normalize=norm_D, generator=rng
    )
    encoder = DCGANEncoder(config.latent, size, channels, wide, normalize=norm_G, generator=rng)
    return G, pairs, encoder
