"""How weights start: each function fills a tensor where it stands, and returns it.

The variance of a sum of n independent terms is n times that of one, so weights are drawn with a
variance of about 1 / n: then signals (n = fan in) or gradients (n = fan out) keep their size from
layer to layer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator, to_device
from minigan.checks import Shape
from minigan.functions.arguments import tensor_of
from minigan.threads import one_blas_thread

Numbers = np.ndarray[Any, Any]

_GAINS = {
    **dict.fromkeys(("linear", "sigmoid", "conv1d", "conv2d", "conv3d"), 1.0),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), 1.0),
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By what factor weights must be larger to keep a signal's size through the nonlinearity that
    follows.

    `param` is leaky_relu's negative slope (0.01 unless given). Raises ValueError for an unknown
    nonlinearity.

    >>> calculate_gain("leaky_relu", 0.0) == calculate_gain("relu")
    True
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(
                f"calculate_gain: param={param!r} must be leaky_relu's negative slope, a number"
            )
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        legal = ", ".join([*_GAINS, "leaky_relu"])
        raise ValueError(
            f"calculate_gain: nonlinearity={nonlinearity!r} is unknown (legal: {legal})"
        )
    return _GAINS[nonlinearity]


def fans(tensor: Tensor) -> tuple[int, int]:
    """Fan in and fan out of a weight (K, C, *kernel): how many terms each output, or input, has a
    part in.

    For a transposed convolution's weight they change roles, as in PyTorch. Raises ValueError below
    two dimensions.
    """
    if tensor_of("init", "tensor", tensor).ndim < 2:
        raise ValueError(
            f"init: a tensor of shape {tensor.shape} has no fans; it needs at least 2 dimensions"
        )
    taps = math.prod(tensor.shape[2:])
    return tensor.shape[1] * taps, tensor.shape[0] * taps


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Seed = None) -> Tensor:
    """Fill with numbers drawn evenly from [a, b)."""
    return _fill(tensor, lambda shape: a + (b - a) * as_generator(generator).random(shape))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Seed = None) -> Tensor:
    """Fill with numbers drawn from N(mean, std^2). Raises ValueError for a negative std."""
    if std < 0:
        raise ValueError(f"normal_: std={std} must be >= 0")
    return _fill(tensor, lambda shape: mean + std * as_generator(generator).standard_normal(shape))


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Seed = None,
) -> Tensor:
    """Fill from N(mean, std^2), what falls outside [a, b] being drawn again.

    Raises ValueError where [a, b] is empty or further than 8 std from the mean.
    """
    if not (std > 0 and a < b and a <= mean + 8 * std and b >= mean - 8 * std):
        raise ValueError(
            f"trunc_normal_: [a, b] = [{a}, {b}] is not an interval near mean={mean}, std={std}"
        )
    rng = as_generator(generator)

    def draw(shape: Shape) -> Numbers:
        numbers = rng.normal(mean, std, shape)
        while (outside := (numbers < a) | (numbers > b)).any():
            numbers[outside] = rng.normal(mean, std, int(outside.sum()))
        return numbers

    return _fill(tensor, draw)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one number."""
    return _fill(tensor, lambda shape: np.full(shape, val, np.float64))


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros."""
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Make a matrix the identity. Raises ValueError for other than two dimensions."""
    if tensor_of("eye_", "tensor", tensor).ndim != 2:
        raise ValueError(f"eye_: a tensor of shape {tensor.shape} is no matrix")
    return _fill(tensor, lambda shape: np.eye(shape[0], shape[1]))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make a convolution's weight (K, C, *kernel) hand each channel through unchanged, group by
    group.

    Raises ValueError for other than 3 to 5 dimensions, or groups that do not divide K.
    """
    if not 3 <= tensor_of("dirac_", "tensor", tensor).ndim <= 5:
        raise ValueError(
            f"dirac_: a tensor of shape {tensor.shape} is no convolution's weight (3 to 5 "
            "dimensions)"
        )
    K, C, *kernel = tensor.shape
    if groups < 1 or K % groups:
        raise ValueError(f"dirac_: groups={groups} must divide the tensor's first size {K}")
    numbers = np.zeros(tensor.shape)
    middle = tuple(size // 2 for size in kernel)
    for k in range(K):
        if k % (K // groups) < C:
            numbers[(k, k % (K // groups), *middle)] = 1.0
    return _fill(tensor, lambda _: numbers)


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Seed = None) -> Tensor:
    """Evenly from +-gain sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010, eq. 16)."""
    bound = gain * math.sqrt(6 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Seed = None) -> Tensor:
    """From N(0, std^2), std = gain sqrt(2 / (fan in + fan out)) (Glorot & Bengio 2010)."""
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(fans(tensor))), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Seed = None,
) -> Tensor:
    """Evenly from +-gain sqrt(3 / fan) (He et al. 2015, eq. 14); `a` is leaky_relu's slope."""
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Seed = None,
) -> Tensor:
    """From N(0, std^2), std = gain / sqrt(fan) (He et al. 2015, eq.

    14); `a` is leaky_relu's slope.
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"kaiming: mode={mode!r} is not a mode (legal: 'fan_in', 'fan_out')")
    fan = fans(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(max(fan, 1))


def orthogonal_(tensor: Tensor, gain: float = 1.0, generator: Seed = None) -> Tensor:
    """As a matrix (first size, the rest), make rows or columns orthonormal, times gain (Saxe et al.
    2014).

    Raises ValueError below two dimensions.
    """
    if tensor_of("orthogonal_", "tensor", tensor).ndim < 2:
        raise ValueError(
            f"orthogonal_: a tensor of shape {tensor.shape} needs at least 2 dimensions"
        )
    if not tensor.numel():
        return tensor
    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    normal = as_generator(generator).standard_normal((max(rows, columns), min(rows, columns)))
    with one_blas_thread:
        q, r = np.linalg.qr(normal)
    q *= np.sign(
        np.diag(r)
    )  # the factorisation is unique, and q uniform, once r's diagonal is positive
    return _fill(tensor, lambda shape: gain * (q if rows >= columns else q.T).reshape(shape))


def _fill(tensor: Tensor, draw: Callable[[Shape], Numbers]) -> Tensor:
    """Write numbers over a tensor's, in place, unrecorded."""
    numbers = draw(tensor_of("init", "tensor", tensor).shape)
    tensor.data[...] = to_device(numbers.astype(tensor.dtype), tensor.device)
    tensor.changed()
    return tensor
