"""The mirror of an encoder: the transpose of each of its layers, in the opposite order, so that
images come back.

A convolution of stride s makes one size of s different ones; `output_padding` remembers which it
was, so an odd size comes back odd. The weight of a convolution and of its transpose have the same
shape (K, C, *kernel): tied, they are the same `w`, and the decoder's layer is the matrix M^T where
the encoder's is M.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.geometry import output_padding_for
from minigan.models.inference import outputs
from minigan.nn import functional as F

_CONVS = {
    nn.Conv1d: nn.ConvTranspose1d,
    nn.Conv2d: nn.ConvTranspose2d,
    nn.Conv3d: nn.ConvTranspose3d,
}
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
Shape = tuple[int, ...]


class Level(NamedTuple):
    """A layer that changes the shape, from `before` to `after` (both without N), and what keeps it,
    behind that.
    """

    layer: nn.Module
    before: Shape
    after: Shape
    followers: list[nn.Module]


class LinearTranspose(nn.Module):
    """y = x W + b, W (out_features, in_features) of a linear layer: its transpose, with the same
    weight, its own b.

    >>> import minigan
    >>> LinearTranspose(nn.Linear(3, 2))(minigan.ones(4, 2)).shape
    (4, 3)
    """

    def __init__(self, layer: nn.Linear, bias: bool = True) -> None:
        super().__init__()
        self.weight = layer.weight
        self.bias = nn.Parameter(np.zeros(layer.in_features, np.float32)) if bias else None

    def forward(self, input: Tensor) -> Tensor:
        """(..., out_features) -> (..., in_features)."""
        return F.linear(input, self.weight.T, self.bias)


def mirror(
    encoder: nn.Sequential,
    shape: Sequence[int],
    *,
    tied: bool = False,
    bias: bool = True,
    last: nn.Module | None = None,
    generator: Seed = None,
) -> nn.Sequential:
    """A decoder from what the encoder makes of inputs (N, *shape) back to (N, *shape), and through
    `last`.

    Convolutions become transposed ones, linear layers linear ones, Flatten Unflatten. What follows
    a layer and keeps its shape (activations, norms) stays between the same two shapes, with weights
    of its own. `tied` layers share their weight with the encoder's. Layers have a bias, unless told
    or before a batch norm, which would take it out again.

    Raises TypeError for a layer that has no transpose here, ValueError for inputs that the encoder
    cannot take, and for an encoder without layers.

    >>> conv = nn.Conv2d(1, 4, 5, stride=3, padding=2)
    >>> encoder = nn.Sequential(conv, nn.ReLU(), nn.Flatten(), nn.Linear(144, 7))
    >>> [mirror(encoder, (1, size, size))[3].output_padding for size in (16, 17, 18)]
    [(0, 0), (1, 1), (2, 2)]
    """
    rng, found = as_generator(generator), levels(encoder, shape)
    if not found:
        raise ValueError("mirror: the encoder has no layers (legal: at least one)")
    behind = [
        [last] if last is not None else [],
        *([_again(m) for m in level.followers] for level in found[:-1]),
    ]
    decoder: list[nn.Module] = []
    for level, followers in zip(reversed(found), reversed(behind), strict=True):
        normed = bool(followers) and isinstance(followers[0], _NORMS)
        decoder += [_transpose(level, tied, bias and not normed, rng), *followers]
    like = next(encoder.parameters(), None)
    built = nn.Sequential(*decoder)
    return built if like is None else built.to(like)


def levels(encoder: nn.Sequential, shape: Sequence[int]) -> list[Level]:
    """The layers of an encoder that change the shape, with the shapes that they get from inputs (N,
    *shape).

    Raises TypeError and ValueError as `mirror` does.
    """
    x = np.zeros((1, *shape), np.float32)
    found: list[Level] = []
    for number, module in enumerate(encoder):
        try:
            y = outputs(module, x)
        except ValueError as error:
            raise ValueError(
                f"mirror: layer {number} cannot take {x.shape[1:]}, from inputs of {shape}: {error}"
            ) from error
        _require_batch(number, module, x, y)
        if isinstance(module, (*_CONVS, nn.Linear, nn.Flatten)):
            found.append(Level(module, x.shape[1:], y.shape[1:], []))
        elif not found or x.shape != y.shape:
            legal = ", ".join(kind.__name__ for kind in (*_CONVS, nn.Linear, nn.Flatten))
            raise TypeError(f"mirror: layer {number}, {type(module).__name__}, has no transpose "
f"(legal: {legal}, and "
                            "behind them what keeps the shape)")  # fmt: skip
        else:
            found[-1].followers.append(module)
        x = y
    return found


def _require_batch(
    number: int, layer: Any, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]
) -> None:
    """Refuse what a layer takes, but not as a batch of samples, each of which becomes a sample of
    its own.
    """
    if type(layer) in _CONVS and x.ndim != layer.weight.ndim:
        raise ValueError(
            f"mirror: layer {number} cannot take {x.shape[1:]} (legal: channels and "
            f"{layer.weight.ndim - 2} sizes)"
        )
    if isinstance(layer, nn.Flatten) and y.ndim != 2:
        raise TypeError(
            f"mirror: layer {number} flattens to {y.shape} (legal: Flatten() to (N, numbers))"
        )


def _again(module: nn.Module) -> nn.Module:
    """The same kind of module, as it was before any training."""
    copy = deepcopy(module)
    for reset in ("reset_parameters", "reset_running_stats"):
        getattr(copy, reset, lambda: None)()
    return copy


def _transpose(level: Level, tied: bool, bias: bool, rng: np.random.Generator) -> nn.Module:
    layer: Any
    layer, before, after, _ = level
    if isinstance(layer, nn.Flatten):
        return nn.Unflatten(1, before)
    if tied and not isinstance(layer.weight, nn.Parameter):
        raise TypeError(
            f"mirror: tied, but the weight of {type(layer).__name__} is computed (legal: a "
            "Parameter)"
        )
    if isinstance(layer, nn.Linear):
        if tied:
            return LinearTranspose(layer, bias)
        return nn.Linear(layer.out_features, layer.in_features, bias, generator=rng)
    if isinstance(layer.padding, str) or layer.padding_mode != "zeros":
        kind = layer.padding if isinstance(layer.padding, str) else layer.padding_mode
        raise TypeError(
            f"mirror: a convolution with padding {kind!r} has no transpose (legal: numbers of "
            "zeros)"
        )
    sizes = layer.kernel_size, layer.stride, layer.padding
    output_padding = output_padding_for(
        before[1:], after[1:], *sizes, layer.dilation, name="mirror"
    )
    built: nn.Module = _CONVS[type(layer)](
        after[0],
        before[0],
        *sizes,
        output_padding,
        layer.groups,
        bias,
        layer.dilation,
        by=layer.by,
        generator=rng,
    )
    if tied:
        built.weight = layer.weight
    return built
