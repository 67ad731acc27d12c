"""Whose neighbours are they? Three questions about the nearest samples that need no density and no
model.

Distances are L2, of points, pixels or features: whatever the arrays hold.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from minigan.metrics.distances import Array, Squares, as_rows, blocks, nearest, require_count
from minigan.threads import parallel


class OneNN(NamedTuple):
    """How often the nearest other sample is of the same set: both sets together, and each alone."""

    accuracy: float
    real: float
    generated: float


def one_nn(real: Array, generated: Array) -> OneNN:
    """The leave-one-out accuracy of a 1-nearest-neighbour classifier that tells real (N, ...) from
    generated (N, ...).

    0.5 where the two cannot be told apart, 1 where they lie apart, less than 0.5 where samples are
    copies of each other; of neighbours at the same distance half count (Lopez-Paz & Oquab 2017; Xu
    et al. 2018). Raises ValueError unless both sets are equally large: else chance would not be
    0.5.

    >>> one_nn(np.array([0.0, 1, 2]), np.array([10.0, 11, 12])).accuracy
    1.0
    """
    x, y = as_rows("one_nn", 2, real=real, generated=generated)
    if len(x) != len(y):
        raise ValueError(
            f"one_nn: {len(x)} real and {len(y)} generated samples (legal: as many of each)"
        )
    shares = [_own(nearest(a, a, others=True), nearest(a, b)) for a, b in ((x, y), (y, x))]
    return OneNN((shares[0] + shares[1]) / 2, *shares)


def _own(own: Array, other: Array) -> float:
    return float(np.count_nonzero(own < other) + np.count_nonzero(own <= other)) / (2 * len(own))


class PrecisionRecall(NamedTuple):
    """The share of generated samples among real ones, and the share of real samples among generated
    ones.
    """

    precision: float
    recall: float


def precision_recall(real: Array, generated: Array, k: int = 3) -> PrecisionRecall:
    """Precision and recall of generated (M, ...) for real (N, ...) samples.

    A sample is covered by a set if it is at least as near to one of the set as that one's k-th
    nearest fellow is (Kynkaanniemi et al. 2019, equations 1 and 2). Precision is the share of the
    generated that the real cover: quality; recall the share of the real that the generated cover:
    variety. Raises ValueError for sets of k samples or fewer.

    >>> x = np.arange(8.0)
    >>> precision_recall(x, x[:4])
    PrecisionRecall(precision=1.0, recall=0.875)
    """
    require_count("precision_recall", "k", k)
    x, y = as_rows("precision_recall", k + 1, real=real, generated=generated)
    return PrecisionRecall(_covered(y, x, k), _covered(x, y, k))


def _covered(a: Array, b: Array, k: int) -> float:
    """The share of the rows of a that the rows of b cover."""
    radii, squares, hit = nearest(b, b, k, others=True), Squares(b), np.empty(len(a), bool)

    def search(rows: slice) -> None:
        near, slack = squares(a[rows]), squares.slack(a[rows])[:, None]
        hit[rows] = (near <= radii - slack).any(axis=1)
        for i in np.flatnonzero(~hit[rows]):
            open_ = np.flatnonzero(near[i] <= radii + slack[i])
            hit[rows.start + i] = (squares.exact(a[rows.start + i], open_) <= radii[open_]).any()

    parallel(search, blocks(len(a), len(b)))
    return float(hit.mean())
