"""Batch normalization (Ioffe & Szegedy 2015) as one op, with the activation that follows it.

For each channel, with the mean and the variance over the batch and all positions:

    y = (x - mean) / sqrt(var + eps) * weight + bias
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from minigan.autograd import FusedOp, Tensor
from minigan.backend import Array, namespace
from minigan.checks import boolean, number
from minigan.conv.finishing import activate
from minigan.functions.elementwise import sqrt
from minigan.functions.shaping import reshape
from minigan.functions.statistics import mean
from minigan.nn.functional.activations import gate, leaky_relu
from minigan.nn.functional.channels import (
    affine,
    along,
    as_images,
    as_rows,
    check_channels,
    moments,
    sum_of,
    track,
)
from minigan.threads import sums_over_blocks, sweep

__all__ = ["batch_norm", "batch_norm_act"]


@dataclass(frozen=True)
class BatchNorm(FusedOp):
    """y = max(z, slope z) with z = (x - mu) / sqrt(var + eps) * weight + bias for each channel.

    mu and var (C,) are inputs without a gradient. If `own` is True they are the moments of x
    itself, and the gradient of x takes this into account; otherwise they are constants. Slope 1
    means no activation, and slope 0 is relu.

    What depends on the whole batch is computed by `moments`, `mean` and `batch_sums`. A subclass
    changes them if x is only a part of the batch.
    """

    eps: float
    own: bool
    slope: float = 1.0

    def moments(self, x: Array) -> tuple[int, Array, Array]:
        """Return n, the numbers per channel in the batch, their mean and biased variance (C,)."""
        x = x if x.itemsize > 2 else x.astype(np.float32)
        return x.size // max(x.shape[1], 1), *moments(x)

    def mean(self, x: Tensor, dims: tuple[int, ...]) -> Tensor:
        """Return the mean of x over the batch, as ops; `dims` stay with size 1."""
        return mean(x, dims, keepdim=True)

    def batch_sums(self, sums: Array, n: int) -> tuple[Array, float]:
        """Return s1 and s2 and n of the batch, from those of x."""
        return sums, n

    def plain(
        self, x: Tensor, weight: Tensor | None, bias: Tensor | None, mu: Tensor, var: Tensor
    ) -> Tensor:
        dims, shape = (0, *range(2, x.ndim)), (1, -1, *[1] * (x.ndim - 2))
        centred = x - (self.mean(x, dims) if self.own else reshape(mu, shape))
        var = self.mean(centred * centred, dims) if self.own else reshape(var, shape)
        y = affine(centred / sqrt(var + self.eps), weight, bias, shape)
        return leaky_relu(y, self.slope) if self.slope < 1 else y

    def forward(
        self, x: Array, weight: Array | None, bias: Array | None, mu: Array, var: Array
    ) -> tuple[Array, Any]:
        xp, rows, scale = namespace(x), as_rows(x), self._scale(x, weight, var)
        shift = along(rows, -mu * scale if bias is None else bias - mu * scale)
        scale = along(rows, scale)
        zero = xp.zeros_like(shift)
        y = xp.empty(rows.shape, x.dtype)
        passes = xp.empty(rows.shape, bool) if self.slope < 1 else None

        def normalize(_: int, block: Any) -> None:
            part = xp.multiply(rows[block], scale, out=y[block])
            part += shift
            if passes is not None:
                activate(part, self.slope, zero, passes[block])

        sweep(normalize, rows)
        return as_images(y, x.shape), passes

    def _scale(self, x: Array, weight: Array | None, var: Array) -> Array:
        """Return weight / sqrt(var + eps), one number per channel."""
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
        """With s1 = sum gz, s2 = sum gz (x - mu) and n numbers per channel, the gradient of x is

        gx = scale (gz - s1/n - (x - mu) rstd^2 s2/n) = scale gz + a x + b
        """
        xp, rows, gy = namespace(x), as_rows(x), as_rows(g)
        rstd = self._scale(x, None, var)
        scale = rstd if weight is None else rstd * weight
        gx = xp.empty(rows.shape, x.dtype)
        gz = gy if saved is None else gx  # the memory of gx holds gz first
        sums = self._sums(gz, gy, saved, rows, mu)
        if wanted[0]:
            (s1, s2), n = self.batch_sums(sums, x.size // max(len(mu), 1))
            n_inverse = 1 / max(n, 1)
            a = (s2 * rstd * rstd * scale * -n_inverse).astype(x.dtype)
            b = -s1 * scale * n_inverse - mu * a
            self._input_gradient(gx, gz, rows, scale, a, b)
        s1, s2 = sums
        g_weight, g_bias = (s2 * rstd).astype(x.dtype), s1.astype(x.dtype)
        return [as_images(gx, x.shape), g_weight, g_bias, None, None]

    def _sums(self, gz: Array, gy: Array, passes: Array | None, rows: Array, mu: Array) -> Array:
        """Return s1 and s2; first write gz from gy if there is an activation."""
        C, centre = len(mu), along(rows, mu)

        def add(block: Any) -> tuple[Array, Array]:
            if passes is not None:
                gate(gy[block], passes[block], self.slope, out=gz[block])
            part = rows[block] - centre
            part *= gz[block]
            return sum_of(gz[block], C), sum_of(part, C)

        return sums_over_blocks(add, rows, (2, C), np.float64)

    def _input_gradient(
        self, gx: Array, gz: Array, rows: Array, scale: Array, a: Array, b: Array
    ) -> None:
        """Write gx = scale gz + a x + b; the last two terms only if the moments are x's own."""
        scale, a, b = along(rows, scale), along(rows, a), along(rows, b)

        def compute(_: int, block: Any) -> None:
            part = namespace(rows).multiply(gz[block], scale, out=gx[block])
            if self.own:
                through_moments = rows[block] * a
                through_moments += b
                part += through_moments

        sweep(compute, rows)


_batch_norm = lru_cache(maxsize=1024)(BatchNorm)


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
    """Return input (N, C, *X) with mean 0 and variance 1 in each channel, times weight plus bias.

    All vectors have shape (C,). In training the moments are those of the batch, with the biased
    variance, and the running moments (if given) are updated: r <- (1 - momentum) r + momentum m,
    with the unbiased variance. Otherwise the running moments are used. The result has channels last
    in memory. (Ioffe & Szegedy 2015, algorithm 1.)

    Raises ValueError if shapes do not fit, if training has one number per channel, and if running
    moments are missing outside training; TypeError if the dtypes differ or are not floats.

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
    """Return leaky_relu(batch_norm(input, ...), negative_slope), computed by one op.

    A slope of 0 is relu, and a slope of 1 no activation. Raises as `batch_norm`, and ValueError if
    the slope is not in [0, 1].

    >>> import minigan
    >>> batch_norm_act(minigan.tensor([[1.0], [3.0]]), None, None, training=True, eps=0)
    tensor([[0.],
            [1.]])
    """
    running = running_mean, running_var
    return normalized(
        _batch_norm, input, *running, weight, bias, training, momentum, eps, negative_slope
    )


def normalized(
    op_of: Callable[[float, bool, float], BatchNorm],
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    negative_slope: float,
) -> Tensor:
    """Return batch_norm_act(input, ...), computed by the op `op_of(eps, training, slope)`."""
    function = "batch_norm"
    running = {"running_mean": running_mean, "running_var": running_var}
    check_channels(function, input, 2, weight=weight, bias=bias, **running)
    momentum = number(function, "momentum", momentum)
    slope = number(function, "negative_slope", negative_slope, 0.0, 1.0)
    training = boolean(function, "training", training)
    op = op_of(number(function, "eps", eps, 0.0), training, slope)
    if training:
        mu, var = _batch_moments(op, input, running_mean, running_var, momentum)
    elif running_mean is None or running_var is None:
        raise ValueError(
            f"{function}: running_mean and running_var must be given when training=False"
        )
    else:  # copies, because a later update must not change what this op has read
        mu, var = running_mean._data.copy(), running_var._data.copy()
    return op(input, weight, bias, Tensor._wrap(mu), Tensor._wrap(var))


def _batch_moments(
    op: BatchNorm,
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    momentum: float,
) -> tuple[Array, Array]:
    """Return the batch's mean and biased variance, after updating the running moments by them."""
    with np.errstate(all="ignore"):  # infinities are values here
        n, mu, var = op.moments(input._data)
    if n == 1:
        raise ValueError(
            f"batch_norm: input of shape {input.shape} has one value per channel; training needs "
            "at least 2"
        )
    if n:
        track(running_mean, mu, momentum)
        track(running_var, var * (n / (n - 1)), momentum)
    return mu, var
