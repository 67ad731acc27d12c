"""State dicts of several models in one safetensors file.

The entries of a model are called `name.` and their key in its state dict: `generator.0.weight`.
The format (https://huggingface.co/docs/safetensors) is a header in JSON and then the numbers; it
holds no code, and a reader knows all sizes before it reads a number.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import to_numpy
from minigan.files import open_regular, replacing
from minigan.nn import Module

Models = Mapping[str, Module]

_DTYPES = {  # the format's names of the dtypes that tensors have
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def save_weights(models: Models, path: str | os.PathLike[str]) -> int:
    """Write the state dicts of models into a safetensors file, and return the number of entries.

    The same weights give the same bytes. Raises TypeError if `models` is not a dict of Modules by
    name, ValueError if two models have entries of one name (as "a" and "a.0" may), ImportError
    without the package safetensors, and OSError if the file cannot be written.
    """
    safetensors = _library()
    places = _places("save_weights", models)
    entries = {name: np.asarray(a, order="C") for name, (_, _, a) in places.items()}
    content = safetensors.numpy.save(entries)
    with replacing(path) as file:
        file.write_bytes(content)
    return len(entries)


def read_weights(path: str | os.PathLike[str]) -> dict[str, Tensor]:
    """Return all entries of a safetensors file.

    Raises ValueError if the file is not of this format, if an entry has a dtype that tensors do not
    have (such as bfloat16), or a bool is not a byte 0 or 1, ImportError without the package
    safetensors, and OSError if the file cannot be read.
    """
    safetensors = _library()
    with open_regular(Path(path)) as file:
        content = file.read()
    try:
        entries = safetensors.deserialize(content)
    except Exception as error:  # the library raises errors of many kinds for damaged files
        reason = str(error).strip() or type(error).__name__
        raise ValueError(f"{path} is not a safetensors file that can be read: {reason}") from error
    found = {}
    for name, entry in sorted(entries, key=lambda pair: pair[0]):
        if entry["dtype"] not in _DTYPES:
            raise ValueError(
                f"{path}: {name} has dtype {entry['dtype']} (legal: {', '.join(_DTYPES)}); convert "
                "it where the file was written"
            )
        numbers = np.frombuffer(entry["data"], _DTYPES[entry["dtype"]])
        if entry["dtype"] == "BOOL" and (other := numbers.view("u1") > 1).any():
            byte = numbers.view("u1")[other][0]
            raise ValueError(f"{path}: {name} has dtype BOOL and a byte {byte} (legal: 0, 1)")
        array = numbers.reshape(entry["shape"])
        found[name] = Tensor._wrap(array.astype(array.dtype.newbyteorder("=")))
    return found


def load_weights(models: Models, path: str | os.PathLike[str]) -> None:
    """Copy the entries of a safetensors file into models.

    Nothing is changed unless every entry fits: the file has the names of all weights and buffers
    and no others, and each has the shape and the dtype of its place and finite numbers. Raises
    ValueError that names the first entry that does not fit, TypeError if `models` is not a dict of
    Modules by name, and what `read_weights` raises.
    """
    places, found = _places("load_weights", models), read_weights(path)
    for name, (_, _, array) in places.items():
        if name not in found:
            raise ValueError(f"{path}: {name} of shape {array.shape} is missing")
        entry = found[name].numpy()
        if entry.shape != array.shape or entry.dtype != array.dtype:
            raise ValueError(
                f"{path}: {name} is {entry.dtype} of shape {entry.shape}; the model needs "
                f"{array.dtype} of shape {array.shape}"
            )
        if not np.isfinite(entry).all():
            raise ValueError(f"{path}: {name} holds numbers that are not finite")
    if others := sorted(found.keys() - places.keys()):
        raise ValueError(f"{path}: the models have no {others[0]} ({len(others)} such entries)")
    for prefix, model in models.items():
        state = {key: found[name] for name, (own, key, _) in places.items() if own == prefix}
        model.load_state_dict(state)


def _places(function: str, models: Models) -> dict[str, tuple[str, str, np.ndarray[Any, Any]]]:
    """Return for each entry the name of its model, its key in the state dict, and its array.

    Raises TypeError if `models` is not a dict of Modules by name, and ValueError if two models have
    entries of one name.
    """
    if not isinstance(models, Mapping):
        raise TypeError(
            f"{function}: models={type(models).__name__} must be a dict of Modules by name, such "
            'as {"model": model}'
        )
    places: dict[str, tuple[str, str, np.ndarray[Any, Any]]] = {}
    for prefix, model in models.items():
        if not isinstance(prefix, str):
            raise TypeError(f"{function}: the name {prefix!r} of a model must be a str")
        if not isinstance(model, Module):
            raise TypeError(f"{function}: models[{prefix!r}]={model!r} must be a Module")
        for key, x in model.state_dict().items():
            name = f"{prefix}.{key}"
            if name in places:
                raise ValueError(f"{function}: two models have an entry {name}; rename one of them")
            places[name] = prefix, key, to_numpy(x._data)
    return places


def _library() -> Any:
    """Return the package safetensors, with its module for NumPy arrays."""
    try:
        import safetensors.numpy
    except ModuleNotFoundError as error:
        raise ImportError(
            "safetensors files need the package safetensors: pip install safetensors"
        ) from error
    return safetensors
