"""Hyperbolic functions, such as `tanh`, and their inverses.

Integers are converted to float32 first; outside the domain of a function the result is NaN. All
functions raise TypeError if the input is not a Tensor.
"""

from __future__ import annotations

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.functions.elementwise import as_float, sqrt

__all__ = [
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "arcsinh", "arccosh", "arctanh",
]  # fmt: skip


class Sinh(Op):
    """y = (e^x - e^-x) / 2."""

    def forward(self, x: Array) -> Array:
        return namespace(x).sinh(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * cosh(x)


class Cosh(Op):
    """y = (e^x + e^-x) / 2."""

    def forward(self, x: Array) -> Array:
        return namespace(x).cosh(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * sinh(x)


class Tanh(Op):
    """y = sinh x / cosh x."""

    arithmetic = True

    def forward(self, x: Array) -> Array:
        return namespace(x).tanh(x)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g * (1.0 - out * out)


class Asinh(Op):
    """y with sinh y = x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).arcsinh(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g / sqrt(x * x + 1.0)


class Acosh(Op):
    """y >= 0 with cosh y = x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).arccosh(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g / sqrt(x * x - 1.0)


class Atanh(Op):
    """y with tanh y = x; infinite at -1 and 1."""

    arithmetic = True

    def forward(self, x: Array) -> Array:
        return namespace(x).arctanh(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g / (1.0 - x * x)


_sinh, _cosh, _tanh = Sinh(), Cosh(), Tanh()
_asinh, _acosh, _atanh = Asinh(), Acosh(), Atanh()


def sinh(input: Tensor) -> Tensor:
    """Return the hyperbolic sine.

    >>> round(sinh(Tensor(1.0)).item(), 4)
    1.1752
    """
    return _sinh(as_float("sinh", input))


def cosh(input: Tensor) -> Tensor:
    """Return the hyperbolic cosine.

    >>> round(cosh(Tensor(1.0)).item(), 4)
    1.5431
    """
    return _cosh(as_float("cosh", input))


def tanh(input: Tensor) -> Tensor:
    """Return the hyperbolic tangent, between -1 and 1.

    >>> tanh(Tensor([0.0, 100.0]))
    tensor([0., 1.])
    """
    return _tanh(as_float("tanh", input))


def asinh(input: Tensor) -> Tensor:
    """Return the number whose hyperbolic sine is the input.

    >>> round(asinh(sinh(Tensor(2.0))).item(), 4)
    2.0
    """
    return _asinh(as_float("asinh", input))


def acosh(input: Tensor) -> Tensor:
    """Return the number >= 0 whose hyperbolic cosine is the input.

    >>> round(acosh(cosh(Tensor(2.0))).item(), 4)
    2.0
    """
    return _acosh(as_float("acosh", input))


def atanh(input: Tensor) -> Tensor:
    """Return the number whose hyperbolic tangent is the input.

    >>> round(atanh(Tensor(0.5)).item(), 4)
    0.5493
    """
    return _atanh(as_float("atanh", input))


arcsinh, arccosh, arctanh = asinh, acosh, atanh  # NumPy's names
