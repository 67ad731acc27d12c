"""Pooling as layers: the largest number, or the mean, of each window.

The shapes are given with a batch axis N, which may be left out. The stride is kernel_size by
default, so that the windows lie side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from minigan.autograd import Tensor
from minigan.checks import integer, per_axis
from minigan.geometry import Ints, check_settings, require_half
from minigan.nn import functional as F
from minigan.nn.function import Function

__all__ = [
    "MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d",
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d",
    "LPPool1d", "LPPool2d", "LPPool3d",
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
    shown = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
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

    D, function, shown = 1, F.avg_pool1d, ("kernel_size", "stride", "padding")
    kernel_size: Ints
    stride: Ints | None = None
    padding: Ints = 0
    ceil_mode: bool = False
    count_include_pad: bool = True

    def check(self) -> None:
        """Raise as other poolings; the settings become tuples, as in PyTorch."""
        super().check()
        for name in ("kernel_size", "stride", "padding"):
            setattr(self, name, per_axis("AvgPool1d", name, getattr(self, name), 1, 0))


class _AvgPool(_Pool):
    shown = ("kernel_size", "stride", "padding")
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


class _AdaptiveMaxPool(Function):
    shown = ("output_size",)
    output_size: int | Sequence[int | None] | None
    return_indices: bool = False


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest numbers of `output_size` windows that divide (N, C, X) evenly."""

    function = F.adaptive_max_pool1d


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest numbers of `output_size` windows that divide (N, C, H, W) evenly.

    >>> import minigan
    >>> AdaptiveMaxPool2d((1, 2))(minigan.arange(6.0).reshape(1, 2, 3)).tolist()
    [[[4.0, 5.0]]]
    """

    function = F.adaptive_max_pool2d


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """The largest numbers of `output_size` windows that divide (N, C, D, H, W) evenly."""

    function = F.adaptive_max_pool3d


class _MaxUnpool(Function):
    D: ClassVar[int]
    kernel_size: Ints
    stride: Ints | None = None
    padding: Ints = 0

    def check(self) -> None:
        """Raise TypeError or ValueError if a setting is not legal for any input."""
        name, stride = type(self).__name__, self.kernel_size if self.stride is None else self.stride
        self.kernel_size = per_axis(name, "kernel_size", self.kernel_size, self.D)
        self.stride = per_axis(name, "stride", stride, self.D)
        self.padding = per_axis(name, "padding", self.padding, self.D, 0)

    def forward(
        self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None
    ) -> Tensor:
        """Return zeros with the numbers of the input at the places `indices`."""
        settings = self.kernel_size, self.stride, self.padding
        y: Tensor = type(self).function(input, indices, *settings, output_size)
        return y


class MaxUnpool1d(_MaxUnpool):
    """Numbers at the places from which a max pooling took them, elsewhere 0; see MaxUnpool2d."""

    D, function = 1, F.max_unpool1d


class MaxUnpool2d(_MaxUnpool):
    """Numbers at the places from which a max pooling took them, elsewhere 0.

    >>> import minigan
    >>> pooled, places = MaxPool2d(2, return_indices=True)(minigan.tensor([[[1.0, 2], [4, 3]]]))
    >>> MaxUnpool2d(2)(pooled, places).tolist()
    [[[0.0, 0.0], [4.0, 0.0]]]
    """

    D, function = 2, F.max_unpool2d


class MaxUnpool3d(_MaxUnpool):
    """Numbers at the places from which a max pooling took them, elsewhere 0; see MaxUnpool2d."""

    D, function = 3, F.max_unpool3d


class _LPPool(Function):
    shown = ("norm_type", "kernel_size", "stride", "ceil_mode")
    norm_type: float
    kernel_size: Ints
    stride: Ints | None = None
    ceil_mode: bool = False


class LPPool1d(_LPPool):
    """(sum x^p)^(1/p) of each window of (N, C, X), with p = norm_type."""

    function = F.lp_pool1d


class LPPool2d(_LPPool):
    """(sum x^p)^(1/p) of each window of (N, C, H, W), with p = norm_type.

    >>> import minigan
    >>> LPPool2d(2, 2)(minigan.tensor([[[3.0, 4.0], [0.0, 0.0]]])).tolist()
    [[[5.0]]]
    """

    function = F.lp_pool2d


class LPPool3d(_LPPool):
    """(sum x^p)^(1/p) of each window of (N, C, D, H, W), with p = norm_type."""

    function = F.lp_pool3d
