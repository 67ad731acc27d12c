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
from minigan.nn import functional as F
from minigan.nn import init

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
    "allclose": "isclose", "isposinf": "isinf", "batch_norm_act": "batch_norm",
    "linear_act": "linear", "normal_": "init", "uniform_": "init", "trunc_normal_": "init",
    "kaiming_normal_": "init", "kaiming_uniform_": "init", "xavier_normal_": "init",
    "xavier_uniform_": "init",
}  # fmt: skip
# arguments that the function which does the work has under another name
RENAMED = {"mm": "(input|other)", "dot": "(input|other)", "heaviside": "(input|other)"}

# arguments of functions whose results no program keeps: they are random, undefined or no tensors
X = minigan.ones(2, 3)
UNKEPT: dict[Any, tuple[Any, ...]] = {
    minigan.allclose: (X, X), minigan.bernoulli: (X,), minigan.broadcast_to: (X, (2, 3)),
    minigan.empty_like: (X,), minigan.equal: (X, X), minigan.flip: (X, 0),
    minigan.is_floating_point: (X,), minigan.is_nonzero: (X[0, 0],), minigan.isfinite: (X,),
    minigan.isinf: (X,), minigan.isnan: (X,), minigan.isposinf: (X,), minigan.logical_not: (X,),
    minigan.meshgrid: (X[0],), minigan.multinomial: (X, 1), minigan.multiply: (X, X),
    minigan.numel: (X,), minigan.permute: (X, (1, 0)), minigan.rand_like: (X,),
    minigan.randint_like: (X, 3), minigan.randn_like: (X,), minigan.reshape: (X, 6),
    minigan.subtract: (X, X), minigan.swapdims: (X, 0, 1), minigan.tile: (X, 2),
    minigan.triu: (X,), minigan.unflatten: (X, 1, (3, 1)), F.batch_norm_act: (X, X[0], X[0]),
    F.dropout1d: (X,), F.dropout2d: (X,), F.dropout3d: (X,), F.gumbel_softmax: (X,),
    F.hardsigmoid: (X,), F.linear_act: (X, X), F.max_unpool2d: (X[None, None], X[None, None], 1),
    init.kaiming_normal_: (X,), init.kaiming_uniform_: (X,), init.normal_: (X,),
    init.orthogonal_: (X,), init.sparse_: (X, 0.5), init.trunc_normal_: (X,),
    init.uniform_: (X,), init.xavier_normal_: (X,), init.xavier_uniform_: (X,),
}  # fmt: skip


def calls() -> dict[str, Any]:
    """Return a function and legal arguments of it for each name that the programs use."""
    found: dict[str, Any] = {}

    def see(path: str, value: Any, bound: inspect.BoundArguments) -> None:
        found.setdefault(path, (value, bound))

    for name in names("ops", "functions", "images", "more"):
        PROGRAMS[name](Watched(minigan, lambda _, value: inspect.isfunction(value), see))
    for function, arguments in UNKEPT.items():
        found[function.__name__] = (function, inspect.signature(function).bind(*arguments))
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
    assert not wrong and tried > 440
