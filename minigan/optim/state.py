"""The state of an optimizer as a dict in PyTorch's format: written, and checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from minigan.autograd import Tensor
from minigan.checks import number
from minigan.functions import as_tensor

Group = dict[str, Any]  # parameters and their settings
State = dict[str, Tensor]  # of one parameter: the running averages, and "step"


def as_state_dict(param_groups: Sequence[Group], state: Mapping[Tensor, State]) -> dict[str, Any]:
    """Return states and groups with numbers in place of parameters, in the order of the groups."""
    params = [p for group in param_groups for p in group["params"]]
    numbers = {id(p): i for i, p in enumerate(params)}
    return {
        "state": {numbers[id(p)]: dict(values) for p, values in state.items()},
        "param_groups": [
            {**group, "params": [numbers[id(p)] for p in group["params"]]} for group in param_groups
        ],
    }


def read_state_dict(
    name: str, state_dict: Mapping[str, Any], param_groups: Sequence[Group]
) -> tuple[list[Group], dict[Tensor, State]]:
    """Return the settings of each group and a copy of the state of each parameter.

    `name` begins the errors. Raises ValueError if groups, parameters or shapes do not match
    param_groups, and TypeError if an entry is not a tensor or an array.
    """
    groups, entries = _parts(name, state_dict)
    theirs = [len(group.get("params", ())) for group in groups]
    ours = [len(group["params"]) for group in param_groups]
    if theirs != ours:
        raise ValueError(f"{name}: the groups have {theirs} parameters, and {ours} here")
    params = {
        number: p
        for group, own in zip(groups, param_groups, strict=True)
        for number, p in zip(group["params"], own["params"], strict=True)
    }
    if unknown := [number for number in entries if number not in params]:
        raise ValueError(f"{name}: state has parameters {unknown}, which are in no group")
    state = {
        params[number]: {
            key: _entry(name, key, value, params[number])
            for key, value in values.items()
            if value is not None
        }
        for number, values in entries.items()
    }
    settings = [{k: v for k, v in group.items() if k != "params"} for group in groups]
    return settings, state


def _parts(name: str, state_dict: Mapping[str, Any]) -> tuple[Sequence[Group], Mapping[Any, Any]]:
    """Return the groups and the states, or raise ValueError if they are not of the right kind."""
    if not isinstance(state_dict, Mapping) or not {"state", "param_groups"} <= set(state_dict):
        raise ValueError(
            f"{name}: state_dict must be a dict with the keys 'state' and 'param_groups'"
        )
    groups, entries = state_dict["param_groups"], state_dict["state"]
    if not isinstance(entries, Mapping) or not all(
        isinstance(values, Mapping) for values in entries.values()
    ):
        raise ValueError(f"{name}: 'state' must be a dict of dicts, one per parameter's number")
    if not isinstance(groups, list | tuple) or not all(
        isinstance(group, Mapping) and isinstance(group.get("params", ()), list | tuple)
        for group in groups
    ):
        raise ValueError(
            f"{name}: 'param_groups' must be a list of dicts with the key 'params', a list of "
            "numbers"
        )
    return groups, entries


def _entry(function: str, name: str, value: Any, p: Tensor) -> Tensor:
    """Return a copy of one entry, in the dtype and on the device of the parameter p.

    The number of steps and NAdam's product are one float32 on the CPU; as in PyTorch, the product
    of a float64 parameter is float64 once it was loaded.
    """
    try:
        x = as_tensor(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{function}: {name} is a {type(value).__name__}, not a tensor: {error}"
        ) from error
    if name in ("step", "mu_product"):
        number(function, name, x.item(), 0.0, 2.0**53)
        double = name == "mu_product" and p.dtype.char == "d"
        return x.to(dtype="float64" if double else "float32", device="cpu", copy=True)
    if x.shape != p.shape:
        raise ValueError(f"{function}: {name} has shape {x.shape}, and its parameter {p.shape}")
    return x.detach().to(dtype=p.dtype, device=p.device, copy=True)
