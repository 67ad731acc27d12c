"""Least squares and hinge: D's output has a target, 1 or 0, or a margin, 1 or -1.

With p of the data, q of the model, and triangle = sum (p - q)^2 / (p + q):

                best output of D     loss of D with it
least squares   p/(p + q)            1/4 - triangle/8
hinge           sign(p - q)          2 - 2 TV
"""

from __future__ import annotations

import numpy as np

from minigan.gan.objectives.objective import Array, Objective, Optimum
from minigan.nn import functional as F
from minigan.theory import f_divergence, kl, optimal_discriminator


def _triangle(p: Array, q: Array) -> Array:
    """Return sum (p - q)^2 / (p + q), which is in [0, 2], of p and q (..., K)."""
    sums = p + q
    terms = np.divide((p - q) ** 2, sums, out=np.zeros_like(sums), where=sums > 0)
    triangle: Array = terms.sum(axis=-1)
    return triangle


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
"""The loss of G at D*, plus E_data (D* - 1)^2 / 2, is 1/4 + triangle/8.

That is the theorem of the paper for these a, b, c. But an update of G moves q while D* is held
fixed, so G follows the gradient of another function, `optimum.lowers`.
"""

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
"""Samples beyond the margin do not change D. G lowers -E D(G(h)).

With E_data D* added that is 2 TV. Where p = q every output in [-1, 1] is a best one; `optimum`
returns 0 there.
"""
