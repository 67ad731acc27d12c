"""Principal components: the smallest error of any *linear* auto-encoder (Baldi & Hornik 1989)."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.checks import integer
from minigan.metrics.distances import as_rows
from minigan.threads import matmul, one_blas_thread

Array = np.ndarray[Any, Any]


def pca_error(train: Array, test: Array, k: int) -> float:
    """Return the mean squared error per number of test data, kept in k principal components.

    The components are those of the training data (N, ...); the test data are (M, ...). With k = 0
    each sample becomes the mean. Raises TypeError if k is not an integer; ValueError if k is not in
    0..numbers of one sample, and for data that are empty, not finite, or of different sizes.

    >>> x = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    >>> pca_error(x, x, 0), round(pca_error(x, x, 1), 12)
    (0.6666666666666666, 0.0)
    """
    a, b = as_rows("pca_error", train=train, test=test)  # (N, D)
    if integer("pca_error", "k", k, least=0) > a.shape[1]:
        raise ValueError(f"pca_error: k={k} must be at most {a.shape[1]}, the numbers of a sample")
    mean = a.mean(axis=0)
    with one_blas_thread:
        _, vectors = np.linalg.eigh(matmul((a - mean).T, a - mean))  # ascending
    leading = vectors[:, a.shape[1] - k :]  # (D, k)
    rest = (b - mean) - matmul(matmul(b - mean, leading), leading.T)
    return float((rest**2).mean())
