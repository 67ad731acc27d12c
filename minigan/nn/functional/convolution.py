"""Convolution, its transpose and its weight gradient: the three derivatives of one trilinear form.

    T(x, w, y) = sum x[n, c, h] w[k, c, i] y[n, k, o]   where stride*o + dilation*i - padding == h

    conv(x, w)            is dT/dy      x (N, C, *X), w (K, C/groups, *taps)  ->  y (N, K, *Y)
    conv_transpose(y, w)  is dT/dx      the gradient of conv with respect to its input
    conv_weight(x, y)     is dT/dw      the gradient of conv with respect to its weight

The backward of each of the three ops is the other two. This is the only file in which tensors meet
the formulations of `minigan.conv`, which work on arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from minigan.autograd import Tensor
from minigan.autograd.op import Op
from minigan.backend import Array, default_formulation
from minigan.checks import NoMemoryError, Shape, remembered
from minigan.conv import FORMULATIONS, Formulation, blocked
from minigan.functions.arguments import tensor_of
from minigan.geometry import Geometry, Ints
from minigan.nn.functional.dimensions import in_dimensions
from minigan.nn.functional.finished_convolution import finished

__all__ = [
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Conv(Op):
    """y = conv(x, w): every number of y sums the products of a kernel and a window of x."""

    geometry: Geometry
    by: Formulation = blocked

    def forward(self, x: Array, w: Array) -> Array:
        return self.by.conv(x, w, self.geometry)

    def backward_x(self, g: Tensor, w: Tensor) -> Tensor:
        return ConvTranspose(self.geometry, self.by)(g, w)

    def backward_w(self, g: Tensor, x: Tensor) -> Tensor:
        return ConvWeight(self.geometry, self.by)(x, g)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return 2 * self.geometry.multiplications(out[0], inputs[0][1], out[1])


@dataclass(frozen=True, repr=False)
class ConvTranspose(Op):
    """x = conv_transpose(y, w): every number of y adds its multiple of a kernel to x."""

    geometry: Geometry
    by: Formulation = blocked

    def forward(self, y: Array, w: Array) -> Array:
        return self.by.conv_transpose(y, w, self.geometry)

    def backward_y(self, g: Tensor, w: Tensor) -> Tensor:
        return Conv(self.geometry, self.by)(g, w)

    def backward_w(self, g: Tensor, y: Tensor) -> Tensor:
        return ConvWeight(self.geometry, self.by)(g, y)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return 2 * self.geometry.multiplications(out[0], out[1], inputs[0][1])


@dataclass(frozen=True, repr=False)
class ConvWeight(Op):
    """w = conv_weight(x, y): every tap is the sum of products x y of the positions it joins."""

    geometry: Geometry
    by: Formulation = blocked

    def forward(self, x: Array, y: Array) -> Array:
        return self.by.conv_weight(x, y, self.geometry)

    def backward_x(self, g: Tensor, y: Tensor) -> Tensor:
        return ConvTranspose(self.geometry, self.by)(y, g)

    def backward_y(self, g: Tensor, x: Tensor) -> Tensor:
        return Conv(self.geometry, self.by)(x, g)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return 2 * self.geometry.multiplications(inputs[0][0], inputs[0][1], inputs[1][1])


# --------------------------------------------------------------------------------- public functions


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
    _D: int = 2,
    _slope: float = 1.0,
) -> Tensor:
    """Return the convolution of input (N, C, X, X') or (C, X, X') with weight (K, C/groups, k, k').

    y[n, k, o] = bias[k] + sum over c, i of w[k, c, i] x[n, c, stride*o + dilation*i - padding],
    with zeros outside x: y has shape (N, K, Y, Y'). `padding` may be "same" or "valid"; `by` names
    the formulation (`minigan.conv.FORMULATIONS`). Arguments are PyTorch's.
    Raises ValueError for shapes or settings that are not legal, and TypeError for mixed or integer
    dtypes.

    >>> import minigan
    >>> conv2d(minigan.ones(1, 1, 4, 5), minigan.ones(2, 1, 3, 3), stride=2, padding=1).shape
    (1, 2, 2, 3)
    """
    _check(f"conv{_D}d", _D, input, weight, bias)
    by = _chosen(f"conv{_D}d", by, input)
    settings = stride, padding, dilation, groups
    op = _conv_op(_D, input._data.shape, weight._data.shape, *settings, by)
    batched = input._data.ndim == _D + 2
    x = input if batched else input.unsqueeze(0)
    try:
        y = _layer(f"conv{_D}d", op, x, weight, bias, _slope)
    except MemoryError as error:
        raise _no_memory(f"conv{_D}d", input, op.geometry.Y) from error
    return y if batched else y.squeeze(0)


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
    _D: int = 2,
    _slope: float = 1.0,
) -> Tensor:
    """Return the transposed convolution of input (N, K, Y, Y') with weight (K, C/groups, k, k').

    It is the gradient of `conv2d` with the same weight and settings: input[n, k, o] times
    w[k, c, i] is added to x[n, c, stride*o + dilation*i - padding], for all o and i that fall
    inside x; then bias[c] is added. x has size
    stride*(Y - 1) + dilation*(k - 1) + 1 - 2*padding + output_padding
    (Dumoulin & Visin 2016, section 4). Arguments are PyTorch's; the batch axis may be left out.
    Raises ValueError for shapes or settings that are not legal, and TypeError for mixed or integer
    dtypes.

    >>> import minigan
    >>> y, w = minigan.ones(1, 2, 2, 3), minigan.ones(2, 1, 4, 4)
    >>> conv_transpose2d(y, w, stride=2, padding=1).shape
    (1, 1, 4, 6)
    """
    _check(f"conv_transpose{_D}d", _D, input, weight, bias)
    by = _chosen(f"conv_transpose{_D}d", by, input)
    settings = stride, padding, output_padding, dilation, groups
    op = _conv_transpose_op(_D, input._data.shape, weight._data.shape, *settings, by)
    batched = input._data.ndim == _D + 2
    y = input if batched else input.unsqueeze(0)
    try:
        x = _layer(f"conv_transpose{_D}d", op, y, weight, bias, _slope)
    except MemoryError as error:
        raise _no_memory(f"conv_transpose{_D}d", input, op.geometry.X) from error
    return x if batched else x.squeeze(0)


conv1d, conv3d = in_dimensions(1, conv2d), in_dimensions(3, conv2d)
conv_transpose1d = in_dimensions(1, conv_transpose2d)
conv_transpose3d = in_dimensions(3, conv_transpose2d)


@remembered
def _conv_op(
    D: int, x: Shape, w: Shape, stride: Any, padding: Any, dilation: Any, groups: Any, by: Any
) -> Conv:
    """Return the op for an input x and a weight w of these shapes.

    Raises ValueError if the channels or the settings do not fit.
    """
    name = f"conv{D}d"
    geometry = Geometry.conv(x[-D:], w[2:], stride, padding, dilation, groups, name=name)
    C, K, groups = x[-D - 1], w[0], geometry.groups
    if K % groups or w[1] * groups != C:
        raise ValueError(
            f"{name}: input of shape {x} has {C} channels and weight of shape {w} reads "
            f"{w[1]} x groups={groups}; they must be equal, and groups must divide its {K} output "
            "channels"
        )
    return Conv(geometry, _formulation(name, by))


@remembered
def _conv_transpose_op(
    D: int,
    y: Shape,
    w: Shape,
    stride: Any,
    padding: Any,
    output_padding: Any,
    dilation: Any,
    groups: Any,
    by: Any,
) -> ConvTranspose:
    """Return the op for an input y and a weight w of these shapes.

    Raises ValueError if the channels or the settings do not fit.
    """
    name = f"conv_transpose{D}d"
    geometry = Geometry.conv_transpose(
        y[-D:], w[2:], stride, padding, output_padding, dilation, groups, name=name
    )
    K, groups = y[-D - 1], geometry.groups
    if w[0] != K or K % groups:
        raise ValueError(
            f"{name}: input of shape {y} has {K} channels and weight of shape {w} reads {w[0]}; "
            f"they must be equal, and divisible by groups={groups}"
        )
    return ConvTranspose(geometry, _formulation(name, by))


def _chosen(name: str, by: str | None, x: Tensor) -> str:
    """Return the name of the formulation, by default the fastest where x lives."""
    usual = default_formulation(x._data)
    if by == "blocked" != usual:
        raise ValueError(
            f"{name}: by='blocked' cuts its work into pieces for a CPU's cache, and the input is "
            f"on {x.device} (legal there: {', '.join(f for f in FORMULATIONS if f != by)})"
        )
    return by or usual


def _formulation(name: str, by: Any) -> Formulation:
    if not isinstance(by, str) or by not in FORMULATIONS:
        legal = ", ".join(FORMULATIONS)
        raise ValueError(f"{name}: by={by!r} is not a formulation (legal: {legal})")
    return FORMULATIONS[by]


def _check(name: str, D: int, x: Any, w: Any, bias: Any) -> None:
    """Raise TypeError or ValueError if a rank or a dtype does not fit D dimensions in space."""
    if not (isinstance(x, Tensor) and isinstance(w, Tensor)):
        tensor_of(name, "input", x)
        tensor_of(name, "weight", w)
    a, b = x._data, w._data
    if a.ndim not in (D + 1, D + 2):
        raise ValueError(
            f"{name}: input has shape {a.shape}; it must have {D + 2} dimensions (N, C, ...) or "
            f"{D + 1}"
        )
    if b.ndim != D + 2:
        raise ValueError(f"{name}: weight has shape {b.shape}; it must have {D + 2} dimensions")
    if bias is not None and tensor_of(name, "bias", bias).dtype != a.dtype:
        raise TypeError(
            f"{name}: input has dtype {a.dtype} and bias {bias.dtype}; they must be equal (use .to)"
        )
    if a.dtype != b.dtype:
        raise TypeError(
            f"{name}: input has dtype {a.dtype} and weight {b.dtype}; they must be equal (use .to)"
        )
    if a.dtype.kind != "f":
        raise TypeError(f"{name}: input has dtype {a.dtype}; it must be a float (use .float())")


def _no_memory(name: str, x: Tensor, sizes: Shape) -> NoMemoryError:
    return NoMemoryError(
        f"{name}: there is no memory for the output of sizes {sizes} for input of shape {x.shape}"
    )


def _layer(
    name: str, op: Conv | ConvTranspose, x: Tensor, w: Tensor, bias: Tensor | None, slope: float
) -> Tensor:
    """Return leaky_relu(op(x, w) + bias, slope); one op computes it if the slope is below 1.

    Raises ValueError if the bias has not one number per channel.
    """
    K = w.shape[0] if type(op) is Conv else w.shape[1] * op.geometry.groups
    if bias is not None and bias.shape != (K,):
        raise ValueError(f"{name}: bias has shape {bias.shape}; it must be ({K},)")
    if slope < 1:
        return finished(op, "conv" if type(op) is Conv else "conv_transpose", slope)(x, w, bias)
    y = op(x, w)
    return y if bias is None else y + bias.reshape((K,) + (1,) * (y.ndim - 2))  # (K, 1, ...)
