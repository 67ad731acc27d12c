"""Functions of one number, applied to every number of a tensor: each derivative stands beside its
function.

Where the derivative is simpler in the output, the rule names `y` instead of `x`. Integers become
the default float.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.functions.arguments import tensor_of
from minigan.functions.error_function import erf as erf_of_array
from minigan.functions.promotion import floating

__all__ = [
    "exp",
    "expm1",
    "log",
    "log1p",
    "sqrt",
    "sin",
    "cos",
    "tanh",
    "sigmoid",
    "erf",
    "log2",
    "log10",
    "rsqrt",
    "reciprocal",
    "relu",
    "abs",
    "sign",
    "floor",
    "ceil",
    "round",
    "trunc",
    "isnan",
    "isinf",
    "isfinite",
]


class Exp(Op):
    """y = e^x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).exp(x)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g * out


class Expm1(Op):
    """y = e^x - 1, exact near 0."""

    def forward(self, x: Array) -> Array:
        return namespace(x).expm1(x)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g * (out + 1.0)


class Log(Op):
    """y = ln x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).log(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g / x


class Log1p(Op):
    """y = ln(1 + x), exact near 0."""

    def forward(self, x: Array) -> Array:
        return namespace(x).log1p(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g / (x + 1.0)


class Sqrt(Op):
    """y = sqrt(x)."""

    def forward(self, x: Array) -> Array:
        return namespace(x).sqrt(x)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g / (out * 2.0)


class Sin(Op):
    """y = sin x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).sin(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * cos(x)


class Cos(Op):
    """y = cos x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).cos(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return -g * sin(x)


class Tanh(Op):
    """y = tanh x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).tanh(x)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g * (1.0 - out * out)


class Sigmoid(Op):
    """y = 1 / (1 + e^-x), from e^-|x| so that nothing overflows and small values keep their
    digits.
    """

    def forward(self, x: Array) -> Array:
        xp = namespace(x)
        e = xp.exp(-xp.abs(x))
        return xp.maximum(e, x >= 0) / (1 + e)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g * (out * (1.0 - out))


class Erf(Op):
    """y = 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x."""

    def forward(self, x: Array) -> Array:
        return erf_of_array(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * (exp(-x * x) * (2 / math.sqrt(math.pi)))


class Relu(Op):
    """y = max(x, 0); the derivative at 0 is taken as 0."""

    def forward(self, x: Array) -> Array:
        y = namespace(x).empty_like(x)
        y.fill(
            0
            # NumPy takes the larger of two arrays five times as fast as that of an array and a
            # number
        )
        return namespace(x).maximum(x, y, out=y)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return _gate(out.detach(), g)


class Gate(Op):
    """y = v where x > 0, else 0: linear in v, and its own adjoint.

    All bits of v or none: unlike v * 0 this is 0 for an infinite v, and it is faster than a
    selection on random signs.
    """

    def forward(self, x: Array, v: Array) -> Array:
        if v.dtype.kind != "f":
            return namespace(x, v).where(x <= 0, 0, v)
        return (v.view(f"i{v.itemsize}") & ((x <= 0).view("i1") - 1)).view(v.dtype)

    def backward_v(self, g: Tensor, x: Tensor) -> Tensor:
        return _gate(x, g)


class Abs(Op):
    """y = |x|; the derivative at 0 is taken as 0."""

    def forward(self, x: Array) -> Array:
        return namespace(x).abs(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * sign(x.detach())


_exp, _expm1, _log, _log1p, _sqrt = Exp(), Expm1(), Log(), Log1p(), Sqrt()
_sin, _cos, _tanh, _sigmoid, _erf = Sin(), Cos(), Tanh(), Sigmoid(), Erf()
_relu, _gate, _abs = Relu(), Gate(), Abs()


def _real(function: str, input: Tensor) -> Tensor:
    """The input as real numbers."""
    x = tensor_of(function, "input", input)
    return x if x.dtype.kind == "f" else x.to(floating(x.dtype))


def exp(input: Tensor) -> Tensor:
    """e^x."""
    return _exp(_real("exp", input))


def expm1(input: Tensor) -> Tensor:
    """e^x - 1, exact near 0."""
    return _expm1(_real("expm1", input))


def log(input: Tensor) -> Tensor:
    """The natural logarithm; -inf at 0 and NaN below."""
    return _log(_real("log", input))


def log1p(input: Tensor) -> Tensor:
    """ln(1 + x), exact near 0."""
    return _log1p(_real("log1p", input))


def sqrt(input: Tensor) -> Tensor:
    """The square root; NaN below 0."""
    return _sqrt(_real("sqrt", input))


def sin(input: Tensor) -> Tensor:
    """The sine of an angle in radians."""
    return _sin(_real("sin", input))


def cos(input: Tensor) -> Tensor:
    """The cosine of an angle in radians."""
    return _cos(_real("cos", input))


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return _tanh(_real("tanh", input))


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + e^-x), without overflow."""
    return _sigmoid(_real("sigmoid", input))


def erf(input: Tensor) -> Tensor:
    """The error function: of Z of N(0, 1/2), the probability of |Z| < x, for x > 0."""
    return _erf(_real("erf", input))


def log2(input: Tensor) -> Tensor:
    """The logarithm to base 2."""
    return log(input) / math.log(2.0)


def log10(input: Tensor) -> Tensor:
    """The logarithm to base 10."""
    return log(input) / math.log(10.0)


def rsqrt(input: Tensor) -> Tensor:
    """1 / sqrt(x)."""
    return 1.0 / sqrt(input)


def reciprocal(input: Tensor) -> Tensor:
    """1 / x."""
    return 1.0 / _real("reciprocal", input)


def relu(input: Tensor) -> Tensor:
    """max(x, 0). Raises TypeError for a bool tensor."""
    if tensor_of("relu", "input", input).dtype.kind == "b":
        raise TypeError("relu: a bool tensor has no sign")
    return _relu(input)


def abs(input: Tensor) -> Tensor:
    """|x|. Raises TypeError for a bool tensor."""
    if tensor_of("abs", "input", input).dtype.kind == "b":
        raise TypeError("abs: a bool tensor has no absolute value")
    return _abs(input)


# --------------------------------------------------- step functions: their gradient is 0 everywhere


class Sign(Op):
    """y = -1, 0 or 1; of NaN 0, as in PyTorch."""

    def forward(self, x: Array) -> Array:
        return (x > 0).astype(x.dtype) - (x < 0).astype(x.dtype)

    def backward_x(self, g: Tensor) -> Tensor:
        return g * 0.0


@dataclass(frozen=True)
class Round(Op):
    """y = x rounded to an integer: by floor, ceil, rint or trunc."""

    how: str

    def forward(self, x: Array) -> Array:
        return getattr(namespace(x), self.how)(x)

    def backward_x(self, g: Tensor) -> Tensor:
        return g * 0.0


_sign = Sign()
_floor, _ceil, _rint, _trunc = Round("floor"), Round("ceil"), Round("rint"), Round("trunc")


def sign(input: Tensor) -> Tensor:
    """-1, 0 or 1."""
    x = tensor_of("sign", "input", input)
    return _sign(x) if x.dtype.kind != "b" else x


def _rounded(function: str, op: Round, input: Tensor) -> Tensor:
    """Integers are round already."""
    x = tensor_of(function, "input", input)
    if x.dtype.kind == "b":
        raise TypeError(f"{function}: a bool tensor has nothing to round")
    return op(x) if x.dtype.kind == "f" else x.clone()


def floor(input: Tensor) -> Tensor:
    """The largest integer below, as the same dtype."""
    return _rounded("floor", _floor, input)


def ceil(input: Tensor) -> Tensor:
    """The smallest integer above, as the same dtype."""
    return _rounded("ceil", _ceil, input)


def round(input: Tensor) -> Tensor:
    """The nearest integer, halves to even, as the same dtype."""
    return _rounded("round", _rint, input)


def trunc(input: Tensor) -> Tensor:
    """The integer towards 0, as the same dtype."""
    return _rounded("trunc", _trunc, input)


# ------------------------------------------------------------------------------ what kind of number


def isnan(input: Tensor) -> Tensor:
    """Where a number is NaN, a bool tensor."""
    x = tensor_of("isnan", "input", input)._data
    return Tensor._wrap(namespace(x).isnan(x))


def isinf(input: Tensor) -> Tensor:
    """Where a number is infinite, a bool tensor."""
    x = tensor_of("isinf", "input", input)._data
    return Tensor._wrap(namespace(x).isinf(x))


def isfinite(input: Tensor) -> Tensor:
    """Where a number is neither infinite nor NaN, a bool tensor."""
    x = tensor_of("isfinite", "input", input)._data
    return Tensor._wrap(namespace(x).isfinite(x))
