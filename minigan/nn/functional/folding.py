"""unfold copies every window into a column, and fold adds the columns up: im2col and col2im as ops.

Each is the adjoint of the other. A convolution is the kernel, as a matrix, times the columns; a
transposed convolution folds the product of the transposed matrix. fold(unfold(x)) is not x but x
times its coverage, because a position is added once for each window that holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from minigan.autograd import Tensor
from minigan.autograd.op import Op
from minigan.backend import Array
from minigan.checks import Shape
from minigan.conv.im2col import col2im, im2col
from minigan.functions.arguments import require_room, tensor_of
from minigan.functions.shaping import squeeze, unsqueeze
from minigan.geometry import Geometry, Ints

__all__ = ["unfold", "fold"]


@dataclass(frozen=True)
class Unfold(Op):
    """cols[n, (c, i, j), (o, p)] = x[n, c, h, v] where tap (i, j) of window (o, p) sees (h, v)."""

    moves = True
    geometry: Geometry

    def forward(self, x: Array) -> Array:
        return im2col(x, self.geometry)

    def backward_x(self, g: Tensor) -> Tensor:
        return Fold(self.geometry)(g)


@dataclass(frozen=True)
class Fold(Op):
    """x[n, c, h, v] = the sum of cols[n, (c, i, j), (o, p)] over all taps that see (h, v)."""

    geometry: Geometry

    def forward(self, cols: Array) -> Array:
        return col2im(cols, self.geometry)

    def backward_cols(self, g: Tensor) -> Tensor:
        return Unfold(self.geometry)(g)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return prod(inputs[0])


def unfold(
    input: Tensor, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1
) -> Tensor:
    """Return the windows of input (N, C, H, W) as columns of shape (N, C*prod(kernel_size), L).

    L is the number of windows. The rows run over channels, then taps; the columns over windows. The
    batch axis N may be left out. Raises ValueError for settings that are not legal, and TypeError
    if they are not integers or input is not a Tensor.

    >>> import minigan
    >>> unfold(minigan.arange(6.0).reshape(1, 2, 3), 2).tolist()
    [[0.0, 1.0], [1.0, 2.0], [3.0, 4.0], [4.0, 5.0]]
    """
    x = tensor_of("unfold", "input", input)
    if x.ndim not in (3, 4):
        raise ValueError(f"unfold: input has shape {x.shape}; it must be (N, C, H, W) or (C, H, W)")
    if x.ndim == 3:
        return squeeze(unfold(unsqueeze(x, 0), kernel_size, dilation, padding, stride), 0)
    geometry = _geometry("unfold", x.shape[2:], kernel_size, dilation, padding, stride)
    shape = x.shape[0], x.shape[1] * prod(geometry.taps), prod(geometry.Y)
    require_room("unfold: this", x, shape)
    return Unfold(geometry)(x)


def fold(
    input: Tensor,
    output_size: Ints,
    kernel_size: Ints,
    dilation: Ints = 1,
    padding: Ints = 0,
    stride: Ints = 1,
) -> Tensor:
    """Return columns (N, C*prod(kernel_size), L) added up into shape (N, C, *output_size).

    The batch axis N may be left out. Raises ValueError if the columns are not those of the windows
    of such an output, and TypeError if the settings are not integers or input is not a Tensor.

    >>> import minigan
    >>> fold(minigan.ones(4, 2), (2, 3), 2).tolist()
    [[[1.0, 2.0, 1.0], [1.0, 2.0, 1.0]]]
    """
    cols = tensor_of("fold", "input", input)
    if cols.ndim not in (2, 3):
        raise ValueError(
            f"fold: input has shape {cols.shape}; it must be (N, C*prod(kernel_size), L), or "
            "without N"
        )
    if cols.ndim == 2:
        batch = unsqueeze(cols, 0)
        return squeeze(fold(batch, output_size, kernel_size, dilation, padding, stride), 0)
    sizes = output_size if isinstance(output_size, list | tuple) else (output_size,) * 2
    geometry = _geometry("fold", sizes, kernel_size, dilation, padding, stride)
    T, L = prod(geometry.taps), prod(geometry.Y)
    if cols.shape[1] % T or cols.shape[2] != L:
        raise ValueError(
            f"fold: input has shape {cols.shape}; for output_size={geometry.X} and "
            f"kernel_size={geometry.taps} it must be (N, C*{T}, {L}): {T} taps, "
            f"{' x '.join(map(str, geometry.Y))} windows"
        )
    shape = cols.shape[0], cols.shape[1] // T, *geometry.X
    require_room(f"fold: output_size={geometry.X}", cols, shape)
    return Fold(geometry)(cols)


def _geometry(
    function: str,
    sizes: Sequence[int],
    kernel_size: Ints,
    dilation: Ints,
    padding: Any,
    stride: Ints,
) -> Geometry:
    if len(sizes) != 2:
        raise ValueError(f"{function}: output_size={tuple(sizes)} must be one integer or two")
    if isinstance(padding, str):
        raise TypeError(f"{function}: padding={padding!r} must be an integer or 2 integers")
    return Geometry.conv(tuple(sizes), kernel_size, stride, padding, dilation, name=function)
