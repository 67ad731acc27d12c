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


def save_weights(models: Models, path: str | os.PathLike[str]) -> int:
    """Write the state dicts of models into a safetensors file, and return the number of entries.

    The same weights give the same bytes. Raises TypeError if a model is not a Module, ImportError
    without the package safetensors, and OSError if the file cannot be written.
    """
    safetensors = _library()
    entries = {name: np.asarray(a, order="C") for name, a in _entries("save_weights", models)}
    content = safetensors.save(entries)
    with replacing(path) as file:
        file.write_bytes(content)
    return len(entries)


def read_weights(path: str | os.PathLike[str]) -> dict[str, Tensor]:
    """Return all entries of a safetensors file.

    Raises ValueError if the file is not of this format, or has a dtype that minigan lacks (such as
    bfloat16), ImportError without the package safetensors, and OSError if it cannot be read.
    """
    safetensors = _library()
    with open_regular(Path(path)) as file:
        content = file.read()
    try:
        entries = safetensors.load(content)
        return {name: Tensor._wrap(np.array(entry)) for name, entry in sorted(entries.items())}
    except Exception as error:  # the library raises errors of many kinds for damaged files
        reason = str(error).strip() or type(error).__name__
        raise ValueError(f"{path} is not a safetensors file that can be read: {reason}") from error


def load_weights(models: Models, path: str | os.PathLike[str]) -> None:
    """Copy the entries of a safetensors file into models.

    Nothing is changed unless every entry fits: the file has the names of all weights and buffers
    and no others, and each has the shape and the dtype of its place and finite numbers. Raises
    ValueError that names the first entry that does not fit, and what `read_weights` raises.
    """
    wanted, found = dict(_entries("load_weights", models)), read_weights(path)
    for name, array in wanted.items():
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
    if others := sorted(found.keys() - wanted.keys()):
        raise ValueError(f"{path}: the models have no {others[0]} ({len(others)} such entries)")
    for prefix, model in models.items():
        start = f"{prefix}."
        state = {n.removeprefix(start): x for n, x in found.items() if n.startswith(start)}
        model.load_state_dict(state)


def _entries(function: str, models: Models) -> list[tuple[str, np.ndarray[Any, Any]]]:
    """Return the names and arrays of all weights and buffers of the models."""
    entries = []
    for prefix, model in models.items():
        if not isinstance(model, Module):
            raise TypeError(f"{function}: models[{prefix!r}]={model!r} must be a Module")
        for name, x in model.state_dict().items():
            entries.append((f"{prefix}.{name}", to_numpy(x._data)))
    return entries


def _library() -> Any:
    """Return the package's module for NumPy arrays."""
    try:
        import safetensors.numpy
    except ModuleNotFoundError as error:
        raise ImportError(
            "safetensors files need the package safetensors: pip install 'minigan[exchange]'"
        ) from error
    return safetensors.numpy
