"""Padding adds numbers around a tensor, and cropping removes them.

Padding with zeros and cropping are adjoint to each other. The other modes take the added numbers
from the tensor: mirrored at the border, the border repeated, or from the opposite side. They join
slices, so their gradients are sums of slices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.autograd.op import Op
from minigan.backend import Array, namespace
from minigan.checks import one_of
from minigan.functions.arguments import require_room, tensor_of
from minigan.functions.broadcasting import broadcast_to
from minigan.functions.concatenation import cat
from minigan.functions.copying import alias
from minigan.functions.flipping import flip

__all__ = ["pad"]

Widths = tuple[tuple[int, int], ...]  # before and after each axis; negative widths crop


@dataclass(frozen=True)
class Pad(Op):
    """y[o] = x[o - before] inside x, and a value elsewhere; negated widths give the adjoint."""

    moves = True
    widths: Widths
    value: float = 0.0

    def forward(self, x: Array) -> Array:
        shape = [
            before + X + after for X, (before, after) in zip(x.shape, self.widths, strict=True)
        ]
        y = namespace(x).full(shape, self.value, x.dtype)
        inside, seen = [], []
        for X, Y, (before, _) in zip(x.shape, shape, self.widths, strict=True):
            start, stop = max(before, 0), max(min(before + X, Y), max(before, 0))
            inside.append(slice(start, stop))
            seen.append(slice(start - before, stop - before))
        y[tuple(inside)] = x[tuple(seen)]
        return y

    def backward_x(self, g: Tensor) -> Tensor:
        return Pad(tuple((-before, -after) for before, after in self.widths))(g)


def pad(
    input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Tensor:
    """Return the input with numbers added around it.

    `pad` holds pairs (before, after): of the last axis, then of the axis before it, and so on, for
    any number of axes. Negative widths crop. The mode is "constant" (`value`, by default 0),
    "reflect" (mirrored, without repeating the border), "replicate" (the border repeated) or
    "circular" (the opposite side).

    Raises ValueError if the mode or the shape does not allow the widths, and TypeError if they are
    not integers.

    >>> import minigan
    >>> x = minigan.arange(3.0)
    >>> pad(x, (1, 2)).tolist(), pad(x, (2, 1), "reflect").tolist()
    ([0.0, 0.0, 1.0, 2.0, 0.0, 0.0], [2.0, 1.0, 0.0, 1.0, 2.0, 1.0])
    """
    x = tensor_of("pad", "input", input)
    widths = _widths(x, pad)
    if value is not None and not isinstance(value, int | float | np.number):
        raise TypeError(f"pad: value={value!r} must be a number or None")
    one_of("pad", "mode", mode, "constant", "reflect", "replicate", "circular")
    sizes = tuple(before + X + after for X, (before, after) in zip(x.shape, widths, strict=True))
    require_room(f"pad: pad={tuple(pad)}", x, sizes)
    if mode == "constant":
        op = Pad(widths, 0.0 if value is None else value)
        return op(x) if any(map(any, widths)) else alias(x)
    if value:
        raise ValueError(
            f"pad: value={value} is for mode='constant'; mode={mode!r} takes numbers from the input"
        )
    for axis, (before, after) in enumerate(widths):
        if before or after:
            x = _around(mode, x, axis, before, after)
    return x


def _widths(x: Tensor, pad: Any) -> Widths:
    """Return the widths of all axes, first axis first."""
    if not isinstance(pad, list | tuple) or not all(
        isinstance(width, int | np.integer) and not isinstance(width, bool) for width in pad
    ):
        raise TypeError(f"pad: pad={pad!r} must be a tuple of integers")
    if len(pad) % 2 or len(pad) > 2 * x.ndim:
        raise ValueError(
            f"pad: pad={tuple(pad)} must be pairs, one for each of the last axes of shape {x.shape}"
        )
    pairs = [(int(pad[i]), int(pad[i + 1])) for i in range(0, len(pad), 2)]
    widths = ((0, 0),) * (x.ndim - len(pairs)) + tuple(reversed(pairs))
    if any(before + X + after < 0 for X, (before, after) in zip(x.shape, widths, strict=True)):
        raise ValueError(f"pad: pad={tuple(pad)} crops more of shape {x.shape} than there is")
    return widths


def _around(mode: str, x: Tensor, axis: int, before: int, after: int) -> Tensor:
    """Return x with one axis padded by its own numbers, and cropped where a width is negative.

    It is cropped before the padding if the mode is "circular", and after it otherwise.
    """

    def part(x: Tensor, start: int, stop: int) -> Tensor:
        return x[(slice(None),) * axis + (slice(start, stop),)]

    def repeated(x: Tensor, count: int) -> Tensor:
        return broadcast_to(x, (*x.shape[:axis], count, *x.shape[axis + 1 :]))

    def cropped(x: Tensor) -> Tensor:
        if min(before, after) >= 0:
            return x
        return part(x, max(-before, 0), x.shape[axis] + min(after, 0))

    x = cropped(x) if mode == "circular" else x
    X, b, a = x.shape[axis], max(before, 0), max(after, 0)
    most = {"reflect": X - 1, "circular": X, "replicate": b + a if X else 0}[mode]
    if max(b, a) > most:
        raise ValueError(
            f"pad: mode={mode!r} pads an axis of size {X} by at most {most}, not by "
            f"{(before, after)}"
        )
    if mode == "reflect":
        sides = flip(part(x, 1, b + 1), axis), flip(part(x, X - 1 - a, X - 1), axis)
    elif mode == "circular":
        sides = part(x, X - b, X), part(x, 0, a)
    else:
        sides = repeated(part(x, 0, 1), b), repeated(part(x, X - 1, X), a)
    y = cat([side for side in (sides[0], x, sides[1]) if side is x or side.shape[axis]], axis)
    return y if mode == "circular" else cropped(y)
