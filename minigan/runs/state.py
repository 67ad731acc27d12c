"""Checks the state in a checkpoint before anything of it is used.

The state of a new task says which entries there must be, and of which types and shapes. Numbers
must be finite, because a model with one weight that is not finite draws nothing but such numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.runs.task import Task

_MOMENTS = ("exp_avg", "exp_avg_sq")  # what Adam keeps for a parameter, beside the number of steps
_POSITIVE = ("running_var", "exp_avg_sq")  # endings of names of what is no longer negative


def require_state(found: Any, task: Task, steps: int) -> None:
    """Raise ValueError unless `found` is a state of this task, after at most `steps` updates."""
    like = task.state_dict()
    _require_keys("the checkpoint", found, like, may_lack=("recorder",))
    _require("training", found["training"], like["training"])
    number = found["training"]["number"]
    if number > steps:
        raise ValueError(f"it has made {number} of {steps} updates")
    for name, optimizer in task.optimizers.items():
        _require_optimizer(f"training.{name}", found["training"][name], optimizer, number)
    _require_frames(found["frames"], found["numbers"], task.frame_shape, number)
    updates = found.get("recorder", {}).get("updates", []) if "recorder" in found else []
    if updates and not (type(updates[-1]) is int and updates[-1] <= number):
        raise ValueError(f"recorder: a record is of update {updates[-1]!r} of {number}")


def bytes_of(task: Task) -> int:
    """Return how many bytes the arrays of a usual checkpoint of this task have, or somewhat more.

    There are the weights, their moving average and two moments, pictures, and records.
    """
    weights = sum(value.numel() for model in task.models for value in model.state_dict().values())
    records = getattr(task, "recorder", None)
    numbers = 4 * weights + 60 * math.prod(task.frame_shape)
    if records is not None:
        numbers += 220 * sum(math.prod(shape) for shape in records.shapes.values())
    return 4 * numbers + (1 << 20)


def _require(place: str, found: Any, like: Any) -> None:
    """Raise ValueError unless `found` has the structure, types and shapes of `like`."""
    if isinstance(like, Tensor):
        like = like.numpy()
    if isinstance(like, np.ndarray):
        _require_array(place, found, like.shape, like.dtype)
    elif isinstance(like, dict):
        if "param_groups" in like:
            return  # an optimizer, which has no moments before its first step
        _require_keys(place, found, like)
        for key, value in like.items():
            _require(f"{place}.{key}", found[key], value)
    elif place.endswith(".order"):
        if not isinstance(found, list) or not all(type(row) is int for row in found):
            raise ValueError(f"{place} is not a list of integers")
    elif isinstance(like, list | tuple):
        if not isinstance(found, list | tuple) or len(found) != len(like):
            raise ValueError(f"{place} is not a list of {len(like)} values")
        for number, (one, other) in enumerate(zip(found, like, strict=True)):
            _require(f"{place}[{number}]", one, other)
    else:
        _require_value(place, found, like)


def _require_value(place: str, found: Any, like: Any) -> None:
    """Raise ValueError unless a value is of the type of `like`: a text equals it, too."""
    if isinstance(like, bool | str) or like is None:
        legal = type(found) is type(like) and (found == like or isinstance(like, bool))
    elif isinstance(like, int):
        legal = type(found) is int and found >= 0
    else:
        legal = type(found) in (int, float) and abs(found) < 1e300
    if not legal:
        raise ValueError(f"{place}={found!r:.60} is not legal (legal: one such as {like!r:.60})")


def _require_keys(place: str, found: Any, like: Mapping[str, Any], may_lack: Any = ()) -> None:
    """Raise ValueError unless `found` is a dict with these keys."""
    if not isinstance(found, dict):
        raise ValueError(f"{place} is a {type(found).__name__}, and must be a dict")
    lacks = [key for key in like if key not in found and key not in may_lack]
    more = [key for key in found if key not in like]
    if lacks or more:
        raise ValueError(f"{place} lacks {lacks!s:.80} and has {more!s:.80}")


def _require_array(place: str, found: Any, shape: Sequence[int], dtype: Any) -> None:
    """Raise ValueError unless `found` is an array of this shape and dtype, with legal numbers."""
    if not isinstance(found, np.ndarray) or found.dtype.newbyteorder("=") != dtype:
        kind = found.dtype if isinstance(found, np.ndarray) else type(found).__name__
        raise ValueError(f"{place} is of type {kind}, and must be an array of {dtype}")
    if found.shape != tuple(shape):
        raise ValueError(f"{place} has shape {found.shape}, and must have {tuple(shape)}")
    if dtype.kind == "f" and not np.isfinite(found).all():
        raise ValueError(f"{place} has values that are not finite")
    if place.endswith(_POSITIVE) and (found < 0).any():
        raise ValueError(f"{place} has negative values")


def _require_optimizer(place: str, found: Any, optimizer: Any, number: int) -> None:
    """Raise ValueError unless `found` is a state of this optimizer after `number` updates."""
    like = optimizer.state_dict()
    _require_keys(place, found, like)
    groups, moments = found["param_groups"], found["state"]
    if not isinstance(groups, list) or len(groups) != len(like["param_groups"]):
        raise ValueError(f"{place} has other groups of parameters")
    for group, own in zip(groups, like["param_groups"], strict=True):
        _require_keys(f"{place}.param_groups", group, own, may_lack=own)
        for name, value in group.items():
            _require(f"{place}.{name}", value, own[name])
        if list(group.get("params", ())) != own["params"]:
            raise ValueError(f"{place} has other parameters")
    params = [p for group in optimizer.param_groups for p in group["params"]]
    if not isinstance(moments, dict) or set(moments) != set(range(len(params) * (number > 0))):
        raise ValueError(f"{place} must have moments of all parameters after the first update")
    for key in sorted(moments):
        p = params[key]
        _require_keys(f"{place}.{key}", moments[key], dict.fromkeys(("step", *_MOMENTS)))
        for name in _MOMENTS:
            _require_array(f"{place}.{key}.{name}", moments[key][name], p.shape, p.dtype)


def _require_frames(frames: Any, numbers: Any, shape: Sequence[int], last: int) -> None:
    """Raise ValueError unless these are pictures of the progress, with the numbers of updates."""
    if not isinstance(frames, list) or not isinstance(numbers, list):
        raise ValueError("frames and numbers must be lists")
    if not 0 < len(frames) == len(numbers):
        raise ValueError(f"there are {len(frames)} frames and {len(numbers)} numbers")
    if not all(type(number) is int for number in numbers):
        raise ValueError("numbers are not integers")
    if any(a > b for a, b in zip([0, *numbers], [*numbers, last], strict=True)):
        raise ValueError(f"numbers do not increase from 0 to {last}")
    for number, frame in zip(numbers, frames, strict=True):
        _require_array(f"the frame of update {number}", frame, shape, np.dtype(np.float32))
