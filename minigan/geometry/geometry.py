"""The axes of a convolution together: its sizes, and all of its taps, windows and phases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from minigan.checks import Shape, integer, per_axis, remembered
from minigan.geometry.axis import Axis
from minigan.geometry.settings import (
    check_named_padding,
    check_output_padding,
    integer_settings,
    require_half,
    too_large,
)

Ints = int | Sequence[int]  # one for all axes, or one for each
Slices = tuple[slice, ...]


@dataclass(frozen=True)
class Geometry:
    """The axes of a convolution and its number of groups.

    `conv`, `conv_transpose` and `pool` make a Geometry: they check the settings and remember the
    result. Sizes and settings are integers for all axes, or one integer for each axis.

    >>> Geometry.conv((5, 7), (3, 2), stride=2, padding=(1, 0)).Y
    (3, 3)
    >>> Geometry.conv_transpose((3, 3), (3, 2), stride=2, padding=(1, 0)).X
    (5, 6)
    """

    axes: tuple[Axis, ...]
    groups: int = 1

    @staticmethod
    def conv(
        sizes: Sequence[int],
        taps: Ints,
        stride: Ints = 1,
        padding: Ints | str = 0,
        dilation: Ints = 1,
        groups: int = 1,
        *,
        name: str = "conv2d",
    ) -> Geometry:
        """Return the geometry of conv(x, w), for the sizes of x and of the kernel.

        The settings are PyTorch's. `padding` may be 'valid' (no padding) or 'same' (y is as large
        as x; the stride must be 1; an odd number of zeros puts one more at the end). `name` begins
        the error messages. Raises TypeError if a setting is not an integer, and ValueError if it is
        not legal.
        """
        return _conv(name, sizes, taps, stride, padding, dilation, groups)

    @staticmethod
    def conv_transpose(
        sizes: Sequence[int],
        taps: Ints,
        stride: Ints = 1,
        padding: Ints = 0,
        output_padding: Ints = 0,
        dilation: Ints = 1,
        groups: int = 1,
        *,
        name: str = "conv_transpose2d",
    ) -> Geometry:
        """Return the geometry of conv_transpose(y, w), for the sizes of y and of the kernel.

        Here y is the input and x is the output. The settings are PyTorch's. Raises TypeError if a
        setting is not an integer, and ValueError if it is not legal.
        """
        return _conv_transpose(name, sizes, taps, stride, padding, output_padding, dilation, groups)

    @staticmethod
    def pool(
        sizes: Sequence[int],
        taps: Ints,
        stride: Ints | None = None,
        padding: Ints = 0,
        dilation: Ints = 1,
        ceil_mode: bool = False,
        *,
        name: str = "max_pool2d",
    ) -> Geometry:
        """Return the geometry of a pooling; by default the stride is the kernel's size.

        The padding is at most half of the kernel's size. With `ceil_mode` the last window may end
        beyond the padding, but it must start before the end of x. Raises TypeError if a setting is
        not an integer, and ValueError if it is not legal.

        >>> Geometry.pool((5,), 2).Y, Geometry.pool((5,), 2, ceil_mode=True).Y
        ((2,), (3,))
        """
        return _pool(name, sizes, taps, stride, padding, dilation, bool(ceil_mode))

    # --------------------------------------------------------------------------------------- sizes

    @cached_property
    def X(self) -> Shape:
        """The sizes of x."""
        return tuple(axis.X for axis in self.axes)

    @cached_property
    def Y(self) -> Shape:
        """The sizes of y."""
        return tuple(axis.Y for axis in self.axes)

    @cached_property
    def taps(self) -> Shape:
        """The sizes of the kernel."""
        return tuple(axis.taps for axis in self.axes)

    # ------------------------------------------------------------------- taps, windows and phases

    @cached_property
    def places(self) -> tuple[tuple[Shape, Slices, Slices], ...]:
        """For each tap of the kernel: its index i, and the slices of y and of x that it joins.

        >>> Geometry.conv((4,), (2,), stride=2).places[1]  # tap 1 joins o = 0, 1 to h = 1, 3
        ((1,), (slice(0, 2, None),), (slice(1, 4, 2),))
        """
        along = [[(i, *axis.tap(i)) for i in range(axis.taps)] for axis in self.axes]
        return tuple(tuple(zip(*joined, strict=True)) for joined in product(*along))

    def windows(self) -> Iterator[tuple[Shape, Slices, Slices]]:
        """Yield for each position of y: its index o, and the slices of w and of x that it joins.

        >>> next(Geometry.conv((4,), (2,), stride=2).windows())  # o = 0 sees h = 0, 1
        ((0,), (slice(0, 2, None),), (slice(0, 2, 1),))
        """
        along = [[(o, *axis.window(o)) for o in range(axis.Y)] for axis in self.axes]
        return (tuple(zip(*joined, strict=True)) for joined in product(*along))

    @cached_property
    def phases(self) -> tuple[tuple[Slices, Slices, Geometry], ...]:
        """For each phase: its slices of x and of the kernel, and its stride-1 geometry."""
        return tuple(
            (
                tuple(along.x for along in phase),
                tuple(along.taps for along in phase),
                self.over(along.axis for along in phase),
            )
            for phase in product(*(axis.phases for axis in self.axes))
        )

    @cached_property
    def dense(self) -> Geometry:
        """The stride-1 geometry over y with holes (see `Axis.dense`)."""
        return self.over(axis.dense for axis in self.axes)

    @cached_property
    def flipped(self) -> Geometry:
        """The convolution from y to x that equals the transpose of this stride-1 geometry."""
        return self.over(axis.flipped for axis in self.axes)

    def over(self, axes: Iterable[Axis]) -> Geometry:
        """Return the geometry of other axes with the same number of groups."""
        return Geometry(tuple(axes), self.groups)

    # -------------------------------------------------------------------------------------- counts

    def multiplications(self, N: int, C: int, K: int) -> int:
        """Return the number of useful multiplications, which is the same for all three faces.

        A multiplication is useful if its tap sees a position inside x. N is the size of the batch;
        C and K are the numbers of channels of x and y.

        >>> Geometry.conv((4, 5), (3, 2), padding=(1, 0)).multiplications(N=1, C=1, K=1)
        80
        """
        return N * K * (C // self.groups) * prod(axis.links for axis in self.axes)

    @property
    def hole_fraction(self) -> float:
        """The fraction of products with an inserted zero, 1 - 1/prod(stride), inside y."""
        return 1 - 1 / prod(axis.stride for axis in self.axes)


def output_padding_for(
    output_size: Sequence[int],
    sizes: Sequence[int],
    taps: Ints,
    stride: Ints = 1,
    padding: Ints = 0,
    dilation: Ints = 1,
    *,
    name: str = "conv_transpose2d",
) -> Shape:
    """Return the output_padding with which conv_transpose takes y of `sizes` to `output_size`.

    Along each axis `stride` neighbouring output sizes are legal. Raises ValueError if a size is not
    legal, and TypeError if it is not an integer.

    >>> output_padding_for((10,), (5,), (3,), stride=2, padding=1)
    (1,)
    """
    D = len(sizes)
    k, s, d, p = integer_settings(name, D, taps, stride, dilation, padding)
    Y, X = per_axis(name, "input size", sizes, D), per_axis(name, "output_size", output_size, D, 0)
    axes = [Axis(*axis) for axis in zip(X, Y, k, s, p, d, strict=True)]
    if any(axis.output_padding not in range(axis.stride) for axis in axes):
        legal = " x ".join(f"({', '.join(map(str, axis.same_Y))})" for axis in axes)
        raise ValueError(
            f"{name}: output_size={output_size!r} cannot come from input size {Y} (legal: {legal})"
        )
    return tuple(axis.output_padding for axis in axes)


# ------------------------------------------------------- geometries, remembered by their arguments
#
# k taps, s stride, d dilation, p padding, op output_padding


@remembered
def _conv(
    name: str, sizes: Any, taps: Any, stride: Any, padding: Any, dilation: Any, groups: Any
) -> Geometry:
    D, named = len(sizes), isinstance(padding, str)
    X = per_axis(name, "input size", sizes, D)
    k, s, d, p = integer_settings(name, D, taps, stride, dilation, 0 if named else padding)
    if named:
        check_named_padding(name, padding, s)
    if named and padding == "same":
        axes = [_same(*axis) for axis in zip(X, k, d, strict=True)]
    else:
        axes = [Axis.conv(*axis) for axis in zip(X, k, s, p, d, strict=True)]
    for axis in axes:
        if axis.Y < 1:
            raise too_large(name, axis.taps, axis.dilation, axis.X, axis.padding)
    return Geometry(tuple(axes), integer(name, "groups", groups, 1))


def _same(X: int, k: int, d: int) -> Axis:
    """Return the stride-1 axis from X positions to X positions."""
    return Axis(X, X, k, 1, d * (k - 1) // 2, d)


@remembered
def _conv_transpose(
    name: str,
    sizes: Any,
    taps: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    dilation: Any,
    groups: Any,
) -> Geometry:
    D = len(sizes)
    Y = per_axis(name, "input size", sizes, D)
    k, s, d, p = integer_settings(name, D, taps, stride, dilation, padding)
    op = check_output_padding(name, D, output_padding, s, d)
    axes = [Axis.conv_transpose(*axis) for axis in zip(Y, k, s, p, op, d, strict=True)]
    for axis in axes:
        if axis.X < 1:
            raise ValueError(
                f"{name}: padding={axis.padding} leaves an output size of {axis.X}, which must be "
                "at least 1"
            )
    return Geometry(tuple(axes), integer(name, "groups", groups, 1))


@remembered
def _pool(
    name: str, sizes: Any, taps: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Geometry:
    D = len(sizes)
    X = per_axis(name, "input size", sizes, D)
    stride = taps if stride in (None, (), []) else stride
    k, s, d, p = integer_settings(name, D, taps, stride, dilation, padding)
    axes = zip(X, k, s, p, d, strict=True)
    return Geometry(tuple(_pool_axis(name, ceil_mode, *axis) for axis in axes))


def _pool_axis(name: str, ceil_mode: bool, X: int, k: int, s: int, p: int, d: int) -> Axis:
    """Return one axis of a pooling. Raises ValueError if a window holds nothing but padding."""
    require_half(name, k, p)
    axis = Axis.conv(X, k, s, p, d)
    if ceil_mode and axis.after < p and s * axis.Y < X + p:  # one more window, not all of it in x
        axis = replace(axis, Y=axis.Y + 1)
    if axis.Y < 1:
        raise too_large(name, k, d, X, p)
    if any(axis.window(o)[0] == slice(0, 0) for o in range(axis.Y)):
        raise ValueError(
            f"{name}: with dilation={d} a window of an input of size {X} holds nothing but padding"
        )
    return axis
