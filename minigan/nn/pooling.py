"""Pooling as layers: the largest number, or the mean, of each window.

The shapes are given with a batch axis N, which may be left out. The stride is kernel_size by
default, so that the windows lie side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from minigan.checks import integer
from minigan.geometry import Ints, check_settings, require_half
from minigan.nn import functional as F
from minigan.nn.function import Function

__all__ = [
    "MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d",
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d",
]  # fmt: skip


class _Pool(Function):
    """The base of pooling in D dimensions."""

    D: ClassVar[int]

    def check(self) -> None:
        """Raise TypeError or ValueError if a setting is not legal for any input."""
        name, settings = type(self).__name__, vars(self)
        if settings["stride"] is None:
            self.stride = settings["kernel_size"]
        taps, _, _, padding, _ = check_settings(
            name,
            self.D,
            settings["kernel_size"],
            self.stride,
            settings.get("dilation", 1),
            settings["padding"],
        )
        for k, p in zip(taps, padding, strict=True):
            require_half(name, k, p)
        if settings.get("divisor_override") is not None:
            integer(name, "divisor_override", settings["divisor_override"], 1)


class _MaxPool(_Pool):
    kernel_size: Ints
    stride: Ints | None = None
    padding: Ints = 0
    dilation: Ints = 1
    return_indices: bool = False
    ceil_mode: bool = False


class MaxPool1d(_MaxPool):
    """The largest number of each window of (N, C, X); with `return_indices` also its position."""

    D, function = 1, F.max_pool1d


class MaxPool2d(_MaxPool):
    """The largest number of each window of (N, C, H, W); with `return_indices` also its position.

    >>> import minigan
    >>> MaxPool2d(2)(minigan.ones(5, 3, 8, 6)).shape
    (5, 3, 4, 3)
    """

    D, function = 2, F.max_pool2d


class MaxPool3d(_MaxPool):
    """The largest number of each window of (N, C, D, H, W); see MaxPool2d."""

    D, function = 3, F.max_pool3d


class AvgPool1d(_Pool):
    """The mean of each window of (N, C, X); by default the zeros of the padding count."""

    D, function = 1, F.avg_pool1d
    kernel_size: Ints
    stride: Ints | None = None
    padding: Ints = 0
    ceil_mode: bool = False
    count_include_pad: bool = True


class _AvgPool(_Pool):
    kernel_size: Ints
    stride: Ints | None = None
    padding: Ints = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: int | None = None


class AvgPool2d(_AvgPool):
    """The mean of each window of (N, C, H, W), or its sum divided by `divisor_override`.

    By default the zeros of the padding count.

    >>> import minigan
    >>> AvgPool2d(2)(minigan.ones(5, 3, 8, 6)).shape
    (5, 3, 4, 3)
    """

    D, function = 2, F.avg_pool2d


class AvgPool3d(_AvgPool):
    """The mean of each window of (N, C, D, H, W); see AvgPool2d."""

    D, function = 3, F.avg_pool3d


class AdaptiveAvgPool1d(Function):
    """The means of `output_size` windows that divide (N, C, X) evenly."""

    function = F.adaptive_avg_pool1d
    output_size: int | Sequence[int]


class AdaptiveAvgPool2d(Function):
    """The means of `output_size` windows that divide (N, C, H, W) evenly; None keeps a size."""

    function = F.adaptive_avg_pool2d
    output_size: int | Sequence[int | None] | None


class AdaptiveAvgPool3d(Function):
    """The means of `output_size` windows that divide (N, C, D, H, W) evenly; None keeps a size."""

    function = F.adaptive_avg_pool3d
    output_size: int | Sequence[int | None] | None
