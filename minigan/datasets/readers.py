"""Readers of array files: IDX, the format of MNIST, and NumPy's `.npz`.

A damaged file raises a ValueError that names the file and what was expected. A missing file raises
OSError.
"""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from minigan.archives import MOST_BYTES, MOST_RATIO, Archive, DamagedError
from minigan.datasets.batches import Array
from minigan.datasets.dataset import Dataset
from minigan.datasets.labels import numbered
from minigan.files import open_regular

IDX_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CHUNK = 1 << 20


def from_arrays(name: str, images: Array, labels: Array | None = None, note: str = "") -> Dataset:
    """Return a data set of images (N, H, W) or (N, C, H, W), uint8 or float, and labels (N,).

    The range of uint8 is 0..255; that of floats is [-1, 1] if any value is negative, else [0, 1].
    Labels are integers, bools or texts. If they are not 0..C-1, they are numbered in increasing
    order; `classes` keeps them as texts, and the description says so. Raises what `Dataset` raises,
    and ValueError if the channels are the last axis.

    >>> from_arrays("dots", np.zeros((2, 5, 7))).description
    'dots: 2 gray images of 5x7'
    """
    if images.ndim == 4 and images.shape[1] not in (1, 3) and images.shape[3] in (1, 3):
        raise ValueError(
            f"dataset {name!r}: images of shape {images.shape} have their channels last "
            f"(legal: (N, C, H, W); use images.transpose(0, 3, 1, 2))"
        )
    low, high = 0, 255
    if images.dtype.kind == "f":
        with np.errstate(all="ignore"):  # what is not finite is refused below
            images = images.astype(np.float64 if images.dtype.itemsize >= 8 else np.float32)
        low, high = (-1 if images.size and images.min() < 0 else 0), 1
    images = images[:, None] if images.ndim == 3 else images  # (N, H, W) -> (N, 1, H, W)
    if labels is None:
        return Dataset(name, images, None, low, high, note=note)
    numbers, classes, change = numbered(f"dataset {name!r}", labels)
    note = ", ".join(filter(None, (note, change)))
    return Dataset(name, images, numbers, low, high, classes, note)


def read_npz(path: str | os.PathLike[str]) -> Dataset:
    """Return the data set in an `.npz` file with the key `images` and, optionally, `labels`.

    The arrays are those of `from_arrays`. Raises ValueError if the file is damaged or lacks
    `images`, and OSError if it cannot be opened or is not a regular file.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/dots.npz", images=np.zeros((2, 5, 7)))
    ...     read_npz(f"{folder}/dots.npz").shape
    (1, 5, 7)
    """
    path = Path(path)
    with open_regular(path) as file:
        try:
            archive = Archive(file)
            keys = list(archive.names)
            found = {key: archive.read(key) for key in ("images", "labels") if key in keys}
        except DamagedError as error:
            raise ValueError(
                f"read_npz: {path} is damaged, or not an .npz file (expected plain arrays, as "
                f"numpy.savez writes): {error}"
            ) from error
    if "images" not in found:
        raise ValueError(
            f"read_npz: {path} has the keys [{_shown(keys)}] (expected 'images' and, if there are "
            "any, 'labels')"
        )
    return from_arrays(path.stem, found["images"], found.get("labels"))


def read_idx(path: str | os.PathLike[str]) -> Array:
    """Return the array in an IDX file, gzipped or not, in native byte order.

    The format: two zero bytes, a byte for the type, a byte for the number of axes, the sizes as
    big-endian uint32, then the values, big-endian and in C order (LeCun, "The MNIST database",
    section "The IDX file format"). Raises ValueError if the first bytes are others, or if the
    length of the file does not match its header.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "two-idx1-ubyte")
    ...     _ = file.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]))
    ...     read_idx(file).tolist()
    [7, 9]
    """
    path = Path(path)
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        try:
            return _idx(path, gzip.GzipFile(fileobj=file) if zipped else file, size, zipped)
        except (OSError, EOFError, zlib.error) as error:
            if not zipped or (isinstance(error, OSError) and error.errno):
                raise
            raise ValueError(
                f"read_idx: {path} is damaged (expected a whole gzip file): {error}"
            ) from error


def _idx(path: Path, file: Any, size: int, zipped: bool) -> Array:
    """Return the array of an open file of `size` bytes. Its header is checked before it is read."""
    magic = file.read(4)
    if (
        len(magic) < 4
        or magic[:2] != b"\0\0"
        or magic[2] not in IDX_DTYPES
        or not 1 <= magic[3] <= 32
    ):
        types = " ".join(f"{code:02x}" for code in IDX_DTYPES)
        raise ValueError(
            f"read_idx: {path} is not an IDX file: it begins with '{magic.hex(' ')}' "
            f"(expected 00 00, a type of {types}, and 1 to 32 axes)"
        )
    start, dtype = 4 + 4 * magic[3], np.dtype(IDX_DTYPES[magic[2]])
    sizes = file.read(start - 4)
    if len(sizes) < start - 4:
        raise ValueError(
            f"read_idx: {path} is truncated: {4 + len(sizes)} bytes (expected a header of {start})"
        )
    shape = struct.unpack(f">{magic[3]}I", sizes)
    expected = math.prod(shape) * dtype.itemsize
    most = MOST_BYTES + MOST_RATIO * size if zipped else size
    if expected > most:
        raise ValueError(
            f"read_idx: {path} is truncated: {size} bytes{' of gzip' * zipped} (expected "
            f"{start + expected}: {dtype.name} {shape})"
        )
    data = bytearray(0)
    most = expected + 1 if zipped else size  # so that a bomb is not inflated
    while len(data) < most and (part := file.read(min(_CHUNK, most - len(data)))):
        data += part
    if len(data) != expected:
        what = "is truncated" if len(data) < expected else "has trailing bytes"
        more = zipped and len(data) > expected
        found = f"more than {start + expected} bytes" if more else f"{start + len(data)} bytes"
        raise ValueError(
            f"read_idx: {path} {what}: {found} (expected {start + expected}: {dtype.name} {shape})"
        )
    return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def idx_dataset(
    path: str | os.PathLike[str], labels: str | os.PathLike[str] | None = None
) -> Dataset:
    """Return the data set of an IDX file of images and an IDX file of labels.

    By default the labels of `train-images-idx3-ubyte.gz` are in `train-labels-idx1-ubyte`, with or
    without `.gz`, in the same folder; if there is no such file, the images have no labels. Raises
    what `read_idx` and `from_arrays` raise.
    """
    path = Path(path)
    source = _labels_beside(path) if labels is None else Path(labels)
    if source is None:
        return from_arrays(path.name, read_idx(path), note="no file of labels beside it")
    return from_arrays(
        path.name, read_idx(path), read_idx(source), note=f"labels from {source.name}"
    )


def _labels_beside(path: Path) -> Path | None:
    """Return the file of labels that belongs to a file of images, if there is one."""
    if "images" not in path.name:
        return None
    name = path.name.removesuffix(".gz").replace("images", "labels").replace("idx3", "idx1")
    return next(
        (file for file in (path.with_name(name), path.with_name(name + ".gz")) if file.is_file()),
        None,
    )


def _shown(keys: list[str]) -> str:
    """Return the first keys of an archive, and how many more there are."""
    more = f", and {len(keys) - 10} more" if len(keys) > 10 else ""
    return ", ".join(f"{key!r:.40}" for key in keys[:10]) + more
