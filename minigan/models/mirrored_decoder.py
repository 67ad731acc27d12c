"""Builds a decoder from an encoder: the transpose of each layer, in the opposite order.

A convolution of stride s maps s different sizes to one. `output_padding` says which of them it was,
so an odd size is restored to an odd size. The weights of a convolution and of its transpose have
the same shape (K, C, *kernel). If they are tied they are the same `w`: the encoder's layer is a
matrix M, and the decoder's layer is M^T.
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
    """A layer that maps the shape `before` to `after` (without N), and the layers that follow it.

    The followers, such as activations, keep the shape.
    """

    layer: nn.Module
    before: Shape
    after: Shape
    followers: list[nn.Module]


class LinearTranspose(nn.Module):
    """The transpose of a linear layer: y = x W + b, with the weight W of that layer and its own b.

    W has the shape (out_features, in_features).

    >>> import minigan
    >>> LinearTranspose(nn.Linear(3, 2))(minigan.ones(4, 2)).shape
    (4, 3)
    """

    def __init__(self, layer: nn.Linear, bias: bool = True) -> None:
        super().__init__()
        self.weight = layer.weight
        self.bias = nn.Parameter(np.zeros(layer.in_features, np.float32)) if bias else None

    def forward(self, input: Tensor) -> Tensor:
        """Return (..., in_features) for input (..., out_features)."""
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
    """Return a decoder from the encoder's output back to its input (N, *shape), then `last`.

    Convolutions become transposed convolutions, linear layers linear layers, and Flatten becomes
    Unflatten. Layers that keep the shape (activations, norms) stand between the same two shapes as
    in the encoder, with new weights. With `tied`, layers share their weights with the encoder. By
    default layers have a bias, except before a batch norm, which would remove it.

    Raises TypeError for a layer that has no transpose, and ValueError if the encoder has no layers
    or cannot take such inputs.

    >>> conv = nn.Conv2d(1, 4, 5, stride=3, padding=2)
    >>> encoder = nn.Sequential(conv, nn.ReLU(), nn.Flatten(), nn.Linear(144, 7))
    >>> [mirror(encoder, (1, size, size))[3].output_padding for size in (16, 17, 18)]
    [(0, 0), (1, 1), (2, 2)]
    """
    rng, found = as_generator(generator), levels(encoder, shape)
    if not found:
        raise ValueError("mirror: the encoder has no layers (legal: at least one)")
    following = [
        [last] if last is not None else [],
        *([_untrained(m) for m in level.followers] for level in found[:-1]),
    ]
    decoder: list[nn.Module] = []
    for level, followers in zip(reversed(found), reversed(following), strict=True):
        normed = bool(followers) and isinstance(followers[0], _NORMS)
        decoder += [_transpose(level, tied, bias and not normed, rng), *followers]
    like = next(encoder.parameters(), None)
    built = nn.Sequential(*decoder)
    return built if like is None else built.to(like)


def levels(encoder: nn.Sequential, shape: Sequence[int]) -> list[Level]:
    """Return the layers of an encoder that change the shape, with their shapes for (N, *shape).

    Raises TypeError and ValueError as `mirror` does.

    >>> encoder = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Flatten())
    >>> [(level.before, level.after) for level in levels(encoder, (1, 7, 7))]
    [((1, 7, 7), (4, 3, 3)), ((4, 3, 3), (36,))]
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
            raise TypeError(
                f"mirror: layer {number}, {type(module).__name__}, has no transpose (legal: "
                f"{legal}, each followed by layers that keep the shape)"
            )
        else:
            found[-1].followers.append(module)
        x = y
    return found


def _require_batch(
    number: int, layer: Any, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]
) -> None:
    """Raise unless the layer maps x (N, ...) to y (N, ...), sample by sample.

    A convolution also takes an input without N, and Flatten may flatten N too.
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


def _untrained(module: nn.Module) -> nn.Module:
    """Return a copy of a module with new parameters and running statistics."""
    copy = deepcopy(module)
    for reset in ("reset_parameters", "reset_running_stats"):
        getattr(copy, reset, lambda: None)()
    return copy


def _transpose(level: Level, tied: bool, bias: bool, rng: np.random.Generator) -> nn.Module:
    """Return the transpose of a layer, with the layer's own weight if `tied`."""
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
