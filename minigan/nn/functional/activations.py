"""Activations: functions of one number that are not straight lines; here those of straight pieces.

Without them all layers of a network would be one linear layer. Each function takes a tensor of any
shape and returns a tensor of that shape. Signatures are those of torch.nn.functional; `inplace` is
accepted so that PyTorch's lines run, but the input is never modified: use the returned tensor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from minigan.autograd import Op, Tensor
from minigan.backend import Array, namespace
from minigan.checks import boolean, number
from minigan.functions import signs
from minigan.functions.arguments import float_tensor, one_dtype, tensor_of
from minigan.functions.choosing import where
from minigan.functions.shaping import reshape
from minigan.threads import sweep

__all__ = ["relu", "leaky_relu", "prelu", "relu6", "hardtanh"]


def gate(g: Array, passes: Array, slope: float, out: Array) -> None:
    """Write g to `out` where `passes` is True, and slope * g elsewhere, for 0 <= slope <= 1.

    It computes without branches, because they are slow when the signs are random.
    """
    xp, bits = namespace(g), f"i{g.itemsize}"
    if slope == 0:  # keep all bits of g or none: this gives 0 for an infinite g too, 0 * g does not
        mask = (-passes.view("i1")).astype(bits)
        xp.bitwise_and(g.view(bits), mask, out=out.view(bits))
    else:
        xp.multiply(g, xp.clip(passes, g.dtype.type(slope), g.dtype.type(1)), out=out)


@dataclass(frozen=True)
class LeakyRelu(Op):
    """y = max(x, slope x) for 0 < slope <= 1.

    The rule reads x, although y has the same sign: y may then be changed in place, as in PyTorch.
    """

    slope: float

    def forward(self, x: Array) -> Array:
        xp = namespace(x)
        y = xp.empty_like(x)

        def compute(_: int, block: Any) -> None:
            part = xp.multiply(x[block], self.slope, out=y[block])
            xp.maximum(x[block], part, out=part)

        sweep(compute, x)
        return y

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return LeakyGate(self.slope)(x.detach(), g)


@dataclass(frozen=True)
class LeakyGate(Op):
    """y = v where x > 0 (or True), else slope v. It is linear in v, and its own adjoint."""

    slope: float

    def forward(self, x: Array, v: Array) -> Array:
        y = namespace(v).empty_like(v)

        def compute(_: int, block: Any) -> None:
            passes = x[block] if x.dtype.kind == "b" else x[block] > 0
            gate(v[block], passes, self.slope, y[block])

        sweep(compute, v)
        return y

    def backward_v(self, g: Tensor, x: Tensor) -> Tensor:
        return LeakyGate(self.slope)(x, g)


@dataclass(frozen=True)
class Hardtanh(Op):
    """y = min(max(x, low), high); the derivative is 1 where low < x < high, else 0."""

    low: float
    high: float

    def forward(self, x: Array) -> Array:
        return x.clip(self.low, self.high)

    def backward_x(self, g: Tensor, x: Tensor) -> Tensor:
        return where((x > self.low) & (x < self.high), g, 0.0)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return max(x, 0); the derivative at 0 is 0.

    Raises TypeError if input is not a Tensor, or is a Tensor of bools.

    >>> import minigan
    >>> relu(minigan.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    boolean("relu", "inplace", inplace)
    return signs.relu(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Return x where x > 0, else negative_slope * x (Maas et al. 2013).

    Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> leaky_relu(minigan.tensor([-1.0, 2.0]), 0.5)
    tensor([-0.5,  2. ])
    """
    boolean("leaky_relu", "inplace", inplace)
    x = float_tensor("leaky_relu", "input", input)
    slope = number("leaky_relu", "negative_slope", negative_slope)
    if slope == 0:  # not relu, whose rule reads y: PyTorch allows to change this y in place
        return where(x <= 0, 0.0, x)
    return LeakyRelu(slope)(x) if 0 < slope <= 1 else where(x > 0, x, slope * x)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """Return x where x > 0, else weight * x, for a learned weight (He et al. 2015, eq. 1).

    The weight holds one number, or one for each channel (dimension 1 of input). Raises ValueError
    if its shape does not fit, and TypeError if the dtypes differ or are not floats.

    >>> import minigan
    >>> prelu(minigan.tensor([[-1.0, -1.0]]), minigan.tensor([0.5, 0.25]))
    tensor([[-0.5 , -0.25]])
    """
    one_dtype("prelu", input=input, weight=tensor_of("prelu", "weight", weight))
    channels = input.shape[1] if input.ndim > 1 else 1
    if weight.ndim > 1 or weight.numel() not in (1, channels):
        raise ValueError(
            f"prelu: weight of shape {weight.shape} does not fit input of shape {input.shape} "
            f"(legal: (1,) or ({channels},), one number per channel)"
        )
    shape = (1, -1, *[1] * (input.ndim - 2)) if input.ndim > 1 else (1,) * input.ndim
    return where(input > 0, input, reshape(weight, shape) * input)


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """Return x limited to [min_val, max_val].

    Raises ValueError if min_val > max_val, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> hardtanh(minigan.tensor([-3.0, 0.5, 3.0]))
    tensor([-1. ,  0.5,  1. ])
    """
    boolean("hardtanh", "inplace", inplace)
    low, high = number("hardtanh", "min_val", min_val), number("hardtanh", "max_val", max_val)
    if low > high:
        raise ValueError(f"hardtanh: min_val={min_val} must be <= max_val={max_val}")
    return Hardtanh(low, high)(float_tensor("hardtanh", "input", input))


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Return x limited to [0, 6]. Raises TypeError if input is not a float Tensor.

    >>> import minigan
    >>> relu6(minigan.tensor([-1.0, 5.0, 7.0]))
    tensor([0., 5., 6.])
    """
    boolean("relu6", "inplace", inplace)
    return Hardtanh(0.0, 6.0)(float_tensor("relu6", "input", input))
