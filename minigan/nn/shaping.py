"""Layers that move numbers, or repeat them, without changing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigan.autograd import Tensor
from minigan.checks import integer, per_axis
from minigan.functions.shaping import flatten, unflatten
from minigan.geometry import Ints
from minigan.nn import functional as F
from minigan.nn.function import Function
from minigan.nn.module import Module


class Identity(Module):
    """The input itself; arguments are accepted and ignored, so that it can take any layer's
    place.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """Of any shape."""
        return input


class Flatten(Function):
    """Dimensions start_dim..end_dim become one."""

    function = flatten
    start_dim: int = 1
    end_dim: int = -1


class Unflatten(Function):
    """Dimension `dim` becomes several, of sizes `unflattened_size`."""

    dim: int
    unflattened_size: Sequence[int]

    def forward(self, input: Tensor) -> Tensor:
        """(..., X, ...) -> (..., *unflattened_size, ...)."""
        return unflatten(input, self.dim, tuple(self.unflattened_size))


class Upsample(Function):
    """Enlarge (N, C, ...) to `size` or by `scale_factor`; see `F.interpolate`."""

    function = F.interpolate
    size: int | Sequence[int] | None = None
    scale_factor: float | Sequence[float] | None = None
    mode: str = "nearest"
    align_corners: bool | None = None
    recompute_scale_factor: bool | None = None

    def check(self) -> None:
        """One of size and scale_factor."""
        if (self.size is None) == (self.scale_factor is None):
            raise ValueError(
                f"Upsample: size={self.size}, scale_factor={self.scale_factor}: give one of the two"
            )


class PixelShuffle(Function):
    """(N, C r^2, H, W) -> (N, C, r H, r W): a sub-pixel convolution's last step (Shi et al.
    2016).
    """

    function = F.pixel_shuffle
    upscale_factor: int

    def check(self) -> None:
        """r is positive."""
        integer("PixelShuffle", "upscale_factor", self.upscale_factor, 1)


class PixelUnshuffle(Function):
    """(N, C, r H, r W) -> (N, C r^2, H, W): PixelShuffle backwards."""

    function = F.pixel_unshuffle
    downscale_factor: int

    def check(self) -> None:
        """r is positive."""
        integer("PixelUnshuffle", "downscale_factor", self.downscale_factor, 1)


class Unfold(Function):
    """(N, C, H, W) -> (N, C x taps, windows): every window as a column, which is im2col; see
    `F.unfold`.
    """

    function = F.unfold
    kernel_size: Ints
    dilation: Ints = 1
    padding: Ints = 0
    stride: Ints = 1


class Fold(Function):
    """(N, C x taps, windows) -> (N, C, *output_size): columns added up where they overlap; see
    `F.fold`.
    """

    function = F.fold
    output_size: Ints
    kernel_size: Ints
    dilation: Ints = 1
    padding: Ints = 0
    stride: Ints = 1


class ZeroPad2d(Module):
    """Zeros around (N, C, H, W): `padding` is one width, or (left, right, top, bottom); negative
    ones crop.
    """

    mode = "constant"

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        self.padding = per_axis(type(self).__name__, "padding", padding, 4, least=-(2**31))

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, top + H + bottom, left + W + right), with or without N."""
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """Its widths."""
        return f"{self.padding}"


class ReflectionPad2d(ZeroPad2d):
    """(N, C, H, W) mirrored at its borders: `padding` is one width, or (left, right, top,
    bottom).
    """

    mode = "reflect"


class ReplicationPad2d(ZeroPad2d):
    """(N, C, H, W) with its border repeated: `padding` is one width, or (left, right, top,
    bottom).
    """

    mode = "replicate"
