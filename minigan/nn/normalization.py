"""Normalization as layers: numbers less their mean, over their standard deviation, times a weight,
plus a bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from minigan.autograd import Tensor
from minigan.checks import integer, number
from minigan.functions.arguments import tensor_of
from minigan.functions.creation import zeros
from minigan.nn import functional as F
from minigan.nn import init
from minigan.nn.module import Module, Parameter, learned


class _Norm(Module):
    """A weight that starts as ones and a bias that starts as zeros, if there are any."""

    weight: Parameter | None
    bias: Parameter | None

    def _learn(
        self, shape: tuple[int, ...], weight: bool, bias: bool, device: str | None, dtype: Any
    ) -> None:
        name = type(self).__name__
        self.weight = learned(name, *shape, dtype=dtype, device=device) if weight else None
        self.bias = learned(name, *shape, dtype=dtype, device=device) if weight and bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start anew."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


class _Tracking(_Norm):
    """Statistics per channel, and their running averages."""

    ranks: ClassVar[tuple[int, ...]]  # of legal inputs
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def _set(
        self, num_features: int, eps: float, momentum: float | None, affine: bool, track: bool,
        bias: bool,
        device: str | None, dtype: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        name = type(self).__name__
        self.num_features = integer(name, "num_features", num_features, 1)
        self.eps = number(name, "eps", eps)
        self.momentum = None if momentum is None else number(name, "momentum", momentum)
        self.affine, self.track_running_stats = affine, track
        kind = learned(name, 1, dtype=dtype).dtype
        self.register_buffer(
            "running_mean", zeros(num_features, dtype=kind, device=device) if track else None
        )
        self.register_buffer(
            "running_var", zeros(num_features, dtype=kind, device=device) if track else None
        )
        self.register_buffer(
            "num_batches_tracked", zeros(dtype="int64", device=device) if track else None
        )
        self._learn((num_features,), affine, bias, device, dtype)

    def reset_parameters(self) -> None:
        """Start anew, and forget the running statistics."""
        super().reset_parameters()
        self.reset_running_stats()

    def reset_running_stats(self) -> None:
        """Forget the running statistics: mean 0, variance 1."""
        if (
            self.running_mean is not None
            and self.running_var is not None
            and self.num_batches_tracked is not None
        ):
            init.zeros_(self.running_mean)
            init.ones_(self.running_var)
            init.zeros_(self.num_batches_tracked)

    def _fits(self, input: Tensor, channels: int) -> None:
        name, shape = type(self).__name__, tensor_of(type(self).__name__, "input", input).shape
        if input.ndim not in self.ranks:
            legal = " or ".join(map(str, self.ranks))
            raise ValueError(f"{name}: input has shape {shape}; it must have {legal} dimensions")
        if shape[channels] != self.num_features:
            raise ValueError(
                f"{name}: input of shape {shape} has {shape[channels]} channels, not "
                f"{self.num_features}"
            )

    def extra_repr(self) -> str:
        """Its arguments, less those that have their default."""
        shown = [f"{self.num_features}", f"eps={self.eps}", f"momentum={self.momentum}"]
        shown += [f"affine={self.affine}", f"track_running_stats={self.track_running_stats}"]
        return ", ".join(shown)


class _BatchNorm(_Tracking):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: str | None = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        self._set(num_features, eps, momentum, affine, track_running_stats, bias, device, dtype)

    def forward(self, input: Tensor, negative_slope: float = 1.0) -> Tensor:
        """(N, C, ...) -> the same; with a slope below 1, followed by that leaky ReLU in the same
        op.
        """
        self._fits(input, channels=1)
        momentum = self.momentum or 0.0
        tracking = self.training and self.track_running_stats
        if tracking and self.num_batches_tracked is not None:
            self.num_batches_tracked.data[...] += 1
            self.num_batches_tracked.changed()
            if self.momentum is None:  # the plain mean of all batches
                momentum = 1 / self.num_batches_tracked.item()
        running = (
            (self.running_mean, self.running_var) if tracking or not self.training else (None, None)
        )
        batch = self.training or self.running_mean is None
        return F.batch_norm_act(
            input, *running, self.weight, self.bias, batch, momentum, self.eps, negative_slope
        )


class BatchNorm1d(_BatchNorm):
    """Each channel of (N, C) or (N, C, X) with mean 0 and variance 1 over the batch, then weight
    and bias.

    Outside training mode the running averages are used, which each batch moves by `momentum` (None:
    plain averages). (Ioffe & Szegedy 2015.)
    """

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Each channel of (N, C, X, X') with mean 0 and variance 1 over the batch; see BatchNorm1d."""

    ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """Each channel of (N, C, X, X', X'') with mean 0 and variance 1 over the batch; see
    BatchNorm1d.
    """

    ranks = (5,)


class _InstanceNorm(_Tracking):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: str | None = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        self._set(num_features, eps, momentum, affine, track_running_stats, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, ...) or (C, ...) -> the same."""
        batched = hasattr(input, "ndim") and input.ndim == self.ranks[-1]
        self._fits(input, channels=1 if batched else 0)
        y = F.instance_norm(
            input if batched else input.unsqueeze(0),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            self.momentum or 0.0,
            self.eps,
        )
        return y if batched else y.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """Each channel of each sequence of (N, C, X) with mean 0 and variance 1 (Ulyanov et al.
    2016).
    """

    ranks = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Each channel of each image of (N, C, X, X') with mean 0 and variance 1 (Ulyanov et al.
    2016).
    """

    ranks = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Each channel of each volume of (N, C, X, X', X'') with mean 0 and variance 1 (Ulyanov et al.
    2016).
    """

    ranks = (4, 5)


class LayerNorm(_Norm):
    """The last dimensions, of sizes `normalized_shape`, with mean 0 and variance 1 (Ba et al.
    2016).
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
        self.eps, self.elementwise_affine = number("LayerNorm", "eps", eps), elementwise_affine
        self._learn(self.normalized_shape, elementwise_affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """(..., *normalized_shape) -> the same."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Its arguments."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        )


class GroupNorm(_Norm):
    """Each of num_groups groups of channels of each image of (N, C, ...) with mean 0 and variance 1
    (Wu & He 2018).

    Raises ValueError where num_groups does not divide num_channels.
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: str | None = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_groups = integer("GroupNorm", "num_groups", num_groups, 1)
        self.num_channels = integer("GroupNorm", "num_channels", num_channels, 1)
        if num_channels % num_groups:
            raise ValueError(
                f"GroupNorm: num_groups={num_groups} must divide num_channels={num_channels}"
            )
        self.eps, self.affine = number("GroupNorm", "eps", eps), affine
        self._learn((num_channels,), affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, ...) -> the same."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Its arguments."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"
