"""Search the h from which a trained G draws an image.

The same search is made for samples of G, whose h is known. If it finds these but not the h of an
image, then G cannot draw that image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan import datasets
from minigan.gan import Inversion, inversions, recovery
from minigan.models import outputs
from minigan.progress import progress
from minigan.runs.directory import RunError
from minigan.runs.gan import GANTask
from minigan.runs.task import Array

_RECOVERED = 0.05  # an h is found if its error is less than this fraction of its length
_BYTE = 1 / 255  # the rounding error of a picture's bytes, in [-1, 1]


@dataclass(frozen=True)
class Inverted:
    """Targets, first G's own samples and then images, and the h found for each."""

    names: list[str]
    targets: Array  # (N, C, H, W) in [-1, 1]
    found: Inversion
    errors: Array  # (own,), the error of h divided by its length

    @property
    def reach(self) -> float:
        """The largest residual of an image that G can draw.

        That is the largest residual of G's own samples, plus the rounding of a picture; inf if
        there are no own samples.
        """
        return float(max(self.found.residuals[: len(self.errors)], default=np.inf)) + _BYTE

    def __str__(self) -> str:
        own, residuals = len(self.errors), self.found.residuals
        rest = [f"{error:>14.1%}" for error in self.errors]
        rest += [
            f"{'-':>14}" + "  out of G's reach" * bool(residual > self.reach)
            for residual in residuals[own:]
        ]
        lines = [f"{'target':24}{'residual':>10}{'h is off by':>14}"]
        for name, residual, text in zip(self.names, residuals, rest, strict=True):
            lines.append(f"{name:24}{residual:10.4f}{text}")
        if own:
            hits = int((self.errors < _RECOVERED).sum())
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
    """Search the h of `own` samples of G, and of images.

    An image is its number in the data of the run, or the path of a picture. The search makes
    `steps` of gradient descent and then `refinements` of second order, from `restarts` starts.
    Raises RunError for data that are points, a conditional G, a missing image, or no target.
    """
    if task.data.kind == "points":
        raise RunError(f"{task.data.name}: points have no images to invert")
    if task.classes:
        raise RunError("a conditional G takes a class beside h, and only h is searched here")
    if own < 0 or not own + len(images):
        raise RunError(f"own={own} and no image: there is nothing to invert")
    draws, starts = np.random.default_rng(seed).spawn(2)
    pictures = [_image(task.data, name) for name in images]
    h = task.game.noise(own, draws).numpy()
    drawn = [outputs(task.generator, h)] if own else []
    targets = np.concatenate([*drawn, *pictures])
    options: dict[str, Any] = {
        "latent_std": task.config.latent_std,
        "steps": steps,
        "refinements": refinements,
        "restarts": restarts,
    }
    search = inversions(task.generator, targets, task.config.latent, **options, generator=starts)
    found: Inversion
    *_, found = progress(search, "search h", 1 + steps + refinements, stays=False)
    names = [f"G's own {i}" for i in range(own)] + [_label(name) for name in images]
    return Inverted(names, targets, found, recovery(h, found.h[:own]))


def _label(image: str) -> str:
    """Return the name of an image in the table."""
    return f"image {image}" if image.isdecimal() else image[-22:]


def _image(data: datasets.Dataset, name: str) -> Array:
    """Return an image (1, C, H, W) in [-1, 1]."""
    try:
        if name.isdecimal():
            if int(name) >= len(data):
                raise ValueError(f"{data.name} has no such image (legal: 0..{len(data) - 1})")
            return data.take([int(name)]).scaled()
        channels, size, _ = data.shape
        picture = datasets.read_picture(name, size, channels)
        return datasets.from_arrays(name, picture[None]).scaled()
    except ValueError as error:
        raise RunError(f"image {name}: {error}") from error
