"""Activations as layers; input and output have the same shape.

`inplace` is accepted where PyTorch has it, but the input is never modified.
"""

from __future__ import annotations

from typing import Any

from minigan.autograd import Tensor
from minigan.checks import integer, number, one_of
from minigan.functions.arguments import tensor_of
from minigan.nn import functional as F
from minigan.nn.function import Function
from minigan.nn.init import constant_
from minigan.nn.module import Module
from minigan.nn.parameter import new_parameter

__all__ = [
    "ReLU", "LeakyReLU", "PReLU", "ReLU6", "Hardtanh", "ELU", "SELU", "GELU", "SiLU", "Mish",
    "Sigmoid", "LogSigmoid", "Tanh", "Softplus", "Softmax", "LogSoftmax", "Softmin", "Softmax2d",
]  # fmt: skip


class ReLU(Function):
    """max(x, 0).

    >>> import minigan
    >>> ReLU()(minigan.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    function = F.relu
    inplace: bool = False


class LeakyReLU(Function):
    """x where x > 0, else negative_slope x (Maas et al. 2013).

    >>> import minigan
    >>> LeakyReLU(0.5)(minigan.tensor([-1.0, 2.0]))
    tensor([-0.5,  2. ])
    """

    function = F.leaky_relu
    negative_slope: float = 0.01
    inplace: bool = False


class ELU(Function):
    """x where x > 0, else alpha (e^x - 1) (Clevert et al. 2016)."""

    function = F.elu
    alpha: float = 1.0
    inplace: bool = False


class SELU(Function):
    """scale ELU(x), with constants that keep mean 0 and variance 1 (Klambauer et al. 2017)."""

    function = F.selu
    inplace: bool = False


class PReLU(Module):
    """x where x > 0, else weight x, with learned weights (He et al. 2015, eq. 1).

    There is one weight, or one for each of `num_parameters` channels; all start as `init`.
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
        self.weight = new_parameter("PReLU", num_parameters, dtype=dtype, device=device)
        constant_(self.weight, number("PReLU", "init", init))

    def forward(self, input: Tensor) -> Tensor:
        """Return the activation of an input (N, C, ...)."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """Return the number of weights as text."""
        return f"num_parameters={self.num_parameters}"


class ReLU6(Function):
    """min(max(x, 0), 6)."""

    function = F.relu6
    inplace: bool = False


class Hardtanh(Function):
    """x limited to [min_val, max_val]."""

    function = F.hardtanh
    min_val: float = -1.0
    max_val: float = 1.0
    inplace: bool = False


class GELU(Function):
    """x P(Z <= x) for Z of N(0, 1); approximate="tanh" uses a closed formula close to it.

    (Hendrycks & Gimpel 2016.)
    """

    function = F.gelu
    approximate: str = "none"

    def check(self) -> None:
        """Raise ValueError for another value of approximate."""
        one_of("GELU", "approximate", self.approximate, "none", "tanh")


class SiLU(Function):
    """x sigmoid(x) (Ramachandran et al. 2017)."""

    function = F.silu
    inplace: bool = False


class Mish(Function):
    """x tanh(softplus(x)) (Misra 2019)."""

    function = F.mish
    inplace: bool = False


class LogSigmoid(Function):
    """ln sigmoid(x), without underflow."""

    function = F.logsigmoid


class Sigmoid(Function):
    """1 / (1 + e^-x).

    >>> import minigan
    >>> Sigmoid()(minigan.zeros(2))
    tensor([0.5, 0.5])
    """

    function = F.sigmoid


class Tanh(Function):
    """tanh(x).

    >>> import minigan
    >>> Tanh()(minigan.zeros(2))
    tensor([0., 0.])
    """

    function = F.tanh


class Softplus(Function):
    """ln(1 + e^(beta x)) / beta, and x itself where beta x > threshold."""

    function = F.softplus
    beta: float = 1.0
    threshold: float = 20.0


class _Softmax(Function):
    dim: int | None = None

    def check(self) -> None:
        """Raise TypeError that says what to write if dim is missing, or not an integer."""
        name = type(self).__name__
        if self.dim is None:
            raise TypeError(
                f"{name}: dim is missing; write nn.{name}(dim=1) for the classes of rows (N, C), "
                "or dim=-1 for the last dimension"
            )
        integer(name, "dim", self.dim)


class Softmax(_Softmax):
    """e^x / sum e^x along dimension dim, which must be given.

    >>> import minigan
    >>> Softmax(dim=1)(minigan.zeros(1, 4))
    tensor([[0.25, 0.25, 0.25, 0.25]])
    """

    function = F.softmax


class LogSoftmax(_Softmax):
    """ln softmax(x) along dimension dim, which must be given, without underflow."""

    function = F.log_softmax


class Softmin(_Softmax):
    """softmax(-x) along dimension dim, which must be given."""

    function = F.softmin


class Softmax2d(Function):
    """Softmax over the channels of (N, C, H, W) or (C, H, W), at each position.

    >>> import minigan
    >>> Softmax2d()(minigan.zeros(4, 1, 1)).flatten()
    tensor([0.25, 0.25, 0.25, 0.25])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return the softmax. Raises ValueError for another number of dimensions."""
        if tensor_of("Softmax2d", "input", input).ndim not in (3, 4):
            raise ValueError(
                f"Softmax2d: input has shape {input.shape}; it must be (N, C, H, W) or (C, H, W)"
            )
        return F.softmax(input, -3)
