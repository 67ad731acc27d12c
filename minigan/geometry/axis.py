"""One axis of a convolution: which tap joins which position of x to which position of y.

    stride * o + dilation * i - padding == h

Here o is a position of y, i is a tap of the kernel, and h is a position of x. Every size, window
and count in this file follows from this one relation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import gcd
from typing import Any, NamedTuple


class Phase(NamedTuple):
    """The positions of x with one remainder modulo stride, and the stride-1 axis that joins them.

    `x` and `taps` are slices: these positions of x, and the taps that reach them. `axis` joins them
    to y, and counts both from 0 without gaps.
    """

    x: slice
    taps: slice
    axis: Axis


@dataclass(frozen=True)
class Axis:
    """One axis of a convolution from x (size X) to y (size Y), and of its transpose from y to x.

    An axis stores both sizes, so that nothing else has to compute one. `padding` counts the zeros
    before x; `after` counts those that the last window needs after x.

    >>> Axis(X=5, Y=3, taps=3, stride=2, padding=1).coverage
    (1, 2, 1, 2, 1)
    """

    X: int
    Y: int
    taps: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @staticmethod
    def conv(X: int, taps: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> Axis:
        """Return the axis of a convolution of X positions with `padding` zeros at both ends.

        Y = floor((X + 2*padding - span) / stride) + 1: the first window lies at the start, and one
        more window follows for each whole stride in the room behind it.

        >>> Axis.conv(X=16, taps=5, stride=3, padding=2).Y
        6
        """
        axis = Axis(X, 0, taps, stride, padding, dilation)
        return replace(axis, Y=(X + 2 * padding - axis.span) // stride + 1)

    @staticmethod
    def conv_transpose(
        Y: int,
        taps: int,
        stride: int = 1,
        padding: int = 0,
        output_padding: int = 0,
        dilation: int = 1,
    ) -> Axis:
        """Return the axis of a transposed convolution of Y positions.

        X = stride*(Y - 1) + span - 2*padding + output_padding: the Y windows start `stride` apart,
        `padding` positions are cropped at both ends, and `output_padding` more are computed at the
        end.

        >>> Axis.conv_transpose(Y=4, taps=4, stride=2, padding=1).X
        8
        """
        axis = Axis(0, Y, taps, stride, padding, dilation)
        return replace(axis, X=axis.least_X + output_padding)

    # ---------------------------------------------------------------------------- taps and windows

    def position(self, o: Any, i: Any) -> Any:
        """Return the position h that tap i sees from position o of y; it may lie outside x.

        o and i are integers or arrays of integers.

        >>> Axis(X=5, Y=3, taps=3, stride=2, padding=1).position(o=0, i=0)
        -1
        """
        return self.stride * o + self.dilation * i - self.padding

    @property
    def span(self) -> int:
        """The number of positions of x under one window, with the gaps of dilation."""
        return self.dilation * (self.taps - 1) + 1

    def reach(self, start: int, stop: int) -> tuple[int, int]:
        """Return the first position under the windows start..stop-1, and the one after the last.

        Both may lie outside x.

        >>> Axis(X=5, Y=3, taps=3, stride=2, padding=1).reach(0, 2)
        (-1, 4)
        """
        return self.position(start, 0), self.position(stop - 1, self.taps - 1) + 1

    @property
    def after(self) -> int:
        """The number of zeros that the last window needs after x.

        It is negative if convolution leaves the last positions of x unread.
        """
        return self.reach(0, self.Y)[1] - self.X

    def tap(self, i: int) -> tuple[slice, slice]:
        """Return the positions o of y and h of x that tap i joins, as two slices.

        >>> Axis(X=5, Y=3, taps=3, stride=2, padding=1).tap(0)  # o = 1, 2 sees h = 1, 3
        (slice(1, 3, None), slice(1, 4, 2))
        """
        return _inside(self.position(0, i), self.stride, self.Y, self.X)

    def window(self, o: int) -> tuple[slice, slice]:
        """Return the taps i and the positions h of x that position o of y joins, as two slices.

        >>> Axis(X=5, Y=3, taps=3, stride=2, padding=1).window(0)  # tap 0 sees the padding
        (slice(1, 3, None), slice(0, 2, 1))
        """
        return _inside(self.position(o, 0), self.dilation, self.taps, self.X)

    @cached_property
    def links(self) -> int:
        """The number of pairs (o, i) that see a position of x: the useful multiplications."""
        return sum(o.stop - o.start for o, _ in map(self.tap, range(self.taps)))

    # ------------------------------------------------------------------------------------ coverage

    @cached_property
    def coverage(self) -> tuple[int, ...]:
        """For each position of x, the number of pairs (o, i) that see it.

        A transposed convolution adds this many products into the position.
        """
        counts = [0] * self.X
        for i in range(self.taps):
            for h in range(self.X)[self.tap(i)[1]]:
                counts[h] += 1
        return tuple(counts)

    @cached_property
    def interior_coverage(self) -> tuple[int, ...]:
        """The coverage far from the borders, for each remainder r = (h + padding) mod stride.

        It is the number of taps with dilation*i = r mod stride. With dilation 1 this number is
        ceil((taps - r) / stride). Unequal numbers are the checkerboard (Odena et al. 2016).

        >>> Axis(X=9, Y=4, taps=3, stride=2).interior_coverage
        (2, 1)
        """
        remainders = [self.dilation * i % self.stride for i in range(self.taps)]
        return tuple(remainders.count(r) for r in range(self.stride))

    @property
    def is_uniform(self) -> bool:
        """Whether the interior coverage is the same everywhere.

        It is if stride divides taps, and stride and dilation have no common factor.
        """
        return self.taps % self.stride == 0 and gcd(self.stride, self.dilation) == 1

    # ------------------------------------------------ a transposed convolution as a convolution

    @property
    def dense(self) -> Axis:
        """The stride-1 axis over y with stride - 1 zeros (holes) between its positions."""
        Y = self.stride * (self.Y - 1) + 1
        return Axis(self.X, Y, self.taps, 1, self.padding, self.dilation)

    @property
    def flipped(self) -> Axis:
        """The convolution from y to x that equals the transpose of this stride-1 axis.

        The kernel is flipped. The padding is p' = dilation*(taps - 1) - padding; a negative p'
        crops y. Raises ValueError if the stride is not 1.
        """
        if self.stride != 1:
            raise ValueError(
                f"Axis.flipped: stride={self.stride} must be 1 (use Axis.dense.flipped, or flip "
                "each of Axis.phases)"
            )
        return Axis(self.Y, self.X, self.taps, 1, self.span - 1 - self.padding, self.dilation)

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """The stride-1 problems into which this axis falls.

        Write h = stride*u + r. Tap i sees one remainder r from every o, because stride*o does not
        change it. The taps first, first + step, first + 2*step, ... share their remainder if
        stride divides dilation*step. Tap first + step*t sees u = o + (dilation*step/stride)*t +
        shift.
        """
        step = self.stride // gcd(self.stride, self.dilation)
        phases = []
        for first in range(min(step, self.taps)):
            shift, r = divmod(self.position(0, first), self.stride)
            x, taps = slice(r, None, self.stride), slice(first, None, step)
            X, T = len(range(self.X)[x]), len(range(self.taps)[taps])
            axis = Axis(X, self.Y, T, 1, -shift, self.dilation * step // self.stride)
            phases.append(Phase(x, taps, axis))
        return tuple(phases)

    # --------------------------------------------------------------------------------- sizes of x

    @property
    def least_X(self) -> int:
        """The size of x that a transposed convolution of y has without output_padding."""
        return self.stride * (self.Y - 1) + self.span - 2 * self.padding

    @property
    def output_padding(self) -> int:
        """The number of positions of x beyond `least_X`."""
        return self.X - self.least_X

    @property
    def same_Y(self) -> range:
        """The sizes of x that a convolution takes to this size of y: at most `stride` of them.

        >>> Axis(X=17, Y=6, taps=5, stride=3, padding=2).same_Y
        range(16, 19)
        """
        return range(max(self.least_X, 1), self.least_X + self.stride)


def _inside(first: int, step: int, count: int, size: int) -> tuple[slice, slice]:
    """Return the n of range(count) with first + step*n in range(size), and these positions."""
    start, stop = max(0, -(first // step)), min(count, (size - 1 - first) // step + 1)
    if start >= stop:
        return slice(0, 0), slice(0, 0)
    return slice(start, stop), slice(first + step * start, first + step * (stop - 1) + 1, step)
