"""D's output as a number with a goal: least squares draws it to 1 or 0, the hinge pushes it beyond
1 or -1.

With p of the data and q of the model, and triangle = sum (p - q)^2 / (p + q):

least squares   D* = p/(p + q)      D loses 1/4 - triangle/8
hinge           D* = sign(p - q)    D loses 2 - 2 TV
"""

from __future__ import annotations

import numpy as np

from minigan.gan.objectives.objective import Array, Objective, Optimum
from minigan.nn import functional as F
from minigan.theory import f_divergence, kl, optimal_discriminator


def _triangle(p: Array, q: Array) -> Array:
    """sum (p - q)^2 / (p + q), from 0 to 2."""
    either = p + q
    total: Array = np.divide((p - q) ** 2, either, out=np.zeros_like(either), where=either > 0).sum(
        axis=-1
    )
    return total


least_squares = Objective(
    name="least-squares",
    paper="Mao et al. 2017, equation 2 with a = 0 and b = c = 1",
    minimises="KL(p || (p + q)/2) - sum (p - q)^2 / 8(p + q), p of the data and q of the model",
    real=lambda l: (l - 1) ** 2 / 2,
    fake=lambda m: m**2 / 2,
    fool=lambda m: (m - 1) ** 2 / 2,
    hide=lambda l: l**2 / 2,
    optimum=Optimum(
        output=optimal_discriminator,
        loss=lambda p, q: 1 / 4 - _triangle(p, q) / 8,
        lowers=lambda p, q: kl(p, (p + q) / 2) - _triangle(p, q) / 8,
    ),
)
"""G's loss at D*, with E_data (D* - 1)^2/2 added, has the value 1/4 + triangle/8 (the paper's
theorem, for these a, b, c); but G moves q while D* stands still, and so it follows the gradient of
what `optimum.lowers` says."""

hinge = Objective(
    name="hinge",
    paper="Lim & Ye 2017; Miyato et al. 2018, equations 16 and 17",
    minimises="2 TV(data, model)",
    real=lambda l: F.relu(1 - l),
    fake=lambda m: F.relu(1 + m),
    fool=lambda m: -m,
    optimum=Optimum(
        output=lambda p, q: np.sign(p - q),
        loss=lambda p, q: 2 - 2 * f_divergence(p, q, "total-variation"),
        lowers=lambda p, q: 2 * f_divergence(p, q, "total-variation"),
    ),
)
"""D is content beyond the margin. G lowers -E D(G(h)), which with E_data D* is 2 TV; where p = q
any D in [-1, 1] is as good, and 0 is named."""
