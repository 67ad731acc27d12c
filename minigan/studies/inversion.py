"""Which h makes this image? Asked of a trained G for images, and for samples of its own, whose h is
known.

A search that finds the h of G's own samples can be believed where it fails on an image: that one is
out of G's reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from minigan import datasets
from minigan.gan import Inversion, inversions, recovery
from minigan.models import outputs
from minigan.runs.directory import RunError
from minigan.runs.gan import GANTask
from minigan.runs.task import Array

_RECOVERED = 0.05  # an h that is off by less of its length is found
_BYTE = 1 / 255  # as much as a picture's bytes may be off in [-1, 1]


@dataclass(frozen=True)
class Inverted:
    """G's own samples first, then the images asked for: what was sought, what was found, how far
    off h is.
    """

    names: list[str]
    targets: Array  # (N, C, H, W)
    found: Inversion
    errors: Array  # (own,), of h, relative to its length

    @property
    def reach(self) -> float:
        """Where a search may end though G draws the picture: the largest residual of its own
        samples, and rounding.

        inf without any samples.
        """
        return float(max(self.found.residuals[: len(self.errors)], default=np.inf)) + _BYTE

    def __str__(self) -> str:
        lines = [f"{'target':24}{'residual':>10}{'h is off by':>14}"]
        said = [f"{error:>14.1%}" for error in self.errors]
        asked = self.found.residuals[len(said) :]
        said += [
            f"{'-':>14}" + "  out of G's reach" * bool(residual > self.reach) for residual in asked
        ]
        for name, residual, rest in zip(self.names, self.found.residuals, said, strict=True):
            lines.append(f"{name:24}{residual:10.4f}{rest}")
        if len(self.errors):
            hits, own = int((self.errors < _RECOVERED).sum()), len(self.errors)
            lines.append(
                f"{hits} of G's {own} own samples: h found, off by less than {_RECOVERED:.0%} of "
                "its length"
            )
        return "\n".join(lines)


def invert(
    task: GANTask,
    images: Sequence[str],
    own: int,
    *,
    steps: int = 300,
    refinements: int = 100,
    restarts: int = 8,
    seed: int = 0,
) -> Inverted:
    """Seek the h of `own` samples of G and of images, each a number in the dataset or the path of a
    picture.

    Raises RunError for data that are points, for a conditional G, for what is no such image, and
    for nothing to seek.
    """
    if not isinstance(task.data, datasets.Dataset):
        raise RunError(f"{task.data.name}: points have no images to invert")
    if task.classes:
        raise RunError("a conditional G takes a class beside h, and only h is sought here")
    if own < 0 or not own + len(images):
        raise RunError(f"own={own} and no image: there is nothing to invert")
    draws, starts = np.random.default_rng(seed).spawn(2)
    given = [_image(task.data, name) for name in images]
    h = task.game.noise(own, draws).numpy()
    drawn = [outputs(task.generator, h)] if own else []
    targets = np.concatenate([*drawn, *given])
    options: dict[str, Any] = {
        "latent_std": task.config.latent_std,
        "steps": steps,
        "refinements": refinements,
        "restarts": restarts,
    }
    search = inversions(task.generator, targets, task.config.latent, **options, generator=starts)
    found: Inversion
    *_, found = tqdm(search, "h is sought", 1 + steps + refinements, unit="step", leave=False)
    names = [f"G's own {i}" for i in range(own)] + [_name(name) for name in images]
    return Inverted(names, targets, found, recovery(h, found.h[:own]))


def _name(image: str) -> str:
    return f"image {image}" if image.isdecimal() else image[-22:]


def _image(data: datasets.Dataset, name: str) -> Array:
    """An image (1, C, H, W) in [-1, 1]."""
    try:
        if name.isdecimal():
            if int(name) >= len(data):
                raise ValueError(f"{data.name} has no such image (legal: 0..{len(data) - 1})")
            return data.take([int(name)]).scaled()
        channels, size, _ = data.shape
        return datasets.from_arrays(
            name, datasets.read_picture(name, size, channels)[None]
        ).scaled()
    except ValueError as error:
        raise RunError(f"image {name}: {error}") from error
