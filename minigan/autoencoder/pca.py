"""Principal components: the best that any *linear* auto-encoder can do (Baldi & Hornik 1989)."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.metrics.distances import as_rows
from minigan.threads import matmul, one_blas_thread

Array = np.ndarray[Any, Any]


def pca_error(train: Array, test: Array, k: int) -> float:
    """The mean squared error per number of test data (N, ...) on the k leading components of the
    training data.

    k = 0 keeps the mean alone. Raises ValueError if k is no integer in 0..numbers of one sample,
    for no data or data that are not finite, and for samples of different sizes.

    >>> x = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    >>> pca_error(x, x, 0), round(pca_error(x, x, 1), 12)
    (0.6666666666666666, 0.0)
    """
    a, b = as_rows("pca_error", train=train, test=test)  # (N, D)
    if not isinstance(k, int | np.integer) or not 0 <= k <= a.shape[1]:
        raise ValueError(
            f"pca_error: k={k} must be an integer in 0..{a.shape[1]}, the numbers of one sample"
        )
    mean = a.mean(axis=0)
    with one_blas_thread:
        _, vectors = np.linalg.eigh(matmul((a - mean).T, a - mean))  # ascending
    leading = vectors[:, a.shape[1] - k :]  # (D, k)
    rest = (b - mean) - matmul(matmul(b - mean, leading), leading.T)
    return float((rest**2).mean())
