"""Files of dicts, lists, numbers, strings and tensors: PyTorch's `save` and `load`, with no pickle.

A file is a .npz archive. Each array is an entry of the archive. The rest is JSON in an entry of its
own, "tree.json". There a mark with the name of the entry stands for each array, so NumPy alone can
read the file:

    {"$items": [[key, value], ...]}    a dict             {"$array": name}     an array
    {"$tuple": [value, ...]}           a tuple            {"$tensor": name}    a tensor
    a list, number, string, null       itself             {"$number": name}    a number of NumPy

An array or a tensor of a GPU also has the mark "device"; a tensor has the marks "requires_grad" and
"parameter" where they are true.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, TypeAlias

import numpy as np

from minigan.archives import Archive, DamagedError
from minigan.autograd import Tensor
from minigan.backend import device, device_of, is_array, to_numpy
from minigan.checks import boolean
from minigan.files import open_regular, replacing
from minigan.nn.parameter import Parameter

Arrays = dict[str, np.ndarray[Any, Any]]
File: TypeAlias = str | os.PathLike[str] | IO[bytes]
Location: TypeAlias = str | Mapping[str, str] | Callable[[Tensor, str], Tensor | None] | None

TREE = "tree.json"
_DAMAGES = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
_LEGAL = "dicts, lists, tuples, strings, numbers, bools, None, tensors and arrays"


def save(obj: Any, f: File) -> None:
    """Write dicts, lists, tuples, strings, numbers, bools, None, tensors and arrays to a file.

    `f` is a path, which is used exactly as given and is replaced as a whole or not at all, or a
    file opened in binary mode. Dict subclasses are written as dicts; the keys may be strings,
    numbers, bools, None and tuples of them. Raises TypeError that names the place of any other
    value, ValueError if obj contains itself, and OSError if the file cannot be written.

    >>> import minigan
    >>> file = io.BytesIO()
    >>> minigan.save({"weights": [minigan.ones(2)], "sizes": (3, 4)}, file)
    >>> _ = file.seek(0)
    >>> minigan.load(file)
    {'weights': [tensor([1., 1.])], 'sizes': (3, 4)}
    """
    arrays: Arrays = {}
    try:
        text = json.dumps(_plain(obj, "obj", arrays))
    except RecursionError:
        raise ValueError("save: obj contains itself, or is nested too deeply") from None
    entries: dict[str, Any] = {TREE: np.frombuffer(text.encode(), np.uint8), **arrays}
    if isinstance(f, str | os.PathLike):
        with replacing(f) as path, path.open("wb") as target:
            np.savez(target, **entries)
        return
    content = io.BytesIO()
    np.savez(content, **entries)
    try:
        f.write(content.getvalue())
    except (AttributeError, TypeError) as error:
        raise TypeError(f"save: f={f!r} must be a path or a file opened with 'wb'") from error


def load(f: File, map_location: Location = None, *, weights_only: bool = True) -> Any:
    """Return what `save` wrote. No code is executed, so `weights_only` changes nothing.

    By default a tensor comes back on the device where it was. `map_location` is another device for
    all tensors, a dict from device to device, or PyTorch's function of a tensor and its device.
    Raises ValueError if the file was not written by `save`, OSError if it cannot be read, and
    RuntimeError if a device needs CuPy or a GPU that is missing.
    """
    boolean("load", "weights_only", weights_only)
    if isinstance(map_location, Mapping):
        map_location = {device(old): device(new) for old, new in map_location.items()}
    elif map_location is not None and not callable(map_location):
        map_location = device(map_location)
    return read(f, map_location)


def read(f: File, map_location: Any = None, most: int | None = None) -> Any:
    """Return what `save` wrote; its arrays may have at most `most` bytes together.

    By default the limit is that of `archives.Archive`. Raises what `load` raises.
    """
    name = str(f) if isinstance(f, str | os.PathLike) else "f"
    with _opened(f) as file:
        try:
            archive = Archive(file, most)
            tree = json.loads(archive.read(TREE).tobytes())
            return _restored(tree, archive, map_location)
        except (*_DAMAGES, DamagedError) as error:
            file.seek(0)
            reason = _pickle(file.read(4096)) or _text(error)
            raise ValueError(f"load: {name} is not a checkpoint of minigan ({reason})") from error


@contextmanager
def _opened(f: File) -> Iterator[IO[bytes]]:
    """Yield an open file. Raises TypeError if f is not a path or a binary file."""
    if isinstance(f, str | os.PathLike):
        with open_regular(f) as file:
            yield file
        return
    content = f.read() if hasattr(f, "read") else None
    if not isinstance(content, bytes):
        raise TypeError(f"load: f={f!r} must be a path or a file opened with 'rb'")
    yield io.BytesIO(content)


def _text(error: Exception) -> str:
    """Return what is wrong, in a line."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return " ".join(str(error).split())[:300] or type(error).__name__


def _pickle(content: bytes) -> str:
    """Return what to do with a file that begins like one of torch.save or pickle, else ""."""
    if content[:1] != b"\x80" and b"/data.pkl" not in content:
        return ""
    return (
        "it holds a pickle, as torch.save writes it, and pickles are not read: in PyTorch save "
        "{name: x.numpy() for name, x in state_dict.items()} with minigan.save"
    )


# ----------------------------------------------------------------------------- from data to JSON


def _plain(value: Any, place: str, arrays: Arrays) -> Any:
    """Return the value as JSON with marks, and add its arrays to `arrays`."""
    if isinstance(value, Tensor):
        marks = {"requires_grad": value.requires_grad, "parameter": isinstance(value, Parameter)}
        set_marks = {mark: True for mark, is_set in marks.items() if is_set}
        return _entry("$tensor", value._data, arrays) | set_marks
    if is_array(value) and not (value.dtype.hasobject or hasattr(value, "mask")):
        return _entry("$array", value, arrays)
    if isinstance(value, np.number | np.bool):
        return _entry("$number", np.asarray(value), arrays)
    if isinstance(value, dict):
        pairs = ((key, f"{place}[{key!r}]", item) for key, item in value.items())
        return {"$items": [[_key(key, at, arrays), _plain(x, at, arrays)] for key, at, x in pairs]}
    if type(value) in (list, tuple):
        items = [_plain(item, f"{place}[{i}]", arrays) for i, item in enumerate(value)]
        return items if type(value) is list else {"$tuple": items}
    if isinstance(value, str):
        return str(value)
    if value is None or type(value) in (bool, int, float):
        return value
    raise TypeError(
        f"save: {place} is a {type(value).__name__}, which cannot be saved (legal: {_LEGAL})"
        + _hint(value)
    )


def _key(key: Any, place: str, arrays: Arrays) -> Any:
    """Return the key of a dict as JSON with marks. Raises TypeError if it is not a legal key."""
    parts = key if type(key) is tuple else (key,)
    if not all(part is None or isinstance(part, str | int | float | np.number) for part in parts):
        raise TypeError(
            f"save: {place} has a key that cannot be saved (legal: strings, numbers, bools, None "
            "and tuples of them)"
        )
    return _plain(key, f"the key of {place}", arrays)


def _entry(mark: str, array: Any, arrays: Arrays) -> dict[str, Any]:
    """Add an array to `arrays` and return its mark."""
    name = f"array-{len(arrays)}"  # a key may hold characters that the name of an entry may not
    arrays[name] = to_numpy(array)
    where = device_of(array)
    return {mark: name} if where.type == "cpu" else {mark: name, "device": str(where)}


def _hint(value: Any) -> str:
    """Return what to save in place of an object."""
    if hasattr(value, "state_dict"):
        return "; save its state_dict() and load it with load_state_dict"
    if isinstance(value, np.random.Generator):
        return "; save its .bit_generator.state"
    return ""


# ----------------------------------------------------------------------------- from JSON to data


def _restored(value: Any, archive: Archive, map_location: Any) -> Any:
    """Return the data that JSON with marks describes. Raises ValueError if it is no such data."""
    if isinstance(value, list):
        return [_restored(item, archive, map_location) for item in value]
    if not isinstance(value, dict):
        return value
    marks: list[tuple[str, Any]] = [*value.items(), ("an empty object", None)]
    mark, content = marks[0]
    if mark == "$items":
        return {
            _restored_key(key, archive): _restored(item, archive, map_location)
            for key, item in content
        }
    if mark == "$tuple":
        return tuple(_restored(item, archive, map_location) for item in content)
    if mark not in ("$number", "$array", "$tensor") or not isinstance(content, str):
        raise ValueError(f"{mark} is not a mark of this format")
    array = archive.read(content)
    if mark == "$number":
        if array.shape or array.dtype.kind not in "biufc":
            raise ValueError(f"{content} is an array {array.shape}, where a number is needed")
        return array[()]  # () -> a number
    x = _located(Tensor._wrap(array), str(value.get("device", "cpu")), map_location)
    if mark == "$array":
        return x._data
    if array.dtype.kind not in "biufc":
        raise ValueError(f"{content} is of dtype {array.dtype}, which no tensor has")
    requires_grad = value.get("requires_grad", False)
    if not isinstance(requires_grad, bool) or (requires_grad and array.dtype.kind not in "fc"):
        raise ValueError(f"requires_grad={requires_grad!r} of {content} is not legal")
    if value.get("parameter"):
        return Parameter(x, requires_grad)
    return x.requires_grad_(requires_grad)


def _restored_key(key: Any, archive: Archive) -> Any:
    """Return the key of a dict. Raises ValueError if `save` writes no such keys."""
    found = _restored(key, archive, "cpu")
    parts = found if type(found) is tuple else (found,)
    if not all(part is None or isinstance(part, str | int | float | np.number) for part in parts):
        raise ValueError(f"a key of a dict is a {type(found).__name__}")
    return found


def _located(x: Tensor, where: str, map_location: Any) -> Tensor:
    """Return a tensor, which was saved on the device `where`, where `map_location` says."""
    if callable(map_location):
        moved: Tensor | None = map_location(x, where)
        if moved is not None:
            return moved
    elif isinstance(map_location, Mapping):
        where = map_location.get(where, where)
    elif map_location is not None:
        where = map_location
    try:
        return x.to(where)
    except RuntimeError as error:
        raise RuntimeError(f"load: {error}; map_location='cpu' loads it without a GPU") from error
