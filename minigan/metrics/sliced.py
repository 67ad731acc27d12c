"""The sliced Wasserstein distance: the mean of one-dimensional distances along random directions.

In one dimension the optimal transport maps quantiles to quantiles, so sorting solves it. Sources:
Rabin et al. 2011; Bonneel et al. 2015. Deshpande et al. 2018 train generators with it.
"""

from __future__ import annotations

import numpy as np

from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.metrics.distances import Array, as_rows
from minigan.threads import matmul


def sliced_wasserstein(
    real: Array, generated: Array, directions: int = 128, *, generator: Seed = None
) -> float:
    """Return the root of the mean of W_2^2 of the projections of (N, ...) and (M, ...).

    The mean is over random directions. For a set and the same set shifted by v it is about
    |v|/sqrt(D); for D = 1 it is exactly W_2. Raises ValueError if `directions` is below 1.

    >>> sliced_wasserstein(np.array([0.0, 1, 5]), np.array([7.0, 2, 3]))
    2.0
    """
    integer("sliced_wasserstein", "directions", directions, least=1)
    x, y = as_rows("sliced_wasserstein", real=real, generated=generated)
    along = as_generator(generator).standard_normal((x.shape[1], directions))
    along /= np.sqrt((along**2).sum(axis=0))
    x = np.sort(matmul(x, along), axis=0)  # (N, directions)
    y = np.sort(matmul(y, along), axis=0)  # (M, directions)
    # both quantile functions are step functions: between two steps, mass moves from one row of x
    # to one row of y
    N, M = len(x), len(y)
    steps = np.union1d(np.arange(N + 1) * M, np.arange(M + 1) * N)  # integers, in units of 1/NM
    from_x, from_y = steps[:-1] // M, steps[:-1] // N
    masses = np.diff(steps) / (N * M)
    return float(np.sqrt((masses @ (x[from_x] - y[from_y]) ** 2).mean()))
