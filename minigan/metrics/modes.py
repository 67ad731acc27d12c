"""Mode collapse in numbers: which of the modes that the data are known to have does a generator
reach, how often?

The Kullback-Leibler divergence of N samples' histogram over K modes from the truth is about (K -
1)/2N even if they are drawn from the truth itself (half a chi^2 of K - 1 degrees of freedom): its
floor stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minigan.datasets import Mixture
from minigan.metrics.distances import Array, Squares, as_rows
from minigan.theory import js, kl


@dataclass(frozen=True, eq=False)
class Modes:
    """What was found of a set of samples; `counts` (K,) is how many lie in each mode."""

    counts: Array
    modes: int  # that count as reached
    high_quality: float  # share of samples
    spread: float | None  # within-mode std / sigma
    reverse_kl: float  # KL(samples' histogram || data's)
    floor: float  # of the reverse KL: what as many samples of the data have, on average
    jsd: float  # between the histograms, in nats


def count_modes(samples: Array, data: Mixture, radius: float = 3.0) -> Modes:
    """The modes of a mixture among samples (N, D), each of which belongs to the nearest centre.

    A sample is of high quality within `radius` = 3 standard deviations of its centre, which in 2-D
    98.89 % of the data are; a mode is reached if one such sample lies there (Srivastava et al.
    2017; Lin et al. 2018). `spread` is the standard deviation of these samples round the mean of
    their mode, pooled, over sigma: below 0.974, that of 2-D data, they huddle; None if no mode has
    two. Raises ValueError if the mixture has no width.

    >>> from minigan.datasets import grid
    >>> count_modes(grid().sample(2500, generator=0), grid()).modes
    25
    """
    x, centers = as_rows("count_modes", samples=samples, centers=data.centers)
    if data.std == 0 or not 0 < radius < np.inf:
        raise ValueError(
            f"count_modes: std={data.std} of {data.name!r} and radius={radius} must be > 0"
        )
    squares = Squares(centers)(x)
    mode = squares.argmin(axis=1)
    good = squares[np.arange(len(x)), mode] <= (radius * data.std) ** 2
    return _modes(
        np.bincount(mode, minlength=len(centers)),
        data.weights,
        modes=len(np.unique(mode[good])),
        high_quality=float(good.mean()),
        spread=_spread(x[good], mode[good], data.std),
    )


def count_stacked(digits: Array, sure: Array | None = None) -> Modes:
    """The 1000 modes among stacks of three digits: (N, 3), what a classifier sees in each channel
    (Metz et al. 2017).

    A mode is reached if one stack spells it. `sure` (N, 3) says which digits are of high quality: a
    stack is if all its three are. Raises ValueError unless digits are integers in 0..9.

    >>> count_stacked(np.array([[0, 0, 7], [1, 2, 3], [0, 0, 7]])).modes
    2
    """
    digits = np.asarray(digits)
    good = np.ones(digits.shape, bool) if sure is None else np.asarray(sure, bool)
    legal = digits.ndim == 2 and digits.shape[1] == 3 and digits.size and digits.dtype.kind in "iu"
    if not legal or digits.min() < 0 or digits.max() > 9 or good.shape != digits.shape:
        raise ValueError(
            f"count_stacked: digits of shape {digits.shape} and dtype {digits.dtype}, sure of "
            f"shape {good.shape} "
            "(legal: both (N, 3), digits integers in 0..9)"
        )
    counts = np.bincount(digits @ np.array([100, 10, 1]), minlength=1000)
    modes, high_quality = int((counts > 0).sum()), float(good.all(axis=1).mean())
    return _modes(counts, np.full(1000, 1e-3), modes=modes, high_quality=high_quality, spread=None)


def _modes(
    counts: Array, truth: Array, modes: int, high_quality: float, spread: float | None
) -> Modes:
    total = int(counts.sum())
    shares, floor = counts / total, (len(counts) - 1) / (2 * total)
    return Modes(
        counts,
        modes,
        high_quality,
        spread,
        float(kl(shares, truth)),
        floor,
        float(js(shares, truth)),
    )


def _spread(x: Array, mode: Array, std: float) -> float | None:
    """The standard deviation of samples (N, D) round the mean of their mode, without bias, over
    that of the data.
    """
    kinds, mode, counts = np.unique(mode, return_inverse=True, return_counts=True)
    freedom = len(x) - len(kinds)
    if freedom == 0:
        return None
    sums = np.zeros((len(kinds), x.shape[1]))
    for d in range(x.shape[1]):
        sums[:, d] = np.bincount(mode, x[:, d], minlength=len(kinds))
    rest = x - (sums / counts[:, None])[mode]
    return float(np.sqrt((rest**2).sum() / (freedom * x.shape[1])) / std)
