"""Sine, cosine, tangent and their inverses; the length `hypot`; degrees and radians.

Angles are in radians. Integers are converted to float32 first; outside the domain of a function the
result is NaN. All functions raise TypeError if the input is not a Tensor.
"""

from __future__ import annotations

import math

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.functions.choosing import where
from minigan.functions.elementwise import as_float, sqrt
from minigan.functions.operands import Operand, operands

__all__ = [
    "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "arcsin", "arccos", "arctan", "arctan2",
    "deg2rad", "rad2deg", "hypot",
]  # fmt: skip


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


class Tan(Op):
    """y = tan x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).tan(x)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g * (out * out + 1.0)


class Asin(Op):
    """y in [-pi/2, pi/2] with sin y = x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).arcsin(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g / sqrt(1.0 - x * x)


class Acos(Op):
    """y in [0, pi] with cos y = x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).arccos(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return -g / sqrt(1.0 - x * x)


class Atan(Op):
    """y in [-pi/2, pi/2] with tan y = x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).arctan(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g / (x * x + 1.0)


class Atan2(Op):
    """y = the angle in [-pi, pi] of the point (b, a): arctan(a / b) if b > 0.

    At the point (0, 0) the gradient is defined as 0.
    """

    def forward(self, a: Array, b: Array) -> Array:
        return namespace(a, b).arctan2(a, b)

    def backward_a(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return g * _over_square(b, a, b)

    def backward_b(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return -g * _over_square(a, a, b)


def _over_square(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """Return x / (a^2 + b^2), or x where a = b = 0.

    The root is divided by twice, because the squares may overflow or be rounded to 0.
    """
    origin = (a.detach() == 0) & (b.detach() == 0)
    r = hypot(where(origin, 1.0, a), b)
    return x / r / r


class Hypot(Op):
    """y = sqrt(a^2 + b^2), without overflow."""

    def forward(self, a: Array, b: Array) -> Array:
        return namespace(a, b).hypot(a, b)

    def backward_a(self, g: Tensor, a: Tensor, out: Tensor) -> Tensor:
        return g * (a / out)

    def backward_b(self, g: Tensor, b: Tensor, out: Tensor) -> Tensor:
        return g * (b / out)


_sin, _cos, _tan = Sin(), Cos(), Tan()
_asin, _acos, _atan, _atan2, _hypot = Asin(), Acos(), Atan(), Atan2(), Hypot()


def sin(input: Tensor) -> Tensor:
    """Return the sine of angles in radians.

    >>> round(sin(Tensor(math.pi / 6)).item(), 4)
    0.5
    """
    return _sin(as_float("sin", input))


def cos(input: Tensor) -> Tensor:
    """Return the cosine of angles in radians.

    >>> round(cos(Tensor(math.pi / 3)).item(), 4)
    0.5
    """
    return _cos(as_float("cos", input))


def tan(input: Tensor) -> Tensor:
    """Return the tangent of angles in radians.

    >>> round(tan(Tensor(math.pi / 4)).item(), 4)
    1.0
    """
    return _tan(as_float("tan", input))


def asin(input: Tensor) -> Tensor:
    """Return the angle in [-pi/2, pi/2] whose sine is the input.

    >>> round(asin(Tensor(0.5)).item(), 4) == round(math.pi / 6, 4)
    True
    """
    return _asin(as_float("asin", input))


def acos(input: Tensor) -> Tensor:
    """Return the angle in [0, pi] whose cosine is the input.

    >>> round(acos(Tensor(0.5)).item(), 4) == round(math.pi / 3, 4)
    True
    """
    return _acos(as_float("acos", input))


def atan(input: Tensor) -> Tensor:
    """Return the angle in [-pi/2, pi/2] whose tangent is the input.

    >>> round(4 * atan(Tensor(1.0)).item(), 4)
    3.1416
    """
    return _atan(as_float("atan", input))


def atan2(input: Operand, other: Operand) -> Tensor:
    """Return the angle in [-pi, pi] of the point with y = input and x = other; both broadcast.

    At the point (0, 0) the gradient is defined as 0.

    >>> round(atan2(Tensor(1.0), Tensor(-1.0)).item() / math.pi, 4)
    0.75
    """
    return _atan2(*operands("atan2", input, other, real=True))


def hypot(input: Operand, other: Operand) -> Tensor:
    """Return sqrt(input^2 + other^2), broadcast and without overflow.

    >>> hypot(Tensor([3.0]), Tensor([4.0]))
    tensor([5.])
    """
    return _hypot(*operands("hypot", input, other, real=True))


def deg2rad(input: Tensor) -> Tensor:
    """Return angles in degrees as radians.

    >>> round(deg2rad(Tensor(180.0)).item(), 4)
    3.1416
    """
    return as_float("deg2rad", input) * (math.pi / 180)


def rad2deg(input: Tensor) -> Tensor:
    """Return angles in radians as degrees.

    >>> round(rad2deg(Tensor(math.pi)).item(), 4)
    180.0
    """
    return as_float("rad2deg", input) * (180 / math.pi)


arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2  # NumPy's names
