"""One axis of a convolution: the relation stride*o + dilation*i - padding == h and what follows
from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import Any, NamedTuple


class Phase(NamedTuple):
    """Every stride-th position of x, the taps that reach it, and the stride-1 axis that these two
    and y make.
    """

    x: slice
    taps: slice
    axis: Axis


@dataclass(frozen=True)
class Axis:
    """One axis of a convolution from x (size X) to y (size Y), and of its transpose from y to x.

    >>> Axis(X=5, Y=3, taps=3, stride=2, padding=1).coverage
    (1, 2, 1, 2, 1)
    """

    X: int
    Y: int
    taps: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def position(self, o: Any, i: Any) -> Any:
        """The position in x that tap i sees from position o of y (integers, or arrays of them); may
        lie outside x.
        """
        return self.stride * o + self.dilation * i - self.padding

    @property
    def span(self) -> int:
        """How many positions of x a window covers, the gaps of dilation included."""
        return self.dilation * (self.taps - 1) + 1

    @property
    def after(self) -> int:
        """How many zeros the last window needs after x; negative where it leaves the end of x
        unread.
        """
        return self.reach(0, self.Y)[1] - self.X

    # ----------------------------------------------------------------------------- taps and windows

    def tap(self, i: int) -> tuple[slice, slice]:
        """The positions o of y from which tap i falls inside x, and the positions h of x that it
        sees there.
        """
        return _inside(self.position(0, i), self.stride, self.Y, self.X)

    def window(self, o: int) -> tuple[slice, slice]:
        """The taps i that fall inside x from position o of y, and the positions h of x that they
        see.
        """
        return _inside(self.position(o, 0), self.dilation, self.taps, self.X)

    def reach(self, start: int, stop: int) -> tuple[int, int]:
        """The first position that the windows start..stop-1 cover, and the one after the last; may
        lie outside x.
        """
        return self.position(start, 0), self.position(stop - 1, self.taps - 1) + 1

    @cached_property
    def links(self) -> int:
        """How many pairs (o, i) fall inside x: the useful multiplications of this axis."""
        return sum(o.stop - o.start for o, _ in map(self.tap, range(self.taps)))

    # ------------------------------------------------------------------------------------- coverage

    @cached_property
    def coverage(self) -> tuple[int, ...]:
        """How many pairs (o, i) reach each position of x: by how many products a transposed
        convolution fills it.
        """
        counts = [0] * self.X
        for i in range(self.taps):
            for h in range(self.X)[self.tap(i)[1]]:
                counts[h] += 1
        return tuple(counts)

    @cached_property
    def interior_coverage(self) -> tuple[int, ...]:
        """The same far from the borders, by r = (h + padding) mod stride: how many taps have
        dilation*i = r mod stride.

        With dilation 1 it is ceil((taps - r) / stride): unequal numbers are the checkerboard (Odena
        et al. 2016).

        >>> Axis(X=9, Y=4, taps=3, stride=2).interior_coverage
        (2, 1)
        """
        met = [self.dilation * i % self.stride for i in range(self.taps)]
        return tuple(met.count(r) for r in range(self.stride))

    @property
    def is_uniform(self) -> bool:
        """Whether the interior is covered evenly: stride divides taps and shares no factor with
        dilation.
        """
        return self.taps % self.stride == 0 and gcd(self.stride, self.dilation) == 1

    # -------------------------------------------------------------------------- the transposed view

    @property
    def flipped(self) -> Axis:
        """The convolution from y to x that is the transpose of this stride-1 axis once the kernel
        is flipped.

        Its padding is p' = dilation*(taps - 1) - padding, which crops where it is negative.
        """
        if self.stride != 1:
            raise ValueError(
                f"Axis.flipped: stride={self.stride} must be 1 (put the stride into the data: "
                "Axis.dense)"
            )
        return Axis(self.Y, self.X, self.taps, 1, self.span - 1 - self.padding, self.dilation)

    @property
    def dense(self) -> Axis:
        """The stride-1 axis over y with stride - 1 zeros (holes) between its positions."""
        return Axis(
            self.X, self.stride * (self.Y - 1) + 1, self.taps, 1, self.padding, self.dilation
        )

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """The stride-1 problems that this axis falls into: taps that see the same positions of x
        modulo stride.

        Writing h = stride*u + r, taps first, first + step, ... share r, and u = o +
        (dilation*step/stride)*t + shift.
        """
        step = self.stride // gcd(self.stride, self.dilation)
        phases = []
        for first in range(min(step, self.taps)):
            shift, r = divmod(self.position(0, first), self.stride)
            x, taps = slice(r, None, self.stride), slice(first, None, step)
            sizes = len(range(self.X)[x]), self.Y, len(range(self.taps)[taps])
            phases.append(
                Phase(x, taps, Axis(*sizes, 1, -shift, self.dilation * step // self.stride))
            )
        return tuple(phases)

    # ---------------------------------------------------------------------------------------- sizes

    @property
    def least_X(self) -> int:
        """The size of x that a transposed convolution of y has without output_padding."""
        return self.stride * (self.Y - 1) + self.span - 2 * self.padding

    @property
    def output_padding(self) -> int:
        """By how much x is longer than that: positions of x that are computed, or that conv leaves
        unread.
        """
        return self.X - self.least_X

    @property
    def same_Y(self) -> range:
        """The sizes of x that a convolution, padded alike on both sides, takes to this size of y:
        `stride` of them.

        >>> Axis(X=17, Y=6, taps=5, stride=3, padding=2).same_Y
        range(16, 19)
        """
        return range(max(self.least_X, 1), self.least_X + self.stride)


def _inside(first: int, step: int, count: int, size: int) -> tuple[slice, slice]:
    """The n in range(count) for which first + step*n is in range(size), and those places."""
    start, stop = max(0, -(first // step)), min(count, (size - 1 - first) // step + 1)
    if start >= stop:
        return slice(0, 0), slice(0, 0)
    return slice(start, stop), slice(first + step * start, first + step * (stop - 1) + 1, step)
