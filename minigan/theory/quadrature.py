"""Integrals over the whole line, each with its error, by adaptive Gauss-Legendre quadrature.

The cuts divide the line into pieces, and 0 < t < 1 is mapped onto each piece. Between two cuts,
x = start + length t. Beyond the first and the last cut, x = start + length (1 - t)/t, so no part of
a tail is left out.

Each piece starts as one panel of t. The rule with 15 nodes on a panel is compared with itself on
the two halves of the panel. The difference is the error of the panel, which is much larger than
that of the halves, and the value of the halves is the one that is kept. Panels with a large error
are halved again.

At the end t = 0 of a heavy tail, each halving multiplies a panel's integral, and so its error, by
the same factor q. The error of all further halvings is a geometric series, so the error that is
stated is 1/(1 - q) times as large.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from minigan.theory.summands import Array

Function = Callable[[Array], Array]  # of x (n,), values (n,)
Indices = NDArray[np.int_]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(15)
_ROUNDS, _PANELS = 48, 4096  # a jump needs one panel a round; noise would need ever more panels
_ROUNDING = 32 * float(np.finfo(np.float64).eps)  # relative to the sum of absolute values
_DIVERGES = 1 - 1e-9  # with a larger q the tail is as heavy as 1/x, which has no integral


class Integral(NamedTuple):
    """A value and its error: an upper bound for smooth functions, an estimate where they jump."""

    value: float
    error: float


class _Pieces:
    """The pieces of the line between the cuts, and the two beyond them."""

    def __init__(self, cuts: Array) -> None:
        gaps = np.diff(cuts)
        self.start = np.concatenate([cuts[:1], cuts])
        self.length = np.concatenate([-gaps[:1], gaps, gaps[-1:]])
        self.tail = np.zeros(len(self.start), bool)
        self.tail[[0, -1]] = True

    def rule(self, f: Function, piece: Indices, left: Array, right: Array) -> tuple[Array, Array]:
        """Return the integrals of f, and roughly those of abs(f), on panels left < t < right.

        `piece`, `left` and `right` have one entry for each panel, and so have the results.
        """
        start, length, tail = (
            array[piece, None] for array in (self.start, self.length, self.tail)
        )  # (panels, 1)
        half = (right - left)[:, None] / 2  # (panels, 1)
        t = left[:, None] + half * (1 + NODES)  # (panels, nodes)
        numerator, denominator = np.where(tail, 1 - t, t), np.where(tail, t, 1)
        values = f((start + length * numerator / denominator).ravel()).reshape(t.shape)
        if np.isnan(values).any():
            raise ValueError("integrate: f is nan")
        parts = WEIGHTS * half * values * abs(length) / denominator**2  # dx/dt = length / t^2
        return parts.sum(axis=1), abs(parts).sum(axis=1)


def integrate(f: Function, cuts: ArrayLike, tolerance: float = 1e-12) -> Integral:
    """Return the integral of f over the line, with its error.

    `cuts` are at least two points: around each peak of f, at its kinks, and where f is almost 0 for
    good. The error is at most `tolerance` plus rounding, or it is stated. The integral is infinite
    where f is infinite at a node, and where a tail falls no faster than 1/x; it is nan where both
    tails do, with opposite signs. Raises ValueError for fewer than two different finite cuts, and
    where f is nan.

    >>> round(integrate(lambda x: np.exp(-x * x / 2), [-2, 2]).value ** 2 / (2 * np.pi), 12)
    1.0
    """
    edges = np.unique(np.asarray(cuts, np.float64))
    if len(edges) < 2 or not np.isfinite(edges).all():
        raise ValueError(
            f"integrate: cuts={edges.tolist()} must be finite, and two of them different"
        )
    pieces = _Pieces(edges)
    piece = np.arange(len(edges) + 1)
    left, right = np.zeros(piece.size), np.ones(piece.size)
    whole, _ = pieces.rule(f, piece, left, right)
    value = error = size = 0.0
    for number in range(_ROUNDS):
        last = number == _ROUNDS - 1
        piece, left, right = _halved(piece, left, right)
        halves, sizes = (
            part.reshape(2, -1) for part in pieces.rule(f, piece, left, right)
        )  # (2, panels)
        if np.isinf(halves).any():
            return Integral(float(halves.sum()), 0.0)
        sums, sizes = halves.sum(axis=0), sizes.sum(axis=0)
        off = abs(sums - whole)
        q = _ratios(pieces.tail[piece[: off.size]] & (left[: off.size] == 0), off, halves[0], whole)
        if last and (q > _DIVERGES).any():
            signs = set(np.sign(sums[q > _DIVERGES]).tolist())
            return Integral(signs.pop() * np.inf if len(signs) == 1 else np.nan, 0.0)
        off /= 1 - np.minimum(q, _DIVERGES)
        done = error + off.sum() <= tolerance or last or 2 * off.size > _PANELS
        rough = (off > tolerance / _PANELS + _ROUNDING * sizes) & (not done)
        value, error = value + float(sums[~rough].sum()), error + float(off[~rough].sum())
        size += float(sizes[~rough].sum())
        piece, left, right, whole = (
            part[np.tile(rough, 2)] for part in (piece, left, right, halves.ravel())
        )
        if not whole.size:
            break
    return Integral(value, error + _ROUNDING * size)


def _halved(piece: Indices, left: Array, right: Array) -> tuple[Indices, Array, Array]:
    """Return the left halves of all panels, followed by the right halves."""
    middle = (left + right) / 2
    return np.tile(piece, 2), np.concatenate([left, middle]), np.concatenate([middle, right])


def _ratios(at_end: NDArray[np.bool_], off: Array, half: Array, whole: Array) -> Array:
    """Return q of each panel: the integral of its left half over its own, 0 unless at a tail's end.

    A panel without an error has q = 0 too.
    """
    where = at_end & (off > 0) & (whole != 0)
    return abs(np.divide(half, whole, where=where, out=np.zeros(off.size)))
