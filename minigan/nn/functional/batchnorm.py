"""Batch normalization: every channel less its mean, over its standard deviation, both taken over
the batch.

The arithmetic is done on long rows, each of the C channels of many positions: channels-last memory
as it lies. It goes over them block by block, and a block stays in the cache. (Ioffe and Szegedy
2015.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from minigan.autograd import FusedOp, Tensor
from minigan.autograd.arguments import one_dtype
from minigan.backend import Array, namespace
from minigan.checks import Shape, number
from minigan.functions.elementwise import sqrt
from minigan.functions.shaping import reshape
from minigan.functions.statistics import mean
from minigan.nn.functional.activations import gate, leaky_relu
from minigan.threads import blocks, matmul, sweep

__all__ = ["batch_norm", "batch_norm_act"]

# --------------------------------------------------------------------------------- rows of channels

_WIDE = (
    1 << 13
)  # numbers in a row, NumPy's buffer: along shorter rows it takes half as long again to broadcast


def _rows(x: Array) -> Array:
    """x (N, C, *X) as long rows, each of some positions' C channels: the same memory where channels
    are last in it.
    """
    C = max(x.shape[1], 1)
    M = x.size // C
    side = math.gcd(M, _WIDE >> C.bit_length() - 1 or 1)  # positions in a row
    return namespace(x).moveaxis(x, 1, -1).reshape(M // side, side * C)


def _images(rows: Array, shape: Shape) -> Array:
    """Rows as (N, C, *X), channels last in memory."""
    N, C, *X = shape
    return namespace(rows).moveaxis(rows.reshape(N, *X, C), -1, 1)


def _along(rows: Array, vector: Array) -> Array:
    """A number per channel (C) as one per place in a row."""
    return namespace(rows).tile(vector.astype(rows.dtype), rows.shape[1] // max(len(vector), 1))


def _sum(rows: Array, C: int) -> Array:
    """The sum over all positions (C)."""
    positions = rows.reshape(rows.size // max(C, 1), C)
    return matmul(namespace(rows).ones(len(positions), rows.dtype), positions)


def moments(x: Array) -> tuple[Array, Array]:
    """The mean and the biased variance of each channel of x (N, C, *X), in float64; of no numbers,
    0 and 1.

    They come from sums of x - near and its squares, so that a mean far from 0 costs no digits:
    `near` is the mean of a sixteenth of all numbers, which by Chebyshev's inequality is at most
    sqrt(15) deviations off, whatever they are.
    """
    xp, C, rows = namespace(x), x.shape[1], _rows(x)
    if not x.size:
        return xp.zeros(C), xp.ones(C)
    some = rows.reshape(-1, C)[::16]  # (positions / 16, C)
    near = matmul(xp.ones(len(some), x.dtype), some) / len(some)
    shift, sums = _along(rows, near), xp.empty((2, len(blocks(rows)), C))

    def add(b: int, block: Any) -> None:
        centred = rows[block] - shift
        sums[0, b] = _sum(centred, C)
        centred *= centred
        sums[1, b] = _sum(centred, C)

    sweep(add, rows)
    off, square = sums.sum(1) * (C / x.size)
    return near + off, xp.maximum(square - off * off, 0)


@dataclass(frozen=True)
class BatchNorm(FusedOp):
    """y = (x - mean) / sqrt(var + eps) * weight + bias for each channel, then max(y, slope y): one
    op for two layers.

    mean and var (C) are inputs without gradient: with `own` they are x's own moments, through which
    the gradient goes on to x; else they are constants. Slope 1 is no activation, 0 is relu.
    """

    eps: float
    own: bool
    slope: float = 1.0

    def plain(
        self, x: Tensor, weight: Tensor | None, bias: Tensor | None, mu: Tensor, var: Tensor
    ) -> Tensor:
        dims, shape = (0, *range(2, x.ndim)), (1, -1, *[1] * (x.ndim - 2))
        centred = x - (mean(x, dims, keepdim=True) if self.own else reshape(mu, shape))
        var = mean(centred * centred, dims, keepdim=True) if self.own else reshape(var, shape)
        y = affine(centred / sqrt(var + self.eps), weight, bias, shape)
        return leaky_relu(y, self.slope) if self.slope < 1 else y

    def forward(
        self, x: Array, weight: Array | None, bias: Array | None, mu: Array, var: Array
    ) -> tuple[Array, Any]:
        xp, rows, scale = namespace(x), _rows(x), self._scale(x, weight, var)
        shift = _along(rows, -mu * scale if bias is None else bias - mu * scale)
        scale, zero = (
            _along(rows, scale),
            xp.zeros_like(shift),
        )  # maximum with a scalar takes NumPy four times as long
        y, passes = (
            xp.empty(rows.shape, x.dtype),
            xp.empty(rows.shape, bool) if self.slope < 1 else None,
        )

        def normalize(_: int, block: Any) -> None:
            part = xp.multiply(rows[block], scale, out=y[block])
            part += shift
            if passes is not None:
                xp.maximum(part, part * self.slope if self.slope else zero, out=part)
                (xp.greater if self.slope else xp.not_equal)(
                    part, 0, out=passes[block]
                )  # through relu NaN passes

        sweep(normalize, rows)
        return _images(y, x.shape), passes

    def _scale(self, x: Array, weight: Array | None, var: Array) -> Array:
        rstd = (1 / namespace(x).sqrt(var + self.eps)).astype(x.dtype)
        return rstd if weight is None else rstd * weight

    def backward(
        self,
        g: Array,
        x: Array,
        weight: Array | None,
        bias: Array | None,
        mu: Array,
        var: Array,
        saved: Array | None,
        wanted: tuple[bool, ...],
    ) -> list[Array | None]:
        xp, rows, gy, share = namespace(x), _rows(x), _rows(g), len(mu) / max(x.size, 1)
        rstd, scale = self._scale(x, None, var), self._scale(x, weight, var)
        gx = xp.empty(rows.shape, x.dtype)
        gz = gy if saved is None else gx  # the gradient before the activation lies where gx will be
        total, slant = self._sums(gz, gy, saved, rows, mu)
        if wanted[
            0
            # (gz - mean gz - (x - mean) mean(gz (x - mean)) / var) scale, as gz scale + x tilt +
            # level
        ]:
            tilt = (slant * rstd * rstd * scale * -share).astype(x.dtype)
            self._spread(gx, gz, rows, scale, tilt, -total * scale * share - mu * tilt)
        return [
            _images(gx, x.shape),
            (slant * rstd).astype(x.dtype),
            total.astype(x.dtype),
            None,
            None,
        ]

    def _sums(self, gz: Array, gy: Array, passes: Array | None, rows: Array, mu: Array) -> Array:
        """The sums of gz and of gz (x - mean) for each channel; gz is made from gy first if not all
        of it passes.
        """
        centre, sums = _along(rows, mu), namespace(rows).empty((2, len(blocks(rows)), len(mu)))

        def add(b: int, block: Any) -> None:
            if passes is not None:
                gate(gy[block], passes[block], self.slope, out=gz[block])
            part = rows[block] - centre
            part *= gz[block]
            sums[0, b], sums[1, b] = _sum(gz[block], len(mu)), _sum(part, len(mu))

        sweep(add, rows)
        return sums.sum(1)

    def _spread(
        self, gx: Array, gz: Array, rows: Array, scale: Array, tilt: Array, level: Array
    ) -> None:
        """gx = gz scale + x tilt + level; the last two come from the moments, if they are x's
        own.
        """
        scale, tilt, level = _along(rows, scale), _along(rows, tilt), _along(rows, level)

        def spread(_: int, block: Any) -> None:
            part = namespace(rows).multiply(gz[block], scale, out=gx[block])
            if self.own:
                lean = rows[block] * tilt
                lean += level
                part += lean

        sweep(spread, rows)


_batch_norm = lru_cache(maxsize=1024)(BatchNorm)


def affine(y: Tensor, weight: Tensor | None, bias: Tensor | None, shape: Shape) -> Tensor:
    """y * weight + bias, each if given, in this shape."""
    y = y if weight is None else y * reshape(weight, shape)
    return y if bias is None else y + reshape(bias, shape)


def check_channels(function: str, input: Tensor, least: int, **vectors: Tensor | None) -> None:
    """ValueError unless input has at least so many dimensions, and each vector a number per
    channel.
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
                f"{input.shape} "
                f"(legal: {input.shape[1:2]}, one number per channel)"
            )


def track(running: Tensor | None, batch: Array, momentum: float) -> None:
    """Let a running moment, if there is one, take the share `momentum` of the batch's; it is no
    part of the graph.
    """
    if running is not None:
        with np.errstate(all="ignore"):  # infinities are values here
            running._data[...] = (1 - momentum) * running._data + momentum * batch
        running.changed()


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel of input (N, C, *X) with mean 0 and variance 1, times weight plus bias (all
    vectors (C)).

    In training the moments are the batch's, with the biased variance, and the running ones, if
    given, take the share `momentum` of them, with the unbiased variance; else the running ones are
    used. The result has channels last in memory. Raises ValueError for shapes that do not fit, for
    one number per channel in training and for missing running moments outside it, TypeError for
    mixed dtypes. (Ioffe and Szegedy 2015.)

    >>> import minigan
    >>> batch_norm(minigan.tensor([[1.0], [3.0]]), None, None, training=True, eps=0)
    tensor([[-1.],
            [ 1.]])
    """
    return batch_norm_act(
        input, running_mean, running_var, weight, bias, training, momentum, eps, 1.0
    )


def batch_norm_act(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
    negative_slope: float = 0.0,
) -> Tensor:
    """leaky_relu(batch_norm(input, ...), negative_slope) as one op; 0 is relu.

    Raises as `batch_norm` does.
    """
    function = "batch_norm"
    check_channels(
        function,
        input,
        2,
        weight=weight,
        bias=bias,
        running_mean=running_mean,
        running_var=running_var,
    )
    share, slope = (
        number(function, "momentum", momentum),
        number(function, "negative_slope", negative_slope, 0.0, 1.0),
    )
    spread = number(function, "eps", eps, 0.0)
    if training:
        free = input.numel() // max(input.shape[1], 1)
        if free == 1:
            raise ValueError(
                f"{function}: input of shape {input.shape} has one value per channel; training "
                "needs more"
            )
        with np.errstate(all="ignore"):  # infinities are values here
            mu, var = moments(
                input._data if input.dtype.itemsize > 2 else input._data.astype(np.float32)
            )
        if free:
            track(running_mean, mu, share)
            track(running_var, var * (free / (free - 1)), share)
    elif running_mean is None or running_var is None:
        raise ValueError(
            f"{function}: running_mean and running_var must be given when training=False"
        )
    else:
        mu, var = (
            running_mean._data.copy(),
            running_var._data.copy(),
        )  # a later update is no change of this op
    op = _batch_norm(spread, training, slope)
    return op(input, weight, bias, Tensor._wrap(mu), Tensor._wrap(var))
