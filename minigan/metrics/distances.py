"""Distances from every sample to every other, a block of rows at a time: 26,000 samples need a few
megabytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.threads import parallel

Array = np.ndarray[Any, Any]

_BLOCK = 1 << 20  # distances in a block: 8 MB a thread
_FEW = 8  # numbers in a short row


def as_rows(function: str, least: int = 1, **sets: Array) -> list[Array]:
    """Each set of samples (N, ...) as float64 rows (N, D).

    Raises TypeError for what are no real numbers; ValueError, naming function and argument, for
    sets with fewer samples than `least`, with values that are not finite, or with samples of
    different sizes.
    """
    rows = []
    for name, given in sets.items():
        array = np.asarray(given)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"{function}: {name} of dtype {array.dtype} must hold real numbers")
        if array.ndim < 1 or len(array) < least or array.size == 0:
            raise ValueError(
                f"{function}: {name} of shape {array.shape} (legal: (N, ...), N at least {least})"
            )
        rows.append(array.reshape(len(array), -1).astype(np.float64))  # (N, ...) -> (N, D)
        if not np.isfinite(rows[-1]).all():
            raise ValueError(f"{function}: {name} holds values that are not finite")
    if len({row.shape[1] for row in rows}) > 1:
        shapes = " and ".join(f"{name} of shape {np.shape(given)}" for name, given in sets.items())
        raise ValueError(f"{function}: {shapes} (legal: samples of one size)")
    return rows


def require_count(function: str, name: str, value: int) -> None:
    """Raise ValueError, naming function and argument, unless the value is an integer of at least
    1.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{function}: {name}={value!r} must be an integer of at least 1")


def blocks(rows: int, columns: int) -> list[slice]:
    """Slices of so many rows, each with as many rows as a block of distances to so many columns
    has.
    """
    step = max(1, _BLOCK // columns)
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


class Squares:
    """Squared L2 distances to the rows of b (M, D): of short rows as they stand, of long ones by a
    matrix product.

    A product is rounded in proportion to the norms, not to the distance: `slack` says how far that
    may take it, and `exact` is for the few distances that this leaves open, so that equal ones are
    equal to the last bit.
    """

    def __init__(self, b: Array) -> None:
        self.rows, self.short = b, b.shape[1] <= _FEW
        self.center = b.mean(axis=0) * (
            not self.short
        )  # a product far from the origin would lose digits
        self.b = np.ascontiguousarray((b - self.center).T)  # (D, M)
        self.norms = (self.b**2).sum(axis=0)

    def __call__(self, a: Array) -> Array:
        """Those of the rows of a (N, D): (N, M); equal rows have the distance 0."""
        centered, total = a - self.center, np.zeros((len(a), len(self.norms)))
        if self.short:
            for d, row in enumerate(self.b):
                total += (centered[:, d, None] - row) ** 2
            return total
        np.matmul(-2 * centered, self.b, out=total)
        total += self.norms
        total += (centered**2).sum(axis=1)[:, None]
        total[total < self.slack(a)[:, None] / 2] = 0  # what is left of equal rows is rounding
        return total

    def slack(self, a: Array) -> Array:
        """How far the distances of each row of a (N, D) may be from the exact, (N,); 0 for short
        rows.
        """
        if self.short:
            return np.zeros(len(a))
        norms = ((a - self.center) ** 2).sum(axis=1) + self.norms.max()
        bound: Array = (
            4 * (a.shape[1] + _FEW) * np.finfo(float).eps * norms
        )  # twice that for sums of D products
        return bound

    def exact(self, row: Array, columns: Array) -> Array:
        """Those of one row (D,) to the rows of b with these numbers, from differences."""
        squares: Array = ((self.rows[columns] - row) ** 2).sum(axis=1)
        return squares


def nearest(a: Array, b: Array, k: int = 1, *, others: bool = False) -> Array:
    """The squared L2 distance of each row of a (N, D) to the k-th nearest row of b (M, D), shape
    (N,).

    With `others` b is a, and no row is its own neighbour. Raises ValueError for what are no rows of
    one size, and for a k that there is not.
    """
    most = len(b) - others
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or not 1 <= k <= most:
        given = f"a of shape {a.shape}, b of shape {b.shape}, k={k}"
        raise ValueError(f"nearest: {given} (legal: (N, D), (M, D), 1..{most})")
    squares, found = Squares(b), np.empty(len(a))

    def search(rows: slice) -> None:
        near, slack = squares(a[rows]), squares.slack(a[rows])
        if others:
            near[np.arange(len(near)), np.arange(rows.start, rows.stop)] = np.inf
        found[rows] = near.min(axis=1) if k == 1 else np.partition(near, k - 1, axis=1)[:, k - 1]
        for i in np.flatnonzero(slack):  # which rows of b may be the k-th nearest?
            farther = near[i] - found[rows.start + i]
            place = k - 1 - np.count_nonzero(farther < -2 * slack[i])
            exact = squares.exact(
                a[rows.start + i], np.flatnonzero(np.abs(farther) <= 2 * slack[i])
            )
            found[rows.start + i] = np.partition(exact, place)[place]

    parallel(search, blocks(len(a), len(b)))
    return found
