"""Convolution, its transpose and its weight gradient: one trilinear form, where each one's backward
is the other two.

    T(x, w, y) = sum x[n, c, h] w[k, c, i] y[n, k, o]   where stride*o + dilation*i - padding == h

    conv(x, w)            is dT/dy      x (N, C, *X), w (K, C/groups, *taps)  ->  y (N, K, *Y)
    conv_transpose(y, w)  is dT/dx      the gradient of conv with respect to its input
    conv_weight(x, y)     is dT/dw      the gradient of conv with respect to its weight

This is the only place where tensors meet the formulations of `minigan.conv`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from minigan.backend import Array, default_formulation
from minigan.conv import FORMULATIONS, Formulation
from minigan.geometry import Geometry, Ints
from minigan.tensor import Op
from minigan.tensor.checks import Shape, tensor_of

if TYPE_CHECKING:
    from minigan.tensor import Tensor


def formulation(by: str | None, *arrays: Array) -> Formulation:
    """The formulation of this name; for None, the fastest where the arrays live."""
    return FORMULATIONS[by or default_formulation(*arrays)]


@dataclass(frozen=True, repr=False)
class Conv(Op):
    """y = conv(x, w): slide the kernels over x."""

    geometry: Geometry
    by: str | None = None

    def forward(self, x: Array, w: Array) -> Array:
        return formulation(self.by, x, w).conv(x, w, self.geometry)

    def backward_x(self, g: Tensor, w: Tensor) -> Tensor:
        return _op(ConvTranspose, self.geometry, self.by)(g, w)

    def backward_w(self, g: Tensor, x: Tensor) -> Tensor:
        return _op(ConvWeight, self.geometry, self.by)(x, g)

    def flops(self, y: Shape, *inputs: Shape) -> int:
        return 2 * self.geometry.multiplications(y[0], inputs[0][1], y[1])


@dataclass(frozen=True, repr=False)
class ConvTranspose(Op):
    """x = conv_transpose(y, w): every number of y adds a kernel to x."""

    geometry: Geometry
    by: str | None = None

    def forward(self, y_: Array, w: Array) -> Array:
        return formulation(self.by, y_, w).conv_transpose(y_, w, self.geometry)

    def backward_y_(self, g: Tensor, w: Tensor) -> Tensor:
        return _op(Conv, self.geometry, self.by)(g, w)

    def backward_w(self, g: Tensor, y_: Tensor) -> Tensor:
        return _op(ConvWeight, self.geometry, self.by)(g, y_)

    def flops(self, y: Shape, *inputs: Shape) -> int:
        return 2 * self.geometry.multiplications(y[0], y[1], inputs[0][1])


@dataclass(frozen=True, repr=False)
class ConvWeight(Op):
    """w = conv_weight(x, y): every tap sums the products of the pairs that it joins."""

    geometry: Geometry
    by: str | None = None

    def forward(self, x: Array, y_: Array) -> Array:
        return formulation(self.by, x, y_).conv_weight(x, y_, self.geometry)

    def backward_x(self, g: Tensor, y_: Tensor) -> Tensor:
        return _op(ConvTranspose, self.geometry, self.by)(y_, g)

    def backward_y_(self, g: Tensor, x: Tensor) -> Tensor:
        return _op(Conv, self.geometry, self.by)(x, g)

    def flops(self, y: Shape, *inputs: Shape) -> int:
        return 2 * self.geometry.multiplications(inputs[0][0], inputs[0][1], inputs[1][1])


@lru_cache(maxsize=4096)
def _op(kind: type[Op], geometry: Geometry, by: str | None) -> Op:
    return kind(geometry, by)  # type: ignore[call-arg]


# --------------------------------------------------------------------------------- public functions


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints | str = 0,
    dilation: Ints = 1,
    groups: int = 1,
    *,
    by: str | None = None,
) -> Tensor:
    """Convolution of input (N, C, X) or (C, X) with weight (K, C/groups, taps); see `conv2d`."""
    return _conv(1, input, weight, bias, stride, padding, dilation, groups, by)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints | str = 0,
    dilation: Ints = 1,
    groups: int = 1,
    *,
    by: str | None = None,
) -> Tensor:
    """Convolution of input (N, C, X, X') or (C, X, X') with weight (K, C/groups, taps, taps') as in
    PyTorch.

    y[n, k, o] = bias[k] + sum over c, i of w[k, c, i] x[n, c, stride*o + dilation*i - padding],
    zero outside x. `padding` may be "same" or "valid"; `by` names the formulation
    (`minigan.conv.FORMULATIONS`). Raises ValueError for shapes or settings that are not legal,
    TypeError for mixed or integer dtypes.

    >>> import minigan
    >>> conv2d(minigan.ones(1, 1, 4, 5), minigan.ones(2, 1, 3, 3), stride=2, padding=1).shape
    (1, 2, 2, 3)
    """
    return _conv(2, input, weight, bias, stride, padding, dilation, groups, by)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints | str = 0,
    dilation: Ints = 1,
    groups: int = 1,
    *,
    by: str | None = None,
) -> Tensor:
    """Convolution of input (N, C, X, X', X'') or without N with weight (K, C/groups, taps...); see
    `conv2d`.
    """
    return _conv(3, input, weight, bias, stride, padding, dilation, groups, by)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
    *,
    by: str | None = None,
) -> Tensor:
    """Transposed convolution of input (N, K, Y) or (K, Y) with weight (K, C/groups, taps); see
    `conv_transpose2d`.
    """
    return _conv_transpose(
        1, input, weight, bias, stride, padding, output_padding, groups, dilation, by
    )


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
    *,
    by: str | None = None,
) -> Tensor:
    """Transposed convolution of input (N, K, Y, Y') with weight (K, C/groups, taps, taps') as in
    PyTorch.

    It is the gradient of `conv2d` with the same weight and settings: input[n, k, o] times w[k, c,
    i] is added to x[n, c, stride*o + dilation*i - padding], for all o and i that fall inside x;
    then bias[c] is added. x has size stride*(Y - 1) + dilation*(taps - 1) + 1 - 2*padding +
    output_padding (Dumoulin & Visin 2016, section 4). Raises ValueError for shapes or settings that
    are not legal, TypeError for mixed or integer dtypes.

    >>> import minigan
    >>> y, w = minigan.ones(1, 2, 2, 3), minigan.ones(2, 1, 4, 4)
    >>> conv_transpose2d(y, w, stride=2, padding=1).shape
    (1, 1, 4, 6)
    """
    return _conv_transpose(
        2, input, weight, bias, stride, padding, output_padding, groups, dilation, by
    )


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    groups: int = 1,
    dilation: Ints = 1,
    *,
    by: str | None = None,
) -> Tensor:
    """Transposed convolution of input (N, K, Y...) with weight (K, C/groups, taps...); see
    `conv_transpose2d`.
    """
    return _conv_transpose(
        3, input, weight, bias, stride, padding, output_padding, groups, dilation, by
    )


def _conv(
    D: int,
    x: Tensor,
    w: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: Any,
    by: Any,
) -> Tensor:
    name = f"conv{D}d"
    batched = _check(name, D, x, w, bias, by)
    geometry = Geometry.conv(
        x.shape[-D:], w.shape[2:], stride, padding, dilation, groups, name=name
    )
    C, K, groups = x.shape[-D - 1], w.shape[0], geometry.groups
    if K % groups or w.shape[1] * groups != C:
        raise ValueError(
            f"{name}: input of shape {x.shape} has {C} channels and weight of shape {w.shape} "
            "reads "
            f"{w.shape[1]} x groups={groups}; they must be equal, and groups must divide its {K} "
            "output channels"
        )
    y = _op(Conv, geometry, by)(x if batched else x.unsqueeze(0), w)
    return _finished(name, y, bias, K, batched)


def _conv_transpose(
    D: int,
    y: Tensor,
    w: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: Any,
    dilation: Any,
    by: Any,
) -> Tensor:
    name = f"conv_transpose{D}d"
    batched = _check(name, D, y, w, bias, by)
    geometry = Geometry.conv_transpose(
        y.shape[-D:], w.shape[2:], stride, padding, output_padding, dilation, groups, name=name
    )
    K, groups = y.shape[-D - 1], geometry.groups
    if w.shape[0] != K or K % groups:
        raise ValueError(
            f"{name}: input of shape {y.shape} has {K} channels and weight of shape {w.shape} "
            f"reads {w.shape[0]}; "
            f"they must be equal, and divisible by groups={groups}"
        )
    x = _op(ConvTranspose, geometry, by)(y if batched else y.unsqueeze(0), w)
    return _finished(name, x, bias, w.shape[1] * groups, batched)


def _check(name: str, D: int, x: Any, w: Any, bias: Any, by: Any) -> bool:
    """Ranks, dtypes and the formulation's name; returns whether the input is a batch."""
    tensor_of(name, "input", x), tensor_of(name, "weight", w)
    if x.ndim not in (D + 1, D + 2):
        raise ValueError(
            f"{name}: input has shape {x.shape}; it must have {D + 2} dimensions (N, C, ...) or "
            f"{D + 1}"
        )
    if w.ndim != D + 2:
        raise ValueError(f"{name}: weight has shape {w.shape}; it must have {D + 2} dimensions")
    if bias is not None and tensor_of(name, "bias", bias).dtype != x.dtype:
        raise TypeError(
            f"{name}: input has dtype {x.dtype} and bias {bias.dtype}; they must be equal (use .to)"
        )
    if x.dtype != w.dtype:
        raise TypeError(
            f"{name}: input has dtype {x.dtype} and weight {w.dtype}; they must be equal (use .to)"
        )
    if x.dtype.kind != "f":
        raise TypeError(f"{name}: input has dtype {x.dtype}; it must be a float (use .float())")
    if by is not None and not (isinstance(by, str) and by in FORMULATIONS):
        raise ValueError(
            f"{name}: by={by!r} is not a formulation (legal: {', '.join(FORMULATIONS)})"
        )
    return bool(x.ndim == D + 2)


def _finished(name: str, y: Tensor, bias: Tensor | None, channels: int, batched: bool) -> Tensor:
    if bias is not None:
        if bias.shape != (channels,):
            raise ValueError(f"{name}: bias has shape {bias.shape}; it must be ({channels},)")
        y = y + bias.reshape((channels,) + (1,) * (y.ndim - 2))  # (K, 1, ...)
    return y if batched else y.squeeze(0)
