"""Normalizations over the last dimensions, LayerNorm and RMSNorm, and LocalResponseNorm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigan.autograd import Tensor
from minigan.checks import boolean, integer, number
from minigan.nn import functional as F
from minigan.nn.function import Function
from minigan.nn.init import ones_
from minigan.nn.module import Module
from minigan.nn.normalization import Norm
from minigan.nn.parameter import Parameter, new_parameter

__all__ = ["LayerNorm", "RMSNorm", "LocalResponseNorm"]


class LayerNorm(Norm):
    """Mean 0 and variance 1 over the last dimensions, of sizes `normalized_shape`.

    (Ba, Kiros & Hinton 2016.) Raises TypeError or ValueError if a size is not a positive integer.

    >>> import minigan
    >>> LayerNorm(2)(minigan.tensor([[1.0, 3.0]])).round().tolist()
    [[-1.0, 1.0]]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        shape = (
            tuple(normalized_shape)
            if isinstance(normalized_shape, tuple | list)
            else (normalized_shape,)
        )
        self.normalized_shape = tuple(
            integer("LayerNorm", "normalized_shape", size, 1) for size in shape
        )
        if not shape:
            raise ValueError("LayerNorm: normalized_shape=() must name at least one size")
        self.eps = number("LayerNorm", "eps", eps)
        self.elementwise_affine = boolean("LayerNorm", "elementwise_affine", elementwise_affine)
        self._make_parameters(self.normalized_shape, elementwise_affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Return the normalized input (..., *normalized_shape), in its shape."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Return the arguments as text."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """x / sqrt(mean x^2 + eps) over the last dimensions, of sizes `normalized_shape`, times weight.

    (Zhang & Sennrich 2019.) By default eps is the machine epsilon of the dtype. Raises TypeError or
    ValueError if a size is not a positive integer.

    >>> import minigan
    >>> RMSNorm(2)(minigan.tensor([[3.0, 3.0]])).round().tolist()
    [[1.0, 1.0]]
    """

    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        several = isinstance(normalized_shape, tuple | list)
        shape: Any = tuple(normalized_shape) if several else (normalized_shape,)  # type: ignore[arg-type]
        self.normalized_shape = tuple(integer("RMSNorm", "normalized_shape", s, 1) for s in shape)
        self.eps = None if eps is None else number("RMSNorm", "eps", eps)
        self.elementwise_affine = boolean("RMSNorm", "elementwise_affine", elementwise_affine)
        self.register_parameter("weight", None)
        if elementwise_affine:
            shape = self.normalized_shape
            self.weight = new_parameter("RMSNorm", *shape, dtype=dtype, device=device)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weight to ones."""
        if self.weight is not None:
            ones_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        """Return the normalized input (..., *normalized_shape), in its shape."""
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """Return the arguments as text."""
        affine = self.elementwise_affine
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}"


class LocalResponseNorm(Function):
    """x / (k + alpha m)^beta; m is the mean of x^2 over `size` neighbouring channels.

    (Krizhevsky et al. 2012, section 3.3.)
    """

    function = F.local_response_norm
    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0

    def extra_repr(self) -> str:
        """Return the arguments as text."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
