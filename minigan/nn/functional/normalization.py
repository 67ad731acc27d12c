"""Normalization: numbers minus their mean, divided by their standard deviation.

The kinds differ in the set of numbers that share a mean and a standard deviation:

    batch norm       a channel, over the whole batch                 one mean for each c
    instance norm    a channel of one image                          one mean for each n, c
    group norm       a group of channels of one image                one mean for each n, group
    layer norm       the last dimensions                             one mean for each other index

The last three are one op, which normalizes every row of a matrix. Batch norm has its own file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from minigan.autograd import FusedOp, Tensor
from minigan.backend import Array, namespace
from minigan.checks import Shape, as_shape, boolean, integer, number
from minigan.functions.arguments import one_dtype
from minigan.functions.elementwise import sqrt
from minigan.functions.shaping import reshape
from minigan.functions.statistics import mean
from minigan.nn.functional.batchnorm import batch_norm
from minigan.nn.functional.channels import affine, check_channels, track
from minigan.nn.functional.half import is_half
from minigan.threads import sweep

__all__ = ["layer_norm", "group_norm", "instance_norm", "rms_norm"]


@dataclass(frozen=True)
class Standardize(FusedOp):
    """y[r, i] = (x[r, i] - mean_i x[r, i]) / sqrt(var_i x[r, i] + eps).

    `saved` holds each row's mean and 1 / sqrt(var + eps). With them the rule computes y again: the
    output may then be changed in place, as in PyTorch.
    """

    eps: float

    def plain(self, x: Tensor) -> Tensor:
        centred = x - mean(x, 1, keepdim=True)
        return centred / sqrt(mean(centred * centred, 1, keepdim=True) + self.eps)

    def forward(self, x: Array) -> tuple[Array, Array]:
        xp, y = namespace(x), namespace(x).empty_like(x)
        saved = xp.empty((2, len(x), 1), x.dtype)

        def standardize(_: int, block: Any) -> None:
            rows = x[block]
            saved[0][block] = mu = _mean(rows)
            centred = xp.subtract(rows, mu, out=y[block])
            saved[1][block] = rstd = 1 / xp.sqrt(_mean(centred * centred) + self.eps)
            centred *= rstd

        sweep(standardize, x)
        return y, saved

    def backward(self, g: Array, x: Array, saved: Array, wanted: tuple[bool, ...]) -> list[Array]:
        """Return the gradient of x, rstd (g - mean g - y mean(g y)); the means are over a row."""
        xp, gx = namespace(x), namespace(x).empty_like(x)

        def compute(_: int, block: Any) -> None:
            mu, rstd, gy = saved[0][block], saved[1][block], g[block]
            y = x[block] - mu
            y *= rstd
            y *= _mean(gy * y)
            part = xp.subtract(gy, _mean(gy), out=gx[block])
            part -= y
            part *= rstd

        sweep(compute, x)
        return [gx]


_standardize = lru_cache(maxsize=1024)(Standardize)


def _mean(rows: Array) -> Array:
    return rows.sum(1, keepdims=True, dtype=rows.dtype) / rows.dtype.type(rows.shape[1])


def _by_rows(function: str, x: Tensor, R: int, eps: float) -> Tensor:
    """Return x standardized as R rows, in the shape of x."""
    rows = reshape(x, (R, x.numel() // R if R else 0))  # (R, the numbers that share a mean)
    return reshape(_standardize(number(function, "eps", eps, 0.0))(rows), x.shape)


def _last_sizes(
    function: str, input: Tensor, normalized_shape: int | Sequence[int], **vectors: Tensor | None
) -> Shape:
    """Return normalized_shape as a tuple, if input and the vectors fit it."""
    one_dtype(function, input=input, **vectors)
    shape = as_shape(function, [normalized_shape])
    if not shape or input.shape[-len(shape) :] != shape:
        raise ValueError(
            f"{function}: normalized_shape={shape} must be the last sizes of input of shape "
            f"{input.shape}"
        )
    for name, vector in vectors.items():
        if vector is not None and vector.shape != shape:
            raise ValueError(
                f"{function}: {name} has shape {vector.shape}; it must have "
                f"normalized_shape={shape}"
            )
    return shape


def layer_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Return input (..., *normalized_shape) with mean 0 and variance 1 over these last dimensions.

    It is then multiplied by weight, and bias is added; both have shape normalized_shape. (Ba, Kiros
    & Hinton 2016.) Raises ValueError that restates the shapes if they do not fit, and TypeError if
    the dtypes differ or are not floats.

    >>> import minigan
    >>> layer_norm(minigan.tensor([[1.0, 3.0], [5.0, 5.0]]), [2]).round().tolist()
    [[-1.0, 1.0], [0.0, 0.0]]
    """
    shape = _last_sizes("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    y = _by_rows("layer_norm", input, math.prod(input.shape[: -len(shape)]), eps)
    return affine(y, weight, bias, shape)


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Return input (N, C, *X) with mean 0 and variance 1 in each group of channels of each image.

    It is then multiplied by weight, and bias is added; both have shape (C,). (Wu & He 2018.) Raises
    ValueError if shapes do not fit, num_groups does not divide C or a group has one number, and
    TypeError if the dtypes differ or are not floats.

    >>> import minigan
    >>> group_norm(minigan.tensor([[1.0, 3.0, 5.0, 5.0]]), 2).round().tolist()
    [[-1.0, 1.0, 0.0, 0.0]]
    """
    check_channels("group_norm", input, 2, weight=weight, bias=bias)
    (N, C), G = input.shape[:2], integer("group_norm", "num_groups", num_groups)
    if G < 1 or C % G:
        raise ValueError(
            f"group_norm: num_groups={G} must divide the {C} channels of input of shape "
            f"{input.shape}"
        )
    if input.numel() == G:
        raise ValueError(
            f"group_norm: input of shape {input.shape} has one value per group; at least 2 needed"
        )
    y = _by_rows("group_norm", input, N * G, eps)
    return affine(y, weight, bias, (1, C, *[1] * (input.ndim - 2)))


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Return input (N, C, *X) with mean 0 and variance 1 in each channel of each image.

    It is then multiplied by weight, and bias is added; both have shape (C,). (Ulyanov et al. 2016.)
    The running moments, if given, are updated by the means over the images of their moments, with
    the unbiased variance: r <- (1 - momentum) r + momentum m. With use_input_stats=False they are
    used instead. Raises as `batch_norm`.

    >>> import minigan
    >>> instance_norm(minigan.tensor([[[1.0, 3.0], [5.0, 5.0]]])).round().tolist()
    [[[-1.0, 1.0], [0.0, 0.0]]]
    """
    if not boolean("instance_norm", "use_input_stats", use_input_stats):
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    running = {"running_mean": running_mean, "running_var": running_var}
    check_channels("instance_norm", input, 3, weight=weight, bias=bias, **running)
    (N, C), L = input.shape[:2], math.prod(input.shape[2:])
    if L == 1:
        raise ValueError(
            f"instance_norm: input of shape {input.shape} has one value per channel; at least 2 "
            "needed"
        )
    y = _by_rows("instance_norm", input, N * C, eps)
    momentum, dims = number("instance_norm", "momentum", momentum), tuple(range(2, input.ndim))
    if input.numel() and not running_mean is running_var is None:
        numbers = input._data.astype(np.float64)
        track(running_mean, numbers.mean(dims).mean(0), momentum)
        track(running_var, numbers.var(dims, ddof=1).mean(0), momentum)
    return affine(y, weight, bias, (1, C, *[1] * (input.ndim - 2)))


def rms_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """Return x / sqrt(m + eps) times weight; m is the mean of x^2 over the last dimensions.

    These are of sizes normalized_shape, as the weight (Zhang & Sennrich 2019). By default eps is
    the machine epsilon of the dtype (of float32 for float16). Raises as `layer_norm`.

    >>> import minigan
    >>> rms_norm(minigan.tensor([[3.0, 3.0, 0.0, 0.0]]), 4).square().mean().round()
    tensor(1.)
    """
    shape = _last_sizes("rms_norm", input, normalized_shape, weight=weight)
    x = input.float() if is_half(input) else input
    e = np.finfo(x.dtype).eps if eps is None else number("rms_norm", "eps", eps, 0.0)
    y = x / sqrt(mean(x * x, tuple(range(-len(shape), 0)), keepdim=True) + float(e))
    return affine(y.to(input.dtype), weight, None, shape)
