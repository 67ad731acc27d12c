"""What normalizations need for each channel: sums and moments, running moments, weight and bias.

Sums are taken over long rows. A row holds the C channels of many positions, one position after the
other, which is the memory of a channels-last array as it is. The rows are worked on block by block,
so that a block stays in the cache.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import Array, namespace
from minigan.checks import Shape
from minigan.conv.layout import channels_first, to_last
from minigan.functions.arguments import one_dtype
from minigan.functions.shaping import reshape
from minigan.threads import sum_of_rows, sums_over_blocks

# Numbers in a row. It is the size of NumPy's buffer, which is slower by half on shorter rows.
_ROW = 1 << 13


def as_rows(x: Array) -> Array:
    """Return x (N, C, *X) as long rows; they share x's memory if its channels are last in it."""
    C = max(x.shape[1], 1)
    M = x.size // C  # positions
    side = math.gcd(M, _ROW >> C.bit_length() - 1 or 1)  # positions in a row
    return to_last(x).reshape(M // side, side * C)


def as_images(rows: Array, shape: Shape) -> Array:
    """Return rows as an array of shape (N, C, *X), with channels last in memory."""
    N, C, *X = shape
    return channels_first(rows.reshape(N, *X, C))


def along(rows: Array, vector: Array) -> Array:
    """Return a vector of one number per channel (C) repeated to the length of a row."""
    positions = rows.shape[1] // max(len(vector), 1)
    return vector.astype(rows.dtype)[None].repeat(positions, axis=0).reshape(-1)


def sum_of(rows: Array, C: int) -> Array:
    """Return the sum over all positions, one number per channel (C)."""
    return sum_of_rows(rows.reshape(rows.size // max(C, 1), C))


def moments(x: Array) -> tuple[Array, Array]:
    """Return the mean and the biased variance of each channel of x (N, C, *X), in float64.

    They are 0 and 1 if x is empty. Both come from the sums of x - near and of its squares, so that
    a mean far from 0 costs no digits. `near` is the mean of every 16th position; by Chebyshev's
    inequality it is at most sqrt(15) standard deviations away from the mean, for any numbers.
    """
    xp, C, rows = namespace(x), x.shape[1], as_rows(x)
    if not x.size:
        return xp.zeros(C), xp.ones(C)
    some = rows.reshape(-1, C)[::16]  # (positions / 16, C)
    near = sum_of_rows(some) / len(some)
    shift = along(rows, near)

    def add(block: Any) -> tuple[Array, Array]:
        centred = rows[block] - shift
        total = sum_of(centred, C)
        centred *= centred
        return total, sum_of(centred, C)

    sums = sums_over_blocks(add, rows, (2, C), np.float64)
    offset, square = sums * (C / x.size)  # the means of x - near and of its square
    return near + offset, xp.maximum(square - offset * offset, 0)


def affine(y: Tensor, weight: Tensor | None, bias: Tensor | None, shape: Shape) -> Tensor:
    """Return y * weight + bias; both are optional, and are reshaped to `shape`."""
    y = y if weight is None else y * reshape(weight, shape)
    return y if bias is None else y + reshape(bias, shape)


def track(running: Tensor | None, batch: Array, momentum: float) -> None:
    """Update a running moment, if there is one: r <- (1 - momentum) r + momentum batch."""
    if running is not None:
        with np.errstate(all="ignore"):  # infinities are values here
            running._data[...] = (1 - momentum) * running._data + momentum * batch
        running.changed()


def check_channels(function: str, input: Tensor, least: int, **vectors: Tensor | None) -> None:
    """Raise unless input has `least` dimensions or more, and each vector one number per channel.

    The errors are ValueError for shapes, and TypeError if the dtypes differ or are not floats.
    """
    one_dtype(function, input=input, **vectors)
    if input.ndim < least:
        raise ValueError(
            f"{function}: input has shape {input.shape}; it must have at least {least} dimensions"
        )
    for name, vector in vectors.items():
        if vector is not None and vector.shape != input.shape[1:2]:
            raise ValueError(
                f"{function}: {name} of shape {vector.shape} does not fit input of shape "
                f"{input.shape} (legal: {input.shape[1:2]}, one number per channel)"
            )
