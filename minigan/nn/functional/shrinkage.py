"""Activations that are less common: shrinkages, thresholds and their smooth forms.

Each takes a tensor of any shape and returns one of that shape. As in `activations`, `inplace` is
accepted, but the input is never modified.
"""

from __future__ import annotations

from minigan.autograd import Tensor
from minigan.checks import as_dim, boolean, number
from minigan.functions.arguments import float_tensor
from minigan.functions.choosing import clamp, where
from minigan.functions.concatenation import chunk
from minigan.functions.elementwise import expm1, sigmoid
from minigan.functions.hyperbolic import tanh
from minigan.functions.signs import abs
from minigan.nn.functional.activations import relu6
from minigan.nn.functional.half import is_half

__all__ = [
    "hardshrink", "softshrink", "tanhshrink", "threshold", "hardsigmoid", "hardswish", "softsign",
    "celu", "glu",
]  # fmt: skip


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """Return x where |x| > lambd, else 0. Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> hardshrink(minigan.tensor([-2.0, 0.25, 2.0]))
    tensor([-2.,  0.,  2.])
    """
    x, most = float_tensor("hardshrink", "input", input), number("hardshrink", "lambd", lambd)
    return where((x >= -most) & (x <= most), 0.0, x)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """Return x moved by lambd towards 0, and 0 where |x| <= lambd.

    Raises ValueError if lambd is negative, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> softshrink(minigan.tensor([-2.0, 0.25, 2.0]))
    tensor([-1.5,  0. ,  1.5])
    """
    x, most = float_tensor("softshrink", "input", input), number("softshrink", "lambd", lambd, 0.0)
    return x - clamp(x, -most, most)


def tanhshrink(input: Tensor) -> Tensor:
    """Return x - tanh(x). Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> tanhshrink(minigan.tensor([0.0, 100.0]))
    tensor([ 0., 99.])
    """
    return float_tensor("tanhshrink", "input", input) - tanh(input)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """Return x where x > threshold, else value. Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> threshold(minigan.tensor([1.0, 3.0]), 2.0, -1.0)
    tensor([-1.,  3.])
    """
    boolean("threshold", "inplace", inplace)
    x, least = (
        float_tensor("threshold", "input", input),
        number("threshold", "threshold", threshold),
    )
    return where(x <= least, number("threshold", "value", value), x)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """Return (x + 3) / 6 limited to [0, 1], three straight lines in place of a sigmoid.

    Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> hardsigmoid(minigan.tensor([-4.0, 0.0, 4.0]))
    tensor([0. , 0.5, 1. ])
    """
    boolean("hardsigmoid", "inplace", inplace)
    return relu6(float_tensor("hardsigmoid", "input", input) + 3.0) / 6.0


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """Return x hardsigmoid(x) (Howard et al. 2019).

    Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> hardswish(minigan.tensor([-4.0, 1.5, 4.0]))
    tensor([0.   , 1.125, 4.   ])
    """
    boolean("hardswish", "inplace", inplace)
    x = float_tensor("hardswish", "input", input)
    if is_half(x):
        return hardswish(x.float()).half()
    z = clamp(x, -3.0, 3.0)
    return where(x <= -3.0, 0.0, where(x < 3.0, z * (z + 3.0) / 6.0, x))


def softsign(input: Tensor) -> Tensor:
    """Return x / (1 + |x|). Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> softsign(minigan.tensor([-1.0, 3.0]))
    tensor([-0.5 ,  0.75])
    """
    return float_tensor("softsign", "input", input) / (1.0 + abs(input))


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Return x where x > 0, else alpha (e^(x / alpha) - 1) (Barron 2017).

    Raises ValueError if alpha is 0, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> celu(minigan.tensor([-100.0, 2.0]), alpha=2.0)
    tensor([-2.,  2.])
    """
    boolean("celu", "inplace", inplace)
    x, alpha = float_tensor("celu", "input", input), number("celu", "alpha", alpha)
    if alpha == 0:
        raise ValueError("celu: alpha=0 is not legal (legal: any other number)")
    if is_half(x):
        return celu(x.float(), alpha).half()
    return where(x > 0, x, alpha * expm1(where(x > 0, 0.0, x) / alpha))


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """Return a sigmoid(b), where a and b are the halves of the input along dim.

    (Dauphin et al. 2017, eq. 1.) Raises ValueError if the size along dim is odd, IndexError if dim
    is out of range, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> glu(minigan.tensor([2.0, 0.0]))
    tensor([1.])
    """
    x = float_tensor("glu", "input", input)
    if x.ndim == 0:
        raise ValueError("glu: input has shape (); it must have at least 1 dimension")
    if x.shape[as_dim("glu", dim, x.ndim)] % 2:
        raise ValueError(f"glu: dim={dim} of input of shape {x.shape} must have an even size")
    a, b = chunk(x, 2, dim)
    return a * sigmoid(b)
