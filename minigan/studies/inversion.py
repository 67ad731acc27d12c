"""Search the h from which a trained G draws an image.

The same search is made for samples of G, whose h is known. Only if it finds all of these, a large
difference from an image shows that G cannot draw that image. Images are files of bytes, so the
samples of G are searched a second time, rounded to bytes, for a fair comparison.
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
    """Targets, first G's own samples and then images, and the h found for each.

    `errors` (own,) are the errors of h divided by its length. `rounded` (own,) are the residuals of
    G's own samples after rounding to bytes; it is empty if there are no images.
    """

    names: list[str]
    targets: Array  # (N, C, H, W) in [-1, 1]
    found: Inversion
    errors: Array
    rounded: Array

    @property
    def hits(self) -> int:
        """The number of G's own samples whose h was found."""
        return int((self.errors < _RECOVERED).sum())

    @property
    def can_tell(self) -> bool:
        """Whether the search found all of G's own samples, and there are any."""
        return self.hits == len(self.errors) > 0

    @property
    def reach(self) -> float:
        """The largest residual that the search leaves for a picture that G can draw.

        It is twice the largest residual of G's own samples, rounded as pictures are, plus the
        rounding; inf if the search did not find all of G's own samples.
        """
        return 2 * float(max(self.rounded, default=0.0)) + _BYTE if self.can_tell else np.inf

    def __str__(self) -> str:
        own = len(self.errors)
        rest = [f"{error:>14.1%}" for error in self.errors]
        rest += [
            f"{'-':>14}" + "  out of G's reach" * bool(residual > self.reach)
            for residual in self.found.residuals[own:]
        ]
        lines = [f"{'target':24}{'residual':>10}{'h is off by':>14}"]
        for name, residual, text in zip(self.names, self.found.residuals, rest, strict=True):
            lines.append(f"{name:24}{residual:10.4f}{text}")
        if own:
            lines.append(
                f"{self.hits} of G's {own} own samples: h found, off by less than "
                f"{_RECOVERED:.0%} of its length"
            )
        return "\n".join([*lines, *self._conclusion()])

    def _conclusion(self) -> list[str]:
        """Return what the residuals of the images show, in words."""
        residuals = self.found.residuals[len(self.errors) :]
        if self.can_tell and any(residuals > self.reach):
            return [
                f"a residual above {self.reach:.4f} is out of G's reach: twice the largest of G's "
                "own samples as bytes, and the rounding"
            ]
        if self.can_tell or not len(residuals):
            return []
        reason = "did not find all of G's own samples" if len(self.errors) else "was not tested"
        return [
            f"the search {reason}, so it cannot tell whether G can draw an image "
            "(more samples, steps or restarts may help)"
        ]


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
    If there are images, G's own samples are searched a second time, rounded to bytes as images are.
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
    options: dict[str, Any] = {"steps": steps, "refinements": refinements, "restarts": restarts}
    drawn = outputs(task.generator, h)
    searches = [_search(task, drawn, "search h", 0.0, starts, options)] if own else []
    rounded = np.empty(0)
    if pictures:
        bytes_ = np.rint((drawn + 1) * 127.5) / 127.5 - 1
        targets = np.concatenate([*pictures, bytes_])
        last = _search(task, targets, "search h of images", _BYTE, starts, options)
        rounded = last.residuals[len(images) :]
        searches.append(_first(last, len(images)))
    parts = ("h", "samples", "residuals")
    joined = (np.concatenate([getattr(each, part) for each in searches]) for part in parts)
    found = Inversion(searches[0].number, *joined)
    names = [f"G's own {i}" for i in range(own)] + [_label(name) for name in images]
    targets = np.concatenate([drawn, *pictures])
    return Inverted(names, targets, found, recovery(h, found.h[:own]), rounded)


def _search(
    task: GANTask,
    targets: Array,
    words: str,
    rounding: float,
    generator: np.random.Generator,
    options: dict[str, Any],
) -> Inversion:
    """Return the h found for targets with this rounding error; a progress bar shows the search."""
    latent, std = task.config.latent, task.config.latent_std
    search = inversions(
        task.generator,
        targets,
        latent,
        latent_std=std,
        rounding=rounding,
        generator=generator,
        **options,
    )
    found: Inversion
    total = 1 + options["steps"] + options["refinements"]
    *_, found = progress(search, words, total, stays=False)
    return found


def _first(found: Inversion, count: int) -> Inversion:
    """Return a search of the first targets alone."""
    return Inversion(found.number, found.h[:count], found.samples[:count], found.residuals[:count])


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
