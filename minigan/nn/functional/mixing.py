"""Functions that mix channels or pairs: channel shuffle, bilinear maps, distances of all pairs."""

from __future__ import annotations

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import namespace
from minigan.checks import allocated, integer, number
from minigan.functions.arguments import float_tensor, one_dtype, tensor_of
from minigan.functions.einstein_summation import einsum
from minigan.functions.shaping import reshape, transpose
from minigan.functions.statistics import norm
from minigan.nn.functional.average_pooling import avg_pool3d
from minigan.nn.functional.padding import pad

__all__ = ["channel_shuffle", "bilinear", "pdist", "local_response_norm"]


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Return (N, C, *X) with its channels in turn from each of `groups` groups (Zhang et al. 2018).

    Raises ValueError if groups does not divide C or the input has fewer than 3 dimensions, and
    TypeError if input is not a Tensor.

    >>> import minigan
    >>> channel_shuffle(minigan.arange(4.0).reshape(1, 4, 1), 2).flatten()
    tensor([0., 2., 1., 3.])
    """
    x, G = (
        tensor_of("channel_shuffle", "input", input),
        integer("channel_shuffle", "groups", groups, 1),
    )
    if x.ndim < 3 or x.shape[1] % G:
        raise ValueError(
            f"channel_shuffle: input of shape {x.shape} must be (N, C, ...) with C divisible by "
            f"groups={G}"
        )
    N, C, *X = x.shape
    y = transpose(reshape(x, (N, G, C // G, *X)), 1, 2)  # (N, C, *X) -> (N, C / G, G, *X)
    return reshape(y, (N, C, *X))


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return y[..., k] = sum over i, j of x1[..., i] w[k, i, j] x2[..., j], plus bias[k].

    Raises ValueError if the shapes do not fit, and TypeError if the dtypes differ or are not
    floats.

    >>> import minigan
    >>> bilinear(minigan.ones(2, 3), minigan.ones(2, 4), minigan.ones(1, 3, 4)).tolist()
    [[12.0], [12.0]]
    """
    one_dtype("bilinear", input1=input1, input2=input2, weight=weight, bias=bias)
    fits = input1.ndim and input1.shape[:-1] == input2.shape[:-1] and weight.ndim == 3
    if not fits or weight.shape[1:] != (input1.shape[-1], input2.shape[-1]):
        raise ValueError(
            f"bilinear: input1 of shape {input1.shape} and input2 of shape {input2.shape} do not "
            f"fit weight of shape {weight.shape} (legal: (..., I), (..., J) and (K, I, J))"
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ValueError(f"bilinear: bias has shape {bias.shape}; it must be {weight.shape[:1]}")
    y = einsum("...i,kij,...j->...k", input1, weight, input2)
    return y if bias is None else y + bias


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """Return |x_i - x_j|_p for all pairs i < j of rows of input (N, D), in the order of the pairs.

    Raises ValueError if input does not have 2 dimensions or p is not positive, and TypeError if it
    is not a float Tensor.

    >>> import minigan
    >>> pdist(minigan.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]), p=1)
    tensor([7., 1., 6.])
    """
    x = float_tensor("pdist", "input", input)
    if x.ndim != 2:
        raise ValueError(f"pdist: input has shape {x.shape}; it must be (N, D)")
    xp = namespace(x._data)
    N = x.shape[0]
    rows, columns = allocated("pdist", (N * (N - 1) // 2,), lambda: np.triu_indices(N, 1))
    i, j = (Tensor._wrap(xp.asarray(index, np.int64)) for index in (rows, columns))
    return norm(x[i] - x[j], p, -1)


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Return x / (k + alpha m)^beta; m is the mean of x^2 over `size` neighbouring channels.

    (Krizhevsky et al. 2012, section 3.3.) The input is (N, C, *X). Raises ValueError if it has
    fewer than 3 dimensions or size is below 1, and TypeError if it is not a float Tensor.

    >>> import minigan
    >>> local_response_norm(minigan.ones(1, 2, 3), 1, alpha=3.0, beta=0.5).flatten()
    tensor([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    """
    name = "local_response_norm"
    x, n = float_tensor(name, "input", input), integer(name, "size", size, 1)
    if x.ndim < 3:
        raise ValueError(f"{name}: input has shape {x.shape}; it must be (N, C, ...)")
    N, C, *X = x.shape
    squares = reshape(x * x, (N, 1, C, int(np.prod(X)), 1))  # channels become an axis in space
    squares = pad(squares, (0, 0, 0, 0, n // 2, (n - 1) // 2))
    means = reshape(avg_pool3d(squares, (n, 1, 1), 1), x.shape) if x.numel() else x
    scale = number(name, "k", k) + number(name, "alpha", alpha) * means
    return x / scale ** number(name, "beta", beta)
