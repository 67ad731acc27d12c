"""Toy distributions in one or two dimensions, whose modes are known exactly and can therefore be
counted.

Every toy is a mixture of round Gaussians: choose a centre, add noise. Rings and grids of
well-separated modes are the usual test of mode collapse (Metz et al. 2017, "Unrolled GAN";
Srivastava et al. 2017, "VEEGAN").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigan.backend import Seed, as_generator
from minigan.datasets.batches import Array, Draws, at_least_one


@dataclass(frozen=True, eq=False)
class Mixture:
    """Gaussians of equal `std` round `centers` (K, D), drawn with probabilities `weights` (K,).

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
        """A sentence that says what this is."""
        modes, dim = self.centers.shape
        return (
            f"{self.name}: {modes} Gaussian{'s' * (modes > 1)} in {dim}-D with standard "
            f"deviation {self.std:g}"
        )

    def sample(self, n: int, generator: Seed = None, dtype: DTypeLike = np.float32) -> Array:
        """Draw n points (n, D).

        >>> ring().sample(5, generator=0).shape
        (5, 2)
        """
        if n < 0:
            raise ValueError(f"sample: n={n} must be >= 0")
        rng = as_generator(generator)
        modes = rng.choice(len(self.centers), size=n, p=self.weights)
        return (self.centers[modes] + self.std * rng.standard_normal((n, *self.shape))).astype(
            dtype
        )

    def batches(self, size: int, generator: Seed = None, dtype: DTypeLike = np.float32) -> Draws:
        """Endless batches `(points,)` of fresh draws, points (size, D)."""
        return Draws(lambda n, rng: self.sample(n, rng, dtype), size=size, generator=generator)


def mixture(
    centers: Sequence[Any] | Array,
    std: float = 1.0,
    weights: Sequence[float] | Array | None = None,
    name: str = "mixture",
) -> Mixture:
    """Gaussians round the given centres, (K, D) or K numbers for 1-D; equal weights unless given.

    >>> mixture([-2, 2], weights=[0.3, 0.7]).shape
    (1,)
    """
    points = np.atleast_1d(np.array(centers, np.float64))
    points = points[:, None] if points.ndim == 1 else points  # (K,) -> (K, 1)
    shares = (
        np.ones(len(points)) / max(1, len(points))
        if weights is None
        else np.array(weights, np.float64)
    )
    return Mixture(name, points, float(std), shares)


def ring(modes: int = 8, radius: float = 2.0, std: float = 0.02) -> Mixture:
    """Modes equally spaced on a circle, the first at angle 0: `ring8`.

    >>> ring(4, radius=1).centers.round().tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [-0.0, -1.0]]
    """
    at_least_one("ring", "modes", modes)
    angles = np.linspace(
        0, 2 * np.pi, modes, endpoint=False
    )  # with the end point, the first mode would be there twice
    return mixture(
        radius * np.stack([np.cos(angles), np.sin(angles)], axis=1), std, name=f"ring{modes}"
    )


def grid(side: int = 5, spacing: float = 2.0, std: float = 0.05) -> Mixture:
    """A square of side x side modes round the origin: `grid25`.

    >>> grid().centers.min(), grid().centers.max()
    (np.float64(-4.0), np.float64(4.0))
    """
    at_least_one("grid", "side", side)
    ticks = spacing * (np.arange(side) - (side - 1) / 2)
    return mixture([(x, y) for x in ticks for y in ticks], std, name=f"grid{side * side}")


def gaussian(mean: float | Sequence[float] = 0.0, std: float = 1.0) -> Mixture:
    """One Gaussian N(mean, std^2): 1-D for a number, D-dimensional and round for D numbers.

    >>> gaussian(mean=2, std=0.5).sample(1000, generator=0).mean().round(1)
    np.float32(2.0)
    """
    return mixture(
        np.atleast_1d(np.array(mean, np.float64))[None], std, name="gaussian"
    )  # (D,) -> (1, D)
