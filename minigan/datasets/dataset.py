"""A set of images is one array with its labels, its range of values, and a sentence that says how
it came about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigan.backend import Seed, as_generator
from minigan.datasets.batches import Array, Batches, at_least_one

LUMA = (
    0.299,
    0.587,
    0.114,
)  # what red, green and blue add to brightness: ITU-R BT.601, as in Pillow's "L"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images (N, C, H, W), of one channel or three, with labels (N,) where they are known.

    `low` and `high` are the values of black and white: 0 and 255 for most files of bytes, 0 and 16
    for `digits8`, -1 and 1 for the output of a generator. Models take `scaled()`. `stack_of` is ""
    or the name of another data set; then each channel shows one digit of that data set, and the
    label is the number that the digits spell. `kind` tells images from points (`Mixture`).

    Raises TypeError for another dtype than uint8 or float, and ValueError for other shapes, labels
    that do not match, or values that are not finite or outside [low, high].
    """

    kind: ClassVar[Literal["images"]] = "images"

    name: str
    images: Array
    labels: NDArray[np.int64] | None = None
    low: float = 0
    high: float = 255
    classes: tuple[str, ...] = ()
    note: str = ""
    stack_of: str = ""

    def __post_init__(self) -> None:
        images, labels, who = self.images, self.labels, f"dataset {self.name!r}"
        if images.dtype != np.uint8 and images.dtype.kind != "f":
            raise TypeError(f"{who}: images are of dtype {images.dtype} (legal: uint8 or float)")
        if images.ndim != 4 or images.shape[1] not in (1, 3) or images.size == 0:
            raise ValueError(
                f"{who}: images have shape {images.shape} (legal: (N, C, H, W), none empty, with "
                "C=1 or C=3 channels)"
            )
        low, high = images.min(), images.max()
        if not self.low <= low <= high <= self.high:  # also false for NaN
            raise ValueError(
                f"{who}: values span {low}..{high} (legal: {self.low}..{self.high}, finite)"
            )
        if labels is None:
            return
        if labels.dtype.kind not in "iu":
            raise TypeError(f"{who}: labels are of dtype {labels.dtype} (legal: integers)")
        if labels.shape != images.shape[:1] or labels.min() < 0:
            raise ValueError(
                f"{who}: labels of shape {labels.shape} from {np.min(labels, initial=0)} "
                f"(legal: ({len(images)},), one for each image, >= 0)"
            )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape (C, H, W) of one image."""
        return self.images.shape[1:]

    @property
    def description(self) -> str:
        """A sentence that says what this is and what was done to it."""
        channels, height, width = self.shape
        kinds = "" if self.labels is None else f" in {len(np.unique(self.labels)):,} classes"
        colour = "gray" if channels == 1 else "RGB"
        note = self.note and f"; {self.note}"
        return f"{self.name}: {len(self):,} {colour} images of {height}x{width}{kinds}{note}"

    def scaled(self, low: float = -1, high: float = 1, dtype: DTypeLike = np.float32) -> Array:
        """All images (N, C, H, W) as floats with black at `low` and white at `high`: a GAN takes
        [-1, 1], an AE [0, 1].

        Raises TypeError for a dtype that is no float.

        >>> Dataset("bits", np.array([[[[0, 255]]]], np.uint8)).scaled().tolist()
        [[[[-1.0, 1.0]]]]
        """
        if np.dtype(dtype).kind != "f":
            raise TypeError(f"scaled: dtype={dtype!r} (legal: a float)")
        if (
            self.images.dtype == np.uint8
        ):  # 256 values: a table is exact and needs no float64 copy of the data
            return _ramp(np.arange(256.0), self.low, self.high, low, high).astype(dtype)[
                self.images
            ]
        if (low, high) == (self.low, self.high):
            return self.images.astype(dtype)
        return _ramp(self.images, self.low, self.high, low, high).astype(dtype)

    def batches(
        self,
        size: int,
        generator: Seed = None,
        *,
        low: float = -1,
        high: float = 1,
        dtype: DTypeLike = np.float32,
        drop_last: bool = True,
    ) -> Batches:
        """Endless shuffled batches `(images,)`, or `(images, labels)` where there are labels,
        scaled to [low, high].
        """
        images = self.scaled(low, high, dtype)
        arrays = (images,) if self.labels is None else (images, self.labels)
        return Batches(*arrays, size=size, generator=generator, drop_last=drop_last)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> Dataset:
        """The images at these rows, in this order, with their labels; ValueError if a row is out of
        range.
        """
        try:
            labels = None if self.labels is None else self.labels[rows]
            return replace(self, images=self.images[rows], labels=labels)
        except IndexError as error:
            raise ValueError(
                f"take: rows must be among the {len(self)} of dataset {self.name!r}: {error}"
            ) from error

    def resized(self, size: int) -> Dataset:
        """Square images of size x size: enlarged by the largest whole factor that fits, then padded
        with black.

        Whole factors keep every pixel what it was: 28 becomes 32 by a margin of 2, 8 becomes 32 by
        a factor of 4. Raises ValueError if the images are larger than that.
        """
        size, before = at_least_one("resized", "size", size), self.shape[1:]
        if before == (size, size):
            return self
        factor = max(1, size // max(before))
        images = self.images.repeat(factor, axis=2).repeat(factor, axis=3)
        images = pad_to(images, size, background=self.low)
        how = f"enlarged {factor} times and " if factor > 1 else ""
        note = f"{how}padded from {before[0]}x{before[1]} to {size}x{size}"
        return replace(self, images=images, note=_join(self.note, note))

    def with_channels(self, channels: int) -> Dataset:
        """The same images in gray (1) or RGB (3): gray is repeated, RGB weighted by the eye's
        brightness.
        """
        if channels not in (1, 3):
            raise ValueError(f"with_channels: channels={channels!r} (legal: 1 for gray, 3 for RGB)")
        if channels == self.shape[0]:
            return self
        if channels == 3:
            return replace(
                self,
                images=self.images.repeat(3, axis=1),
                note=_join(self.note, "gray repeated as RGB"),
            )
        gray = sum(weight * self.images[:, c : c + 1] for c, weight in enumerate(LUMA))
        if self.images.dtype == np.uint8:
            gray = np.rint(gray)
        gray = np.clip(gray, self.low, self.high).astype(self.images.dtype)
        note = _join(self.note, "RGB turned gray")
        return replace(self, images=gray, note=note, stack_of="")


def _join(*notes: str) -> str:
    return ", ".join(note for note in notes if note)


def _ramp(x: Array, low: float, high: float, new_low: float, new_high: float) -> Array:
    # both ends as a weighted mean, so that low and high are met exactly
    t = (x - low) / (high - low)
    return new_low * (1 - t) + new_high * t


def pad_to(images: Array, size: int, background: float = 0) -> Array:
    """Images (..., H, W) in the middle of a square (..., size, size) of background; an odd rest
    goes below and right.

    Raises ValueError if the images are larger than size.

    >>> pad_to(np.ones((5, 1, 28, 28)), 32).shape
    (5, 1, 32, 32)
    """
    at_least_one("pad_to", "size", size)
    height, width = images.shape[-2:]
    least = max(height, width)
    if size < least:
        raise ValueError(
            f"pad_to: size={size} is smaller than the {height}x{width} images (legal: >= {least})"
        )
    top, left = (size - height) // 2, (size - width) // 2
    padded: NDArray[Any] = np.full((*images.shape[:-2], size, size), background, images.dtype)
    padded[..., top : top + height, left : left + width] = images
    return padded


def shuffle(dataset: Dataset, generator: Seed = 0) -> Dataset:
    """The same images in the order `generator.permutation(N)`."""
    return dataset.take(as_generator(generator).permutation(len(dataset)))


def split(
    dataset: Dataset, test: int | None = None, generator: Seed = 0
) -> tuple[Dataset, Dataset]:
    """Two parts (train, test) of the images in the order `generator.permutation(N)`: first train,
    the last `test` test.

    By default `test` is a fifth, rounded up, and the seed 0: 4000 + 1000 of `mnist5k`, 1437 + 360
    of `digits8`. Raises ValueError unless both parts get an image.
    """
    count = len(dataset)
    test = -(-count // 5) if test is None else at_least_one("split", "test", test)
    if test >= count:
        raise ValueError(
            f"split: test={test} of {count} images leaves a part empty (legal: 1..{count - 1})"
        )
    mixed = as_generator(generator).permutation(count)
    return dataset.take(mixed[:-test]), dataset.take(mixed[-test:])
