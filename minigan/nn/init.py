"""Initial weights: each function fills a tensor or an array in place, and returns it.

The variance of a sum of n independent terms is n times the variance of one term. Weights are
therefore drawn with a variance of about 1 / n, so that signals (n = fan in) or gradients (n = fan
out) keep their size from layer to layer. `generator` is a numpy.random.Generator, a seed, or None
for fresh entropy. The first argument is a Tensor, such as a parameter or its `.data`, or an array.
Every function raises TypeError if it is neither, and RuntimeError if its memory is read-only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator, is_array, to_device
from minigan.checks import Shape, allocated, integer, number, one_of
from minigan.functions.arguments import tensor_of
from minigan.nn.absent import no_initializer
from minigan.threads import one_blas_thread

Numbers = np.ndarray[Any, Any]

globals()["__getattr__"] = no_initializer  # type checkers shall still find misspelt names

_GAINS = {
    **dict.fromkeys(("linear", "sigmoid", "conv1d", "conv2d", "conv3d"), 1.0),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), 1.0),
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor by which weights must grow to make up for the nonlinearity after them.

    `param` is the negative slope of leaky_relu, by default 0.01. Raises ValueError for an unknown
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
    """Return fan in and fan out of a weight (K, C, *kernel): C and K times the number of taps.

    An output of a linear layer or a convolution is a sum of fan-in terms. For a transposed
    convolution the two change roles, as in PyTorch. Raises ValueError below 2 dimensions.

    >>> import minigan
    >>> fans(minigan.zeros(6, 2, 3, 3))
    (18, 54)
    """
    if _target("init", tensor).ndim < 2:
        raise ValueError(
            f"init: a tensor of shape {tensor.shape} has no fans; it needs at least 2 dimensions"
        )
    taps = math.prod(tensor.shape[2:])
    return tensor.shape[1] * taps, tensor.shape[0] * taps


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Seed = None) -> Tensor:
    """Fill the tensor with numbers from the uniform distribution on [a, b), and return it.

    >>> import minigan
    >>> uniform_(minigan.zeros(2, 3), 5, 6, generator=0).floor().tolist()
    [[5.0, 5.0, 5.0], [5.0, 5.0, 5.0]]
    """
    return _fill(tensor, lambda shape: a + (b - a) * as_generator(generator).random(shape))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Seed = None) -> Tensor:
    """Fill the tensor from N(mean, std^2), and return it. Raises ValueError if std is negative."""
    number("normal_", "std", std, 0.0)
    return _fill(tensor, lambda shape: mean + std * as_generator(generator).standard_normal(shape))


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Seed = None,
) -> Tensor:
    """Fill the tensor from N(mean, std^2); numbers outside [a, b] are drawn again. Return it.

    Raises ValueError if [a, b] is empty or more than 8 std away from the mean.
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
    """Fill the tensor with one number, and return it. Raises TypeError if val is not a number.

    >>> import minigan
    >>> constant_(minigan.zeros(3), 0.5)
    tensor([0.5, 0.5, 0.5])
    """
    if not isinstance(val, int | float | np.number):
        raise TypeError(f"constant_: val={val!r} must be a number")
    return _fill(tensor, lambda shape: np.full(shape, val, np.float64))


def ones_(tensor: Tensor) -> Tensor:
    """Fill the tensor with ones, and return it."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill the tensor with zeros, and return it."""
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Make a matrix the identity, and return it. Raises ValueError unless it has 2 dimensions.

    >>> import minigan
    >>> eye_(minigan.zeros(2, 3)).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    if _target("eye_", tensor).ndim != 2:
        raise ValueError(
            f"eye_: a tensor of shape {tensor.shape} is not a matrix (legal: 2 dimensions)"
        )
    return _fill(tensor, lambda shape: np.eye(shape[0], shape[1]))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make a weight (K, C, *kernel) of a convolution that copies its channels, and return it.

    In each group output channel k is input channel k. Raises ValueError unless the tensor has 3 to
    5 dimensions and groups divides K.

    >>> import minigan
    >>> dirac_(minigan.zeros(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    if not 3 <= _target("dirac_", tensor).ndim <= 5:
        raise ValueError(
            f"dirac_: a tensor of shape {tensor.shape} is not a convolution's weight (legal: 3 to "
            "5 dimensions)"
        )
    K, C, *kernel = tensor.shape
    if K % integer("dirac_", "groups", groups, 1):
        raise ValueError(f"dirac_: groups={groups} must divide the tensor's first size {K}")
    numbers = np.zeros(tensor.shape)
    middle = tuple(size // 2 for size in kernel)
    for k in range(K):
        if k % (K // groups) < C:
            numbers[(k, k % (K // groups), *middle)] = 1.0
    return _fill(tensor, lambda _: numbers)


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Seed = None) -> Tensor:
    """Fill uniformly from +-gain sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010, eq. 16).

    >>> import minigan
    >>> xavier_uniform_(minigan.zeros(20, 130), generator=0).abs().max() <= 0.2  # sqrt(6 / 150)
    tensor(True)
    """
    bound = gain * math.sqrt(6 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Seed = None) -> Tensor:
    """Fill from N(0, std^2), std = gain sqrt(2 / (fan in + fan out)) (Glorot & Bengio 2010)."""
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(fans(tensor))), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Seed = None,
) -> Tensor:
    """Fill uniformly from +-gain sqrt(3 / fan) (He et al. 2015, eq. 14); a is leaky_relu's slope.

    The fan is the fan in, or the fan out with mode="fan_out". Raises ValueError for another mode.

    >>> import minigan
    >>> kaiming_uniform_(minigan.zeros(50, 600), generator=0).abs().max() <= 0.1  # sqrt(6 / 600)
    tensor(True)
    """
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Seed = None,
) -> Tensor:
    """Fill from N(0, std^2), std = gain / sqrt(fan) (He et al. 2015, eq. 14).

    The arguments and errors are those of `kaiming_uniform_`.
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    one_of("kaiming", "mode", mode, "fan_in", "fan_out")
    fan = fans(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(max(fan, 1))


def orthogonal_(tensor: Tensor, gain: float = 1.0, generator: Seed = None) -> Tensor:
    """Make rows or columns orthonormal, times gain (Saxe et al. 2014), and return the tensor.

    The tensor is taken as a matrix (first size, all other sizes). Raises ValueError below 2
    dimensions.

    >>> import minigan
    >>> q = orthogonal_(minigan.zeros(2, 3), generator=0)
    >>> (q @ q.T).round().abs().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    if _target("orthogonal_", tensor).ndim < 2:
        raise ValueError(
            f"orthogonal_: a tensor of shape {tensor.shape} needs at least 2 dimensions"
        )
    size = math.prod(tensor.shape)
    if not size:
        return tensor
    rows, columns = tensor.shape[0], size // tensor.shape[0]
    normal = as_generator(generator).standard_normal((max(rows, columns), min(rows, columns)))
    with one_blas_thread:
        q, r = np.linalg.qr(normal)
    # If r has a positive diagonal the factors are unique, and q is uniformly distributed.
    q *= np.sign(np.diag(r))
    return _fill(tensor, lambda shape: gain * (q if rows >= columns else q.T).reshape(shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Seed = None) -> Tensor:
    """Fill a matrix from N(0, std^2), with a fraction `sparsity` of zeros in each column.

    (Martens 2010.) The number of zeros is rounded up. Raises ValueError unless the tensor has 2
    dimensions, sparsity is in [0, 1] and std is not negative.

    >>> import minigan
    >>> (sparse_(minigan.ones(4, 2), 0.5, generator=0) == 0).sum(0).tolist()
    [2, 2]
    """
    if _target("sparse_", tensor).ndim != 2:
        raise ValueError(f"sparse_: a tensor of shape {tensor.shape} is not a matrix")
    number("sparse_", "sparsity", sparsity, 0.0, 1.0), number("sparse_", "std", std, 0.0)
    rng, (rows, columns) = as_generator(generator), tensor.shape
    numbers = rng.normal(0.0, std, (rows, columns))
    for column in range(columns):
        numbers[rng.permutation(rows)[: math.ceil(sparsity * rows)], column] = 0.0
    return _fill(tensor, lambda _: numbers)


def default_(weight: Tensor, bias: Tensor | None = None, generator: Seed = None) -> None:
    """Fill weight and bias uniformly from +-1 / sqrt(fan in), PyTorch's default of most layers."""
    rng = as_generator(generator)
    kaiming_uniform_(weight, a=math.sqrt(5), generator=rng)
    if bias is not None:
        bound = 1 / math.sqrt(fans(weight)[0])
        uniform_(bias, -bound, bound, generator=rng)


def _fill(tensor: Tensor, draw: Callable[[Shape], Numbers]) -> Tensor:
    """Write numbers into the tensor, in place and unrecorded."""
    x = _target("init", tensor)
    x._require_writable("init")
    numbers = allocated("init", x.shape, lambda: draw(x.shape))
    x._data[...] = to_device(numbers.astype(x.dtype), x.device)
    x.changed()
    return tensor


def _target(function: str, tensor: Any) -> Tensor:
    """Return the tensor, or a tensor around an array. Raises TypeError if it is neither."""
    if is_array(tensor):
        return Tensor._wrap(tensor)
    return tensor_of(function, "tensor", tensor)
