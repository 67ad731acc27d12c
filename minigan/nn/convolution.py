"""Convolutions and transposed convolutions as layers, each one class for 1 to 3 dimensions.

Both have a weight of shape (K, C/groups, *kernel), in the letters of the trilinear form. A
convolution reads C channels and returns K. A transposed convolution reads K and returns C, so its
in_channels is K and its out_channels is C.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from minigan.autograd import Tensor
from minigan.backend import Seed
from minigan.checks import boolean, integer, one_of, per_axis
from minigan.conv import FORMULATIONS
from minigan.geometry import Geometry, Ints, check_settings, output_padding_for
from minigan.nn import functional as F
from minigan.nn.init import default_
from minigan.nn.module import Module
from minigan.nn.parameter import Parameter, new_parameter

__all__ = [
    "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d",
]  # fmt: skip


class _Convolution(Module):
    """What both kinds have in common: settings, a weight and a bias."""

    D: ClassVar[int]  # dimensions in space
    function: ClassVar[Callable[..., Tensor]]
    weight: Parameter
    bias: Parameter | None
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: Any  # integers, or 'same' or 'valid'

    def _set(self, in_channels: int, out_channels: int, groups: int, by: str | None) -> None:
        super().__init__()
        name = type(self).__name__
        self.in_channels = integer(name, "in_channels", in_channels, 1)
        self.out_channels = integer(name, "out_channels", out_channels, 1)
        self.groups = integer(name, "groups", groups, 1)
        for label, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ValueError(f"{name}: groups={groups} must divide {label}={channels}")
        self.by = None if by is None else one_of(name, "by", by, *FORMULATIONS)

    def _make_parameters(
        self, K: int, C: int, bias: bool, device: str | None, dtype: Any, generator: Seed
    ) -> None:
        name, shape = type(self).__name__, (K, C // self.groups, *self.kernel_size)
        self.weight = new_parameter(name, *shape, dtype=dtype, device=device)
        self.register_parameter("bias", None)
        if boolean(name, "bias", bias):
            self.bias = new_parameter(name, self.out_channels, dtype=dtype, device=device)
        self.reset_parameters(generator)

    def reset_parameters(self, generator: Seed = None) -> None:
        """Draw new initial weights."""
        default_(self.weight, self.bias, generator)

    def extra_repr(self) -> str:
        """Return the arguments as text, without those that have their defaults."""
        zeros, ones = (0,) * self.D, (1,) * self.D
        default: dict[str, Any] = {"padding": zeros, "dilation": ones, "output_padding": zeros}
        default |= {"groups": 1, "bias": True, "padding_mode": "zeros", "by": None}
        settings = {name: getattr(self, name, value) for name, value in default.items()}
        settings["bias"] = self.bias is not None
        shown = [f"{name}={value}" for name, value in settings.items() if value != default[name]]
        sizes = f"kernel_size={self.kernel_size}, stride={self.stride}"
        return ", ".join([f"{self.in_channels}, {self.out_channels}, {sizes}", *shown])


class _Conv(_Convolution):
    """y[n, k, o] = bias[k] + sum over c, i of w[k, c, i] x[n, c, stride*o + dilation*i - padding].

    Arguments are PyTorch's. The initial weights are drawn from `generator`, uniformly from
    +-1 / sqrt(fan in); `by` names the formulation. Raises TypeError or ValueError if a setting is
    not legal.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Ints | str = 0,
        dilation: Ints = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: str | None = None,
        dtype: Any = None,
        *,
        by: str | None = None,
        generator: Seed = None,
    ) -> None:
        self._set(in_channels, out_channels, groups, by)
        name = type(self).__name__
        self.kernel_size, self.stride, self.dilation, self.padding, _ = check_settings(
            name, self.D, kernel_size, stride, dilation, padding
        )
        modes = ("zeros", "reflect", "replicate", "circular")
        self.padding_mode = one_of(name, "padding_mode", padding_mode, *modes)
        self._make_parameters(out_channels, in_channels, bias, device, dtype, generator)

    def forward(self, input: Tensor, negative_slope: float = 1.0) -> Tensor:
        """Return (N, out_channels, *Y) for an input (N, in_channels, *X); N may be left out.

        With a negative_slope below 1 a leaky ReLU follows, in the same op.
        """
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._widths(input), self.padding_mode), 0
        settings = self.stride, padding, self.dilation, self.groups
        options = {"by": self.by, "_slope": negative_slope}
        return type(self).function(input, self.weight, self.bias, *settings, **options)

    def _widths(self, input: Tensor) -> list[int]:
        """Return the widths that F.pad adds: before and after each axis, last axis first."""
        if not isinstance(self.padding, str):
            return [width for p in reversed(self.padding) for width in (p, p)]
        settings = self.kernel_size, self.stride, self.padding, self.dilation
        geometry = Geometry.conv(input.shape[-self.D :], *settings, name=type(self).__name__)
        return [width for a in reversed(geometry.axes) for width in (a.padding, a.after)]


class _ConvTranspose(_Convolution):
    """The gradient of a convolution: y[n, k, o] w[k, c, i] is added to x[n, c, h] for all o, i.

    h = stride*o + dilation*i - padding; then bias[c] is added. `output_padding` chooses among the
    sizes of x that a convolution maps to the same size of y (Dumoulin & Visin 2016, section 4).
    The other arguments and errors are those of a convolution.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Ints = 0,
        output_padding: Ints = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Ints = 1,
        padding_mode: str = "zeros",
        device: str | None = None,
        dtype: Any = None,
        *,
        by: str | None = None,
        generator: Seed = None,
    ) -> None:
        self._set(in_channels, out_channels, groups, by)
        name = type(self).__name__
        padding = per_axis(name, "padding", padding, self.D, 0)  # 'same' and 'valid' are not legal
        self.kernel_size, self.stride, self.dilation, self.padding, self.output_padding = (
            check_settings(name, self.D, kernel_size, stride, dilation, padding, output_padding)
        )
        self.padding_mode = one_of(name, "padding_mode", padding_mode, "zeros")
        self._make_parameters(in_channels, out_channels, bias, device, dtype, generator)

    def forward(
        self,
        input: Tensor,
        output_size: Sequence[int] | None = None,
        negative_slope: float = 1.0,
    ) -> Tensor:
        """Return (N, out_channels, *X) for an input (N, in_channels, *Y); N may be left out.

        `output_size` gives X, or the whole shape, in place of output_padding. Raises ValueError
        that lists the legal sizes if this size is not possible. With a negative_slope below 1 a
        leaky ReLU follows, in the same op.
        """
        output_padding = self.output_padding
        if output_size is not None:
            X = tuple(output_size)
            X = X[-self.D :] if len(X) == input.ndim else X
            settings = self.kernel_size, self.stride, self.padding, self.dilation
            name = type(self).__name__
            output_padding = output_padding_for(X, input.shape[-self.D :], *settings, name=name)
        more = self.stride, self.padding, output_padding, self.groups, self.dilation
        options = {"by": self.by, "_slope": negative_slope}
        return type(self).function(input, self.weight, self.bias, *more, **options)


class Conv1d(_Conv):
    """Convolution of (N, C, X). Arguments are PyTorch's; `by` names the formulation.

    >>> import minigan
    >>> Conv1d(3, 8, kernel_size=4, stride=2, padding=1)(minigan.ones(5, 3, 32)).shape
    (5, 8, 16)
    """

    D, function = 1, F.conv1d


class Conv2d(_Conv):
    """Convolution of (N, C, X, X'). Arguments are PyTorch's; `by` names the formulation.

    The initial weights are drawn from `generator`.

    >>> import minigan
    >>> Conv2d(3, 8, kernel_size=4, stride=2, padding=1)(minigan.ones(5, 3, 32, 30)).shape
    (5, 8, 16, 15)
    """

    D, function = 2, F.conv2d


class Conv3d(_Conv):
    """Convolution of (N, C, X, X', X''). Arguments are PyTorch's; `by` names the formulation."""

    D, function = 3, F.conv3d


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution of (N, K, Y). Arguments are PyTorch's; `by` names the formulation.

    >>> import minigan
    >>> ConvTranspose1d(8, 3, kernel_size=4, stride=2, padding=1)(minigan.ones(5, 8, 16)).shape
    (5, 3, 32)
    """

    D, function = 1, F.conv_transpose1d


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution of (N, K, Y, Y'). Arguments are PyTorch's; `by` names the formulation.

    The initial weights are drawn from `generator`.

    >>> import minigan
    >>> ConvTranspose2d(8, 3, kernel_size=4, stride=2, padding=1)(minigan.ones(5, 8, 16, 15)).shape
    (5, 3, 32, 30)
    """

    D, function = 2, F.conv_transpose2d


class ConvTranspose3d(_ConvTranspose):
    """Transposed convolution of (N, K, Y, Y', Y''). Arguments are PyTorch's."""

    D, function = 3, F.conv_transpose3d
