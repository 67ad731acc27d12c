"""Pooling as layers: the largest number, or the mean, of each window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from minigan.checks import integer
from minigan.geometry import Ints, check_settings, require_half
from minigan.nn import functional as F
from minigan.nn.function import Function


class _Pool(Function):
    """Windows of any number of dimensions; without a stride they lie side by side."""

    D: ClassVar[int]

    def check(self) -> None:
        """Sizes are positive, and padding at most half a window."""
        name, D, given = type(self).__name__, self.D, vars(self)
        self.stride = given["kernel_size"] if given["stride"] is None else given["stride"]
        settings = self.stride, given.get("dilation", 1), given["padding"]
        taps, _, _, padding, _ = check_settings(name, D, given["kernel_size"], *settings)
        for k, p in zip(taps, padding, strict=True):
            require_half(name, k, p)
        if given.get("divisor_override") is not None:
            integer(name, "divisor_override", given["divisor_override"], 1)


class _MaxPool(_Pool):
    kernel_size: Ints
    stride: Ints | None = None
    padding: Ints = 0
    dilation: Ints = 1
    return_indices: bool = False
    ceil_mode: bool = False


class MaxPool1d(_MaxPool):
    """The largest number of each window of (N, C, X); with `return_indices`, and where it was."""

    D, function = 1, F.max_pool1d


class MaxPool2d(_MaxPool):
    """The largest number of each window of (N, C, X, X'); with `return_indices`, and where it
    was.
    """

    D, function = 2, F.max_pool2d


class MaxPool3d(_MaxPool):
    """The largest number of each window of (N, C, X, X', X''); with `return_indices`, and where it
    was.
    """

    D, function = 3, F.max_pool3d


class AvgPool1d(_Pool):
    """The mean of each window of (N, C, X); zeros of the padding count, unless told."""

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
    """The mean of each window of (N, C, X, X'), or the sum over `divisor_override`; zeros of the
    padding count.
    """

    D, function = 2, F.avg_pool2d


class AvgPool3d(_AvgPool):
    """The mean of each window of (N, C, X, X', X''), or the sum over `divisor_override`; zeros of
    the padding count.
    """

    D, function = 3, F.avg_pool3d


class AdaptiveAvgPool1d(Function):
    """The mean of each of `output_size` parts of (N, C, X)."""

    function = F.adaptive_avg_pool1d
    output_size: int | Sequence[int]


class AdaptiveAvgPool2d(Function):
    """The mean of each of `output_size` parts of (N, C, X, X'); None keeps a size."""

    function = F.adaptive_avg_pool2d
    output_size: int | Sequence[int | None] | None


class AdaptiveAvgPool3d(Function):
    """The mean of each of `output_size` parts of (N, C, X, X', X''); None keeps a size."""

    function = F.adaptive_avg_pool3d
    output_size: int | Sequence[int | None] | None
