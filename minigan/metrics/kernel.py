"""The kernel two-sample test: how far apart are the mean features of two sets, and could that be
chance?

MMD^2 = E k(x, x') + E k(y, y') - 2 E k(x, y), without bias: no sample meets itself (Gretton et al.
2012, equation 3). Under the hypothesis that both sets come from one distribution the labels real
and generated are arbitrary, so shuffled labels show what chance does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from minigan.backend import Seed, as_generator
from minigan.metrics.distances import Array, Squares, as_rows, blocks, require_count
from minigan.threads import parallel

Kernel = Callable[
    [Array], Array
]  # of rows (n, D): k(row, z) for every z that it was made for, (n, N)
_MEDIAN_OF = 1000  # samples, at most
_GROUPS = 256
_WIDE = 1 << 14  # the widest rows of k of which fewer are held at a time


class KernelTest(NamedTuple):
    """MMD^2, around 0 where the sets are alike, and the share of shuffled sets that are as far
    apart or farther.
    """

    mmd2: float
    p_value: float


def mmd(
    real: Array, generated: Array, permutations: int = 500, *, generator: Seed = None
) -> KernelTest:
    """MMD^2 of points (N, ...) and (M, ...) with exp(-d^2/2s^2), s the median distance of two
    (Gretton et al. 2012).

    Raises ValueError for sets of fewer than two samples.

    >>> rng = np.random.default_rng(0)
    >>> mmd(rng.normal(0, 1, 50), rng.normal(3, 1, 50), 99, generator=rng).p_value
    0.01
    """
    require_count("mmd", "permutations", permutations)
    rng = as_generator(generator)
    z, n = _shuffled("mmd", real, generated, rng)
    variance = _median_square(z, rng)
    squares = Squares(z)
    return _test(z, n, lambda rows: np.exp(squares(rows) / (-2 * variance)), permutations, rng)


def kid(
    real: Array, generated: Array, permutations: int = 500, *, generator: Seed = None
) -> KernelTest:
    """MMD^2 of features (N, D) and (M, D) with (a.b/D + 1)^3, the kernel inception distance of any
    features.

    Binkowski et al. 2018. Raises ValueError for sets of fewer than two samples.
    """
    require_count("kid", "permutations", permutations)
    rng = as_generator(generator)
    z, n = _shuffled("kid", real, generated, rng)

    def cubes(rows: Array) -> Array:
        k: Array = rows @ z.T / z.shape[1] + 1
        return k * k * k

    return _test(z, n, cubes, permutations, rng)


def _shuffled(
    function: str, real: Array, generated: Array, rng: np.random.Generator
) -> tuple[Array, int]:
    """Both sets in one, each in random order, so that groups of rows are random too; how many are
    real.
    """
    x, y = as_rows(function, 2, real=real, generated=generated)
    return np.concatenate([rng.permutation(x), rng.permutation(y)]), len(x)


def _median_square(z: Array, rng: np.random.Generator) -> float:
    """The median squared distance of two different samples, of some drawn at random; 1 where all
    are equal.
    """
    some = z[rng.permutation(len(z))[:_MEDIAN_OF]]
    between = Squares(some)(some)
    between = between[between > 0]
    return float(np.median(between)) if between.size else 1.0


def _test(
    z: Array, n: int, kernel: Kernel, permutations: int, rng: np.random.Generator
) -> KernelTest:
    """MMD^2 between the first n rows of z (N, D) and the rest, and its p-value.

    Rows are shuffled between the sets in groups of equal size, some 256 of the smaller set: under
    the hypothesis such a shuffle is as likely as any other, and it asks for no more than the sums
    of k between groups. What does not fill a group stays where it is. Of each column of `chosen`,
    the first the truth, the others chance, the groups are those that count as real.
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
    """The sums of k(row, row') over all pairs of rows, those with a chosen row', and those of two
    chosen rows.

    No row meets itself. Groups of rows begin at `starts`; each column of `chosen` chooses some of
    them. What is held of k at a time is a block of rows, so that memory does not grow with the
    square of anything.
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
