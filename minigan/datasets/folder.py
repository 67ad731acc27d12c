"""Reads a folder of pictures as one array: each picture is cropped to its centre and resized.

Sub-folders are classes, in the order of their names, as in torchvision's ImageFolder. A folder
without sub-folders has no labels.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from minigan.checks import integer
from minigan.datasets.dataset import Dataset
from minigan.datasets.pictures import read_header, read_square

# torchvision's list, and the other two suffixes of the PNM formats
SUFFIXES = (
    *(".bmp", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
)


def read_folder(
    path: str | os.PathLike[str], size: int | None = None, channels: int | None = None
) -> Dataset:
    """Return the pictures (N, C, size, size) of a folder as uint8; sub-folders are classes.

    By default size is 64 if every picture has at least 64x64 pixels, else 32, and channels is 1 if
    all pictures are gray, else 3. `minigan.datasets.pictures` says how the formats are read: 16
    bits become 8, transparent pictures get a white background, and of an animation the first
    picture is read. Raises ValueError if there is no picture, if a class has none, and for a
    picture that cannot be read, by name.
    """
    path = Path(path)
    files, labels, classes, left_out = _list(path)
    headers = [read_header(file) for file in files]
    shapes = [(header.height, header.width) for header in headers]
    if size is None:
        size = 64 if min(map(min, shapes)) >= 64 else 32
    if channels is None:
        channels = 1 if all(header.gray for header in headers) else 3
    integer("read_folder", "size", size, least=1)
    if channels not in (1, 3):
        raise ValueError(f"read_folder: channels={channels!r} (legal: 1 for gray, 3 for RGB)")
    images = np.empty((len(files), channels, size, size), np.uint8)
    for image, file in zip(images, files, strict=True):
        image[...] = read_square(file, size, channels)
    smallest, largest = min(shapes), max(shapes)
    note = f"centre-cropped and resized from {smallest[0]}x{smallest[1]}"
    if largest != smallest:
        note += f" to {largest[0]}x{largest[1]}"
    if several := sum(header.pages > 1 for header in headers):
        note += f", the first picture of {several} file{'s' * (several > 1)} with several"
    if left_out:
        note += f", {left_out} loose beside the class folders left out"
    return Dataset(path.resolve().name, images, labels, classes=classes, note=note)


def read_picture(path: str | os.PathLike[str], size: int, channels: int) -> NDArray[np.uint8]:
    """Return one picture (channels, size, size) as uint8, cropped and resized as in `read_folder`.

    Raises ValueError if there is no such file, or it cannot be read.
    """
    if not Path(path).is_file():
        raise ValueError(f"read_picture: {os.fspath(path)} is not a file (expected a picture)")
    return read_square(Path(path), size, channels)


def _list(folder: Path) -> tuple[list[Path], NDArray[np.int64] | None, tuple[str, ...], int]:
    """Return files, labels, classes, and the number of pictures outside the class folders."""
    inside = sorted(folder.iterdir(), key=lambda path: path.name)
    loose = [path for path in inside if _is_picture(path)]
    by_class = {path.name: _pictures_under(path) for path in inside if _is_class(path)}
    if not any(by_class.values()):
        if not loose:
            raise ValueError(
                f"read_folder: {folder} has no pictures (expected files that end in "
                f"{' '.join(SUFFIXES)})"
            )
        return loose, None, (), 0
    empty = [name for name, files in by_class.items() if not files]
    if empty:
        raise ValueError(
            f"read_folder: {folder} has classes without a picture: {empty} (expected one or more "
            "in each)"
        )
    files = [file for group in by_class.values() for file in group]
    labels = np.repeat(np.arange(len(by_class)), [len(group) for group in by_class.values()])
    return files, labels.astype(np.int64), tuple(by_class), len(loose)


def _is_class(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def _pictures_under(folder: Path) -> list[Path]:
    """Return the pictures in a folder and below it; links may form loops, so each folder once."""
    walked, seen = [], set()
    for root, folders, names in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(root)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        walked.append((root, sorted(names)))
    found = (Path(root) / name for root, names in sorted(walked) for name in names)
    return [file for file in found if _is_picture(file)]
