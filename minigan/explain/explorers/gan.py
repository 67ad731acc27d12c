"""The data of the explorer of the game, and a command that records its learned generators.

    python -m minigan.explain.explorers.gan

trains the G that the page shows beside the exact one, and writes `gan_learned.json`, which the
page embeds. It takes about 10 s.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from minigan.files import replacing
from minigan.gan import exact_generator
from minigan.nn import functional as F
from minigan.studies import Bijection, learned_bijection, train_generator
from minigan.theory import (
    Distribution,
    Gaussian,
    Loss,
    integrate,
    js,
    optimal_discriminator,
    optimal_logit,
    quadrature,
    regret,
    total,
    value,
)
from minigan.theory.quadrature import Function
from minigan.theory.summands import log_sigmoids

HANDLES = tuple(range(-6, 7))
"""The x at which a D that is drawn by hand has a value; between them its logit is linear."""

UPDATES = (0, 50, 100, 200, 400, 800, 1500)
STANDARD = {"distance": 2, "width": 0.5}  # the data of `learned_bijection`: modes at -2 and 2
_FILE = "gan_learned.json"
_STRIDE = 50  # of the 8001 points of a Bijection, the page keeps 161


def data(learned: Sequence[tuple[int, Bijection]] | None = None) -> dict[str, Any]:
    """Return the nodes of the quadrature, the places of the handles, and the learned generators.

    `learned` are numbers of updates with the generators after them, in order; by default those that
    are recorded in the package.
    """
    recorded = json.loads((files(__package__) / _FILE).read_text(encoding="utf-8"))
    return {
        "nodes": quadrature.NODES.tolist(),
        "weights": quadrature.WEIGHTS.tolist(),
        "cuts": Gaussian().cuts().tolist(),
        "handles": HANDLES,
        "standard": STANDARD,
        "learned": [record(*each) for each in learned] if learned else recorded,
    }


def record(updates: int, found: Bijection) -> dict[str, Any]:
    """Return what the page shows of a learned G: x at h = -4, -3.95, ..., 4, and two numbers."""
    return {
        "updates": updates,
        "x": found.curves[1][::_STRIDE].round(4).tolist(),
        "steepest": round(found.steepest[1], 3),
        "inGap": round(found.in_gap[1], 6),
    }


def gradient(
    logit: Function, slope: Function, G: Gaussian, saturating: bool, kinks: Sequence[float] = ()
) -> tuple[float, float]:
    """Return the gradient of G's loss in the mean and the std of G, with D held fixed.

    D is given by its logit and the slope of the logit, functions of x; `kinks` are the x where the
    slope jumps. G(h) = mean + std h has the derivatives 1 and h, and the loss of one sample has the
    derivative -D in the logit if it is log(1 - D), which saturates, and -(1 - D) if it is -log D.

    >>> G = Gaussian(2)  # D* against P = N(0, 1) has the logit 2 - 2 x
    >>> mean, std = gradient(lambda x: 2 - 2 * x, lambda x: -2 + 0 * x, G, saturating=True)
    >>> round(mean, 4)
    0.4496
    """
    side = 0 if saturating else 1

    def pull(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the density of G times the derivative of the loss of a sample in x."""
        pulled: np.ndarray[Any, Any] = (
            -G.density(x) * np.exp(log_sigmoids(logit(x))[side]) * slope(x)
        )
        return pulled

    def by_std(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return pull(x) * (x - G.mean) / G.std

    return total(pull, G, cuts=kinks).value, total(by_std, G, cuts=kinks).value


CODE = (
    *(value, js, regret, Loss.floor, integrate, gradient, F.logsigmoid, Distribution.expectation),
    *(optimal_logit, optimal_discriminator, exact_generator, train_generator, learned_bijection),
)
"""The functions whose source the page shows."""


def main() -> None:
    """Train the generators and write their record into the package."""
    found = [record(updates, learned_bijection(updates)) for updates in UPDATES]
    path = Path(str(files(__package__) / _FILE))
    with replacing(path) as file:
        file.write_text("[\n" + ",\n".join(map(json.dumps, found)) + "\n]\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
