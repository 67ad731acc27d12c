"""Reads a folder of pictures as one array: each picture is cropped to its centre and resized.

Sub-folders are classes, in the order of their names, as in torchvision's ImageFolder. A folder
without sub-folders has no labels. Pillow is imported only when a folder is read.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from minigan.checks import integer
from minigan.datasets.dataset import Dataset

if TYPE_CHECKING:  # Pillow is slow to import, so it is imported only when a folder is read
    from PIL import Image

SUFFIXES = (
    ".bmp",
    ".jpeg",
    ".jpg",
    ".pgm",
    ".png",
    ".ppm",
    ".tif",
    ".tiff",
    ".webp",
)  # torchvision's list
GRAY = ("1", "L", "LA", "La", "I;16", "I;16B", "I;16L", "I;16N")  # Pillow's modes without colour


def read_folder(
    path: str | os.PathLike[str], size: int | None = None, channels: int | None = None
) -> Dataset:
    """Return the pictures (N, C, size, size) of a folder as uint8; sub-folders are classes.

    By default size is 64 if every picture has at least 64x64 pixels, else 32, and channels is 1 if
    all pictures are gray, else 3. Transparent pictures get a white background; 16-bit gray is
    scaled to 8 bits. Raises ValueError if there is no picture, if a class has none, and for a
    picture that cannot be read, by name.
    """
    path = Path(path)
    files, labels, classes, left_out = _list(path)
    headers = [_header(file) for file in files]
    if size is None:
        size = 64 if min(min(shape) for shape, _ in headers) >= 64 else 32
    if channels is None:
        channels = 1 if all(mode in GRAY for _, mode in headers) else 3
    integer("read_folder", "size", size, least=1)
    if channels not in (1, 3):
        raise ValueError(f"read_folder: channels={channels!r} (legal: 1 for gray, 3 for RGB)")
    images = np.empty((len(files), channels, size, size), np.uint8)
    for image, file in zip(images, files, strict=True):
        image[...] = _picture(file, size, channels)
    smallest, largest = (pick(shape for shape, _ in headers) for pick in (min, max))
    note = f"centre-cropped and resized from {smallest[0]}x{smallest[1]}"
    if largest != smallest:
        note += f" to {largest[0]}x{largest[1]}"
    if left_out:
        note += f", {left_out} loose beside the class folders left out"
    return Dataset(path.resolve().name, images, labels, classes=classes, note=note)


def read_picture(path: str | os.PathLike[str], size: int, channels: int) -> NDArray[np.uint8]:
    """Return one picture (channels, size, size) as uint8, cropped and resized as in `read_folder`.

    Raises ValueError if there is no such file, or it cannot be read.
    """
    if not Path(path).is_file():
        raise ValueError(f"read_picture: {os.fspath(path)} is not a file (expected a picture)")
    return _picture(Path(path), size, channels)


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


def _open(file: Path) -> Image.Image:
    """Return the opened picture. Raises ValueError if it cannot be read."""
    from PIL import Image

    try:
        return Image.open(file)
    except Exception as error:  # a decoder may raise any error on a damaged file
        raise ValueError(
            f"read_folder: {file} cannot be read (expected a picture): {error}"
        ) from error


def _header(file: Path) -> tuple[tuple[int, int], str]:
    """Return (height, width) and the mode of a picture."""
    with _open(file) as image:
        return (image.height, image.width), image.mode


def _picture(file: Path, size: int, channels: int) -> NDArray[np.uint8]:
    """Return one picture (channels, size, size) as uint8."""
    from PIL import Image, ImageOps

    with _open(file) as image:
        try:
            upright = ImageOps.exif_transpose(image)
            square = ImageOps.fit(
                _eight_bits(upright, channels), (size, size), Image.Resampling.BILINEAR
            )
        except Exception as error:
            raise ValueError(
                f"read_folder: {file} cannot be read (expected a whole picture): {error}"
            ) from error
    return (
        np.asarray(square, np.uint8).reshape(size, size, channels).transpose(2, 0, 1)
    )  # (H, W[, C]) -> (C, H, W)


def _eight_bits(image: Image.Image, channels: int) -> Image.Image:
    """Return the picture in mode "L" or "RGB", on a white background."""
    from PIL import Image

    if image.mode.startswith("I;16"):  # Pillow itself would clip at 255
        image = Image.fromarray(np.rint(np.asarray(image) / 257).astype(np.uint8))
    if image.mode in ("I", "F"):
        raise ValueError(
            f"pixels of mode {image.mode!r} have no defined white (legal: 8 or 16 bits a channel)"
        )
    if "A" in image.getbands() or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return image.convert("L" if channels == 1 else "RGB")
