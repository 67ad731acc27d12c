"""Write `autograd/tensor.pyi`: the class Tensor with all methods that `methods.py` installs.

Run `python -m minigan.functions.stub` after a change of a method; a test compares the file.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_overloads

from minigan.autograd import tensor as source
from minigan.files import replacing
from minigan.functions.methods import METHODS, PROPERTIES

PATH = Path(source.__file__).with_suffix(".pyi")
_HEAD = """# Written by `python -m minigan.functions.stub`; do not edit.
import builtins
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Self, overload

import numpy as np

from minigan import backend
from minigan.autograd.dtypes import DType

"""
# Builtins that methods hide inside the class, and names of files that the stub does not import.
_BUILTIN = re.compile(r"\b(int|float|bool|type|tuple|list|str|object)\b")
_OTHER = re.compile(r"\b(Operand|Dims|Shape|Seed|Extremum)\b")
# In-place operators take what their operators take; mypy compares optional arguments too.
_IGNORED = dict.fromkeys(("__iadd__", "__isub__", "__itruediv__"), "  # type: ignore[misc]")


def text() -> str:
    """Return the text of the stub."""
    tree = ast.parse(Path(source.__file__).read_text(encoding="utf-8"))
    parts = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            lines = [line for item in node.body for line in _member(item)]
            if node.name == "Tensor":
                lines += [line for name, f in METHODS.items() for line in _method(name, f)]
                for name in PROPERTIES:
                    lines += ["@property", f"def {name}(self) -> Tensor: ..."]
            bases = ", ".join(ast.unparse(base) for base in node.bases)
            head = f"class {node.name}({bases}):" if bases else f"class {node.name}:"
            parts.append("\n".join([head, *(f"    {line}" for line in lines)]))
        elif isinstance(node, ast.FunctionDef):
            parts.append("\n".join(_function(node)))
    return _HEAD + "\n\n".join(parts) + "\n"


def _member(item: ast.stmt) -> list[str]:
    """Return the lines of a class member: a function without its body, or an annotation."""
    if isinstance(item, ast.FunctionDef):
        return [_plain(line) for line in _function(item)]
    if isinstance(item, ast.AnnAssign):
        return [_plain(ast.unparse(item))]
    return []


def _function(node: ast.FunctionDef) -> list[str]:
    decorators = [f"@{ast.unparse(decorator)}" for decorator in node.decorator_list]
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return [*decorators, f"def {node.name}({ast.unparse(node.args)}){returns}: ..."]


def _method(name: str, function: Callable[..., Any]) -> list[str]:
    """Return the lines of an installed method; a function with overloads has several."""
    if overloads := get_overloads(function):
        return [line for one in overloads for line in ("@overload", _signature(name, one))]
    return [_signature(name, function)]


def _signature(name: str, function: Callable[..., Any]) -> str:
    signature = inspect.signature(function)
    first, *others = signature.parameters.values()
    me = first.replace(name="self", annotation=inspect.Parameter.empty)
    shown = signature.replace(parameters=[me, *others])
    arguments = re.sub(r"'([^']*)'(?=[,)]| =| ->|$)", r"\1", str(shown))
    return _plain(f"def {name}{arguments}: ...") + _IGNORED.get(name, "")


def _plain(line: str) -> str:
    """Return the line with builtins that methods do not hide, and Any for names of other files."""
    start, brackets, rest = line.partition("(")
    return start + brackets + _OTHER.sub("Any", _BUILTIN.sub(r"builtins.\1", rest))


if __name__ == "__main__":
    with replacing(PATH) as file:
        file.write_text(text(), encoding="utf-8")
