"""The sliced Wasserstein distance: in one dimension the best transport just sorts, so look along
many directions.

Rabin et al. 2011; Bonneel et al. 2015. Deshpande et al. 2018 train generators with it.
"""

from __future__ import annotations

import numpy as np

from minigan.backend import Seed, as_generator
from minigan.metrics.distances import Array, as_rows, require_count
from minigan.threads import matmul


def sliced_wasserstein(
    real: Array, generated: Array, directions: int = 128, *, generator: Seed = None
) -> float:
    """The root of the mean, over random directions, of W_2^2 between the projections of (N, ...)
    and of (M, ...).

    Of two sets that are one another moved by v it is about |v|/sqrt(D), and exactly W_2 where D =
    1.

    >>> sliced_wasserstein(np.array([0.0, 1, 5]), np.array([7.0, 2, 3]))
    2.0
    """
    require_count("sliced_wasserstein", "directions", directions)
    x, y = as_rows("sliced_wasserstein", real=real, generated=generated)
    along = as_generator(generator).standard_normal((x.shape[1], directions))
    along /= np.sqrt((along**2).sum(axis=0))
    x, y = (
        np.sort(matmul(x, along), axis=0),
        np.sort(matmul(y, along), axis=0),
    )  # (N, directions), (M, directions)
    # both quantile functions are steps; on each interval between two steps of either the transport
    # is one move
    N, M = len(x), len(y)
    ends = np.union1d(np.arange(N + 1) * M, np.arange(M + 1) * N)  # in units of 1/NM: integers
    from_x, from_y = ends[:-1] // M, ends[:-1] // N
    shares = np.diff(ends) / (N * M)
    return float(np.sqrt((shares @ (x[from_x] - y[from_y]) ** 2).mean()))
