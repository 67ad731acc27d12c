"""A checkpoint of a run: a file of `minigan.save`, written and read by its path.

Checkpoints of version 0.1 have the same format, with arrays in place of tensors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from minigan import serialization
from minigan.autograd import Tensor


def save(path: Path, tree: Any) -> None:
    """Write a tree of dicts, lists, tuples, strings, numbers, arrays and tensors.

    Raises TypeError for any other value, and OSError if the file cannot be written.

    >>> import tempfile, numpy; file = Path(tempfile.mkdtemp()) / "c.npz"
    >>> save(file, {"weights": [numpy.ones(2)], "number": 3})
    >>> load(file)
    {'weights': [array([1., 1.])], 'number': 3}
    """
    serialization.save(tree, path)


def load(path: Path) -> Any:
    """Return the tree that `save` wrote, with its tensors as NumPy arrays.

    Raises ValueError if the file is not a checkpoint, and OSError if it cannot be read.
    """
    return _arrays(serialization.load(path, map_location="cpu"))


def _arrays(tree: Any) -> Any:
    """Return the tree with an array in place of each tensor."""
    if isinstance(tree, Tensor):
        return tree.numpy()
    if isinstance(tree, dict):
        return {key: _arrays(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_arrays(value) for value in tree)
    return tree
