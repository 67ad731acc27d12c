"""A checkpoint of a run: a file of `minigan.save`, written and read by its path.

Checkpoints of version 0.1 have the same format, with arrays in place of tensors.
"""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

from minigan import serialization
from minigan.archives import Archive, DamagedError
from minigan.autograd import Tensor
from minigan.files import open_regular
from minigan.runs.outline import Outline


def save(path: Path, tree: Any) -> None:
    """Write a tree of dicts, lists, tuples, strings, numbers, arrays and tensors.

    Raises TypeError for any other value, and OSError if the file cannot be written.

    >>> import tempfile, numpy; file = Path(tempfile.mkdtemp()) / "c.npz"
    >>> save(file, {"weights": [numpy.ones(2)], "number": 3})
    >>> load(file)
    {'weights': [array([1., 1.])], 'number': 3}
    """
    serialization.save(tree, path)


def load(path: Path, most: int | None = None) -> Any:
    """Return the tree that `save` wrote, with its tensors as NumPy arrays.

    Raises ValueError if the file is not a checkpoint, or its arrays have more than `most` bytes
    and than the file, and OSError if it cannot be read.
    """
    most = None if most is None else max(most, path.stat().st_size)
    return _arrays(serialization.read(path, "cpu", most))


def outline(path: Path) -> Outline:
    """Return what the headers of the arrays say, without reading the arrays.

    Raises ValueError if the file is not a checkpoint, and OSError if it cannot be read.

    >>> import tempfile, numpy; file = Path(tempfile.mkdtemp()) / "c.npz"
    >>> save(file, {"weights": numpy.ones((2, 3))})
    >>> outline(file).numbers
    6
    """
    with open_regular(path) as file:
        try:
            archive = Archive(file)
            names = [name for name in archive.names if name != serialization.TREE]
            shapes = [archive.header(name).shape for name in names]
        except DamagedError as error:
            raise ValueError(f"{path} is not a checkpoint of minigan ({error})") from error
    sizes = frozenset(size for shape in shapes for size in shape)
    return Outline(str(path.parent), sum(map(prod, shapes)), sizes)


def _arrays(tree: Any) -> Any:
    """Return the tree with an array in place of each tensor."""
    if isinstance(tree, Tensor):
        return tree.numpy()
    if isinstance(tree, dict):
        return {key: _arrays(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_arrays(value) for value in tree)
    return tree
