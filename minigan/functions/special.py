"""Special functions of one number or two: logaddexp, logit, erfc, nan_to_num and the like."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import number
from minigan.functions.arguments import tensor_of
from minigan.functions.arithmetic import div, divisible
from minigan.functions.choosing import where
from minigan.functions.elementwise import as_float, exp, log, sigmoid
from minigan.functions.error_function import erfc as erfc_of_array
from minigan.functions.operands import Operand, operands
from minigan.functions.rounding import isinf, isnan

__all__ = [
    "logaddexp", "fmod", "heaviside", "xlogy", "addcmul", "addcdiv", "nan_to_num", "logit",
    "erfc", "exp2", "copysign", "float_power",
]  # fmt: skip


class Logaddexp(Op):
    """y = log(e^a + e^b), without overflow."""

    def forward(self, a: Array, b: Array) -> Array:
        return namespace(a, b).logaddexp(a, b)

    def backward_a(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return g * sigmoid(_gap(a, b))

    def backward_b(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return g * sigmoid(_gap(b, a))


def _gap(a: Tensor, b: Tensor) -> Tensor:
    """Return a - b, and 0 if both are infinite and equal."""
    return where(a == b, 0.0, a - b)


class Fmod(Op):
    """y = a - b trunc(a / b): the remainder with the sign of a."""

    def forward(self, a: Array, b: Array) -> Array:
        return namespace(a, b).fmod(a, b)

    def backward_a(self, g: Tensor) -> Tensor:
        return g

    def backward_b(self, g: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return -g * div(a, b, rounding_mode="trunc")


class Erfc(Op):
    """y = 1 - erf x, accurate also where it is small."""

    def forward(self, x: Array) -> Array:
        return erfc_of_array(x)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return g * (exp(-x * x) * (-2 / math.sqrt(math.pi)))


class Exp2(Op):
    """y = 2^x."""

    def forward(self, x: Array) -> Array:
        return namespace(x).exp2(x)

    def backward_x(self, g: Tensor, out: Tensor) -> Tensor:
        return g * out * math.log(2.0)


_logaddexp, _fmod, _erfc, _exp2 = Logaddexp(), Fmod(), Erfc(), Exp2()


def _all_half(*xs: Any) -> bool:
    """Return whether all are float16 tensors, which compositions compute in float32."""
    return all(isinstance(x, Tensor) and x.dtype.char == "e" for x in xs)


def logaddexp(input: Operand, other: Operand) -> Tensor:
    """Return log(e^input + e^other), broadcast and without overflow.

    >>> logaddexp(Tensor([1000.0]), Tensor([-1000.0]))
    tensor([1000.])
    """
    return _logaddexp(*operands("logaddexp", input, other, real=True))


def fmod(input: Operand, other: Operand) -> Tensor:
    """Return the remainder of the division rounded towards 0: it has the sign of the input.

    Raises TypeError for bool tensors, and RuntimeError if an integer is divided by 0.

    >>> fmod(Tensor([7, -7]), 4).tolist()
    [3, -3]
    """
    return _fmod(*divisible("fmod", input, other))


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """Return 0 below 0 and for NaN, 1 above 0, and the number in values at 0; a constant.

    >>> heaviside(Tensor([-1.0, 0.0, 2.0]), Tensor(0.5))
    tensor([0. , 0.5, 1. ])
    """
    x, at_0 = operands("heaviside", input, values)
    array = namespace(x._data).where(x._data == 0, at_0._data, x._data > 0)
    return Tensor._wrap(array.astype(x.dtype))


def xlogy(input: Operand, other: Operand) -> Tensor:
    """Return input * log(other), and 0 where the input is 0, also if the logarithm is not finite.

    >>> xlogy(Tensor([0.0, 2.0]), Tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    a, b = operands("xlogy", input, other, real=True)
    zero = (a == 0.0) & ((b <= 0.0) | isinf(b))
    return where(zero, a * 0.0, a * log(where(zero, 1.0, b)))


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """Return input + value * tensor1 * tensor2; all broadcast.

    >>> addcmul(Tensor([1.0]), Tensor([2.0]), Tensor([3.0]), value=10)
    tensor([61.])
    """
    if _all_half(input, tensor1, tensor2):
        return addcmul(input.float(), tensor1.float(), tensor2.float(), value=value).half()
    product = tensor_of("addcmul", "tensor1", tensor1) * tensor_of("addcmul", "tensor2", tensor2)
    return tensor_of("addcmul", "input", input) + (product if value == 1 else product * value)


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """Return input + value * tensor1 / tensor2; all broadcast.

    >>> addcdiv(Tensor([1.0]), Tensor([6.0]), Tensor([3.0]), value=10)
    tensor([21.])
    """
    if _all_half(input, tensor1, tensor2):
        return addcdiv(input.float(), tensor1.float(), tensor2.float(), value=value).half()
    top = tensor_of("addcdiv", "tensor1", tensor1)
    ratio = (top if value == 1 else top * value) / tensor_of("addcdiv", "tensor2", tensor2)
    return tensor_of("addcdiv", "input", input) + ratio


def nan_to_num(
    input: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """Return the numbers with NaN and infinities replaced.

    By default infinities become the largest and the smallest number of the dtype. Raises TypeError
    if a replacement is not a number.

    >>> nan_to_num(Tensor([float("nan"), 2.0]), nan=-1.0)
    tensor([-1.,  2.])
    """
    x = tensor_of("nan_to_num", "input", input)
    if x.dtype.kind != "f":
        return x.clone()
    limits = np.finfo(x.dtype)
    values = [
        number("nan_to_num", name, default if value is None else value)
        if value == value or value is None
        else value
        for name, value, default in (
            ("nan", nan, 0.0),
            ("posinf", posinf, float(limits.max)),
            ("neginf", neginf, float(limits.min)),
        )
    ]
    y = where(isnan(x), values[0], x)
    y = where(isinf(x) & (x > 0), values[1], y)
    return where(isinf(x) & (x < 0), values[2], y)


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """Return log(x / (1 - x)), the inverse of sigmoid; `eps` limits x to eps..1 - eps first.

    >>> round(logit(sigmoid(Tensor(2.0))).item(), 4)
    2.0
    """
    x = as_float("logit", input)
    if eps is not None:
        eps = number("logit", "eps", eps)
        x = x.clamp(eps, 1.0 - eps)
    return log(x / (1.0 - x))


def erfc(input: Tensor) -> Tensor:
    """Return 1 - erf(x), accurate also where it is small.

    >>> f"{erfc(Tensor(5.0)).item():.4e}"
    '1.5375e-12'
    """
    return _erfc(as_float("erfc", input))


def exp2(input: Tensor) -> Tensor:
    """Return 2^x.

    >>> exp2(Tensor([0.0, 3.0]))
    tensor([1., 8.])
    """
    return _exp2(as_float("exp2", input))


def copysign(input: Tensor, other: Operand) -> Tensor:
    """Return |input| with the sign of other; the gradient changes its sign where the number does.

    >>> copysign(Tensor([1.0, -2.0]), Tensor([-1.0, 1.0]))
    tensor([-1.,  2.])
    """
    x, sign = operands("copysign", input, other, real=True)
    xp = namespace(x._data, sign._data)
    factor = xp.copysign(xp.ones((), x.dtype), sign._data) * xp.copysign(
        xp.ones((), x.dtype), x._data
    )
    return x * Tensor._wrap(factor)


def float_power(input: Operand, exponent: Operand) -> Tensor:
    """Return input to the power exponent, computed and returned as float64.

    >>> float_power(Tensor([2, 3]), 2)
    tensor([4., 9.], dtype=float64)
    """
    double: Any = np.float64
    x, p = (v.to(double) if isinstance(v, Tensor) else v for v in (input, exponent))
    return x**p
