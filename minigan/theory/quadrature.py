"""Integrals over the whole line, each with its error: halve a panel until halving it changes nothing.

The cuts divide the line into pieces, and x = start + length t/(1 - bend t) maps 0 < t < 1 onto each: evenly where
bend is 0, and with bend 1 onto all that lies beyond the last cut, so that no tail is left out. On each panel of t,
Gauss-Legendre's rule is compared with itself on the two halves; the difference is the error of the panel, far above
that of the halves, which are what is kept.
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
_ROUNDING = 32 * float(np.finfo(np.float64).eps)


class Integral(NamedTuple):
    """A value, and a bound on its error as the quadrature saw it."""

    value: float
    error: float


class _Pieces:
    """The pieces of the line between the cuts, and the two beyond them."""

    def __init__(self, cuts: Array) -> None:
        gaps = np.diff(cuts)
        self.start = np.concatenate([cuts[:1], cuts])
        self.length = np.concatenate([-gaps[:1], gaps, gaps[-1:]])
        self.bend = np.zeros(len(self.start))
        self.bend[[0, -1]] = 1

    def rule(self, f: Function, piece: Indices, left: Array, right: Array) -> tuple[Array, Array]:
        """The integrals of f, and about those of abs(f), on panels left < t < right of these pieces."""
        start, length, bend = (of[piece, None] for of in (self.start, self.length, self.bend))  # (panels, 1)
        half = (right - left)[:, None] / 2  # (panels, 1)
        t = left[:, None] + half * (1 + _NODES)  # (panels, nodes)
        rest = 1 - bend * t
        values = f((start + length * t / rest).ravel()).reshape(t.shape)
        if np.isnan(values).any():
            raise ValueError("integrate: f is nan")
        parts = _WEIGHTS * half * values * abs(length) / rest**2
        return parts.sum(axis=1), abs(parts).sum(axis=1)


def integrate(f: Function, cuts: ArrayLike, tolerance: float = 1e-12) -> Integral:
    """The integral of f over the line; `cuts` lie round each peak of f, out to where it ends, and where f has kinks.

    The error is below `tolerance`, or as stated; an f that is infinite at a node has an infinite integral.
    Raises ValueError for fewer than two different cuts and where f is nan.

    >>> round(integrate(lambda x: np.exp(-x * x / 2), [-2, 2]).value ** 2 / (2 * np.pi), 12)
    1.0
    """
    edges = np.unique(np.asarray(cuts, np.float64))
    if len(edges) < 2 or not np.isfinite(edges).all():
        raise ValueError(f"integrate: cuts={edges.tolist()} must be finite, and two of them different")
    pieces = _Pieces(edges)
    piece = np.arange(len(edges) + 1)
    left, right = np.zeros(piece.size), np.ones(piece.size)
    whole, _ = pieces.rule(f, piece, left, right)
    value = error = 0.0
    for turn in range(_ROUNDS):
        middle = (left + right) / 2
        piece, left, right = np.tile(piece, 2), np.concatenate([left, middle]), np.concatenate([middle, right])
        halves, sizes = (part.reshape(2, -1) for part in pieces.rule(f, piece, left, right))  # (2, panels)
        if np.isinf(halves).any():
            return Integral(float(halves.sum()), 0.0)
        both = halves.sum(axis=0)
        off = abs(both - whole)
        enough = error + off.sum() <= tolerance or turn == _ROUNDS - 1 or 2 * off.size > _PANELS
        rough = (off > tolerance / _PANELS + _ROUNDING * sizes.sum(axis=0)) & (not enough)
        value, error = value + float(both[~rough].sum()), error + float(off[~rough].sum())
        piece, left, right, whole = (part[np.tile(rough, 2)] for part in (piece, left, right, halves.ravel()))
        if not whole.size:
            break
    return Integral(value, error)
