"""Integrals over the whole line, each with its error: halve a panel until halving it changes
nothing.

The cuts divide the line into pieces, and 0 < t < 1 is mapped onto each: evenly by x = start +
length t, and onto all that lies beyond the last cut by x = start + length (1 - t)/t, so that no
tail is left out. On each panel of t, Gauss-Legendre's rule is compared with itself on the two
halves; the difference is the error of the panel, far above that of the halves, which are what is
kept. A panel at the end of a heavy tail, t = 0, shrinks in each round by the same factor q, and so
does its error: what the rounds to come would add makes it 1/(1 - q) times as large.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from minigan.theory.summands import Array

Function = Callable[[Array], Array]  # of x (n,), values (n,)
Indices = NDArray[np.int_]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(15)
_ROUNDS, _PANELS = 48, 4096  # a jump costs a panel a round; noise would halve for ever
_ROUNDING = 32 * float(np.finfo(np.float64).eps)  # of the sizes that are added up
_ENDLESS = 1 - 1e-9  # a tail whose q is as large is as heavy as 1/x, of which there is no integral


class Integral(NamedTuple):
    """A value, and its error as the quadrature saw it: of smooth functions a bound, at jumps an
    estimate.
    """

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
        """The integrals of f, and about those of abs(f), on panels left < t < right of these
        pieces.
        """
        start, length, tail = (
            of[piece, None] for of in (self.start, self.length, self.tail)
        )  # (panels, 1)
        half = (right - left)[:, None] / 2  # (panels, 1)
        t = left[:, None] + half * (1 + _NODES)  # (panels, nodes)
        way, rest = np.where(tail, 1 - t, t), np.where(tail, t, 1)
        values = f((start + length * way / rest).ravel()).reshape(t.shape)
        if np.isnan(values).any():
            raise ValueError("integrate: f is nan")
        parts = _WEIGHTS * half * values * abs(length) / rest**2
        return parts.sum(axis=1), abs(parts).sum(axis=1)


def integrate(f: Function, cuts: ArrayLike, tolerance: float = 1e-12) -> Integral:
    """The integral of f over the line; `cuts` lie round each peak of f, out to where it ends, and
    where f has kinks.

    The error is below `tolerance` and rounding, or as stated. The integral is infinite where f is
    infinite at a node, and where a tail falls no faster than 1/x; nan where both tails do, with
    opposite signs. Raises ValueError for fewer than two different cuts and where f is nan.

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
    for turn in range(_ROUNDS):
        middle = (left + right) / 2
        piece, left, right = (
            np.tile(piece, 2),
            np.concatenate([left, middle]),
            np.concatenate([middle, right]),
        )
        halves, sizes = (
            part.reshape(2, -1) for part in pieces.rule(f, piece, left, right)
        )  # (2, panels)
        if np.isinf(halves).any():
            return Integral(float(halves.sum()), 0.0)
        both = halves.sum(axis=0)
        off = abs(both - whole)
        ends = pieces.tail[piece[: off.size]] & (left[: off.size] == 0) & (off > 0)
        q = abs(np.divide(halves[0], whole, where=ends & (whole != 0), out=np.zeros(off.size)))
        endless = q > _ENDLESS
        if turn == _ROUNDS - 1 and endless.any():
            signs = set(np.sign(both[endless]).tolist())
            return Integral(signs.pop() * np.inf if len(signs) == 1 else np.nan, 0.0)
        off /= 1 - np.minimum(q, _ENDLESS)
        enough = error + off.sum() <= tolerance or turn == _ROUNDS - 1 or 2 * off.size > _PANELS
        rough = (off > tolerance / _PANELS + _ROUNDING * sizes.sum(axis=0)) & (not enough)
        value, error = value + float(both[~rough].sum()), error + float(off[~rough].sum())
        size += float(sizes.sum(axis=0)[~rough].sum())
        piece, left, right, whole = (
            part[np.tile(rough, 2)] for part in (piece, left, right, halves.ravel())
        )
        if not whole.size:
            break
    return Integral(value, error + _ROUNDING * size)
