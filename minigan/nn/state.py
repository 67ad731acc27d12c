"""Loading numbers into a model by name: all of them, or none and a list of what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import to_device
from minigan.functions import as_tensor


class Keys(NamedTuple):
    """The names that `load_state_dict(strict=False)` could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def load(
    model: str, own: Mapping[str, Tensor], state_dict: Mapping[str, Any], strict: bool
) -> Keys:
    """Copy the values of state_dict into the tensors of the same names, in place.

    `model` names the model in errors, which are those of `Module.load_state_dict`.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(
            f"load_state_dict: state_dict must be a dict, not {type(state_dict).__name__}"
        )
    known = {name: _tensor(name, value) for name, value in state_dict.items() if name in own}
    missing = [name for name in own if name not in known]
    unexpected = [name for name in state_dict if name not in own]
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
            f"load_state_dict: this state_dict does not fit {model}: " + "; ".join(wrong)
        )
    for name, x in known.items():
        with np.errstate(all="ignore"):  # a float64 may be infinite as a float32
            own[name]._data[...] = to_device(x._data, own[name].device)
        own[name].changed()
    return Keys(missing, unexpected)


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
