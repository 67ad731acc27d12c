"""Smooth activations, made of exponentials: sigmoid, softplus, ELU, GELU and others.

As in `activations`, each takes a tensor of any shape and returns one of that shape, and `inplace`
is accepted, but the input is never modified.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from minigan.autograd import Op, Tensor
from minigan.backend import Array, namespace
from minigan.checks import boolean, number, one_of
from minigan.functions.arguments import float_tensor
from minigan.functions.choosing import where
from minigan.functions.elementwise import exp, sigmoid
from minigan.functions.error_function import erfc
from minigan.functions.hyperbolic import tanh
from minigan.nn.functional.half import is_half

__all__ = [
    "elu", "selu", "gelu", "silu", "mish", "sigmoid", "logsigmoid", "softplus", "tanh",
]  # fmt: skip

_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


@dataclass(frozen=True)
class Elu(Op):
    """y = scale x where x > 0, else scale alpha (e^x - 1)."""

    alpha: float
    scale: float = 1.0

    def forward(self, x: Array) -> Array:
        xp = namespace(x)
        return self.scale * (xp.maximum(x, 0) + self.alpha * xp.expm1(xp.minimum(x, 0)))

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * (self.scale * where(x > 0, 1.0, self.alpha * exp(where(x < 0, x, 0.0))))


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Return x where x > 0, else alpha (e^x - 1) (Clevert et al. 2016).

    Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> elu(minigan.tensor([-100.0, 2.0]))
    tensor([-1.,  2.])
    """
    boolean("elu", "inplace", inplace)
    return Elu(number("elu", "alpha", alpha))(float_tensor("elu", "input", input))


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return scale * elu(x, alpha), with constants that keep mean 0 and variance 1.

    (Klambauer et al. 2017.) Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> selu(minigan.tensor([1.0]))
    tensor([1.050701])
    """
    boolean("selu", "inplace", inplace)
    return Elu(_SELU_ALPHA, _SELU_SCALE)(float_tensor("selu", "input", input))


class LogSigmoid(Op):
    """y = -ln(1 + e^-x), computed from e^-|x| so that nothing overflows."""

    def forward(self, x: Array) -> Array:
        xp = namespace(x)
        return xp.minimum(x, 0) - xp.log1p(xp.exp(-xp.abs(x)))

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * sigmoid(-x)


_log_sigmoid = LogSigmoid()


def logsigmoid(input: Tensor) -> Tensor:
    """Return ln sigmoid(x), accurate for every x: it is about x far below 0.

    Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> logsigmoid(minigan.tensor([-1e4, -1e3]))
    tensor([-10000.,  -1000.])
    """
    return _log_sigmoid(float_tensor("logsigmoid", "input", input))


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """Return ln(1 + e^(beta x)) / beta, a smooth relu, and x itself where beta x > threshold.

    Raises ValueError if beta is 0, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> softplus(minigan.tensor([1000.0]))
    tensor([1000.])
    """
    x, beta = float_tensor("softplus", "input", input), number("softplus", "beta", beta)
    if is_half(x):
        return softplus(x.float(), beta, threshold).half()
    if beta == 0:
        raise ValueError("softplus: beta=0 is not legal (legal: any other number)")
    z = x * beta
    return where(z > number("softplus", "threshold", threshold), x, -_log_sigmoid(-z) / beta)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return x sigmoid(x), also called swish (Ramachandran et al. 2017).

    Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> silu(minigan.tensor([0.0, 100.0]))
    tensor([  0., 100.])
    """
    boolean("silu", "inplace", inplace)
    x = float_tensor("silu", "input", input)
    return silu(x.float()).half() if is_half(x) else x * sigmoid(x)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """Return x tanh(ln(1 + e^x)) (Misra 2019). Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> mish(minigan.tensor([0.0, 100.0]))
    tensor([  0., 100.])
    """
    boolean("mish", "inplace", inplace)
    x = float_tensor("mish", "input", input)
    return mish(x.float()).half() if is_half(x) else x * tanh(-_log_sigmoid(-x))


class NormalCdf(Op):
    """y = P(Z <= x) for Z of N(0, 1), accurate far below 0 too."""

    def forward(self, x: Array) -> Array:
        return erfc(x * -math.sqrt(0.5)) / 2

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * (exp(x * x * -0.5) / math.sqrt(2 * math.pi))


_normal_cdf = NormalCdf()


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """Return x P(Z <= x) for Z of N(0, 1) (Hendrycks & Gimpel 2016).

    approximate="tanh" uses their closed formula, which is close to it. Raises ValueError for
    another value of approximate, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> gelu(minigan.tensor([-10.0, 0.0, 10.0])).round()
    tensor([-0.,  0., 10.])
    """
    x = float_tensor("gelu", "input", input)
    if is_half(x):
        return gelu(x.float(), approximate).half()
    if one_of("gelu", "approximate", approximate, "none", "tanh") == "none":
        return x * _normal_cdf(x)
    return 0.5 * x * (1.0 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
