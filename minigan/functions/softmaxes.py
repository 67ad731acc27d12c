"""Softmax and its logarithm: e^x divided by its sum, from x - max x, so that nothing overflows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import as_dim, as_dims
from minigan.functions.arguments import numpy_names
from minigan.functions.choosing import where
from minigan.functions.elementwise import exp, log
from minigan.functions.extrema import amax
from minigan.functions.reductions import Dims, reduced, sum
from minigan.functions.rounding import isfinite
from minigan.functions.shaping import reshape
from minigan.functions.statistics import as_real

__all__ = ["softmax", "log_softmax", "logsumexp"]


@dataclass(frozen=True)
class Softmax(Op):
    """y_i = e^{x_i} / sum_j e^{x_j}, computed from x - max x."""

    dim: int

    def forward(self, x: Array) -> Array:
        e = namespace(x).exp(x - x.max(axis=self.dim, keepdims=True)) if x.size else x.copy()
        return e / e.sum(axis=self.dim, keepdims=True, dtype=e.dtype)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return out * (g - sum(g * out, self.dim, keepdim=True))


@dataclass(frozen=True)
class LogSoftmax(Op):
    """y_i = x_i - log sum_j e^{x_j}, computed from x - max x."""

    dim: int

    def forward(self, x: Array) -> Array:
        xp = namespace(x)
        z = x - x.max(axis=self.dim, keepdims=True) if x.size else x.copy()
        return z - xp.log(xp.exp(z).sum(axis=self.dim, keepdims=True, dtype=x.dtype))

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g - exp(out) * sum(g, self.dim, keepdim=True)


@numpy_names
def softmax(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Return e^x / sum e^x along dim: positive numbers whose sum is 1.

    `dtype` casts the input first. Raises TypeError if the input is not a float tensor, and
    IndexError if dim is out of range.

    >>> softmax(Tensor([0.0, 0.0]), 0)
    tensor([0.5, 0.5])
    """
    x = as_real("softmax", input, dtype)
    dim = as_dim("softmax", dim, x.ndim)
    return reshape(Softmax(0)(reshape(x, 1)), ()) if x.ndim == 0 else Softmax(dim)(x)


@numpy_names
def log_softmax(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Return the logarithm of softmax along dim, without underflow. Raises as `softmax` does.

    >>> log_softmax(Tensor([0.0, -1000.0]), 0)
    tensor([    0., -1000.])
    """
    x = as_real("log_softmax", input, dtype)
    dim = as_dim("log_softmax", dim, x.ndim)
    return reshape(LogSoftmax(0)(reshape(x, 1)), ()) if x.ndim == 0 else LogSoftmax(dim)(x)


@numpy_names
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """Return log sum e^x over dim (an int or several), without overflow.

    Raises TypeError if the input is not a float tensor, and IndexError if a dim is out of range.

    >>> logsumexp(Tensor([1000.0, -1000.0]), 0)
    tensor(1000.)
    """
    x = as_real("logsumexp", input)
    if x.dtype.char == "e":
        return logsumexp(x.float(), dim, keepdim).half()
    dims = as_dims("logsumexp", dim, x.ndim)
    if 0 in [x.shape[a] for a in dims]:
        return log(sum(exp(x), dims, keepdim))
    top = amax(x.detach(), dims or None, keepdim=True)
    top = where(isfinite(top), top, 0.0)
    y = log(sum(exp(x - top), dims or None, keepdim=True)) + top
    return reduced("logsumexp", y, dims, keepdim)
