"""Functions of one number, applied to every number: each derivative stands beside its function.

Where the derivative is simpler in the output, the rule uses `out` instead of `x`. Integers are
converted to float32 first.
"""

from __future__ import annotations

import math

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.functions.arguments import tensor_of
from minigan.functions.error_function import erf as erf_of_array
from minigan.functions.promotion import floating

__all__ = [
    "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "rsqrt", "reciprocal",
    "sigmoid", "erf",
]  # fmt: skip


class Exp(Op):
    """y = e^x."""

    arithmetic = True

    def forward(self, x: Array) -> Array:
        return namespace(x).exp(x)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g * out


class Expm1(Op):
    """y = e^x - 1, exact near 0."""

    arithmetic = True

    def forward(self, x: Array) -> Array:
        return namespace(x).expm1(x)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g * (out + 1.0)


class Log(Op):
    """y = ln x."""

    arithmetic = True

    def forward(self, x: Array) -> Array:
        return namespace(x).log(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g / x


class Log1p(Op):
    """y = ln(1 + x), exact near 0."""

    arithmetic = True

    def forward(self, x: Array) -> Array:
        return namespace(x).log1p(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g / (x + 1.0)


class Sqrt(Op):
    """y = sqrt(x)."""

    arithmetic = True

    def forward(self, x: Array) -> Array:
        return namespace(x).sqrt(x)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g / (out * 2.0)


class Sigmoid(Op):
    """y = 1 / (1 + e^-x), from e^-|x|: it never overflows, and small y keep their digits."""

    arithmetic = True

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


_exp, _expm1, _log, _log1p, _sqrt = Exp(), Expm1(), Log(), Log1p(), Sqrt()
_sigmoid, _erf = Sigmoid(), Erf()


def as_float(function: str, input: Tensor) -> Tensor:
    """Return the input as floats. Raises TypeError if it is not a Tensor."""
    x = tensor_of(function, "input", input)
    return x if x.dtype.kind == "f" else x.to(floating(x.dtype))


def exp(input: Tensor) -> Tensor:
    """Return e^x. Like all functions here it raises TypeError if the input is not a Tensor.

    >>> [round(y, 4) for y in exp(Tensor([0.0, 1.0])).tolist()]
    [1.0, 2.7183]
    """
    return _exp(as_float("exp", input))


def expm1(input: Tensor) -> Tensor:
    """Return e^x - 1, accurate also near 0.

    >>> expm1(Tensor([0.0, 1e-20])).tolist() == Tensor([0.0, 1e-20]).tolist()
    True
    """
    return _expm1(as_float("expm1", input))


def log(input: Tensor) -> Tensor:
    """Return the natural logarithm: -inf at 0, NaN below.

    >>> log(Tensor([1.0, 0.0, -1.0]))
    tensor([  0., -inf,  nan])
    """
    return _log(as_float("log", input))


def log1p(input: Tensor) -> Tensor:
    """Return ln(1 + x), accurate also near 0.

    >>> log1p(Tensor([0.0, 1e-20])).tolist() == Tensor([0.0, 1e-20]).tolist()
    True
    """
    return _log1p(as_float("log1p", input))


def log2(input: Tensor) -> Tensor:
    """Return the logarithm to base 2.

    >>> round(log2(Tensor(8.0)).item(), 4)
    3.0
    """
    x = as_float("log2", input)
    return log2(x.float()).half() if x.dtype.char == "e" else log(x) / math.log(2.0)


def log10(input: Tensor) -> Tensor:
    """Return the logarithm to base 10.

    >>> round(log10(Tensor(100.0)).item(), 4)
    2.0
    """
    x = as_float("log10", input)
    return log10(x.float()).half() if x.dtype.char == "e" else log(x) / math.log(10.0)


def sqrt(input: Tensor) -> Tensor:
    """Return the square root: NaN below 0.

    >>> sqrt(Tensor([4.0, 9.0]))
    tensor([2., 3.])
    """
    return _sqrt(as_float("sqrt", input))


def rsqrt(input: Tensor) -> Tensor:
    """Return 1 / sqrt(x).

    >>> rsqrt(Tensor([4.0, 0.25]))
    tensor([0.5, 2. ])
    """
    x = as_float("rsqrt", input)
    return rsqrt(x.float()).half() if x.dtype.char == "e" else 1.0 / sqrt(x)


def reciprocal(input: Tensor) -> Tensor:
    """Return 1 / x.

    >>> reciprocal(Tensor([2, 4]))
    tensor([0.5 , 0.25])
    """
    return 1.0 / as_float("reciprocal", input)


def sigmoid(input: Tensor) -> Tensor:
    """Return 1 / (1 + e^-x), between 0 and 1, without overflow.

    >>> sigmoid(Tensor([0.0, -1000.0]))
    tensor([0.5, 0. ])
    """
    return _sigmoid(as_float("sigmoid", input))


def erf(input: Tensor) -> Tensor:
    """Return the error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x.

    >>> round(erf(Tensor(1.0)).item(), 4)
    0.8427
    """
    return _erf(as_float("erf", input))
