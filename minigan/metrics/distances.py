"""Distances between samples, computed for a block of rows at a time to save memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.threads import parallel

Array = np.ndarray[Any, Any]

_BLOCK = 1 << 20  # distances in a block: 8 MB for each thread
_SHORT = 8  # rows of at most this length are short


def as_rows(function: str, least: int = 1, **sets: Array) -> list[Array]:
    """Return each set of samples (N, ...) as float64 rows (N, D).

    Raises TypeError if a set does not hold real numbers. Raises ValueError if a set has fewer than
    `least` samples or values that are not finite, and if the samples of the sets differ in size.

    >>> [row.shape for row in as_rows("f", x=np.zeros((5, 2, 3)), y=np.zeros((4, 6)))]
    [(5, 6), (4, 6)]
    """
    rows = []
    for name, samples in sets.items():
        array = np.asarray(samples)
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
        shapes = " and ".join(f"{name} of shape {np.shape(value)}" for name, value in sets.items())
        raise ValueError(f"{function}: {shapes} (legal: samples of one size)")
    return rows


def blocks(rows: int, columns: int) -> list[slice]:
    """Return slices that cover all rows, so that rows x columns distances fit in one block.

    >>> blocks(5, 1 << 19)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    step = max(1, _BLOCK // columns)
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


class Squares:
    """Squared L2 distances to the rows of b (M, D): by differences if D <= 8, else by a product.

    The matrix product is |a|^2 + |b|^2 - 2 a.b. Its rounding error grows with the norms, not with
    the distance. `slack` is a bound of that error. Where the order of two distances is within the
    slack, `exact` computes them by differences, so that equal distances are equal in all bits.

    >>> Squares(np.array([[0.0, 0], [3, 4]]))(np.zeros((1, 2)))
    array([[ 0., 25.]])
    """

    def __init__(self, b: Array) -> None:
        self.rows, self.short = b, b.shape[1] <= _SHORT
        # the product is centred, because far from the origin it would lose digits
        self.center = b.mean(axis=0) * (not self.short)
        self.b = np.ascontiguousarray((b - self.center).T)  # (D, M)
        self.norms = (self.b**2).sum(axis=0)

    def __call__(self, a: Array) -> Array:
        """Return the squared distances (N, M) of rows a (N, D); equal rows have the distance 0."""
        centered, total = a - self.center, np.zeros((len(a), len(self.norms)))
        if self.short:
            for d, row in enumerate(self.b):
                total += (centered[:, d, None] - row) ** 2
            return total
        np.matmul(-2 * centered, self.b, out=total)
        total += self.norms
        total += (centered**2).sum(axis=1)[:, None]
        total[total < self.slack(a)[:, None] / 2] = 0  # equal rows up to rounding
        return total

    def slack(self, a: Array) -> Array:
        """Return for each row of a (N, D) a bound (N,) of the rounding error of its distances.

        It is 0 for short rows.
        """
        if self.short:
            return np.zeros(len(a))
        norms = ((a - self.center) ** 2).sum(axis=1) + self.norms.max()
        # twice the usual bound for sums of D products
        bound: Array = 4 * (a.shape[1] + _SHORT) * np.finfo(float).eps * norms
        return bound

    def exact(self, row: Array, columns: Array) -> Array:
        """Return the squared distances of one row (D,) to some rows of b, by differences."""
        squares: Array = ((self.rows[columns] - row) ** 2).sum(axis=1)
        return squares


def nearest(a: Array, b: Array, k: int = 1, *, others: bool = False) -> Array:
    """Return the squared L2 distance (N,) of each row of a (N, D) to its k-th nearest row of b.

    With `others`, b must be a, and a row is not its own neighbour. Raises ValueError unless a and b
    (M, D) are rows of one length, and k is in 1..M (1..M - 1 with `others`).

    >>> nearest(np.array([[0.0], [10]]), np.array([[1.0], [7]])).tolist()
    [1.0, 9.0]
    """
    most = len(b) - others
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or not 1 <= k <= most:
        values = f"a of shape {a.shape}, b of shape {b.shape}, k={k}"
        raise ValueError(f"nearest: {values} (legal: (N, D), (M, D), 1..{most})")
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
