"""A text in place of each tensor of each function: an error names the function and the argument."""

from __future__ import annotations

import inspect
import re
from types import ModuleType
from typing import Any

import pytest
from oracle_programs import PROGRAMS, names

import minigan
import minigan.nn
import minigan.optim

# functions whose error names the function that does the work
WORKERS = {
    "absolute": "abs", "addmm": "mm", "addmv": "mv", "aminmax": "amin", "arccos": "acos",
    "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan",
    "arctan2": "atan2", "arctanh": "atanh", "argwhere": "nonzero", "baddbmm": "bmm",
    "bucketize": "Tensor", "clamp_max": "clamp", "clamp_min": "clamp", "clip": "clamp",
    "divide": "div", "true_divide": "div", "float_power": "unsupported operand", "greater": "gt",
    "greater_equal": "ge", "less": "lt", "less_equal": "le", "not_equal": "ne",
    "index_copy": "(clone|Tensor)", "index_fill": "clone", "scatter": "(clone|Tensor)",
    "isin": "Tensor", "isneginf": "isinf",
    "max": "maximum",
    "min": "minimum", "lerp": "sub",
    "masked_fill": "where", "moveaxis": "movedim", "msort": "sort",
    "negative": "neg", "triplet_margin_loss": "pairwise_distance", "constant_": "init",
    "ones_": "init", "zeros_": "init", "searchsorted": "Tensor",
    "swapaxes": "transpose", "take_along_dim": "gather",
}  # fmt: skip
# arguments that the function which does the work has under another name
RENAMED = {"mm": "(input|other)", "dot": "(input|other)", "heaviside": "(input|other)"}


class Recording:
    """The module minigan; it keeps the arguments of the first call of each function."""

    def __init__(self, module: Any, path: str, calls: dict[str, Any]) -> None:
        self._module, self._path, self._calls = module, path, calls

    def __getattr__(self, name: str) -> Any:
        value, path = getattr(self._module, name), f"{self._path}.{name}"
        if isinstance(value, ModuleType):
            return Recording(value, path, self._calls)
        if not inspect.isfunction(value):
            return value
        signature = inspect.signature(value)
        if any(p.kind == p.VAR_POSITIONAL for p in signature.parameters.values()):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            if not {"axis", "keepdims"} & set(kwargs):  # NumPy's names are not in the signature
                self._calls.setdefault(path, (value, signature.bind(*args, **kwargs)))
            return value(*args, **kwargs)

        return call


def calls() -> dict[str, Any]:
    """Return a function and legal arguments of it for each name that the programs use."""
    found: dict[str, Any] = {}
    for name in names("ops", "functions", "images", "more"):
        PROGRAMS[name](Recording(minigan, "minigan", found))
    return found


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_text_in_place_of_a_tensor_is_refused_by_name() -> None:
    tried, wrong = 0, []
    for path, (function, bound) in sorted(calls().items()):
        name = path.rpartition(".")[2]
        for key, value in bound.arguments.items():
            if not isinstance(value, minigan.Tensor):
                continue
            arguments = inspect.BoundArguments(bound.signature, bound.arguments | {key: "text"})
            words = f"{name}_?: .*{RENAMED.get(name, key)}"
            words = f"({words}|{WORKERS[name]})" if name in WORKERS else words
            with pytest.raises((TypeError, ValueError)) as error:
                function(*arguments.args, **arguments.kwargs)
            if not re.match(words, str(error.value)):
                wrong.append(f"{path}, {key}: {error.value}")
            tried += 1
    assert not wrong and tried > 380
