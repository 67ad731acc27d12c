"""The data of a run: loaded, brought to a size that the models have, and split."""

from __future__ import annotations

from minigan import datasets
from minigan.runs.config import Config
from minigan.runs.directory import RunError
from minigan.runs.task import Array

SPLITS = ("train", "test")
MOST_CLASSES = 1000  # of a conditional game and of a classifier
_SIZES = (32, 64)  # of the images that a GAN draws


def data_of_gan(name: str) -> datasets.Dataset | datasets.Mixture:
    """Return the data of a name or path; images are enlarged to 32x32 or 64x64.

    Raises RunError if there are none, and for images larger than 64x64.
    """
    data = _loaded(name)
    if data.kind == "points":
        return data
    _, height, width = data.shape
    if max(height, width) > _SIZES[-1]:
        raise unusable(name, f"images of {height}x{width} are larger than the 64x64 that G draws")
    size = next(size for size in _SIZES if max(height, width) <= size)
    return data.resized(size)


def square_images(name: str) -> datasets.Dataset:
    """Return the images of a name or path. Raises RunError unless they are square images."""
    data = _loaded(name)
    if data.kind == "points":
        raise unusable(name, "an auto-encoder needs images, and these are points")
    _, height, width = data.shape
    if height != width:
        raise unusable(name, f"images of {height}x{width} are not square")
    return data


def _loaded(name: str) -> datasets.Dataset | datasets.Mixture:
    try:
        return datasets.load(name)
    except (ValueError, TypeError, OSError) as error:
        raise unusable(name, error) from error


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
