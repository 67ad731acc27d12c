"""The squared Frechet distance of two sets of features: W_2^2 of the two fitted Gaussians."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from minigan.metrics.distances import Array, as_rows
from minigan.threads import matmul

_ROUNDING = 1e-6  # of a covariance in float32, relative to its largest entry times D


def frechet(mean_x: ArrayLike, cov_x: ArrayLike, mean_y: ArrayLike, cov_y: ArrayLike) -> float:
    """Return |m - n|^2 + tr(C + D - 2 (CD)^(1/2)) of means m, n (D,) and covariances C, D (D, D).

    It is the squared W_2 distance of N(m, C) and N(n, D) (Dowson & Landau 1982), which is called
    FID for features of an Inception net (Heusel et al. 2017, equation 6). CD has the same
    eigenvalues as the symmetric matrix C^(1/2) D C^(1/2), so no root of an asymmetric matrix is
    needed. Raises ValueError for other shapes, and for a covariance that is not finite, not
    symmetric, or has a negative eigenvalue.

    >>> frechet([0, 0], np.eye(2), [3, 4], 4 * np.eye(2))
    27.0
    """
    m, C, n, D = (np.asarray(value, np.float64) for value in (mean_x, cov_x, mean_y, cov_y))
    if m.ndim != 1 or m.shape != n.shape or C.shape != D.shape or C.shape != 2 * m.shape:
        shapes = (
            f"means of shape {m.shape} and {n.shape}, covariances of shape {C.shape} and {D.shape}"
        )
        raise ValueError(f"frechet: {shapes} (legal: (D,), (D,), (D, D) and (D, D))")
    _require_moments("x", m, C)
    _require_moments("y", n, D)
    half = root(C)
    cross = np.linalg.eigvalsh(matmul(matmul(half, D), half))
    distance = ((m - n) ** 2).sum() + np.trace(C) + np.trace(D) - 2 * np.sqrt(cross.clip(0)).sum()
    return max(0.0, float(distance))  # rounding may give less than 0


def root(covariance: Array) -> Array:
    """Return the symmetric root C^(1/2) of a covariance C (D, D); eigenvalues below 0 count as 0.

    >>> root(np.diag([4.0, 9.0]))
    array([[2., 0.],
           [0., 3.]])
    """
    values, vectors = np.linalg.eigh(covariance)
    half: Array = matmul(vectors * np.sqrt(values.clip(0)), vectors.T)
    return half


def _require_moments(name: str, mean: Array, cov: Array) -> None:
    """Raise ValueError unless these are a mean and a covariance, up to rounding."""
    if not (np.isfinite(mean).all() and np.isfinite(cov).all()):
        raise ValueError(f"frechet: mean_{name} or cov_{name} holds values that are not finite")
    off, least = abs(cov - cov.T).max(initial=0.0), np.linalg.eigvalsh(cov).min(initial=0.0)
    if max(off, -least) > _ROUNDING * abs(cov).max(initial=0.0) * len(cov):
        raise ValueError(
            f"frechet: cov_{name} differs from its transpose by {off:.3g}, and its least "
            f"eigenvalue is {least:.3g} (legal: 0 and >= 0, up to rounding)"
        )


def frechet_distance(real: Array, generated: Array) -> float:
    """Return the squared Frechet distance of features (N, D) and (M, D).

    Its estimate is too large for few samples (Chong & Forsyth 2020), so compare it with that of as
    many real samples. Raises ValueError for sets of fewer than two samples.

    >>> x = np.arange(6.0).reshape(3, 2)
    >>> round(frechet_distance(x, x + 1), 9)
    2.0
    """
    x, y = as_rows("frechet_distance", 2, real=real, generated=generated)
    return frechet(x.mean(axis=0), _covariance(x), y.mean(axis=0), _covariance(y))


def _covariance(x: Array) -> Array:
    """Return the unbiased covariance (D, D) of rows (N, D)."""
    x = x - x.mean(axis=0)
    covariance: Array = matmul(x.T, x) / (len(x) - 1)
    return covariance
