"""The axes of a convolution together: which settings are legal, all taps, windows and phases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from minigan.checks import Shape, integer, per_axis, remembered
from minigan.geometry.axis import Axis

Ints = int | Sequence[int]  # one for all axes, or one for each
Slices = tuple[slice, ...]


@dataclass(frozen=True)
class Geometry:
    """The axes of a convolution and its number of groups.

    Made by `conv`, `conv_transpose` or `pool`, which check the settings and remember the results.

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

        Settings are PyTorch's; `padding` may be 'valid' (none) or 'same' (y as large as x, for
        stride 1; an odd zero goes after the end). `name` begins the error messages. Raises
        TypeError for a setting that is not an integer, and ValueError for one that is not legal.
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

        y is the input here. Settings are PyTorch's. Raises TypeError for a setting that is not an
        integer, and ValueError for one that is not legal.
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
        """Return the geometry of a pooling; the stride is the kernel's size by default.

        The padding is at most half of the kernel's size. With `ceil_mode` the last window may hang
        over the end of x, but must start inside x or its padding before. Raises TypeError for a
        setting that is not an integer, and ValueError for one that is not legal.
        """
        return _pool(name, sizes, taps, stride, padding, dilation, bool(ceil_mode))

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

    @cached_property
    def places(self) -> tuple[tuple[Shape, Slices, Slices], ...]:
        """For each tap of the kernel: its index, and the slices of y and of x that it joins."""
        along = [[(i, *axis.tap(i)) for i in range(axis.taps)] for axis in self.axes]
        return tuple(tuple(zip(*joined, strict=True)) for joined in product(*along))

    def windows(self) -> Iterator[tuple[Shape, Slices, Slices]]:
        """Yield, for each position of y, its index and the slices of kernel and x that it joins."""
        along = [[(o, *axis.window(o)) for o in range(axis.Y)] for axis in self.axes]
        return (tuple(zip(*joined, strict=True)) for joined in product(*along))

    @cached_property
    def phases(self) -> tuple[tuple[Slices, Slices, Geometry], ...]:
        """For each phase: its slices of x and of the kernel, and the geometry of its problem."""
        along = product(*(axis.phases for axis in self.axes))
        return tuple(
            (
                tuple(p.x for p in joined),
                tuple(p.taps for p in joined),
                self.over(p.axis for p in joined),
            )
            for joined in along
        )

    @cached_property
    def dense(self) -> Geometry:
        """The stride-1 geometry over y with holes."""
        return self.over(axis.dense for axis in self.axes)

    @cached_property
    def flipped(self) -> Geometry:
        """The convolution from y to x that transposes this stride-1 geometry, kernel flipped."""
        return self.over(axis.flipped for axis in self.axes)

    def over(self, axes: Iterator[Axis]) -> Geometry:
        """Return the geometry of other axes with the same groups."""
        return Geometry(tuple(axes), self.groups)

    def multiplications(self, N: int, C: int, K: int) -> int:
        """Return the useful multiplications of every face.

        They are the products whose three factors are all inside their arrays.
        """
        return N * K * (C // self.groups) * prod(axis.links for axis in self.axes)

    @property
    def hole_share(self) -> float:
        """The share of products with an inserted zero in the holes view: 1 - 1/prod(stride)."""
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
    """Return the output_padding with which conv_transpose gives these sizes.

    Each size must be one of `stride` neighbours. Raises ValueError that lists the legal sizes, and
    TypeError if a size is not an integer.

    >>> output_padding_for((10,), (5,), (3,), stride=2, padding=1)
    (1,)
    """
    D = len(sizes)
    k, s, d, p = _settings(name, D, taps, stride, dilation, padding)
    Y, X = per_axis(name, "input size", sizes, D), per_axis(name, "output_size", output_size, D, 0)
    axes = [Axis(*one) for one in zip(X, Y, k, s, p, d, strict=True)]
    if any(axis.output_padding not in range(axis.stride) for axis in axes):
        legal = " x ".join(f"({', '.join(map(str, axis.same_Y))})" for axis in axes)
        raise ValueError(
            f"{name}: output_size={output_size!r} cannot come from input size {Y} (legal: {legal})"
        )
    return tuple(axis.output_padding for axis in axes)


def check_settings(
    name: str,
    D: int,
    kernel_size: Any,
    stride: Any = 1,
    dilation: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
) -> tuple[Shape, Shape, Shape, Any, Shape]:
    """Return a layer's settings, each for D axes, before any input is known.

    `padding` may be 'same' or 'valid'. Raises TypeError and ValueError as `Geometry.conv` and
    `Geometry.conv_transpose` do.
    """
    if isinstance(padding, str):
        k, s, d, _ = _settings(name, D, kernel_size, stride, dilation, 0)
        _named_padding(name, padding, s)
        return k, s, d, padding, (0,) * D
    k, s, d, p = _settings(name, D, kernel_size, stride, dilation, padding)
    return k, s, d, p, _output_padding(name, D, output_padding, s, d)


def _settings(
    name: str, D: int, taps: Any, stride: Any, dilation: Any, padding: Any
) -> tuple[Shape, Shape, Shape, Shape]:
    """Return taps, stride, dilation and padding, each for D axes, checked."""
    return (
        per_axis(name, "kernel_size", taps, D),
        per_axis(name, "stride", stride, D),
        per_axis(name, "dilation", dilation, D),
        per_axis(name, "padding", padding, D, 0),
    )


def _named_padding(name: str, padding: str, stride: Shape) -> None:
    if padding not in ("same", "valid"):
        raise ValueError(
            f"{name}: padding={padding!r} is not known (legal: 'same', 'valid' or integers)"
        )
    if padding == "same" and max(stride) > 1:
        raise ValueError(f"{name}: padding='same' needs stride=1, not stride={stride!r}")


def _output_padding(name: str, D: int, value: Any, stride: Shape, dilation: Shape) -> Shape:
    given = per_axis(name, "output_padding", value, D, 0)
    for op, s, d in zip(given, stride, dilation, strict=True):
        if op >= max(s, d):
            legal = ", ".join(map(str, range(max(s, d))))
            raise ValueError(
                f"{name}: output_padding={op} must be smaller than stride={s} or dilation={d} "
                f"(legal: {legal})"
            )
    return given


@remembered
def _conv(
    name: str, sizes: Any, taps: Any, stride: Any, padding: Any, dilation: Any, groups: Any
) -> Geometry:
    X, D = per_axis(name, "input size", sizes, len(sizes)), len(sizes)
    same = padding == "same" and isinstance(padding, str)
    named = isinstance(padding, str)
    k, s, d, p = _settings(name, D, taps, stride, dilation, 0 if named else padding)
    if named:
        _named_padding(name, padding, s)
    axes = []
    for size, taps_, step, gap, before in zip(X, k, s, d, p, strict=True):
        span = gap * (taps_ - 1) + 1
        total = span - 1 if same else 2 * before
        if size + total < span:
            raise _too_large(name, taps_, gap, size, total // 2, size + total)
        axes.append(Axis(size, (size + total - span) // step + 1, taps_, step, total // 2, gap))
    return Geometry(tuple(axes), integer(name, "groups", groups, 1))


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
    Y, D = per_axis(name, "input size", sizes, len(sizes)), len(sizes)
    k, s, d, p = _settings(name, D, taps, stride, dilation, padding)
    more = _output_padding(name, D, output_padding, s, d)
    axes = []
    for size, taps_, step, gap, before, extra in zip(Y, k, s, d, p, more, strict=True):
        X = Axis(0, size, taps_, step, before, gap).least_X + extra
        if X < 1:
            raise ValueError(
                f"{name}: padding={before} leaves an output size of {X}, which must be at least 1"
            )
        axes.append(Axis(X, size, taps_, step, before, gap))
    return Geometry(tuple(axes), integer(name, "groups", groups, 1))


@remembered
def _pool(
    name: str, sizes: Any, taps: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Geometry:
    X, D = per_axis(name, "input size", sizes, len(sizes)), len(sizes)
    stride = taps if stride in (None, (), []) else stride
    k, s, d, p = _settings(name, D, taps, stride, dilation, padding)
    axes = []
    for size, taps_, step, gap, before in zip(X, k, s, d, p, strict=True):
        require_half(name, taps_, before)
        free = size + 2 * before - gap * (taps_ - 1) - 1
        Y = (-(-free // step) if ceil_mode else free // step) + 1
        Y -= ceil_mode and step * (Y - 1) >= size + before
        if Y < 1:
            raise _too_large(name, taps_, gap, size, before, size + 2 * before)
        axis = Axis(size, Y, taps_, step, before, gap)
        if any(axis.window(o)[0] == slice(0, 0) for o in range(Y)):
            raise ValueError(
                f"{name}: with dilation={gap} a window of an input of size {size} holds nothing "
                "but padding"
            )
        axes.append(axis)
    return Geometry(tuple(axes))


def require_half(name: str, taps: int, padding: int) -> None:
    """Raise ValueError if the padding of a pooling is more than half of the kernel's size."""
    if 2 * padding > taps:
        raise ValueError(
            f"{name}: padding={padding} must be at most half of kernel_size={taps} "
            f"(legal: 0..{taps // 2})"
        )


def _too_large(name: str, k: int, d: int, X: int, p: int, padded: int) -> ValueError:
    wide = f"kernel_size={k}"
    if d > 1:
        wide = f"kernel_size={k} with dilation={d}, {d * (k - 1) + 1} wide,"
    return ValueError(
        f"{name}: {wide} is larger than the padded input size {padded} (input size {X}, "
        f"padding={p})"
    )
