"""Mode collapse in numbers: which modes of the data does a generator reach, and how often?

The KL divergence of a histogram of N samples over K modes is about (K - 1)/2N even if the samples
are drawn from the true distribution, because 2N KL has a chi^2 distribution with K - 1 degrees of
freedom. That expected value is the `floor`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minigan.datasets import Mixture
from minigan.metrics.distances import Array, Squares, as_rows
from minigan.theory import js, kl


@dataclass(frozen=True, eq=False)
class Modes:
    """The modes of a set of samples.

    `counts` (K,) is the number of samples in each mode, `modes` the number of modes that are
    reached, and `high_quality` the fraction of samples near a mode. `spread` is the standard
    deviation within modes over that of the data. `reverse_kl` is KL(histogram of the samples ||
    weights of the data), `floor` its mean for as many samples of the data, and `jsd` the
    Jensen-Shannon divergence of the two, all in nats.
    """

    counts: Array
    modes: int
    high_quality: float
    spread: float | None
    reverse_kl: float
    floor: float
    jsd: float


def count_modes(samples: Array, data: Mixture, radius: float = 3.0) -> Modes:
    """Return which modes of a mixture the samples (N, D) reach; each belongs to its nearest centre.

    A sample is of high quality if it is within `radius` = 3 standard deviations of its centre; of
    2-D data 98.89 % are. A mode is reached if it has at least one such sample (Srivastava et al.
    2017; Lin et al. 2018). `spread` is the pooled standard deviation of these samples around the
    mean of their mode, over that of the data; it is 0.974 for 2-D data, less if the samples are
    concentrated, and None if no mode has two samples. Raises ValueError if the standard deviation
    of the mixture or the radius is not positive.

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


def count_stacked(digits: Array, confident: Array | None = None) -> Modes:
    """Return which of the 1000 modes are reached by stacks of three digits (N, 3).

    The digits are those that a classifier finds in the three channels (Metz et al. 2017). A mode is
    reached if at least one stack spells it. `confident` (N, 3) says for which digits the classifier
    is confident; a stack is of high quality if all three are. Raises ValueError unless digits are
    integers in 0..9.

    >>> count_stacked(np.array([[0, 0, 7], [1, 2, 3], [0, 0, 7]])).modes
    2
    """
    digits = np.asarray(digits)
    good = np.ones(digits.shape, bool) if confident is None else np.asarray(confident, bool)
    legal = digits.ndim == 2 and digits.shape[1] == 3 and digits.size and digits.dtype.kind in "iu"
    if not legal or digits.min() < 0 or digits.max() > 9 or good.shape != digits.shape:
        raise ValueError(
            f"count_stacked: digits of shape {digits.shape} and dtype {digits.dtype}, confident "
            f"of shape {good.shape} (legal: both (N, 3), digits integers in 0..9)"
        )
    counts = np.bincount(digits @ np.array([100, 10, 1]), minlength=1000)
    modes, high_quality = int((counts > 0).sum()), float(good.all(axis=1).mean())
    return _modes(counts, np.full(1000, 1e-3), modes=modes, high_quality=high_quality, spread=None)


def _modes(
    counts: Array, truth: Array, modes: int, high_quality: float, spread: float | None
) -> Modes:
    """Return the record, with the divergences of the histogram from the true weights (K,)."""
    total = int(counts.sum())
    histogram, floor = counts / total, (len(counts) - 1) / (2 * total)
    reverse_kl, jsd = float(kl(histogram, truth)), float(js(histogram, truth))
    return Modes(counts, modes, high_quality, spread, reverse_kl, floor, jsd)


def _spread(x: Array, mode: Array, std: float) -> float | None:
    """Return the unbiased standard deviation of samples (N, D) around the mean of their mode.

    It is divided by `std`, that of the data. None if no mode has two samples.
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
