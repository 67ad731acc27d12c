"""Loading numbers into a model by name: all of them, or none and a list of what does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import to_device
from minigan.functions import as_tensor

_COUNT = "num_batches_tracked"  # PyTorch has this buffer since version 0.4.1

# PyTorch's newer names of the tensors of a spectral norm or a weight norm, and ours, its older ones
_NEWER = re.compile(
    r"(?:^|(?<=\.))parametrizations\.(\w+)\.(original0|original1|original|0\._[uv])$"
)
_OLDER = {"original": "_orig", "original0": "_g", "original1": "_v", "0._u": "_u", "0._v": "_v"}


class Keys(NamedTuple):
    """The names that `load_state_dict(strict=False)` could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def load(
    model: str, own: Mapping[str, Tensor], state_dict: Mapping[str, Any], strict: bool, assign: bool
) -> Keys:
    """Copy the values of state_dict into the tensors of the same names, in place.

    `model` names the model in errors, which are those of `Module.load_state_dict`.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(
            f"load_state_dict: state_dict must be a dict, not {type(state_dict).__name__}"
        )
    given = {_our_name(name, own): value for name, value in state_dict.items()}
    known = {
        name: _in_shape(_tensor(name, value), own[name])
        for name, value in given.items()
        if name in own
    }
    missing = [name for name in own if name not in known and name.rpartition(".")[2] != _COUNT]
    unexpected = [name for name in given if name not in own]
    wrong = [
        f"{name} has shape {x.shape}, and is {own[name].shape} here"
        for name, x in known.items()
        if x.shape != own[name].shape
    ]
    if strict:
        wrong += [f"missing: {', '.join(missing)}"] * bool(missing)
        wrong += [f"unexpected: {', '.join(map(str, unexpected))}"] * bool(unexpected)
    if wrong:
        raise RuntimeError(
            f"load_state_dict: this state_dict does not fit {model}: "
            + "; ".join([*wrong, *_hints(given, own)])
        )
    for name, x in known.items():
        if assign:
            own[name].data = x
            continue
        with np.errstate(all="ignore"):  # a float64 may be infinite as a float32
            own[name]._data[...] = to_device(x._data, own[name].device)
        own[name].changed()
    return Keys(missing, unexpected)


def _our_name(name: Any, own: Iterable[str]) -> Any:
    """Return the name, or our name of the same tensor if only this one is known."""
    found = _NEWER.search(name) if isinstance(name, str) and name not in own else None
    if found is None:
        return name
    ours = name[: found.start()] + found[1] + _OLDER[found[2]]
    return ours if ours in own else name


def _in_shape(x: Tensor, own: Tensor) -> Tensor:
    """Return x; a vector of one number as a number if such is needed (PyTorch before 0.4)."""
    return x[0] if x.shape == (1,) and own.shape == () else x


def _hints(given: Mapping[Any, Any], own: Iterable[str]) -> list[str]:
    """Return what to do, if the names show what is wrong."""
    names, known = {name for name in given if isinstance(name, str)}, set(own)
    for prefix in ("module.", "_orig_mod.", "model."):  # DataParallel, torch.compile, a wrapper
        if known & {name.removeprefix(prefix) for name in names if name.startswith(prefix)}:
            return [
                f"the names begin with {prefix!r} (nn.DataParallel adds 'module.'); load "
                f"{{name.removeprefix({prefix!r}): x for name, x in state_dict.items()}}"
            ]
        if known & {prefix + name for name in names}:
            return [f"the names here begin with {prefix!r}, and those of the state_dict do not"]
    inner = [name for name, value in given.items() if isinstance(value, Mapping)]
    for name in inner:
        if known & set(given[name]):
            return [f"this is a checkpoint; load checkpoint[{name!r}]"]
    return []


def _tensor(name: str, value: Any) -> Tensor:
    """Return a value of a state_dict as a tensor.

    Raises TypeError if it is not a tensor (ours or PyTorch's) or an array.
    """
    try:
        return as_tensor(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"load_state_dict: {name} is a {type(value).__name__}, not a tensor: {error}"
        ) from error
