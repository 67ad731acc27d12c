"""A text in place of each tensor of each function: an error names the function and the argument."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from oracle_programs import PROGRAMS, names
from watched import Watched

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


def calls() -> dict[str, Any]:
    """Return a function and legal arguments of it for each name that the programs use."""
    found: dict[str, Any] = {}

    def see(path: str, value: Any, bound: inspect.BoundArguments) -> None:
        found.setdefault(path, (value, bound))

    for name in names("ops", "functions", "images", "more"):
        PROGRAMS[name](Watched(minigan, lambda _, value: inspect.isfunction(value), see))
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
