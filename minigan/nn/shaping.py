"""Layers that rearrange or repeat numbers: reshaping, upsampling, folding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigan.autograd import Tensor
from minigan.checks import integer, number
from minigan.functions.shaping import flatten, unflatten
from minigan.geometry import Ints
from minigan.nn import functional as F
from minigan.nn.function import Function
from minigan.nn.module import Module

__all__ = [
    "Identity", "Flatten", "Unflatten", "Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d",
    "PixelShuffle", "PixelUnshuffle", "ChannelShuffle", "Unfold", "Fold",
]  # fmt: skip


class Identity(Module):
    """The input itself. Any arguments are accepted, so that it can replace any layer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """Return the input."""
        return input


class Flatten(Function):
    """Dimensions start_dim..end_dim become one; by default (N, C, H, W) becomes (N, C*H*W).

    >>> import minigan
    >>> Flatten()(minigan.ones(5, 3, 4, 2)).shape
    (5, 24)
    """

    function = flatten
    start_dim: int = 1
    end_dim: int = -1


class Unflatten(Function):
    """Dimension `dim` becomes several dimensions, of sizes `unflattened_size`.

    >>> import minigan
    >>> Unflatten(1, (3, 4, 2))(minigan.ones(5, 24)).shape
    (5, 3, 4, 2)
    """

    dim: int
    unflattened_size: Sequence[int]

    def forward(self, input: Tensor) -> Tensor:
        """Return (..., *unflattened_size, ...) for an input (..., X, ...)."""
        return unflatten(input, self.dim, tuple(self.unflattened_size))


class Upsample(Function):
    """(N, C, ...) enlarged to `size`, or by `scale_factor`; the modes are those of F.interpolate.

    >>> import minigan
    >>> Upsample(scale_factor=2)(minigan.ones(5, 3, 4, 2)).shape
    (5, 3, 8, 4)
    """

    function = F.interpolate
    size: int | Sequence[int] | None = None
    scale_factor: float | Sequence[float] | None = None
    mode: str = "nearest"
    align_corners: bool | None = None
    recompute_scale_factor: bool | None = None

    def check(self) -> None:
        """Raise ValueError unless exactly one of size and scale_factor is given."""
        name, factor = type(self).__name__, self.scale_factor
        if (self.size is None) == (factor is None):
            raise ValueError(
                f"{name}: size={self.size}, scale_factor={factor}: give one of the two"
            )
        if isinstance(factor, tuple | list):
            self.scale_factor = tuple(number(name, "scale_factor", entry) for entry in factor)
        elif factor is not None:
            self.scale_factor = number(name, "scale_factor", factor)

    def extra_repr(self) -> str:
        """Return size or scale factor, and the mode, as text."""
        by = f"size={self.size}" if self.size is not None else f"scale_factor={self.scale_factor}"
        return f"{by}, mode={self.mode!r}"


class PixelShuffle(Function):
    """(N, C r^2, H, W) -> (N, C, r H, r W): the last step of a sub-pixel convolution.

    r is `upscale_factor` (Shi et al. 2016).

    >>> import minigan
    >>> PixelShuffle(2)(minigan.ones(5, 12, 4, 2)).shape
    (5, 3, 8, 4)
    """

    function = F.pixel_shuffle
    upscale_factor: int

    def check(self) -> None:
        """Raise ValueError if r is below 1."""
        integer("PixelShuffle", "upscale_factor", self.upscale_factor, 1)


class PixelUnshuffle(Function):
    """(N, C, r H, r W) -> (N, C r^2, H, W), the inverse of PixelShuffle; r = `downscale_factor`."""

    function = F.pixel_unshuffle
    downscale_factor: int

    def check(self) -> None:
        """Raise ValueError if r is below 1."""
        integer("PixelUnshuffle", "downscale_factor", self.downscale_factor, 1)


class Unfold(Function):
    """(N, C, H, W) -> (N, C*taps, windows): every window as a column (im2col); see F.unfold."""

    function = F.unfold
    kernel_size: Ints
    dilation: Ints = 1
    padding: Ints = 0
    stride: Ints = 1


class Fold(Function):
    """(N, C*taps, windows) -> (N, C, *output_size): columns added up (col2im); see F.fold."""

    function = F.fold
    output_size: Ints
    kernel_size: Ints
    dilation: Ints = 1
    padding: Ints = 0
    stride: Ints = 1


class UpsamplingNearest2d(Upsample):
    """(N, C, H, W) enlarged to `size`, or by `scale_factor`, by the nearest pixel."""

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        scale_factor: float | Sequence[float] | None = None,
    ) -> None:
        super().__init__(size, scale_factor)


class UpsamplingBilinear2d(Upsample):
    """(N, C, H, W) enlarged to `size`, or by `scale_factor`, with align_corners=True."""

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        scale_factor: float | Sequence[float] | None = None,
    ) -> None:
        super().__init__(size, scale_factor, "bilinear", True)


class ChannelShuffle(Function):
    """(N, C, *X) with its channels in turn from each of `groups` groups (Zhang et al. 2018)."""

    function = F.channel_shuffle
    groups: int

    def check(self) -> None:
        """Raise ValueError if groups is below 1."""
        integer("ChannelShuffle", "groups", self.groups, 1)
