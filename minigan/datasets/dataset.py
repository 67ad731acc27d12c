"""A set of images: one array with its labels, its range of values, and a description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.datasets.batches import Array, Batches

# the weights of red, green and blue in the gray value: ITU-R BT.601, as in Pillow's mode "L"
LUMA = (0.299, 0.587, 0.114)
_MOST_CLASSES = 2**20  # a label of a million and more is no number of a class


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images (N, C, H, W), of one channel or three, with labels (N,) where they are known.

    `low` and `high` are the values of black and white: 0 and 255 for most files of bytes, 0 and 16
    for `digits8`, -1 and 1 for the output of a generator. Models take `scaled()`. `stack_of` is ""
    or the name of another data set; then each channel shows one digit of that data set, and the
    label is the number that the digits spell. `kind` tells images from points (`Mixture`).

    Raises TypeError if images are not uint8 or float, or labels not integers. Raises ValueError for
    other shapes, for labels that do not match the images, and for values that are not finite or
    outside [low, high].

    >>> Dataset("bits", np.zeros((3, 1, 4, 5), np.uint8)).description
    'bits: 3 gray images of 4x5'
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
        if labels.shape != images.shape[:1]:
            raise ValueError(
                f"{who}: labels of shape {labels.shape} (legal: ({len(images)},), one for each "
                "image)"
            )
        least, most = int(labels.min()), int(labels.max())
        limit = len(self.classes) or _MOST_CLASSES
        if least < 0 or most >= limit:
            raise ValueError(
                f"{who}: labels span {least}..{most} (legal: numbers of classes, 0..{limit - 1}; "
                "`datasets.from_arrays` numbers any labels)"
            )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape (C, H, W) of one image."""
        return self.images.shape[1:]

    @property
    def class_count(self) -> int:
        """The number of classes, also of those without an image; 0 without labels."""
        if self.labels is None:
            return 0
        return len(self.classes) or int(self.labels.max()) + 1

    @property
    def description(self) -> str:
        """One sentence: name, number, colour and size of the images, and how they were changed."""
        channels, height, width = self.shape
        kinds = "" if self.labels is None else f" in {len(np.unique(self.labels)):,} classes"
        colour = "gray" if channels == 1 else "RGB"
        note = self.note and f"; {self.note}"
        return f"{self.name}: {len(self):,} {colour} images of {height}x{width}{kinds}{note}"

    def scaled(self, low: float = -1, high: float = 1, dtype: DTypeLike = np.float32) -> Array:
        """Return all images (N, C, H, W) as floats with black = `low` and white = `high`.

        A GAN takes images in [-1, 1], an auto-encoder in [0, 1]. Raises TypeError if dtype is not a
        float.

        >>> Dataset("bits", np.array([[[[0, 255]]]], np.uint8)).scaled().tolist()
        [[[[-1.0, 1.0]]]]
        """
        if np.dtype(dtype).kind != "f":
            raise TypeError(f"scaled: dtype={dtype!r} (legal: a float)")
        if self.images.dtype == np.uint8:  # a table of 256 values needs no float64 copy of the data
            table = _ramp(np.arange(256.0), self.low, self.high, low, high).astype(dtype)
            return table[self.images]
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
        """Return endless shuffled batches `(images,)`, or `(images, labels)` if there are labels.

        Images are scaled to [low, high]. Raises what `scaled` and `Batches` raise.
        """
        images = self.scaled(low, high, dtype)
        arrays = (images,) if self.labels is None else (images, self.labels)
        return Batches(*arrays, size=size, generator=generator, drop_last=drop_last)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> Dataset:
        """Return the images at these rows, in this order, with their labels.

        Raises ValueError if a row is out of range.
        """
        try:
            labels = None if self.labels is None else self.labels[rows]
            return replace(self, images=self.images[rows], labels=labels)
        except IndexError as error:
            raise ValueError(
                f"take: rows must be among the {len(self)} of dataset {self.name!r}: {error}"
            ) from error

    def resized(self, size: int) -> Dataset:
        """Return the images at size x size: enlarged by the largest integer factor, then padded.

        An integer factor copies pixels and interpolates nothing: 28 becomes 32 by a margin of 2
        black pixels, 8 becomes 32 by a factor of 4. Raises ValueError if the images are larger than
        `size`.
        """
        size, before = integer("resized", "size", size, least=1), self.shape[1:]
        if before == (size, size):
            return self
        factor = max(1, size // max(before))
        images = self.images.repeat(factor, axis=2).repeat(factor, axis=3)
        images = pad_to(images, size, background=self.low)
        how = f"enlarged {factor} times and " if factor > 1 else ""
        note = f"{how}padded from {before[0]}x{before[1]} to {size}x{size}"
        return replace(self, images=images, note=_join(self.note, note))

    def with_channels(self, channels: int) -> Dataset:
        """Return the images in gray (channels=1) or RGB (channels=3).

        Gray is repeated three times; RGB becomes gray with the weights of ITU-R BT.601. Raises
        ValueError for another number of channels.
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
    """Return the notes that are not empty, with commas between them."""
    return ", ".join(note for note in notes if note)


def _ramp(x: Array, low: float, high: float, new_low: float, new_high: float) -> Array:
    """Return x mapped linearly from [low, high] to [new_low, new_high], exact at both ends."""
    t = (x - low) / (high - low)
    return new_low * (1 - t) + new_high * t


def pad_to(images: Array, size: int, background: float = 0) -> Array:
    """Return images (..., H, W) centred in squares (..., size, size) of the background value.

    An odd margin has its extra row at the bottom and its extra column at the right. Raises
    ValueError if the images are larger than size.

    >>> pad_to(np.ones((5, 1, 28, 28)), 32).shape
    (5, 1, 32, 32)
    """
    integer("pad_to", "size", size, least=1)
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
    """Return the images in the order `generator.permutation(N)`.

    >>> shuffle(Dataset("dots", np.arange(4.0).reshape(4, 1, 1, 1))).images.ravel().tolist()
    [2.0, 0.0, 1.0, 3.0]
    """
    return dataset.take(as_generator(generator).permutation(len(dataset)))


def split(
    dataset: Dataset, test: int | None = None, generator: Seed = 0
) -> tuple[Dataset, Dataset]:
    """Return (train, test): of the images in random order, the last `test` ones are the test set.

    By default `test` is a fifth of the images, rounded up, and the seed is 0. That gives 4000 +
    1000 images of `mnist5k` and 1437 + 360 of `digits8`. Raises ValueError if a part is empty.

    >>> train, test = split(Dataset("dots", np.zeros((7, 1, 2, 2))))
    >>> len(train), len(test)
    (5, 2)
    """
    train, held_out = split_rows(len(dataset), test, generator)
    return dataset.take(train), dataset.take(held_out)


def split_rows(
    count: int, test: int | None = None, generator: Seed = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of both parts of `split`, for a data set of `count` images.

    >>> [len(rows) for rows in split_rows(7)]
    [5, 2]
    """
    test = -(-count // 5) if test is None else integer("split", "test", test, least=1)
    if test >= count:
        raise ValueError(
            f"split: test={test} of {count} images leaves no image to train on "
            f"(legal: 1..{count - 1})"
        )
    mixed = as_generator(generator).permutation(count)
    return mixed[:-test], mixed[-test:]
