"""The axes of a convolution together: what is legal, all taps, all windows and all phases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from math import prod
from operator import index
from typing import Any

from minigan.geometry.axis import Axis

Ints = int | Sequence[int]  # one for all axes, or one for each
Slices = tuple[slice, ...]
_Ints = tuple[int, ...]
_Settings = tuple[_Ints, _Ints, _Ints, _Ints, int]  # sizes, taps, stride, dilation, groups


@dataclass(frozen=True)
class Geometry:
    """The axes of a convolution and its number of groups; made by `conv` or by `conv_transpose`,
    which check sizes.

    >>> Geometry.conv((5, 7), (3, 2), stride=2, padding=(1, 0)).y
    (3, 3)
    >>> Geometry.conv_transpose((3, 3), (3, 2), stride=2, padding=(1, 0)).x
    (5, 6)
    """

    axes: tuple[Axis, ...]
    groups: int = 1

    @staticmethod
    def conv(
        sizes: Sequence[int], taps: Ints, stride: Ints = 1, padding: Ints | str = 0,
        dilation: Ints = 1,
        groups: int = 1, *, name: str = "conv2d"
    ) -> Geometry:  # fmt: skip
        """The geometry of conv(x, w): sizes of x and of the kernel, settings as in PyTorch; `name`
        is for errors.

        `padding` may be 'valid' (none) or 'same' (y as large as x, stride 1; an odd zero goes after
        the end). Raises TypeError for a setting that is no integer, ValueError for one that is not
        legal.
        """
        settings = _checked(name, sizes, taps, stride, dilation, groups)
        if not isinstance(padding, str):
            return _conv(name, *settings, _per_axis(name, len(sizes), "padding", padding, 0))
        if padding not in ("same", "valid"):
            raise ValueError(
                f"{name}: padding={padding!r} is not known (legal: 'same', 'valid' or integers)"
            )
        if padding == "same" and max(settings[2]) > 1:
            raise ValueError(f"{name}: padding='same' needs stride=1, not stride={stride!r}")
        return _conv(name, *settings, None if padding == "same" else (0,) * len(sizes))

    @staticmethod
    def conv_transpose(
        sizes: Sequence[int], taps: Ints, stride: Ints = 1, padding: Ints = 0,
        output_padding: Ints = 0,
        dilation: Ints = 1, groups: int = 1, *, name: str = "conv_transpose2d"
    ) -> Geometry:  # fmt: skip
        """The geometry of conv_transpose(y, w): sizes of y, which is its input, and of the kernel;
        as in PyTorch.

        Raises TypeError for a setting that is no integer, ValueError for one that is not legal.
        """
        settings, D = _checked(name, sizes, taps, stride, dilation, groups), len(sizes)
        before = _per_axis(name, D, "padding", padding, 0)
        return _conv_transpose(
            name, *settings, before, _per_axis(name, D, "output_padding", output_padding, 0)
        )

    @staticmethod
    def pool(
        sizes: Sequence[int], taps: Ints, stride: Ints | None = None, padding: Ints = 0,
        dilation: Ints = 1,
        ceil_mode: bool = False, *, name: str = "max_pool2d"
    ) -> Geometry:  # fmt: skip
        """The geometry of a pooling; the stride is the kernel's size unless told, and padding at
        most half of it.

        With `ceil_mode` the last window may hang over the end of x, but must start inside x or
        before it. Raises TypeError for a setting that is no integer, ValueError for one that is not
        legal.
        """
        settings = _checked(
            name, sizes, taps, taps if stride in (None, (), []) else stride, dilation, 1
        )
        return _pool(
            name, *settings[:4], _per_axis(name, len(sizes), "padding", padding, 0), bool(ceil_mode)
        )

    @cached_property
    def x(self) -> tuple[int, ...]:
        """The sizes of x."""
        return tuple(axis.x for axis in self.axes)

    @cached_property
    def y(self) -> tuple[int, ...]:
        """The sizes of y."""
        return tuple(axis.y for axis in self.axes)

    @cached_property
    def taps(self) -> tuple[int, ...]:
        """The sizes of the kernel."""
        return tuple(axis.taps for axis in self.axes)

    @cached_property
    def places(self) -> tuple[tuple[tuple[int, ...], Slices, Slices], ...]:
        """For each tap of the kernel: its index, and the slices of y and of x that it joins."""
        along = [[(i, *axis.tap(i)) for i in range(axis.taps)] for axis in self.axes]
        return tuple(tuple(zip(*joined, strict=True)) for joined in product(*along))

    def windows(self) -> Iterator[tuple[tuple[int, ...], Slices, Slices]]:
        """For each position of y: its index, and the slices of the kernel and of x that it
        joins.
        """
        along = [[(o, *axis.window(o)) for o in range(axis.y)] for axis in self.axes]
        return (tuple(zip(*joined, strict=True)) for joined in product(*along))

    @cached_property
    def phases(self) -> tuple[tuple[Slices, Slices, Geometry], ...]:
        """For each phase: its slices of x and of the kernel, and the geometry of its stride-1
        problem.
        """
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
        """The convolution from y to x that transposes this stride-1 geometry, for the flipped
        kernel.
        """
        return self.over(axis.flipped for axis in self.axes)

    def over(self, axes: Iterator[Axis]) -> Geometry:
        """The same groups over other axes."""
        return Geometry(tuple(axes), self.groups)

    def multiplications(self, N: int, C: int, K: int) -> int:
        """The useful multiplications of every face: those whose three factors are all inside their
        arrays.
        """
        return N * K * (C // self.groups) * prod(axis.links for axis in self.axes)

    @property
    def hole_share(self) -> float:
        """Which share of the multiplications meets an inserted zero when stride becomes holes: 1 -
        1/prod(stride).
        """
        return 1 - 1 / prod(axis.stride for axis in self.axes)


def output_padding_for(
    output_size: Sequence[int], sizes: Sequence[int], taps: Ints, stride: Ints = 1,
    padding: Ints = 0,
    dilation: Ints = 1, *, name: str = "conv_transpose2d"
) -> _Ints:  # fmt: skip
    """The output_padding with which conv_transpose gives these sizes; each must be one of `stride`
    neighbours.

    Raises ValueError naming the legal sizes, TypeError where a size is no integer.

    >>> output_padding_for((10,), (5,), (3,), stride=2, padding=1)
    (1,)
    """
    Y, k, s, d, _ = _checked(name, sizes, taps, stride, dilation, 1)
    p, X = (
        _per_axis(name, len(Y), "padding", padding, 0),
        _per_axis(name, len(Y), "output_size", output_size, 0),
    )
    axes = [Axis(*sizes_and_settings) for sizes_and_settings in zip(X, Y, k, s, p, d, strict=True)]
    if any(axis.output_padding not in range(axis.stride) for axis in axes):
        legal = " x ".join(f"({', '.join(map(str, axis.same_y))})" for axis in axes)
        raise ValueError(
            f"{name}: output_size={output_size!r} cannot come from input size {Y} (legal: {legal})"
        )
    return tuple(axis.output_padding for axis in axes)


def _checked(
    name: str, sizes: Any, taps: Any, stride: Any, dilation: Any, groups: Any
) -> _Settings:
    D = len(sizes)
    return (
        _per_axis(name, D, "input size", sizes, 1),
        _per_axis(name, D, "kernel_size", taps, 1),
        _per_axis(name, D, "stride", stride, 1),
        _per_axis(name, D, "dilation", dilation, 1),
        _per_axis(name, 1, "groups", groups, 1)[0],
    )


def _per_axis(name: str, D: int, argument: str, value: Any, least: int) -> _Ints:
    """The value as D integers: one integer (or a sequence of one) serves every axis."""
    entries = tuple(value) if isinstance(value, tuple | list) else (value,)
    if len(entries) not in (1, D):
        raise ValueError(
            f"{name}: {argument}={value!r} has {len(entries)} entries (legal: 1 or {D})"
        )
    for entry in entries:
        if type(entry) is not int and (isinstance(entry, bool) or not _is_integer(entry)):
            raise TypeError(
                f"{name}: {argument}={value!r} must be an integer" + f" or {D} integers" * (D > 1)
            )
        if not least <= entry < 2**31:
            raise ValueError(
                f"{name}: {argument}={value!r} must be at least {least}, and less than 2^31"
            )
    return tuple(int(entry) for entry in entries) * (D // len(entries))


def _is_integer(value: Any) -> bool:
    try:
        index(value)
    except TypeError:
        return False
    return True


@lru_cache(4096)
def _conv(
    name: str, X: _Ints, taps: _Ints, stride: _Ints, dilation: _Ints, groups: int, p: _Ints | None
) -> Geometry:
    axes = []
    for x, k, s, d, before in zip(X, taps, stride, dilation, p or [None] * len(X), strict=True):
        span = d * (k - 1) + 1
        total = span - 1 if before is None else 2 * before  # padding='same' keeps the size
        before = total // 2
        if x + total < span:
            raise _too_large(name, k, d, x, before, x + total)
        axes.append(Axis(x, (x + total - span) // s + 1, k, s, before, d))
    return Geometry(tuple(axes), groups)


@lru_cache(4096)
def _conv_transpose(
    name: str,
    Y: _Ints,
    taps: _Ints,
    stride: _Ints,
    dilation: _Ints,
    groups: int,
    padding: _Ints,
    more: _Ints,
) -> Geometry:
    axes = []
    for y, k, s, d, p, op in zip(Y, taps, stride, dilation, padding, more, strict=True):
        if op >= max(s, d):
            legal = ", ".join(map(str, range(max(s, d))))
            setting = f"output_padding={op} must be smaller than stride={s} or dilation={d}"
            raise ValueError(f"{name}: {setting} (legal: {legal})")
        x = Axis(0, y, k, s, p, d).least_x + op
        if x < 1:
            raise ValueError(
                f"{name}: padding={p} leaves an output size of {x}, which must be at least 1"
            )
        axes.append(Axis(x, y, k, s, p, d))
    return Geometry(tuple(axes), groups)


@lru_cache(4096)
def _pool(
    name: str,
    X: _Ints,
    taps: _Ints,
    stride: _Ints,
    dilation: _Ints,
    padding: _Ints,
    ceil_mode: bool,
) -> Geometry:
    axes = []
    for x, k, s, d, p in zip(X, taps, stride, dilation, padding, strict=True):
        if 2 * p > k:
            raise ValueError(
                f"{name}: padding={p} must be at most half of kernel_size={k} (legal: 0..{k // 2})"
            )
        free = x + 2 * p - d * (k - 1) - 1
        y = (-(-free // s) if ceil_mode else free // s) + 1
        y -= ceil_mode and s * (y - 1) >= x + p
        if y < 1:
            raise _too_large(name, k, d, x, p, x + 2 * p)
        axes.append(Axis(x, y, k, s, p, d))
        if any(axes[-1].window(o)[0] == slice(0, 0) for o in range(y)):
            raise ValueError(
                f"{name}: with dilation={d} a window of an input of size {x} holds nothing but "
                "padding"
            )
    return Geometry(tuple(axes))


def _too_large(name: str, k: int, d: int, x: int, p: int, padded: int) -> ValueError:
    wide = (
        f"kernel_size={k}"
        if d == 1
        else f"kernel_size={k} with dilation={d}, {d * (k - 1) + 1} wide,"
    )
    return ValueError(
        f"{name}: {wide} is larger than the padded input size {padded} (input size {x}, "
        f"padding={p})"
    )
