"""Activations as layers.

`inplace` is accepted where PyTorch has it, and changes nothing: inputs are not modified.
"""

from __future__ import annotations

from typing import Any

from minigan.autograd import Tensor
from minigan.checks import integer, number, one_of
from minigan.nn import functional as F
from minigan.nn.function import Function
from minigan.nn.init import constant_
from minigan.nn.module import Module, learned


class ReLU(Function):
    """max(x, 0)."""

    function = F.relu
    inplace: bool = False


class LeakyReLU(Function):
    """x where it is positive, negative_slope x elsewhere."""

    function = F.leaky_relu
    negative_slope: float = 0.01
    inplace: bool = False


class ELU(Function):
    """x where it is positive, alpha (e^x - 1) elsewhere."""

    function = F.elu
    alpha: float = 1.0
    inplace: bool = False


class SELU(Function):
    """ELU with the alpha and scale that keep mean 0 and variance 1 (Klambauer et al. 2017)."""

    function = F.selu
    inplace: bool = False


class PReLU(Module):
    """x where it is positive, weight x elsewhere; one learned weight, or one per channel (He et al.
    2015).
    """

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        device: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.num_parameters = integer("PReLU", "num_parameters", num_parameters, 1)
        self.weight = learned("PReLU", num_parameters, dtype=dtype, device=device)
        constant_(self.weight, number("PReLU", "init", init))

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, ...) of any shape."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """How many weights."""
        return f"num_parameters={self.num_parameters}"


class ReLU6(Function):
    """min(max(x, 0), 6)."""

    function = F.relu6
    inplace: bool = False


class Hardtanh(Function):
    """x between min_val and max_val, those beyond."""

    function = F.hardtanh
    min_val: float = -1.0
    max_val: float = 1.0
    inplace: bool = False


class GELU(Function):
    """x times the normal distribution function of x; approximate="tanh" takes Hendrycks and
    Gimpel's formula for it.
    """

    function = F.gelu
    approximate: str = "none"

    def check(self) -> None:
        """One of the two forms."""
        one_of("GELU", "approximate", self.approximate, "none", "tanh")


class SiLU(Function):
    """x sigmoid(x)."""

    function = F.silu
    inplace: bool = False


class Mish(Function):
    """x tanh(softplus(x)) (Misra 2020)."""

    function = F.mish
    inplace: bool = False


class LogSigmoid(Function):
    """The logarithm of the sigmoid, without underflow."""

    function = F.logsigmoid


class Sigmoid(Function):
    """1 / (1 + e^-x)."""

    function = F.sigmoid


class Tanh(Function):
    """tanh(x)."""

    function = F.tanh


class Softplus(Function):
    """ln(1 + e^(beta x)) / beta, and x itself where beta x > threshold."""

    function = F.softplus
    beta: float = 1.0
    threshold: float = 20.0


class Softmax(Function):
    """e^x / sum e^x along dim, which must be given."""

    function = F.softmax
    dim: int


class LogSoftmax(Function):
    """The logarithm of softmax along dim, which must be given, without underflow."""

    function = F.log_softmax
    dim: int
