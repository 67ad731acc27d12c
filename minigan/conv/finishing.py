"""What follows a convolution or a normalization in its layer: bias and activation, by pieces.

A piece of the result is finished as soon as it is computed, while it lies in the cache of the core
that computed it.
"""

from __future__ import annotations

from math import gcd

import numpy as np

from minigan.backend import Array, namespace

_ROW = 1 << 13  # numbers in a row: the size of NumPy's buffer, which is slower on shorter rows


def activate(z: Array, slope: float, zero: Array, passes: Array) -> None:
    """Replace z by max(z, slope z), 0 <= slope < 1, and write where the gradient passes unchanged.

    `zero` are zeros that broadcast to z; NumPy's maximum with a scalar takes four times as long.
    """
    xp = namespace(z)
    xp.maximum(z, z * slope if slope else zero, out=z)
    compare = xp.greater if slope else xp.not_equal  # NaN passes through relu
    compare(z.reshape(passes.shape), 0, out=passes)


class Finish:
    """Bias and activation: z becomes max(z + b, slope (z + b)) for 0 <= slope <= 1.

    Slope 1 means no activation, and slope 0 is relu. A formulation that finishes its pieces calls
    `begin` first; otherwise `passes` stays None and `begun` False, and the caller does it.
    """

    def __init__(self, bias: Array | None, slope: float) -> None:
        self.bias, self.slope, self.begun = bias, slope, False
        self.passes: Array | None = None  # where the gradient passes unchanged
        self.rows: dict[int, tuple[int, Array | None, Array]] = {}

    def begin(self, y: Array) -> None:
        """Prepare for the pieces of y (N, *Y, ...), with channels last."""
        self.begun = True
        if self.slope < 1:
            self.passes = np.empty(y.shape, bool)

    def apply(self, part: Array, passes: Array | None) -> None:
        """Finish a contiguous part of y in place, and write to its part of `passes`."""
        length, bias, zero = self.rows.get(part.size) or self._rows(part)
        rows = part.reshape(-1, length)
        if bias is not None:
            rows += bias
        if passes is not None:
            activate(rows, self.slope, zero, passes)

    def _rows(self, part: Array) -> tuple[int, Array | None, Array]:
        """Return the length of a row of many positions, the bias repeated to it, and zeros."""
        K = 1 if self.bias is None else len(self.bias)
        length = K * gcd(part.size // K, max(1, _ROW // K))
        bias = None if self.bias is None else np.resize(self.bias, length)
        self.rows[part.size] = found = length, bias, np.zeros(length, part.dtype)
        return found
