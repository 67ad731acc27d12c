"""Batch normalization: every channel less its mean, over its standard deviation, both taken over the batch.

The arithmetic is done on rows, one for each position of each image, of C channels each: channels-last memory as it
lies. Sums run over blocks of rows that stay in the cache. (Ioffe and Szegedy 2015.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from minigan.backend import Array, matmul, namespace, parallel
from minigan.ops.activations import gate, leaky_relu
from minigan.ops.checks import number, one_dtype
from minigan.tensor import FusedOp, Op
from minigan.tensor.checks import Shape
from minigan.tensor.elementwise import sqrt
from minigan.tensor.shaping import reshape
from minigan.tensor.statistics import mean

if TYPE_CHECKING:
    from minigan.tensor import Tensor

__all__ = ["batch_norm", "batch_norm_act"]

# ---------------------------------------------------------------------------------------- rows of channels, by blocks

_BLOCK = 1 << 16  # numbers in a block: few enough to stay in the cache while they are read several times


def _rows(x: Array) -> Array:
    """x (N, C, *X) as rows (N*X, C): the same memory where channels are last in it."""
    C = x.shape[1]
    return namespace(x).moveaxis(x, 1, -1).reshape(x.size // C if C else 0, C)


def _images(rows: Array, shape: Shape) -> Array:
    """Rows (N*X, C) as (N, C, *X), channels last in memory."""
    N, C, *X = shape
    return namespace(rows).moveaxis(rows.reshape(N, *X, C), -1, 1)


def _blocks(rows: Array) -> list[slice]:
    """Rows cut by shape alone, so that sums have the same bits at any number of threads; a GPU takes all at once."""
    M, C = rows.shape
    step = max(1, _BLOCK // max(C, 1) if namespace(rows) is np else M)
    return [slice(m, min(m + step, M)) for m in range(0, M, step)]


def _sweep(work: Callable[[int, slice], None], rows: Array) -> None:
    """work(b, block) for every block of rows; infinities are values there too, and threads inherit no errstate."""

    def quietly(piece: tuple[int, slice]) -> None:
        with np.errstate(all="ignore"):
            work(*piece)

    parallel(quietly, enumerate(_blocks(rows)))


def moments(rows: Array) -> tuple[Array, Array]:
    """The mean and the biased variance of each column of rows (M, C), in float64; of no rows, 0 and 1.

    Each block gives its mean, and its squares about that mean, so that a mean far from 0 costs no digits of the
    variance; blocks are joined by Chan, Golub and LeVeque's formula (1979).
    """
    xp, (M, C), counts = namespace(rows), rows.shape, [block.stop - block.start for block in _blocks(rows)]
    if not M:
        return xp.zeros(C), xp.ones(C)
    means, squares = xp.empty((len(counts), C)), xp.empty((len(counts), C))

    def work(b: int, block: slice) -> None:
        n, ones = counts[b], xp.ones(counts[b], rows.dtype)
        means[b] = near = matmul(ones, rows[block]) / n
        centred = rows[block] - near
        rest = matmul(ones, centred) / n  # what rounding took from the mean
        means[b] += rest
        centred *= centred
        squares[b] = matmul(ones, centred) - n * rest * rest

    _sweep(work, rows)
    with np.errstate(all="ignore"):
        weights = xp.asarray(counts, xp.float64)[:, None] / M
        mean = (weights * means).sum(0)
        return mean, squares.sum(0) / M + (weights * (means - mean) ** 2).sum(0)


@dataclass(frozen=True)
class BatchNorm(FusedOp):
    """y = (x - mean) / sqrt(var + eps) * weight + bias for each channel, then max(y, slope y): one op for two layers.

    mean and var (C) are inputs without gradient: with `own` they are x's own moments, through which the gradient
    goes on to x; else they are constants. Slope 1 is no activation, 0 is relu.
    """

    eps: float
    own: bool
    slope: float = 1.0

    def plain(self, x: Tensor, weight: Tensor | None, bias: Tensor | None, mu: Tensor, var: Tensor) -> Tensor:
        dims, shape = (0, *range(2, x.ndim)), (1, -1, *[1] * (x.ndim - 2))
        centred = x - (mean(x, dims, keepdim=True) if self.own else reshape(mu, shape))
        var = mean(centred * centred, dims, keepdim=True) if self.own else reshape(var, shape)
        y = affine(centred / sqrt(var + self.eps), weight, bias, shape)
        return leaky_relu(y, self.slope) if self.slope < 1 else y

    def forward(self, x: Array, weight: Array | None, bias: Array | None, mu: Array, var: Array) -> tuple[Array, Any]:
        xp, rows, scale = namespace(x), _rows(x), self._scale(x, weight, var)
        y, mu = xp.empty(rows.shape, x.dtype), mu.astype(x.dtype)
        passes = xp.empty(rows.shape, bool) if self.slope < 1 else None

        def normalize(_: int, block: slice) -> None:
            part = xp.subtract(rows[block], mu, out=y[block])
            part *= scale
            if bias is not None:
                part += bias
            if passes is not None:
                xp.greater(part, 0, out=passes[block])
                xp.maximum(part, part * self.slope if self.slope else 0, out=part)

        _sweep(normalize, rows)
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
        rows, mu, scale, rstd = _rows(x), mu.astype(x.dtype), self._scale(x, weight, var), self._scale(x, None, var)
        gx = namespace(x).empty(rows.shape, x.dtype)  # x - mean at first
        gz, total, slant = self._sums(_rows(g), rows, mu, saved, gx)
        level, tilt = (total / len(rows)).astype(x.dtype), (slant * rstd * rstd / -len(rows)).astype(x.dtype)

        def spread(_: int, block: slice) -> None:
            part = gx[block]
            if self.own:  # gz - mean gz - (x - mean) mean(gz (x - mean)) / var
                part *= tilt
                part += gz[block]
                part -= level
                part *= scale
            else:
                namespace(x).multiply(gz[block], scale, out=part)

        if wanted[0]:
            _sweep(spread, rows)
        return [_images(gx, x.shape), (slant * rstd).astype(x.dtype), total.astype(x.dtype), None, None]

    def _sums(self, gy: Array, rows: Array, mu: Array, passes: Array | None, centred: Array) -> tuple[Array, ...]:
        """The gradient gz before the activation, its sum, and that of gz (x - mean); x - mean goes into `centred`."""
        xp, gz = namespace(rows), gy if passes is None else namespace(rows).empty(rows.shape, rows.dtype)
        sums = xp.empty((2, len(_blocks(rows)), rows.shape[1]))

        def add(b: int, block: slice) -> None:
            if passes is not None:
                gz[block] = gate(gy[block], passes[block], self.slope)
            ones, part = xp.ones(block.stop - block.start, rows.dtype), xp.subtract(rows[block], mu, out=centred[block])
            sums[0, b], sums[1, b] = matmul(ones, gz[block]), matmul(ones, part * gz[block])

        _sweep(add, rows)
        return gz, *sums.sum(1)


_batch_norm = lru_cache(maxsize=1024)(BatchNorm)


def affine(y: Tensor, weight: Tensor | None, bias: Tensor | None, shape: Shape) -> Tensor:
    """y * weight + bias, each if given, in this shape."""
    y = y if weight is None else y * reshape(weight, shape)
    return y if bias is None else y + reshape(bias, shape)


def check_channels(function: str, input: Tensor, least: int, **vectors: Tensor | None) -> None:
    """ValueError unless input has at least so many dimensions, and each vector a number per channel."""
    one_dtype(function, input=input, **vectors)
    if input.ndim < least:
        raise ValueError(f"{function}: input has shape {input.shape}; it must have at least {least} dimensions")
    for name, vector in vectors.items():
        if vector is not None and vector.shape != input.shape[1:2]:
            raise ValueError(
                f"{function}: {name} of shape {vector.shape} does not fit input of shape {input.shape} "
                f"(legal: {input.shape[1:2]}, one number per channel)"
            )


def track(running: Tensor | None, batch: Array, momentum: float) -> None:
    """Let a running moment, if there is one, take the share `momentum` of the batch's; it is no part of the graph."""
    if running is not None:
        running._data[...] = (1 - momentum) * running._data + momentum * batch
        running.cell[0] += 1


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
    """Each channel of input (N, C, *X) with mean 0 and variance 1, times weight plus bias (all vectors (C)).

    In training the moments are the batch's, with the biased variance, and the running ones, if given, take the share
    `momentum` of them, with the unbiased variance; else the running ones are used. The result has channels last in
    memory. Raises ValueError for shapes that do not fit, for one number per channel in training and for missing
    running moments outside it, TypeError for mixed dtypes. (Ioffe and Szegedy 2015.)

    >>> import minigan
    >>> batch_norm(minigan.tensor([[1.0], [3.0]]), None, None, training=True, eps=0)
    tensor([[-1.],
            [ 1.]])
    """
    return batch_norm_act(input, running_mean, running_var, weight, bias, training, momentum, eps, 1.0)


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
    """leaky_relu(batch_norm(input, ...), negative_slope) as one op; 0 is relu. Raises as `batch_norm` does."""
    function = "batch_norm"
    check_channels(function, input, 2, weight=weight, bias=bias, running_mean=running_mean, running_var=running_var)
    share, slope = number(function, "momentum", momentum), number(function, "negative_slope", negative_slope, 0.0, 1.0)
    spread = number(function, "eps", eps, 0.0)
    if training:
        free = input.numel() // max(input.shape[1], 1)
        if free == 1:
            raise ValueError(f"{function}: input of shape {input.shape} has one value per channel; training needs more")
        mu, var = moments(_rows(input._data if input.dtype.itemsize > 2 else input._data.astype(np.float32)))
        if free:
            track(running_mean, mu, share)
            track(running_var, var * (free / (free - 1)), share)
    elif running_mean is None or running_var is None:
        raise ValueError(f"{function}: running_mean and running_var must be given when training=False")
    else:
        mu, var = running_mean._data.copy(), running_var._data.copy()  # a later update is no change of this op
    op = _batch_norm(spread, training, slope)
    return op(input, weight, bias, Op.tensor._wrap(mu), Op.tensor._wrap(var))
