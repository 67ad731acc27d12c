"""Convolutions and transposed convolutions as layers: one class each for any number of dimensions.

Both have a weight of shape (K, C/groups, *kernel) in the letters of the trilinear form. A
convolution reads C channels and writes K; a transposed convolution reads K and writes C: their
in_channels and out_channels change places.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from minigan.autograd import Tensor
from minigan.backend import Seed
from minigan.checks import integer, one_of, per_axis
from minigan.conv import FORMULATIONS
from minigan.geometry import Ints, check_settings, output_padding_for
from minigan.nn import functional as F
from minigan.nn.linear import start
from minigan.nn.module import Module, Parameter, learned


class _Convolution(Module):
    """What both have in common: settings, a weight and a bias."""

    D: ClassVar[int]
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

    def _learn(
        self, K: int, C: int, bias: bool, device: str | None, dtype: Any, generator: Seed
    ) -> None:
        name = type(self).__name__
        self.weight = learned(
            name, K, C // self.groups, *self.kernel_size, dtype=dtype, device=device
        )
        self.bias = learned(name, self.out_channels, dtype=dtype, device=device) if bias else None
        self.reset_parameters(generator)

    def reset_parameters(self, generator: Seed = None) -> None:
        """Draw first weights anew."""
        start(self.weight, self.bias, generator)

    def extra_repr(self) -> str:
        """Its arguments, less those that have their default."""
        default: dict[str, Any] = {
            "padding": (0,) * self.D,
            "output_padding": (0,) * self.D,
            "groups": 1,
            "by": None,
        }
        default |= {"dilation": (1,) * self.D, "padding_mode": "zeros"}
        settings = {name: getattr(self, name, value) for name, value in default.items()}
        shown = [f"{name}={value!r}" for name, value in settings.items() if value != default[name]]
        shown += ["bias=False"] * (self.bias is None)
        sizes = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        return ", ".join([sizes, *shown])


class _Conv(_Convolution):
    """y[n, k, o] = bias[k] + sum over c, i of w[k, c, i] x[n, c, stride*o + dilation*i -
    padding].
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
        self._learn(out_channels, in_channels, bias, device, dtype, generator)

    def forward(self, input: Tensor) -> Tensor:
        """(N, in_channels, ...) -> (N, out_channels, ...), with or without N."""
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._widths(), self.padding_mode), 0
        settings = self.stride, padding, self.dilation, self.groups
        return type(self).function(input, self.weight, self.bias, *settings, by=self.by)

    def _widths(self) -> list[int]:
        """How much F.pad puts before and after each axis, last axis first; 'same' puts an odd one
        after.
        """
        if isinstance(self.padding, str):
            same = self.padding == "same"
            spans = [
                same * d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)
            ]
            return [width for span in reversed(spans) for width in (span // 2, span - span // 2)]
        return [width for p in reversed(self.padding) for width in (p, p)]


class _ConvTranspose(_Convolution):
    """The gradient of a convolution with respect to its input: y[n, k, o] w[k, c, i] is added to
    x[n, c, h].

    h = stride*o + dilation*i - padding; then bias[c] is added. `output_padding` chooses among the
    sizes of x that a convolution takes to the same size of y. (Dumoulin & Visin 2016, section 4.)
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
        padding = per_axis(name, "padding", padding, self.D, 0)  # no names here
        self.kernel_size, self.stride, self.dilation, self.padding, self.output_padding = (
            check_settings(name, self.D, kernel_size, stride, dilation, padding, output_padding)
        )
        self.padding_mode = one_of(name, "padding_mode", padding_mode, "zeros")
        self._learn(in_channels, out_channels, bias, device, dtype, generator)

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """(N, in_channels, ...) -> (N, out_channels, ...), with or without N; output_size instead
        of output_padding.

        Raises ValueError for an output_size that cannot be reached, naming those that can.
        """
        output_padding = self.output_padding
        if output_size is not None:
            sizes = tuple(output_size)
            if len(sizes) == input.ndim:  # the whole shape is accepted too
                sizes = sizes[-self.D :]
            name, settings = (
                type(self).__name__,
                (self.kernel_size, self.stride, self.padding, self.dilation),
            )
            output_padding = output_padding_for(sizes, input.shape[-self.D :], *settings, name=name)
        more = self.stride, self.padding, output_padding, self.groups, self.dilation
        return type(self).function(input, self.weight, self.bias, *more, by=self.by)


class Conv1d(_Conv):
    """Convolution of (N, C, X); `by` names the formulation.

    Arguments are PyTorch's, weights from `generator`.
    """

    D, function = 1, F.conv1d


class Conv2d(_Conv):
    """Convolution of (N, C, X, X'); `by` names the formulation.

    Arguments are PyTorch's, weights from `generator`.

    >>> import minigan
    >>> Conv2d(3, 8, kernel_size=4, stride=2, padding=1)(minigan.ones(5, 3, 32, 30)).shape
    (5, 8, 16, 15)
    """

    D, function = 2, F.conv2d


class Conv3d(_Conv):
    """Convolution of (N, C, X, X', X''); `by` names the formulation. Arguments are PyTorch's."""

    D, function = 3, F.conv3d


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution of (N, K, Y); `by` names the formulation. Arguments are PyTorch's."""

    D, function = 1, F.conv_transpose1d


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution of (N, K, Y, Y'); `by` names the formulation. Arguments are PyTorch's.

    >>> import minigan
    >>> ConvTranspose2d(8, 3, kernel_size=4, stride=2, padding=1)(minigan.ones(5, 8, 16, 15)).shape
    (5, 3, 32, 30)
    """

    D, function = 2, F.conv_transpose2d


class ConvTranspose3d(_ConvTranspose):
    """Transposed convolution of (N, K, Y, Y', Y''); `by` names the formulation.

    Arguments are PyTorch's.
    """

    D, function = 3, F.conv_transpose3d
