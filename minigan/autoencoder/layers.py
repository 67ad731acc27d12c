"""Decoders for each layer of a frozen encoder: what each layer still knows of its input image.

What a decoder can reconstruct from a layer is still contained in that layer (Dosovitskiy & Brox
2016). A later layer is a function of an earlier one, so it cannot contain more, and the best error
grows with depth. If the encoder is a complete orthonormal bank of filters, nothing is lost: then
its transpose is its inverse, and no decoder needs training.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from minigan import nn, optim
from minigan.autograd import Tensor, no_grad
from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.functions import tensor
from minigan.models import evaluating, mirror, outputs
from minigan.nn import functional as F

Array = np.ndarray[Any, Any]
_NAMES = {nn.Conv2d: "conv", nn.Linear: "linear", nn.Softmax: "softmax"}


@dataclass(frozen=True)
class Encoder:
    """Layers that take images (N, *shape) in [0, 1].

    `exact` means that the transposes of the layers are their inverses.
    """

    name: str
    layers: nn.Sequential
    shape: tuple[int, ...]
    exact: bool = False


def prefixes(layers: nn.Sequential) -> dict[str, nn.Sequential]:
    """Return, by name, the encoder up to each convolution, linear layer and softmax.

    Each prefix also has the layers between this one and the next, such as activations. Raises
    ValueError if the encoder has no such layer.

    >>> layers = nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3), nn.Softmax(1)
    >>> list(prefixes(nn.Sequential(*layers)))
    ['conv 1', 'linear 1', 'softmax']
    """
    starts = [number for number, layer in enumerate(layers) if type(layer) in _NAMES]
    if not starts:
        raise ValueError(
            "prefixes: the encoder has no convolution and no linear layer to decode from"
        )
    counts = dict.fromkeys(_NAMES.values(), 0)
    found = {}
    for start, end in pairwise([*starts, len(layers)]):
        counts[name := _NAMES[type(layers[start])]] += 1
        while isinstance(layers[end - 1], nn.Flatten):
            end -= 1
        found[name if name == "softmax" else f"{name} {counts[name]}"] = layers[:end]
    return found


def decoder_of(
    prefix: nn.Sequential, shape: Sequence[int], generator: Seed = None
) -> nn.Sequential:
    """Return an untrained decoder from the outputs of these layers to images in [0, 1].

    The layers take images (N, *shape). The decoder is their mirror. A batch norm before it brings
    each channel to mean 0 and variance 1, so that all layers start from equal inputs.

    >>> prefix = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.ReLU())
    >>> [type(layer).__name__ for layer in decoder_of(prefix, (1, 8, 8))]
    ['BatchNorm2d', 'ConvTranspose2d', 'Sigmoid']
    """
    _, K, *rest = outputs(prefix, np.zeros((1, *shape), np.float32)).shape
    norm = nn.BatchNorm2d(K) if rest else nn.BatchNorm1d(K)
    return nn.Sequential(norm, *mirror(prefix, shape, last=nn.Sigmoid(), generator=generator))


class Decoders:
    """A decoder for each layer of an encoder, all trained on the same batches of images in [0, 1].

    Adam's learning rate falls from `lr` to 0 by half a cosine in `steps` updates. For an exact
    encoder the decoders are its transposes, in float64, and are not trained. Raises ValueError if
    `steps` is below 1, and for an encoder without layers to decode from.

    >>> from minigan.datasets import digits8
    >>> layers = nn.Sequential(nn.Conv2d(1, 4, 4, stride=4, generator=0), nn.ReLU())
    >>> batches = digits8().batches(64, 1, low=0, high=1)
    >>> decoders = Decoders(Encoder("one layer", layers, (1, 8, 8)), batches, 20, generator=2)
    >>> first, *_, last = decoders.run()
    >>> last["conv 1"] < first["conv 1"]
    True
    """

    def __init__(
        self,
        encoder: Encoder,
        batches: Any,
        steps: int = 800,
        lr: float = 3e-3,
        generator: Seed = None,
    ) -> None:
        steps = integer("Decoders", "steps", steps, least=1)
        rng, found = as_generator(generator), prefixes(encoder.layers)
        self.encoder, self.batches = encoder, batches
        self.names, self.prefixes = list(found), list(found.values())
        black = np.zeros((1, *encoder.shape), np.float32)
        self.shapes = [outputs(prefix, black).shape[1:] for prefix in self.prefixes]
        if encoder.exact:
            transposes = (
                mirror(prefix, encoder.shape, tied=True, bias=False) for prefix in self.prefixes
            )
            self.models, self.steps = nn.ModuleList(transposes), 0
            return
        self.models = nn.ModuleList(
            decoder_of(prefix, encoder.shape, rng) for prefix in self.prefixes
        )
        self.steps = steps
        self.models.to(next(encoder.layers.parameters()))
        self.optimizer = optim.Adam(self.models.parameters(), lr)
        self.schedule = optim.lr_scheduler.CosineAnnealingLR(self.optimizer, steps)

    def run(self) -> Iterator[dict[str, float]]:
        """Yield for each update the mean squared error per pixel on its batch, by layer name."""
        like = next(self.encoder.layers.parameters())
        for _ in range(self.steps):
            x = tensor(next(self.batches)[0], dtype=like.dtype, device=like.device)
            losses = [
                F.mse_loss(model(h), x)
                for model, h in zip(self.models, self.features(x), strict=True)
            ]
            self.optimizer.zero_grad()
            for loss in losses:
                loss.backward()
            self.optimizer.step()
            self.schedule.step()
            yield {name: loss.item() for name, loss in zip(self.names, losses, strict=True)}

    @no_grad()
    def features(self, images: Tensor) -> list[Tensor]:
        """Return the output of each prefix of the frozen encoder, of images (N, *shape)."""
        x, done, found = images, 0, []
        with evaluating(self.encoder.layers):
            for prefix in self.prefixes:
                x = prefix[done:](x)
                found.append(x)
                done = len(prefix)
        return found

    def reconstructions(self, images: Array) -> list[Array]:
        """Return the reconstructions of images (N, *shape) in [0, 1], one array for each layer.

        Raises ValueError for images of another shape.
        """
        if images.shape[1:] != tuple(self.encoder.shape):
            raise ValueError(
                f"Decoders: images of shape {images.shape[1:]} (legal: {tuple(self.encoder.shape)})"
            )
        pairs = zip(self.models, self.prefixes, strict=True)
        return [outputs(model, outputs(prefix, images)) for model, prefix in pairs]


def orthonormal_bank(shape: Sequence[int], generator: Seed = None) -> nn.Sequential:
    """Return convolutions of images (C, size, size), each a complete orthonormal bank, in float64.

    A bank has kernel size and stride k and K = C k^2 filters that are orthonormal, so no
    information is lost: the transpose of the whole is its inverse. There are two layers with k = 2
    while the size is even, then one with k = the size that is left, if that is at most 8. Raises
    ValueError if that leaves no layer, and for images that are not square.

    >>> [layer.kernel_size for layer in orthonormal_bank((1, 28, 28))]
    [(2, 2), (2, 2), (7, 7)]
    """
    legal = "(legal: (C, size, size), the size even or at most 8, and at least 2)"
    if len(shape) != 3 or shape[1] != shape[2]:
        raise ValueError(
            f"orthonormal_bank: shape={tuple(shape)} is not that of square images {legal}"
        )
    rng, (C, size, _) = as_generator(generator), shape
    layers: list[nn.Module] = []
    while size > 1 and len(layers) < 3:
        k = 2 if size % 2 == 0 and len(layers) < 2 else size
        if k > 8:
            break
        conv = nn.Conv2d(C, C * k**2, k, stride=k, bias=False, generator=0).double()
        nn.init.orthogonal_(conv.weight, generator=rng)
        layers.append(conv)
        C, size = C * k**2, size // k
    if not layers:
        raise ValueError(
            f"orthonormal_bank: shape={tuple(shape)} has a size that no bank divides {legal}"
        )
    return nn.Sequential(*layers)
