"""Padding as layers: numbers added around (N, C, *X); N may be left out.

`padding` is one width, or two for each axis: before and after the last one first. Negative widths
crop. The modes are those of `F.pad`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from minigan.autograd import Tensor
from minigan.checks import number, per_axis
from minigan.nn import functional as F
from minigan.nn.module import Module

__all__ = [
    "ZeroPad1d", "ZeroPad2d", "ZeroPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d",
    "ReplicationPad2d", "ReplicationPad3d", "CircularPad1d", "CircularPad2d", "CircularPad3d",
]  # fmt: skip


class _Pad(Module):
    """The base of padding in D dimensions."""

    D: ClassVar[int]
    mode: ClassVar[str] = "constant"

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        name = type(self).__name__
        self.padding = per_axis(name, "padding", padding, 2 * self.D, least=-(2**31))

    def forward(self, input: Tensor) -> Tensor:
        """Return the input with numbers around it. Raises ValueError if its rank is not legal."""
        if isinstance(input, Tensor) and input.ndim not in (self.D + 1, self.D + 2):
            raise ValueError(
                f"{type(self).__name__}: input has shape {input.shape}; it must have {self.D + 1} "
                f"or {self.D + 2} dimensions"
            )
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """Return the widths as text."""
        return f"{self.padding}"


class _ConstantPad(_Pad):
    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        self.value = number(type(self).__name__, "value", value)

    def forward(self, input: Tensor) -> Tensor:
        """Return the input with the value around it."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """Return widths and value as text."""
        return f"padding={self.padding}, value={self.value}"


class ZeroPad1d(_Pad):
    """Zeros around (N, C, X); `padding` is one width, or (left, right)."""

    D = 1


class ZeroPad2d(_Pad):
    """Zeros around (N, C, H, W); `padding` is one width, or (left, right, top, bottom).

    >>> import minigan
    >>> ZeroPad2d((1, 2, 3, -1))(minigan.ones(5, 3, 4, 2)).shape
    (5, 3, 6, 5)
    """

    D = 2


class ZeroPad3d(_Pad):
    """Zeros around (N, C, D, H, W); `padding` is one width, or six."""

    D = 3


class ConstantPad1d(_ConstantPad):
    """The number `value` around (N, C, X); `padding` is one width, or (left, right)."""

    D = 1


class ConstantPad2d(_ConstantPad):
    """The number `value` around (N, C, H, W); `padding` is one width, or four."""

    D = 2


class ConstantPad3d(_ConstantPad):
    """The number `value` around (N, C, D, H, W); `padding` is one width, or six."""

    D = 3


class ReflectionPad1d(_Pad):
    """(N, C, X) mirrored at its borders, without repeating them.

    >>> import minigan
    >>> ReflectionPad1d(2)(minigan.tensor([[0.0, 1.0, 2.0]])).tolist()
    [[2.0, 1.0, 0.0, 1.0, 2.0, 1.0, 0.0]]
    """

    D, mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """(N, C, H, W) mirrored at its borders, without repeating them."""

    D, mode = 2, "reflect"


class ReflectionPad3d(_Pad):
    """(N, C, D, H, W) mirrored at its borders, without repeating them."""

    D, mode = 3, "reflect"


class ReplicationPad1d(_Pad):
    """(N, C, X) with its borders repeated."""

    D, mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """(N, C, H, W) with its borders repeated."""

    D, mode = 2, "replicate"


class ReplicationPad3d(_Pad):
    """(N, C, D, H, W) with its borders repeated."""

    D, mode = 3, "replicate"


class CircularPad1d(_Pad):
    """(N, C, X) continued from the opposite side."""

    D, mode = 1, "circular"


class CircularPad2d(_Pad):
    """(N, C, H, W) continued from the opposite side."""

    D, mode = 2, "circular"


class CircularPad3d(_Pad):
    """(N, C, D, H, W) continued from the opposite side."""

    D, mode = 3, "circular"
