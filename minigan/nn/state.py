"""Loading numbers into a model by name: all of them, or none and a list of what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import to_device
from minigan.functions import as_tensor


class Keys(NamedTuple):
    """What `load_state_dict(strict=False)` could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def load(
    model: str, own: Mapping[str, Tensor], state_dict: Mapping[str, Any], strict: bool
) -> Keys:
    """Copy the values of state_dict into the tensors of these names, in place; see
    `Module.load_state_dict`.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(
            f"load_state_dict: state_dict must be a dict, not {type(state_dict).__name__}"
        )
    given = {name: _numbers(name, value) for name, value in state_dict.items() if name in own}
    missing = [name for name in own if name not in given]
    unexpected = [name for name in state_dict if name not in own]
    wrong = [
        f"{name} has shape {x.shape}, and is {own[name].shape} here"
        for name, x in given.items()
        if x.shape != own[name].shape
    ]
    if strict:
        wrong += [f"missing: {', '.join(missing)}"] * bool(missing)
        wrong += [f"unexpected: {', '.join(map(str, unexpected))}"] * bool(unexpected)
    if wrong:
        raise RuntimeError(f"load_state_dict: {model} cannot take this: " + "; ".join(wrong))
    for name, x in given.items():
        with np.errstate(all="ignore"):  # a float64 may be infinite as a float32
            own[name].data[...] = to_device(x.data, own[name].device)
        own[name].changed()
    return Keys(missing, unexpected)


def _numbers(name: str, value: Any) -> Tensor:
    """A value of a state_dict as a tensor.

    Raises TypeError if it is no tensor (ours or PyTorch's) and no array.
    """
    try:
        return as_tensor(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"load_state_dict: {name} is a {type(value).__name__}, no tensor: {error}"
        ) from error
