"""A checkpoint: a tree of dicts, lists, numbers, strings and arrays in one .npz file.

Each array is an entry of the file. The rest of the tree is JSON in an entry of its own, in which
the name of its entry stands for each array. Nothing is pickled, and NumPy alone can read the file.
The file is replaced as a whole, or not at all.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import is_array, to_numpy
from minigan.files import replacing

_TREE, _ARRAY = "tree.json", "$array"


def save(path: Path, tree: Any) -> None:
    """Write a tree of dicts (keys: strings or integers), lists, arrays, tensors and JSON values.

    Raises TypeError for any other value, and OSError if the file cannot be written.

    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "c.npz"
    >>> save(file, {"weights": [np.ones(2)], "number": 3})
    >>> load(file)
    {'weights': [array([1., 1.])], 'number': 3}
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {}

    def plain(value: Any) -> Any:
        if isinstance(value, Tensor):
            value = value.numpy()
        if is_array(value):
            name = f"array-{len(arrays)}"  # a key may hold characters that a file name may not
            arrays[name] = to_numpy(value)
            return {_ARRAY: name}
        if isinstance(value, dict):
            return {"$items": [[key, plain(item)] for key, item in value.items()]}
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return value.item() if isinstance(value, np.generic) else value

    text = json.dumps(plain(tree))
    with replacing(path) as file, file.open("wb") as target:
        np.savez(
            target, allow_pickle=False, **{_TREE: np.frombuffer(text.encode(), np.uint8)}, **arrays
        )


def load(path: Path) -> Any:
    """Return the tree that `save` wrote.

    Raises ValueError if the file is not a checkpoint, and OSError if it cannot be read.
    """
    try:
        # np.load speaks of pickles where a file is not an archive; ZipFile says what is wrong
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return _tree(json.loads(arrays[_TREE].tobytes()), arrays)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ValueError(f"{path} is not a checkpoint of minigan ({error})") from error


def _tree(value: Any, arrays: dict[str, np.ndarray[Any, Any]]) -> Any:
    """Return the tree that its JSON describes."""
    if isinstance(value, dict):
        if _ARRAY in value:
            return arrays[value[_ARRAY]]
        return {key: _tree(item, arrays) for key, item in value["$items"]}
    return [_tree(item, arrays) for item in value] if isinstance(value, list) else value
