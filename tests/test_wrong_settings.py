"""An object of no use in place of each setting: an error names the function and the argument."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from oracle_programs import PROGRAMS
from watched import Watched

import minigan
import minigan.nn
import minigan.optim
from minigan.nn import functional, init, utils
from minigan.optim import lr_scheduler


class Useless:
    """A value that is legal for no setting."""

    def __repr__(self) -> str:
        return "Useless()"


def calls() -> dict[Any, Any]:
    """Return functions and classes with legal arguments, one call for each set of arguments."""
    found: dict[Any, Any] = {}

    def see(path: str, value: Any, bound: inspect.BoundArguments) -> None:
        found.setdefault((path, *bound.arguments), (value, bound))

    for name in PROGRAMS:
        if not name.startswith(("dtypes/", "inplace/")):
            PROGRAMS[name](Watched(minigan, lambda name, _: name != "Tensor", see))
    return found


MODULES = (lr_scheduler, minigan.optim, utils, init, functional, minigan.nn, minigan)
PUBLIC: dict[str, Callable[..., Any]] = {
    name: getattr(module, name)
    for module in MODULES
    for name in dir(module)
    if callable(getattr(module, name)) and not name.startswith("_")
}

# settings whose error does not begin with a function and an argument of it
OTHER_WORDS = {
    "size Useless() in shape": (
        "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d "
        "adaptive_max_pool2d adaptive_max_pool3d layer_norm rms_norm repeat_interleave "
        "tril_indices triu_indices eye linspace logspace"
    ),
    "register_buffer: ": "BCELoss BCEWithLogitsLoss CrossEntropyLoss MultiLabelSoftMarginLoss",
    "input size=(Useless(), Useless())": "fold",
    "scale_factor=Useless()": "UpsamplingBilinear2d interpolate",
    "other=Useless()": "pow float_power",
    "where: input=None": "where",
    "_: dim=Useless()": "scatter index_copy index_fill",
    "arange: end=Useless()": "arange",
    "give dim or other, not both": "max min",
    "the cotangent must be a Tensor": "grad",
    "has no matrix of parameters": "spectral_norm",
}
# settings that are read when the layer is called, or only in some calls
LATE = {
    **{f"Adaptive{kind}Pool{D}d": "output_size" for kind in ("Avg", "Max") for D in (1, 2, 3)},
    "Fold": "dilation kernel_size output_size padding stride",
    "Unfold": "dilation kernel_size padding stride",
    "LPPool1d": "kernel_size stride", "LPPool2d": "kernel_size stride",
    "LPPool3d": "kernel_size stride", "Unflatten": "unflattened_size", "Upsample": "mode",
    "UpsamplingBilinear2d": "size", "InstanceNorm3d": "dtype", "dropout": "generator",
    "clip_grad_norm_": "foreach", "clip_grad_value_": "foreach", "no_grad": "function",
    "split": "split_size",
}  # fmt: skip


def is_right(name: str, key: str, error: Exception) -> bool:
    """Return whether an error names the function and the argument, or those that do the work."""
    words = str(error)
    if type(error) not in (TypeError, ValueError):
        return False
    if any(start in words and name in names.split() for start, names in OTHER_WORDS.items()):
        return True
    if key in ("device", "generator"):
        return re.match(rf"(\w+: )?{key}=Useless\(\)", words) is not None
    said = re.match(r"(\w+): (\w+)", words)
    if not said or said[1] not in PUBLIC:
        return False
    if said[1].strip("_") == name.strip("_"):
        return said[2] == key
    return said[2] in inspect.signature(PUBLIC[said[1]]).parameters


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_an_object_of_no_use_in_place_of_a_setting_is_refused_by_name() -> None:
    tried, accepted, wrong = set(), set(), []
    for (path, *_), (function, bound) in calls().items():
        name = path.rpartition(".")[2]
        legal = inspect.BoundArguments(bound.signature, dict(bound.arguments))
        legal.apply_defaults()
        for key, value in legal.arguments.items():
            if isinstance(value, minigan.Tensor) or key.startswith("_") or (name, key) in tried:
                continue
            arguments = inspect.BoundArguments(bound.signature, legal.arguments | {key: Useless()})
            try:
                function(*arguments.args, **arguments.kwargs)
            except Exception as error:
                tried.add((name, key))
                if not is_right(name, key, error):
                    wrong.append(f"{path}, {key}: {type(error).__name__}: {error}")
            else:
                accepted.add((name, key))
    assert not wrong, "\n".join(wrong)
    assert accepted - tried == {(name, key) for name, keys in LATE.items() for key in keys.split()}
    assert len(tried) > 850
