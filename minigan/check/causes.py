"""The usual causes of failures in a user's file, as advice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from minigan import functions
from minigan.autograd import Tensor
from minigan.check.outcome import Failure

_RULE = re.compile(r"backward(_\w+)?$")


def usual_cause(failure: Failure, path: str, inputs: Sequence[str] = ()) -> str:
    """Return the usual cause of a failure as advice, or "" if none is known.

    `path` is the user's file and `inputs` are the names of the inputs of its op's forward.
    """
    own = [frame for frame in failure.frames if frame.file == path]
    source = own[-1].source if own else ""
    rule = next((f.function for f in own if _RULE.fullmatch(f.function)), "")
    seen = _Seen(failure.kind, failure.message, source, rule, tuple(inputs))
    for cause in _CAUSES:
        if text := cause(seen):
            return text
    return ""


class _Seen(NamedTuple):
    """What is known of a failure."""

    kind: str
    message: str
    source: str  # the line of the user's file
    rule: str  # the name of the rule that failed; empty if it was forward, or another function
    inputs: tuple[str, ...]


def _ending(seen: _Seen) -> str:
    return {
        "SystemExit": "the file ends Python with exit() or sys.exit(); remove this call",
        "KeyboardInterrupt": "the file raises KeyboardInterrupt; remove this",
        "EOFError": "nothing can be typed in here: write the value instead of input()",
        "RecursionError": "a function calls itself without end",
        "MemoryError": "an array is larger than the memory that a check may use",
        "NotImplementedError": "this part is not written yet",
        "ModuleNotFoundError": "the module is not installed here, nor is it beside the file",
    }.get(seen.kind, "")


def _numpy_on_tensors(seen: _Seen) -> str:
    """np.cos(x), np.sum(x) or math.cos(x) in a rule."""
    if not seen.rule or not (call := re.search(r"\b(np|numpy|math)\.(\w+)\(", seen.source)):
        return ""
    if seen.kind not in ("TypeError", "RuntimeError", "ValueError"):
        return ""
    room, name = call[1], call[2]
    if hasattr(Tensor, name):
        return f"rules receive tensors: write x.{name}(), not {room}.{name}(x)"
    return f"rules receive tensors: use a function of minigan, not {room}.{name}"


def _tensor_methods_on_arrays(seen: _Seen) -> str:
    """x.cos() or minigan.cos(x) in forward."""
    if method := re.match(r"'numpy\.\w+' object has no attribute '(\w+)'", seen.message):
        if method[1].startswith("_") or seen.rule:  # the engine's
            return "rules return tensors, and this one has a NumPy array: use minigan's functions"
        return f"forward receives NumPy arrays: write np.{method[1]}(x), not x.{method[1]}()"
    call = re.search(r"\b(?:minigan|F)\.(\w+)\(", seen.source)
    if call and not seen.rule and "must be a Tensor" in seen.message:
        return f"forward receives NumPy arrays, not tensors: write np.{call[1]}(x)"
    return ""


def _arrays_methods_on_tensors(seen: _Seen) -> str:
    """x.astype(...) in a rule."""
    if method := re.match(r"'Tensor' object has no attribute '(\w+)'", seen.message):
        like = {"astype": "to", "copy": "clone", "swapaxes": "transpose", "ravel": "flatten"}
        instead = f": write x.{like[method[1]]}(...)" if method[1] in like else ""
        return f"rules receive tensors, whose methods are PyTorch's{instead}"
    return ""


def _missing_names(seen: _Seen) -> str:
    if seen.kind != "NameError" or not (name := re.match(r"name '(\w+)'", seen.message)):
        return ""
    if name[1] in ("np", "numpy", "minigan", "math"):
        module = "numpy as np" if name[1] == "np" else name[1]
        return f"the file lacks the line: import {module}"
    if name[1] in ("Op", "Tensor", "no_grad") or hasattr(functions, name[1]):
        return f"the file lacks the line: from minigan import {name[1]}"
    if seen.rule and name[1] in (*seen.inputs, "out", "saved", "g"):
        needed = "self, g" if name[1] == "g" else f"self, g, {name[1]}"
        return f"a rule receives only what it names: write def {seen.rule}({needed})"
    return ""


def _reserved_names(seen: _Seen) -> str:
    if name := re.search(r"an input cannot be called '(\w+)'", seen.message):
        return f"forward has an input called `{name[1]}`; give it another name"
    return ""


def _number_of_inputs(seen: _Seen) -> str:
    found = re.search(r"forward\(\) takes (\d+) positional arguments? but (\d+)", seen.message)
    if found is None:
        return ""
    if found[1] == "1":
        return "the first parameter of forward is self, then come its inputs"
    return f"forward takes {int(found[1]) - 1} inputs, and the example has {int(found[2]) - 1}"


def _no_rule(seen: _Seen) -> str:
    if rule := re.search(r"has no rule (backward_\w+)", seen.message):
        return f"the class lacks a method {rule[1]}(self, g, ...)"
    return ""


def _no_array(seen: _Seen) -> str:
    if found := re.match(r"forward must return a NumPy array, not (\w+)", seen.message):
        return "forward lacks a return" if found[1] == "NoneType" else "write np.asarray(...)"
    return ""


_CAUSES: tuple[Callable[[_Seen], str], ...] = (
    _ending,
    _reserved_names,
    _numpy_on_tensors,
    _tensor_methods_on_arrays,
    _arrays_methods_on_tensors,
    _missing_names,
    _number_of_inputs,
    _no_rule,
    _no_array,
)
