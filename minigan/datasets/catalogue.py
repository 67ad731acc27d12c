"""`load` returns a data set by its name, or from the path of a file or folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from minigan.checks import integer
from minigan.datasets.dataset import Dataset
from minigan.datasets.digits import digits8, mnist5k, stack_digits
from minigan.datasets.folder import read_folder
from minigan.datasets.readers import idx_dataset, read_npz
from minigan.datasets.toys import Mixture, gaussian, grid, ring

IMAGES: dict[str, Callable[[], Dataset]] = {
    "mnist5k": mnist5k,
    "digits8": digits8,
    "stacked": lambda: stack_digits(mnist5k()),
}
TOYS: dict[str, Callable[[], Mixture]] = {"ring8": ring, "grid25": grid, "gaussian": gaussian}
NAMES = (*IMAGES, *TOYS)


def load(
    name: str | os.PathLike[str],
    size: int | None = None,
    channels: int | None = None,
    labels: str | os.PathLike[str] | None = None,
) -> Dataset | Mixture:
    """Return a data set by name (`NAMES`), or from an .npz file, IDX file or a folder of pictures.

    The result is a `Dataset` of images or a `Mixture` of points, as its `.kind` says; both have
    `.name`, `.shape`, `.description` and `.batches(size, generator)`. If a name is also a file,
    "mnist5k" is the data set and "./mnist5k" the file. Images of files are padded to `size`;
    pictures in a folder are cropped and resized. `channels` is 1 for gray, 3 for RGB. `labels` is
    an IDX file of labels; by default it is looked for beside the IDX file of images. Raises
    ValueError for an unknown name, an unreadable file, and an option that the data cannot have.

    >>> load("mnist5k", size=32).description
    'mnist5k: 5,000 gray images of 32x32 in 10 classes; padded from 28x28 to 32x32'
    >>> load("ring8").shape
    (2,)
    """
    if not isinstance(name, str | os.PathLike):
        raise TypeError(f"load: name={name!r} must be a name or a path")
    if not (name := os.fspath(name)):
        raise ValueError(
            f"load: name='' is neither a dataset (legal: {', '.join(NAMES)}) nor a path"
        )
    if size is not None:
        integer("load", "size", size, least=1)
    if labels is not None and (name in NAMES or not _is_idx(Path(name))):
        raise ValueError(
            f"load: labels={os.fspath(labels)!r} are for an IDX file of images, and {name!r} is "
            "not one"
        )
    if name in TOYS:
        if size is not None or channels is not None:
            raise ValueError(
                f"load: {name!r} has points, so size={size} and channels={channels} must be None"
            )
        return TOYS[name]()
    if name == "stacked" and channels == 1:
        raise ValueError(
            "load: channels=1 of 'stacked' would blend its three digits (legal: 3 or None)"
        )
    dataset = (
        IMAGES[name]() if name in IMAGES else _read(Path(name).expanduser(), size, channels, labels)
    )
    dataset = dataset if channels is None else dataset.with_channels(channels)
    return dataset if size is None else dataset.resized(size)


def _read(
    path: Path, size: int | None, channels: int | None, labels: str | os.PathLike[str] | None
) -> Dataset:
    """Return the data set in a folder, an IDX file or an .npz file."""
    try:
        if path.is_dir():
            return read_folder(path, size, channels)
        if _is_idx(path):
            return idx_dataset(path, labels)
        if path.exists():
            return read_npz(path)
    except OSError as error:
        raise ValueError(
            f"load: cannot read {error.filename or path}: {error.strerror or error}"
        ) from error
    raise ValueError(
        f"load: name={str(path)!r} is neither a dataset (legal: {', '.join(NAMES)}) nor a path "
        "that exists (legal: an .npz file, an IDX file (gzipped or not) or a folder of images)"
    )


def _is_idx(path: Path) -> bool:
    """Return whether the path is a file that is read as IDX: any but .npz."""
    return path.expanduser().is_file() and path.suffix.lower() != ".npz"
