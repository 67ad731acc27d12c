"""The Frechet distance between two sets as if each were Gaussian: W_2^2 of N(m, C) and N(n, D) in
closed form.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from minigan.metrics.distances import Array, as_rows
from minigan.threads import matmul

_ROUNDING = 1e-6  # of a covariance in float32, as a share of its largest entry, times D


def frechet(mean_x: ArrayLike, cov_x: ArrayLike, mean_y: ArrayLike, cov_y: ArrayLike) -> float:
    """|m - n|^2 + tr(C + D - 2 (CD)^(1/2)), of means (D,) and covariances (D, D).

    Dowson & Landau 1982; the "FID" of any features (Heusel et al. 2017, equation 6), a squared
    distance. CD has the eigenvalues of the symmetric C^(1/2) D C^(1/2), so that no root of an
    asymmetric matrix is needed. Raises ValueError for other shapes, and for what is no covariance:
    not finite, not symmetric, or negative somewhere.

    >>> frechet([0, 0], np.eye(2), [3, 4], 4 * np.eye(2))
    27.0
    """
    m, C, n, D = (np.asarray(given, np.float64) for given in (mean_x, cov_x, mean_y, cov_y))
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
    return max(0.0, float(distance))  # rounding may leave less


def root(covariance: Array) -> Array:
    """C^(1/2), symmetric, of a covariance C (D, D); what rounding has left below 0 counts as 0."""
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
            f"frechet: cov_{name} differs from its transpose by {off:.3g}, its least eigenvalue "
            f"is {least:.3g} "
            "(legal: 0 and >= 0, up to rounding)"
        )


def frechet_distance(real: Array, generated: Array) -> float:
    """The squared Frechet distance of features (N, D) and (M, D), from their means and covariances.

    It is biased upwards, the more the fewer samples there are: compare it with that of as many real
    ones. Raises ValueError for sets of fewer than two samples.
    """
    x, y = as_rows("frechet_distance", 2, real=real, generated=generated)
    return frechet(x.mean(axis=0), _covariance(x), y.mean(axis=0), _covariance(y))


def _covariance(x: Array) -> Array:
    x = x - x.mean(axis=0)
    covariance: Array = matmul(x.T, x) / (len(x) - 1)
    return covariance
