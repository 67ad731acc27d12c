"""Measures by nearest neighbours: 1-NN accuracy, precision and recall.

They need no density and no model. Distances are L2, between points, pixels or features.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from minigan.checks import integer
from minigan.metrics.distances import Array, Squares, as_rows, blocks, nearest
from minigan.threads import parallel


class OneNN(NamedTuple):
    """How often the nearest other sample is of the same set: over both sets, and for each set."""

    accuracy: float
    real: float
    generated: float


def one_nn(real: Array, generated: Array) -> OneNN:
    """Return the leave-one-out accuracy of a 1-NN classifier of real and generated (N, ...).

    It is 0.5 if both sets have one distribution, 1 if they are far apart, and below 0.5 if
    generated samples are copies of real ones (Lopez-Paz & Oquab 2017; Xu et al. 2018). If a sample
    has neighbours of both sets at the same distance, it counts half. Raises ValueError if the sets
    have different numbers of samples, because chance would not be 0.5 then.

    >>> one_nn(np.array([0.0, 1, 2]), np.array([10.0, 11, 12])).accuracy
    1.0
    """
    x, y = as_rows("one_nn", 2, real=real, generated=generated)
    if len(x) != len(y):
        raise ValueError(
            f"one_nn: {len(x)} real and {len(y)} generated samples (legal: as many of each)"
        )
    real_accuracy, generated_accuracy = (
        _accuracy(nearest(a, a, others=True), nearest(a, b)) for a, b in ((x, y), (y, x))
    )
    return OneNN((real_accuracy + generated_accuracy) / 2, real_accuracy, generated_accuracy)


def _accuracy(own: Array, other: Array) -> float:
    """Return how often the distance to the own set is the smaller one; equal ones count half."""
    return float(np.count_nonzero(own < other) + np.count_nonzero(own <= other)) / (2 * len(own))


class PrecisionRecall(NamedTuple):
    """The fraction of generated samples near real ones, and of real samples near generated ones."""

    precision: float
    recall: float


def precision_recall(real: Array, generated: Array, k: int = 3) -> PrecisionRecall:
    """Return precision and recall of generated (M, ...) and real (N, ...) samples.

    A set covers all points that are at most as far from one of its samples as the k-th nearest
    other sample of the set is (Kynkaanniemi et al. 2019, equations 1 and 2). Precision is the
    fraction of generated samples that the real set covers, a measure of quality. Recall is the
    fraction of real samples that the generated set covers, a measure of variety. Raises ValueError
    for sets of at most k samples, and if k is below 1.

    >>> x = np.arange(8.0)
    >>> precision_recall(x, x[:4])
    PrecisionRecall(precision=1.0, recall=0.875)
    """
    integer("precision_recall", "k", k, least=1)
    x, y = as_rows("precision_recall", k + 1, real=real, generated=generated)
    return PrecisionRecall(_covered(y, x, k), _covered(x, y, k))


def _covered(a: Array, b: Array, k: int) -> float:
    """Return the fraction of the rows of a that the rows of b cover."""
    radii, squares, hit = nearest(b, b, k, others=True), Squares(b), np.empty(len(a), bool)

    def search(rows: slice) -> None:
        near, slack = squares(a[rows]), squares.slack(a[rows])[:, None]
        hit[rows] = (near <= radii - slack).any(axis=1)
        for i in np.flatnonzero(~hit[rows]):
            close = np.flatnonzero(near[i] <= radii + slack[i])
            hit[rows.start + i] = (squares.exact(a[rows.start + i], close) <= radii[close]).any()

    parallel(search, blocks(len(a), len(b)))
    return float(hit.mean())
