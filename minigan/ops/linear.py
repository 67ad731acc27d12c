"""The affine map y = x w^T + b of rows x, the layer that every other layer is a special case of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from minigan import backend
from minigan.backend import Array
from minigan.ops.checks import one_dtype
from minigan.tensor import Op
from minigan.tensor.checks import Shape, tensor_of
from minigan.tensor.products import matmul
from minigan.tensor.reductions import sum as sum_
from minigan.tensor.shaping import reshape, t

if TYPE_CHECKING:
    from minigan.tensor import Tensor

__all__ = ["linear"]


class Linear(Op):
    """y[n, k] = sum_c x[n, c] w[k, c] + b[k]."""

    def forward(self, x: Array, w: Array, b: Array | None) -> Array:
        y = backend.matmul(x, w.T)
        if b is not None:
            y += b
        return y

    def backward_x(self, g: Tensor, w: Tensor) -> Tensor:
        return matmul(g, w)

    def backward_w(self, g: Tensor, x: Tensor) -> Tensor:
        return matmul(t(g), x)

    def backward_b(self, g: Tensor) -> Tensor:
        return sum_(g, 0)

    def flops(self, y: Shape, *inputs: Shape) -> int:
        return 2 * math.prod(y) * inputs[0][-1]


_linear = Linear()


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias, for input (..., C), weight (K, C) and bias (K).

    Raises TypeError for mixed or integer dtypes, ValueError restating the shapes if they do not fit.

    >>> import minigan
    >>> linear(minigan.ones(2, 3), minigan.ones(4, 3)).shape
    (2, 4)
    """
    one_dtype("linear", input=input, weight=tensor_of("linear", "weight", weight), bias=bias)
    if input.ndim == 0 or weight.ndim != 2 or input.shape[-1] != weight.shape[1]:
        raise ValueError(
            f"linear: input of shape {input.shape} does not fit weight of shape {weight.shape} "
            "(legal: (..., C) and (K, C))"
        )
    K, C = weight.shape
    if bias is not None and bias.shape != (K,):
        raise ValueError(f"linear: bias of shape {bias.shape} does not fit weight {weight.shape} (legal: {(K,)})")
    if input.ndim == 2:
        return _linear(input, weight, bias)
    rows = reshape(input, (math.prod(input.shape[:-1]), C))  # (..., C) -> (N, C)
    return reshape(_linear(rows, weight, bias), (*input.shape[:-1], K))
