"""The kernel two-sample test: the distance MMD^2 of two sets, and its p-value by permutation.

MMD^2 = E k(x, x') + E k(y, y') - 2 E k(x, y) is estimated without bias: no sample is paired with
itself (Gretton et al. 2012, equation 3). If both sets come from one distribution, the labels "real"
and "generated" are arbitrary. So the p-value is the fraction of shuffled labels for which MMD^2 is
as large.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.metrics.distances import Array, Squares, as_rows, blocks
from minigan.threads import parallel

Kernel = Callable[[Array], Array]  # of rows (n, D): k(row, z) for all N samples z, (n, N)
_MEDIAN_OF = 1000  # samples at most
_GROUPS = 256  # of the smaller set
_WIDE = 1 << 14  # for more columns than this, a block of k is no longer made smaller


class KernelTest(NamedTuple):
    """MMD^2, which is about 0 for two sets from one distribution, and its p-value."""

    mmd2: float
    p_value: float


def mmd(
    real: Array, generated: Array, permutations: int = 500, *, generator: Seed = None
) -> KernelTest:
    """Return MMD^2 of points (N, ...) and (M, ...) with the Gaussian kernel exp(-d^2 / 2 s^2).

    s is the median distance of two samples (Gretton et al. 2012). `permutations` is the
    number of shuffles for the p-value. Raises ValueError for sets of fewer than two samples, and if
    `permutations` is below 1.

    >>> rng = np.random.default_rng(0)
    >>> mmd(rng.normal(0, 1, 50), rng.normal(3, 1, 50), 99, generator=rng).p_value
    0.01
    """
    integer("mmd", "permutations", permutations, least=1)
    rng = as_generator(generator)
    z, n = _shuffled("mmd", real, generated, rng)
    variance = _median_square(z, rng)
    squares = Squares(z)
    return _test(z, n, lambda rows: np.exp(squares(rows) / (-2 * variance)), permutations, rng)


def kid(
    real: Array, generated: Array, permutations: int = 500, *, generator: Seed = None
) -> KernelTest:
    """Return MMD^2 of features (N, D) and (M, D) with the kernel (a.b/D + 1)^3.

    With features of an Inception net it is called the kernel inception distance (Binkowski et al.
    2018). Arguments and errors are those of `mmd`.

    >>> rng = np.random.default_rng(0)
    >>> kid(rng.normal(0, 1, (50, 3)), rng.normal(1, 1, (50, 3)), 99, generator=rng).p_value
    0.01
    """
    integer("kid", "permutations", permutations, least=1)
    rng = as_generator(generator)
    z, n = _shuffled("kid", real, generated, rng)

    def cubes(rows: Array) -> Array:
        k: Array = rows @ z.T / z.shape[1] + 1
        return k * k * k

    return _test(z, n, cubes, permutations, rng)


def _shuffled(
    function: str, real: Array, generated: Array, rng: np.random.Generator
) -> tuple[Array, int]:
    """Return both sets as one array, each set in random order, and the number of real samples.

    Because of the random order, groups of consecutive rows are random too.
    """
    x, y = as_rows(function, 2, real=real, generated=generated)
    return np.concatenate([rng.permutation(x), rng.permutation(y)]), len(x)


def _median_square(z: Array, rng: np.random.Generator) -> float:
    """Return the median squared distance of up to 1000 random samples; 1 if all are equal."""
    some = z[rng.permutation(len(z))[:_MEDIAN_OF]]
    between = Squares(some)(some)
    between = between[between > 0]
    return float(np.median(between)) if between.size else 1.0


def _test(
    z: Array, n: int, kernel: Kernel, permutations: int, rng: np.random.Generator
) -> KernelTest:
    """Return MMD^2 between the first n rows of z (N, D) and the other rows, with its p-value.

    Rows are shuffled between the sets in groups of equal size, about 256 groups in the smaller set.
    If both sets come from one distribution, such a shuffle is as probable as any other, and it only
    needs the sums of k between groups. Rows that do not fill a group are not moved. Each column of
    `chosen` says which groups count as real: the first column is the truth, the others are
    shuffles.
    """
    N, m = len(z), len(z) - n
    size = max(1, min(n, m) // _GROUPS)
    starts = np.concatenate([np.arange(0, n, size), np.arange(n, N, size)])
    real, whole = starts < n, np.flatnonzero(np.diff(starts, append=N) == size)
    chosen = np.repeat(real[:, None], 1 + permutations, axis=1).astype(np.float64)
    for column in chosen.T[1:]:
        column[whole] = rng.permutation(column[whole])
    total, with_all, within = _sums(z, kernel, starts, chosen)
    across = with_all - within
    rest = total - with_all - across
    values = within / (n * (n - 1)) + rest / (m * (m - 1)) - 2 * across / (n * m)
    rounding = 1e-12 * abs(total) / (N * (N - 1))
    return KernelTest(float(values[0]), float((values >= values[0] - rounding).mean()))


def _sums(z: Array, kernel: Kernel, starts: Array, chosen: Array) -> tuple[float, Array, Array]:
    """Return the sums of k(row, row'): over all pairs, over row' chosen, and over both chosen.

    No row is paired with itself. Groups of rows begin at `starts`; each column of `chosen` chooses
    some groups. Only a block of rows of k is held at a time, so memory grows linearly with N.
    """
    N = len(z)
    group = np.repeat(np.arange(len(starts)), np.diff(starts, append=N))
    parts = blocks(N, min(N, _WIDE))
    sums = np.empty((len(parts), 2, chosen.shape[1]))
    totals = np.empty(len(parts))

    def add(part: int) -> None:
        rows = parts[part]
        k = kernel(z[rows])
        k[np.arange(len(k)), np.arange(rows.start, rows.stop)] = 0
        here, first = np.unique(group[rows], return_index=True)
        k = np.add.reduceat(np.add.reduceat(k, starts, axis=1), first, axis=0)  # between groups
        with_chosen = k @ chosen
        totals[part] = k.sum()
        sums[part] = with_chosen.sum(axis=0), (chosen[here] * with_chosen).sum(axis=0)

    parallel(add, range(len(parts)))
    with_all, within = sums.sum(axis=0)
    return float(totals.sum()), with_all, within
