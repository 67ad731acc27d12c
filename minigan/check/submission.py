"""The child's side of `minigan check FILE.py`: it imports the file and evaluates the ops in it.

The functions are targets of `minigan.check.process.Child.call`. They judge nothing: whatever the
file does to this process, the numbers that come back are judged in another one.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from minigan.autograd import Op, Tensor
from minigan.check.originals import Originals
from minigan.check.problem import Problem
from minigan.check.source import MOST_BYTES
from minigan.files import read_regular

_originals = Originals()
_kinds: dict[str, type[Op]] = {}
_cases: list[Op] = []


def listed(path: str) -> list[dict[str, Any]]:
    """Return the classes of ops that the text of a file defines, without running it.

    For each one: its name and line, the line of each function in it, which of these return nothing,
    and whether it is abstract (it has no forward, and others derive from it). Raises SyntaxError,
    and ValueError for text that is not Python's.
    """
    bases, found = {"Op", "FusedOp"}, dict[str, dict[str, Any]]()
    for node in _statements(ast.parse(read_regular(path, MOST_BYTES), path)):
        if isinstance(node, ast.ImportFrom):
            bases |= {n.asname for n in node.names if n.asname and n.name in ("Op", "FusedOp")}
        if isinstance(node, ast.ClassDef):
            own = [getattr(base, "attr", getattr(base, "id", "")) for base in node.bases]
            if bases.intersection(own):
                parts = [part for part in node.body if isinstance(part, ast.FunctionDef)]
                found[node.name] = {
                    "name": node.name,
                    "line": node.lineno,
                    "lines": {part.name: part.lineno for part in parts},
                    "abstract": False,
                    "silent": [part.name for part in parts if not _returns(part)],
                }
                bases.add(node.name)
                for base in own:
                    if base in found and "forward" not in found[base]["lines"]:
                        found[base]["abstract"] = True
    return list(found.values())


def _returns(function: ast.FunctionDef) -> bool:
    """Return whether a function has a return with a value, or a raise."""
    return any(
        isinstance(node, ast.Raise) or (isinstance(node, ast.Return) and node.value is not None)
        for node in ast.walk(function)
    )


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements of a module, those inside of if, try and with among them."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.expr):
            yield from _statements(child)


def load(path: str) -> list[tuple[str, tuple[str, ...], bool]]:
    """Run a file, and return its ops: the name, the names of inputs, and whether one is variadic.

    It may import its neighbours. Raises whatever the file raises.
    """
    name = f"_checked_{Path(path).stem}"
    module = ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module  # dataclasses look their module up
    sys.path.insert(0, str(Path(path).parent))
    sys.argv[:] = [path]
    sys.dont_write_bytecode = True
    _originals.remember()
    text = read_regular(path, MOST_BYTES)
    exec(compile(text, path, "exec", dont_inherit=True), vars(module))
    for kind in list(vars(module).values()):
        if isinstance(kind, type) and issubclass(kind, Op) and kind.__module__ == name:
            _kinds.setdefault(kind.__name__, kind)
    return [
        (name, kind.names, kind.variadic)
        for name, kind in _kinds.items()
        if kind.forward is not Op.forward or not kind.__subclasses__()
    ]


def replaced(path: str) -> list[str]:
    """Return the names of what the file has replaced in minigan, NumPy and Python."""
    return _originals.replaced(path)


def examples(name: str) -> list[dict[str, Any]] | None:
    """Return the cases that an op's `examples()` names, or None if it has no such method.

    Raises what `examples()` raises, and TypeError if it returns something else than a list of
    tuples of inputs or of pairs (op, inputs).
    """
    kind: Any = _kinds[name]
    if not hasattr(kind, "examples"):
        return None
    found = []
    for entry in kind.examples():
        paired = isinstance(entry, tuple | list) and len(entry) == 2 and isinstance(entry[0], Op)
        op, inputs = entry if paired else (kind(), entry)
        if not isinstance(op, kind):
            raise TypeError(
                f"examples() of {name} returns an op of class {type(op).__name__}; it must return "
                f"ops of class {name}"
            )
        inputs = tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,)
        found.append({**_case(op), "inputs": [None if x is None else _floats(x) for x in inputs]})
    return found


def made(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the case of an op that is made with some settings. Raises what the class raises."""
    return _case(_kinds[payload["name"]](**payload["settings"]))


def outputs(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs of a case, or of its gradients, and the places of changed inputs."""
    problem = _problem(payload)
    before = [None if x is None else x.numpy().copy() for x in problem.inputs]
    ys = problem.evaluate(problem.inputs)
    for y in ys:
        if not isinstance(y._data, np.ndarray):
            raise TypeError(f"forward must return a NumPy array, not {type(y._data).__name__}")
    changed = [
        i
        for i, (x, was) in enumerate(zip(problem.inputs, before, strict=True))
        if x is not None and was is not None and not bool((x.numpy() == was).all())
    ]
    return {"outputs": [y.numpy() for y in ys], "changed": changed}


def gradients(payload: dict[str, Any]) -> list[Any]:
    """Return the gradients of a case, or of its gradients, by the rules."""
    us = [Tensor._wrap(u) for u in payload["cotangents"]]
    problem = _problem(payload)
    return [g.numpy() for g in problem.gradients(problem.inputs, us, payload["record"])]


def _case(op: Op) -> dict[str, Any]:
    """Keep an op; return its number, its title, and its settings as far as they can be sent."""
    _cases.append(op)
    settings = {}
    for name in dir(op):
        if not name.startswith("_") and name not in dir(Op):
            value = getattr(op, name)
            simple = value if isinstance(value, tuple | list) else [value]
            if all(v is None or isinstance(v, bool | int | float | str) for v in simple):
                settings[name] = value
    return {"case": len(_cases) - 1, "title": repr(op), "settings": settings}


def _floats(x: Any) -> Any:
    """Return an input as an array, with floats in float64."""
    array = (x if isinstance(x, Tensor) else Tensor(x)).numpy()
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _problem(payload: dict[str, Any]) -> Problem:
    """Return the problem of a case: `counts` says how many inputs it has at each order."""
    op, counts = _cases[payload["case"]], payload["counts"]
    inputs = [None if x is None else Tensor._wrap(x) for x in payload["inputs"]]
    title, rng = type(op).__name__, np.random.default_rng(0)
    problem = Problem(op, inputs[: counts[0]], ("",) * counts[0], title, 1, rng)
    for count in counts[1:]:
        problem = problem.derived(inputs[:count])
    return problem
