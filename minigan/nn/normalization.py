"""Normalization as layers: subtract a mean, divide by a standard deviation, scale and shift.

The layers differ in the set of numbers that share a mean; `minigan.nn.functional.normalization` has
a table. `affine` adds a learned weight and bias, which start as ones and zeros.
"""

from __future__ import annotations

from typing import Any, ClassVar

from minigan.autograd import Tensor
from minigan.checks import boolean, integer, number
from minigan.functions.arguments import tensor_of
from minigan.functions.creation import zeros
from minigan.nn import functional as F
from minigan.nn import init
from minigan.nn.module import Module
from minigan.nn.parameter import Parameter, new_parameter

__all__ = [
    "BatchNorm1d", "BatchNorm2d", "BatchNorm3d",
    "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d",
    "GroupNorm",
]  # fmt: skip


class Norm(Module):
    """The base of normalizations: a weight and a bias, each of which may be None."""

    weight: Parameter | None
    bias: Parameter | None

    def _make_parameters(
        self, shape: tuple[int, ...], affine: bool, bias: bool, device: str | None, dtype: Any
    ) -> None:
        name = type(self).__name__
        boolean(name, "bias", bias)
        self.register_parameter("weight", None)
        self.register_parameter("bias", None)
        if affine:
            self.weight = new_parameter(name, *shape, dtype=dtype, device=device)
        if affine and bias:
            self.bias = new_parameter(name, *shape, dtype=dtype, device=device)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weight to ones and the bias to zeros."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


class _Tracking(Norm):
    """The base of normalizations of channels: they may keep running averages of the moments."""

    ranks: ClassVar[tuple[int, ...]]  # the legal numbers of dimensions of the input
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

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
        super().__init__()
        name = type(self).__name__
        self.num_features = integer(name, "num_features", num_features, 1)
        self.eps = number(name, "eps", eps)
        self.momentum = None if momentum is None else number(name, "momentum", momentum)
        self.affine = boolean(name, "affine", affine)
        self.track_running_stats = boolean(name, "track_running_stats", track_running_stats)
        for buffer in ("running_mean", "running_var"):
            moment = None
            if track_running_stats:
                moment = new_parameter(name, num_features, dtype=dtype, device=device).detach()
            self.register_buffer(buffer, moment)
        count = zeros(dtype="int64", device=device)
        self.register_buffer("num_batches_tracked", count if track_running_stats else None)
        self._make_parameters((num_features,), affine, bias, device, dtype)

    def reset_parameters(self) -> None:
        """Set weight, bias and running moments to their initial values."""
        super().reset_parameters()
        self.reset_running_stats()

    def reset_running_stats(self) -> None:
        """Set the running mean to 0 and the running variance to 1."""
        if self.running_mean is not None:
            init.zeros_(self.running_mean)
        if self.running_var is not None:
            init.ones_(self.running_var)
        if self.num_batches_tracked is not None:
            init.zeros_(self.num_batches_tracked)

    def _check_input(self, input: Tensor, channel_dim: int) -> None:
        name = type(self).__name__
        shape = tensor_of(name, "input", input).shape
        if input.ndim not in self.ranks:
            legal = " or ".join(map(str, self.ranks))
            raise ValueError(f"{name}: input has shape {shape}; it must have {legal} dimensions")
        if shape[channel_dim] != self.num_features:
            raise ValueError(
                f"{name}: input of shape {shape} has {shape[channel_dim]} channels, not "
                f"{self.num_features}"
            )

    def extra_repr(self) -> str:
        """Return the arguments as text."""
        shown = [f"{self.num_features}", f"eps={self.eps}", f"momentum={self.momentum}"]
        shown += [f"affine={self.affine}", f"bias={self.bias is not None}"]
        return ", ".join([*shown, f"track_running_stats={self.track_running_stats}"])


class _BatchNorm(_Tracking):
    def forward(self, input: Tensor, negative_slope: float = 1.0) -> Tensor:
        """Return the normalized input (N, C, ...), in its shape.

        With a negative_slope below 1 a leaky ReLU follows, in the same op.
        """
        self._check_input(input, channel_dim=1)
        momentum = self.momentum or 0.0
        tracking = self.training and self.track_running_stats
        if tracking and self.num_batches_tracked is not None:
            self.num_batches_tracked._data[...] += 1
            self.num_batches_tracked.changed()
            if self.momentum is None:  # the mean over all batches so far
                momentum = 1 / self.num_batches_tracked.item()
        moments = self.running_mean, self.running_var
        running = moments if tracking or not self.training else (None, None)
        batch = self.training or self.running_mean is None
        return self._normalized(
            input, *running, self.weight, self.bias, batch, momentum, self.eps, negative_slope
        )

    def _normalized(self, *arguments: Any) -> Tensor:
        """Return F.batch_norm_act(*arguments)."""
        return F.batch_norm_act(*arguments)


class BatchNorm1d(_BatchNorm):
    """Batch normalization of (N, C) or (N, C, X): mean 0 and variance 1 in each channel.

    In training mode the moments are those of the batch, and the running moments are updated: r <-
    (1 - momentum) r + momentum m; with momentum=None they are plain averages over all batches. In
    evaluation mode the running moments are used. (Ioffe & Szegedy 2015, algorithms 1 and 2.)

    >>> import minigan
    >>> BatchNorm1d(1)(minigan.tensor([[1.0], [3.0]])).round().tolist()
    [[-1.0], [1.0]]
    """

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalization of (N, C, X, X'); see BatchNorm1d."""

    ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """Batch normalization of (N, C, X, X', X''); see BatchNorm1d."""

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
        settings = num_features, eps, momentum, affine, track_running_stats, device, dtype
        super().__init__(*settings, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        """Return the normalized input (N, C, ...) or (C, ...), in its shape."""
        batched = hasattr(input, "ndim") and input.ndim == self.ranks[-1]
        self._check_input(input, channel_dim=1 if batched else 0)
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
    """Mean 0 and variance 1 in each channel of each sequence of (N, C, X) (Ulyanov et al. 2016)."""

    ranks = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Mean 0 and variance 1 in each channel of each image of (N, C, X, X'); see InstanceNorm1d.

    >>> import minigan
    >>> InstanceNorm2d(1)(minigan.tensor([[[[1.0, 3.0]]]])).round().tolist()
    [[[[-1.0, 1.0]]]]
    """

    ranks = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Mean 0 and variance 1 in each channel of each volume of (N, C, X, X', X'')."""

    ranks = (4, 5)


class GroupNorm(Norm):
    """Mean 0 and variance 1 in each of num_groups groups of channels of each image of (N, C, ...).

    (Wu & He 2018.) Raises ValueError if num_groups does not divide num_channels.

    >>> import minigan
    >>> GroupNorm(2, 4)(minigan.tensor([[1.0, 3.0, 5.0, 5.0]])).round().tolist()
    [[-1.0, 1.0, 0.0, 0.0]]
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
        self.eps = number("GroupNorm", "eps", eps)
        self.affine = boolean("GroupNorm", "affine", affine)
        self._make_parameters((num_channels,), affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Return the normalized input (N, C, ...), in its shape."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Return the arguments as text."""
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )
