"""The affine map y = x w^T + b of rows x: the op behind the layer Linear."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from minigan import threads
from minigan.autograd import FusedOp, Tensor
from minigan.autograd.node import Node
from minigan.backend import Array, namespace
from minigan.checks import Shape, number
from minigan.functions.arguments import one_dtype, tensor_of
from minigan.functions.products import matmul
from minigan.functions.reductions import sum as sum_
from minigan.functions.shaping import reshape, t
from minigan.nn.functional.activations import LeakyGate, gate, leaky_relu

__all__ = ["linear", "linear_act"]


@dataclass(frozen=True)
class Linear(FusedOp):
    """y[n, k] = max(z, slope z) with z = sum_c x[n, c] w[k, c] + b[k]: one op for two layers.

    Slope 1 means no activation, and slope 0 is relu. `saved` is True where the gradient passes
    unchanged: where z > 0, and for relu also where z is NaN.
    """

    slope: float = 1.0

    def plain(self, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
        z = matmul(x, t(w)) if b is None else matmul(x, t(w)) + b
        return leaky_relu(z, self.slope) if self.slope < 1 else z

    def forward(self, x: Array, w: Array, b: Array | None) -> tuple[Array, Any]:
        xp, y = namespace(x), threads.matmul(x, w.T)
        if b is not None:
            y += b
        if self.slope == 1:
            return y, None
        xp.maximum(y, y * self.slope if self.slope else xp.zeros(y.shape, y.dtype), out=y)
        return y, (y > 0 if self.slope else y != 0)

    def _needed(self, wanted: tuple[bool, ...]) -> tuple[str, ...]:
        wants_x, wants_w, _ = wanted
        return ("saved", *["w"] * wants_x, *["x"] * wants_w)

    def backward(
        self, g: Array, x: Array, w: Array, saved: Array | None, wanted: tuple[bool, ...]
    ) -> list[Array | None]:
        gz = g
        if saved is not None:
            gate(g, saved, self.slope, out=(gz := namespace(g).empty_like(g)))
        gx = threads.matmul(gz, w) if wanted[0] else None
        gw = threads.matmul(gz.T, x) if wanted[1] else None
        gb = threads.sum_of_rows(gz) if wanted[2] else None
        return [gx, gw, gb]

    def composed(self, node: Node, g: Tensor, wanted: tuple[bool, ...]) -> list[Tensor | None]:
        x, w, passes = (node.value(name) for name in ("x", "w", "saved"))
        gz = g if passes is None else LeakyGate(self.slope)(Tensor._wrap(passes), g)
        gx, gw = matmul(gz, w) if wanted[0] else None, matmul(t(gz), x) if wanted[1] else None
        return [gx, gw, sum_(gz, 0) if wanted[2] else None]

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return 2 * math.prod(out) * inputs[0][-1]


@lru_cache(maxsize=1024, typed=True)
def _linear(slope: Any) -> Linear:
    """Return the op with this slope, which is checked."""
    return Linear(number("linear", "negative_slope", slope, 0.0, 1.0))


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return input @ weight.T + bias: input (..., C), weight (K, C), bias (K,), result (..., K).

    Raises ValueError that restates the shapes if they do not fit, and TypeError if the dtypes
    differ or are not floats.

    >>> import minigan
    >>> linear(minigan.ones(2, 3), minigan.ones(4, 3)).shape
    (2, 4)
    """
    return linear_act(input, weight, bias, 1.0)


def linear_act(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, negative_slope: float = 0.0
) -> Tensor:
    """Return leaky_relu(linear(input, weight, bias), negative_slope), computed by one op.

    A slope of 0 is relu, and a slope of 1 no activation. Raises as `linear`, and ValueError if the
    slope is not in [0, 1].

    >>> import minigan
    >>> linear_act(minigan.tensor([[2.0]]), minigan.tensor([[1.0], [-1.0]]), None, 0.25)
    tensor([[ 2. , -0.5]])
    """
    one_dtype("linear", input=input, weight=tensor_of("linear", "weight", weight), bias=bias)
    x, w = input._data.shape, weight._data.shape
    if not x or len(w) != 2 or x[-1] != w[1]:
        raise ValueError(
            f"linear: input of shape {x} does not fit weight of shape {w} "
            "(legal: (..., C) and (K, C))"
        )
    K, C = w
    if bias is not None and bias.shape != (K,):
        raise ValueError(
            f"linear: bias of shape {bias.shape} does not fit weight {w} (legal: {(K,)})"
        )
    op = _linear(negative_slope)
    if len(x) == 2:
        return op(input, weight, bias)
    rows = reshape(input, (math.prod(x[:-1]), C))  # (..., C) -> (N, C)
    return reshape(op(rows, weight, bias), (*x[:-1], K))  # (N, K) -> (..., K)
