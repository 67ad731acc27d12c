"""Toy distributions in one or two dimensions. Their modes are known, so they can be counted.

Every toy is a mixture of round Gaussians: a centre is chosen, and noise is added. Rings and grids
of well-separated modes are the usual test of mode collapse (Metz et al. 2017, "Unrolled GAN";
Srivastava et al. 2017, "VEEGAN").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.datasets.batches import Array, Draws


@dataclass(frozen=True, eq=False)
class Mixture:
    """Gaussians of equal `std` around `centers` (K, D), drawn with probabilities `weights` (K,).

    `kind` tells points from images (`Dataset`).

    Raises ValueError unless the centres are a finite (K, D), std is finite and >= 0, and the
    weights sum to 1.
    """

    kind: ClassVar[Literal["points"]] = "points"

    name: str
    centers: NDArray[np.float64]
    std: float
    weights: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.centers.ndim != 2 or self.centers.size == 0 or not np.isfinite(self.centers).all():
            raise ValueError(
                f"mixture {self.name!r}: centers of shape {self.centers.shape} (legal: finite, "
                "(K, D))"
            )
        if not 0 <= self.std < np.inf:
            raise ValueError(f"mixture {self.name!r}: std={self.std} (legal: finite, >= 0)")
        weights = self.weights
        if (
            weights.shape != self.centers.shape[:1]
            or not (weights >= 0).all()
            or abs(weights.sum() - 1) > 1e-8
        ):
            raise ValueError(
                f"mixture {self.name!r}: weights={weights.tolist()} "
                f"(legal: {len(self.centers)} numbers, one for each centre, >= 0, of sum 1)"
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape (D,) of one point."""
        return self.centers.shape[1:]

    @property
    def description(self) -> str:
        """One sentence: the name, the number of Gaussians, the dimensions and the std."""
        modes, dim = self.centers.shape
        return (
            f"{self.name}: {modes} Gaussian{'s' * (modes > 1)} in {dim}-D with standard "
            f"deviation {self.std:g}"
        )

    def sample(self, n: int, generator: Seed = None, dtype: DTypeLike = np.float32) -> Array:
        """Return n draws, points (n, D).

        Raises TypeError or ValueError unless n is an integer of at least 0.

        >>> ring().sample(5, generator=0).shape
        (5, 2)
        """
        n, rng = integer("sample", "n", n, least=0), as_generator(generator)
        modes = rng.choice(len(self.centers), size=n, p=self.weights)
        points = self.centers[modes] + self.std * rng.standard_normal((n, *self.shape))
        return points.astype(dtype)

    def batches(self, size: int, generator: Seed = None, dtype: DTypeLike = np.float32) -> Draws:
        """Return endless batches `(points,)` of fresh draws, points (size, D)."""
        return Draws(lambda n, rng: self.sample(n, rng, dtype), size=size, generator=generator)


def mixture(
    centers: Sequence[Any] | Array,
    std: float = 1.0,
    weights: Sequence[float] | Array | None = None,
    name: str = "mixture",
) -> Mixture:
    """Return Gaussians around centers (K, D), or K numbers in 1-D; by default of equal weights.

    Raises ValueError as `Mixture` does.

    >>> mixture([-2, 2], weights=[0.3, 0.7]).shape
    (1,)
    """
    points = np.atleast_1d(np.array(centers, np.float64))
    points = points[:, None] if points.ndim == 1 else points  # (K,) -> (K, 1)
    equal = np.ones(len(points)) / max(1, len(points))
    weights = equal if weights is None else np.array(weights, np.float64)
    return Mixture(name, points, float(std), weights)


def ring(modes: int = 8, radius: float = 2.0, std: float = 0.02) -> Mixture:
    """Return modes that are equally spaced on a circle, the first at angle 0: `ring8`.

    >>> ring(4, radius=1).centers.round().tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [-0.0, -1.0]]
    """
    integer("ring", "modes", modes, least=1)
    angles = np.linspace(0, 2 * np.pi, modes, endpoint=False)  # 2 pi would be the angle 0 again
    centers = radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return mixture(centers, std, name=f"ring{modes}")


def grid(side: int = 5, spacing: float = 2.0, std: float = 0.05) -> Mixture:
    """Return a square of side x side modes around the origin: `grid25`.

    >>> grid().centers.min(), grid().centers.max()
    (np.float64(-4.0), np.float64(4.0))
    """
    integer("grid", "side", side, least=1)
    ticks = spacing * (np.arange(side) - (side - 1) / 2)
    return mixture([(x, y) for x in ticks for y in ticks], std, name=f"grid{side * side}")


def gaussian(mean: float | Sequence[float] = 0.0, std: float = 1.0) -> Mixture:
    """Return one Gaussian N(mean, std^2): in 1-D for a number, in D dimensions for D numbers.

    >>> gaussian(mean=2, std=0.5).sample(1000, generator=0).mean().round(1)
    np.float32(2.0)
    """
    center = np.atleast_1d(np.array(mean, np.float64))
    return mixture(center[None], std, name="gaussian")  # (D,) -> (1, D)
