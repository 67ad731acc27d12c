"""Activations that are less common, as layers; the formulas stand in `nn.functional.shrinkage`."""

from __future__ import annotations

from minigan.nn import functional as F
from minigan.nn.function import Function

__all__ = [
    "Hardshrink", "Softshrink", "Tanhshrink", "Threshold", "Hardsigmoid", "Hardswish", "Softsign",
    "CELU", "GLU",
]  # fmt: skip


class Hardshrink(Function):
    """x where |x| > lambd, else 0."""

    function = F.hardshrink
    lambd: float = 0.5

    def extra_repr(self) -> str:
        """Return lambd as text."""
        return f"{self.lambd}"


class Softshrink(Hardshrink):
    """x moved by lambd towards 0, and 0 where |x| <= lambd."""

    function = F.softshrink


class Tanhshrink(Function):
    """x - tanh(x)."""

    function = F.tanhshrink


class Threshold(Function):
    """x where x > threshold, else value.

    >>> import minigan
    >>> Threshold(2.0, -1.0)(minigan.tensor([1.0, 3.0]))
    tensor([-1.,  3.])
    """

    function = F.threshold
    threshold: float
    value: float
    inplace: bool = False


class Hardsigmoid(Function):
    """(x + 3) / 6 limited to [0, 1]."""

    function = F.hardsigmoid
    inplace: bool = False


class Hardswish(Function):
    """x times its hard sigmoid (Howard et al. 2019)."""

    function, shown = F.hardswish, ()
    inplace: bool = False


class Softsign(Function):
    """x / (1 + |x|)."""

    function = F.softsign


class CELU(Function):
    """x where x > 0, else alpha (e^(x / alpha) - 1) (Barron 2017)."""

    function = F.celu
    alpha: float = 1.0
    inplace: bool = False


class GLU(Function):
    """a sigmoid(b), where a and b are the halves of the input along dim (Dauphin et al. 2017).

    >>> import minigan
    >>> GLU()(minigan.zeros(5, 6)).shape
    (5, 3)
    """

    function = F.glu
    dim: int = -1
