"""The data of a run: loaded, brought to a size that the models have, and split."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from minigan import datasets
from minigan.datasets.batches import Batches
from minigan.runs.config import Config
from minigan.runs.directory import RunError
from minigan.runs.fingerprint import MOST_CLASSES as MOST_CLASSES
from minigan.runs.fingerprint import Fingerprint
from minigan.runs.task import Array

SPLITS = ("train", "test")
_SIZES = (32, 64)  # of the images that a GAN draws


@dataclass(frozen=True)
class RememberedImages:
    """The images of a run whose data are not read: what is known of them from a fingerprint.

    They are as `data_of_gan` returns them, with the size of the images that G draws.
    """

    kind: ClassVar[Literal["images"]] = "images"

    name: str
    shape: tuple[int, ...]
    count: int
    classes: tuple[str, ...]
    class_count: int

    def __len__(self) -> int:
        return self.count

    @property
    def labels(self) -> tuple[int, ...] | None:
        """The numbers of the classes; None without labels."""
        return tuple(range(self.class_count)) or None

    @property
    def description(self) -> str:
        """One sentence: the name and the number of the images."""
        return f"{self.name}: {self.count:,} images, which are not read"

    def batches(self, size: int, generator: Any = None) -> Batches:
        """Return a stream of as many zeros, which can have the state of a stream of the images."""
        return Batches(np.broadcast_to(0, self.count), size=size, generator=generator)


def absolute(name: str) -> str:
    """Return the absolute path of data from a file or folder; the name of a data set stays.

    A path that does not exist stays, too: it may be a misspelt name.

    >>> absolute("mnist5k"), os.path.isabs(absolute("."))
    ('mnist5k', True)
    """
    if name in datasets.NAMES or not name:
        return name
    path = Path(name).expanduser()
    return os.path.abspath(path) if path.exists() else name


def loaded(name: str) -> tuple[datasets.Dataset | datasets.Mixture, Fingerprint | None]:
    """Return the data of a name or path, and their fingerprint if they are not built in.

    Raises RunError if there are none.
    """
    try:
        data = datasets.load(name)
    except (ValueError, TypeError, OSError) as error:
        raise unusable(name, error) from error
    if data.kind == "points" or name in datasets.NAMES:
        return data, None
    return data, Fingerprint.of(data)


def data_of_gan(
    name: str, data: datasets.Dataset | datasets.Mixture
) -> datasets.Dataset | datasets.Mixture:
    """Return points as they are, and images enlarged to 32x32 or 64x64.

    Raises RunError for images larger than 64x64.
    """
    if data.kind == "points":
        return data
    return data.resized(_size(name, data.shape))


def remembered(name: str, found: Fingerprint) -> RememberedImages:
    """Return what is known of the images of a GAN. Raises RunError as `data_of_gan` does."""
    _, channels, *sides = found.shape
    size = _size(name, (channels, *sides))
    classes = len(found.counts)
    return RememberedImages(
        found.name, (channels, size, size), found.shape[0], found.classes, classes
    )


def _size(name: str, shape: tuple[int, ...]) -> int:
    """Return the size of the images that a GAN draws for images of this shape."""
    _, height, width = shape
    if max(height, width) > _SIZES[-1]:
        raise unusable(name, f"images of {height}x{width} are larger than the 64x64 that G draws")
    return next(size for size in _SIZES if max(height, width) <= size)


def square_images(name: str) -> datasets.Dataset:
    """Return the images of a name or path. Raises RunError unless they are square images."""
    return require_square(name, loaded(name)[0])


def require_square(name: str, data: datasets.Dataset | datasets.Mixture) -> datasets.Dataset:
    """Return the images. Raises RunError unless the data are square images."""
    if data.kind == "points":
        raise unusable(name, "an auto-encoder needs images, and these are points")
    _, height, width = data.shape
    if height != width:
        raise unusable(name, f"images of {height}x{width} are not square")
    return data


def unusable(name: str, reason: object) -> RunError:
    """Return the error for data that a run cannot use."""
    return RunError(f"data={name!r}: {reason}")


def rows_of(data: datasets.Dataset) -> dict[str, Array]:
    """Return the indices (N,) of the images in each split. Raises RunError for too few images."""
    try:
        return dict(zip(SPLITS, datasets.split_rows(len(data)), strict=True))
    except ValueError as error:
        raise unusable(data.name, error) from error


def count_classes(data: datasets.Dataset | datasets.Mixture) -> int:
    """Return the number of classes. Raises RunError for data without labels, or too many classes.

    G and D receive one number for each class, so there are at most 1000.
    """
    if data.kind == "points" or data.labels is None:
        raise RunError(f"conditional=True: the data {data.name} have no labels")
    if data.class_count > MOST_CLASSES:
        raise RunError(
            f"conditional=True: the data {data.name} have {data.class_count:,} classes (legal: at "
            f"most {MOST_CLASSES:,})"
        )
    return data.class_count


def require_batch(config: Config, data: datasets.Dataset) -> None:
    """Raise RunError if a batch is larger than the data."""
    if config.batch > len(data):
        raise config.refusal(
            f"batch={config.batch} is larger than the {len(data)} images to learn from "
            f"(legal: 2..{len(data)})"
        )
