"""What each layer of an encoder still remembers: the encoder is frozen, and every layer gets a
decoder of its own.

An image that a decoder brings back from a layer was still there; what no decoder finds is lost
(Dosovitskiy & Brox 2016). Layers follow on each other, so a later one cannot know more: the error
can only grow with depth. Only where an encoder is a complete orthonormal bank is nothing lost, and
then no decoder has to learn: the transpose is the inverse.
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
from minigan.functions import tensor
from minigan.models import mirror, outputs
from minigan.nn import functional as F

Array = np.ndarray[Any, Any]
_NAMES = {nn.Conv2d: "conv", nn.Linear: "linear", nn.Softmax: "softmax"}


@dataclass(frozen=True)
class Encoder:
    """Layers that take images (N, *shape) in [0, 1]; `exact` if their transposes are their
    inverses.
    """

    name: str
    layers: nn.Sequential
    shape: tuple[int, ...]
    exact: bool = False


def prefixes(layers: nn.Sequential) -> dict[str, nn.Sequential]:
    """An encoder up to each convolution, linear layer and softmax, with what follows it and is
    none, by a name.

    Raises ValueError if it has none of them.

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
    """A decoder, to be trained, from what these layers make of images (N, *shape) to images in [0,
    1].

    It is their mirror; before it each channel is brought to mean 0 and variance 1, so that all
    layers start alike.
    """
    _, K, *rest = outputs(prefix, np.zeros((1, *shape), np.float32)).shape
    norm = nn.BatchNorm2d(K) if rest else nn.BatchNorm1d(K)
    return nn.Sequential(norm, *mirror(prefix, shape, last=nn.Sigmoid(), generator=generator))


class Decoders:
    """A decoder for each layer of an encoder, all of them trained on the same batches of images in
    [0, 1].

    Adam, its rate falling from `lr` to 0 by half a cosine in `steps` updates. For an exact encoder
    the decoders are its transposes, in float64, and there is nothing to train. Raises ValueError
    for less than one update, and for images that the encoder does not take.
    """

    def __init__(
        self,
        encoder: Encoder,
        batches: Any,
        steps: int = 800,
        lr: float = 3e-3,
        generator: Seed = None,
    ) -> None:
        if steps < 1:
            raise ValueError(f"Decoders: steps={steps} must be at least 1")
        rng, found = as_generator(generator), prefixes(encoder.layers)
        self.encoder, self.batches, self.names, self.prefixes = (
            encoder,
            batches,
            list(found),
            list(found.values()),
        )
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
        """Update after update: the mean squared error per pixel on its batch, by the names of the
        layers.
        """
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
        """What each layer of the frozen encoder makes of images (N, *shape) in [0, 1]."""
        self.encoder.layers.eval()
        x, done, found = images, 0, []
        for prefix in self.prefixes:
            x = prefix[done:](x)
            found.append(x)
            done = len(prefix)
        return found

    def reconstructions(self, images: Array) -> list[Array]:
        """What each layer still knows of images (N, *shape) in [0, 1], as images.

        ValueError for others.
        """
        if images.shape[1:] != tuple(self.encoder.shape):
            raise ValueError(
                f"Decoders: images of shape {images.shape[1:]} (legal: {tuple(self.encoder.shape)})"
            )
        pairs = zip(self.models, self.prefixes, strict=True)
        return [outputs(model, outputs(prefix, images)) for model, prefix in pairs]


def orthonormal_bank(shape: Sequence[int], generator: Seed = None) -> nn.Sequential:
    """Convolutions of images (C, size, size), float64, each a complete orthonormal bank: K = C k^2
    filters, stride k.

    Twice k = 2 where the size is even, then all that is left, up to 8. Nothing is lost: the
    transpose of it all is the inverse. Raises ValueError if that leaves no layer, and for images
    that are not square.
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
