"""A lower bound of the JSD of data and model, from counts of samples alone.

The density of a model is often unknown, but its samples can be counted in cells. A map of x to the
number of its cell never increases a JSD (the data-processing inequality). So the JSD of the cells
is at most that of the densities, and usually far below it: what happens inside a cell is not seen.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from minigan.checks import integer
from minigan.datasets import Mixture
from minigan.metrics.distances import Array, Squares, as_rows
from minigan.theory import js

_DRAWS = 2**17  # of the data, to find how probable each cell is
_ROWS = 2**13  # samples whose distances are in memory at a time
_Z = 4.0  # standard deviations of the sampling error that are subtracted


class JSDBound:
    """Counts samples in 2K cells: near each of K modes, within `radius` deviations, and around it.

    A sample belongs to its nearest mode. How probable the cells are under the data is found from
    131,072 draws with a fixed seed.

    >>> from minigan.datasets import ring
    >>> bound = JSDBound(ring())
    >>> bound(ring().sample(500, generator=1)), round(bound(np.zeros((500, 2))), 2)
    (0.0, 0.68)
    """

    def __init__(self, data: Mixture, radius: float = 3.0) -> None:
        self.data, self.radius = data, radius
        self.expected = self._frequencies(data.sample(_DRAWS, generator=0))

    def __call__(self, samples: Array) -> float:
        """Return a lower bound, in nats, of the JSD of the data and the source of samples (N, D).

        The sampling error is subtracted: four standard deviations, and what chance alone adds, 1
        in 1000. Raises ValueError unless there is a sample.
        """
        found, N = self._frequencies(samples), integer("JSDBound", "N", len(samples), least=1)
        between = float(js(found, self.expected))
        cells = int(np.count_nonzero(found + self.expected))
        error = _chance(cells) / (8 * N) + _Z * self._deviation(found) / sqrt(N)
        return max(0.0, between - error)

    def _frequencies(self, samples: Array) -> Array:
        """Return the fraction of samples in each cell (2K,)."""
        x, centers = as_rows("JSDBound", samples=samples, centers=self.data.centers)
        squares_of, counts = Squares(centers), np.zeros(2 * len(centers))
        for start in range(0, len(x), _ROWS):
            squares = squares_of(x[start : start + _ROWS])
            mode = squares.argmin(axis=1)
            far = squares[np.arange(len(mode)), mode] > (self.radius * self.data.std) ** 2
            counts += np.bincount(mode + len(centers) * far, minlength=len(counts))
        return counts / len(x)

    def _deviation(self, found: Array) -> float:
        """Return sqrt(N) times the standard deviation of the JSD of the cells.

        It is that of log(q/m)/2, the derivative of the JSD in q, m = (p + q)/2.
        """
        seen = found > 0
        q, m = found[seen], (found[seen] + self.expected[seen]) / 2
        slope = np.log(q / m) / 2
        variance = float(q @ slope**2) - float(q @ slope) ** 2
        return float(np.sqrt(max(0.0, variance)))


def _chance(cells: int) -> float:
    """Return the 99.9 % quantile of chi^2 with `cells` - 1 degrees of freedom.

    Samples of the data themselves have 8 N JSD of about this distribution. Source: Wilson and
    Hilferty 1931.
    """
    freedom = max(1, cells - 1)
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + 3.09 * part**0.5) ** 3)
