"""Write `autograd/tensor.pyi`: the class Tensor with all methods that `methods.py` installs.

Type checkers and editors read this file in place of `tensor.py`, which cannot know the methods.
Run `python -m minigan.functions.stub` after a change of a method; a test compares the file.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import re
from collections.abc import Callable, Iterator
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
# Inside the class, methods such as Tensor.float hide the types of the same name.
_HIDDEN = [name for name in METHODS if isinstance(getattr(builtins, name, None), type)]
_TYPE = re.compile(rf"(?<![\w.])({'|'.join(_HIDDEN)})\b")
# Names that the stub does not import, such as Operand, become Any.
_NAME = re.compile(r"(?<![\w.])[A-Z]\w*")
_KNOWN = {*_NAME.findall(_HEAD), "Memory", "ViewOf", "Tensor", "None", "True", "False"}
# In-place operators take what their operators take; mypy compares optional arguments too.
_IGNORED = dict.fromkeys(("__iadd__", "__isub__", "__itruediv__"), "  # type: ignore[misc]")


def text() -> str:
    """Return the text of the stub."""
    tree = ast.parse(Path(source.__file__).read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return _HEAD + "".join(f"\n{_class(node)}\n" for node in classes)


def _class(node: ast.ClassDef) -> str:
    """Return a class without docstrings and bodies; Tensor also has the installed methods."""
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    lines = [line for item in node.body for line in _member(item)]
    if node.name == "Tensor":
        lines += [line for name, function in METHODS.items() for line in _method(name, function)]
        lines += [line for name in PROPERTIES for line in _property(name)]
    head = f"class {node.name}({bases}):" if bases else f"class {node.name}:"
    return "\n".join([head, *(f"    {line}" for line in lines)])


def _member(item: ast.stmt) -> Iterator[str]:
    """Yield the lines of a class member: a function without its body, or an annotation."""
    if isinstance(item, ast.FunctionDef):
        yield from (f"@{ast.unparse(decorator)}" for decorator in item.decorator_list)
        returns = f" -> {ast.unparse(item.returns)}" if item.returns else ""
        yield _plain(f"def {item.name}({ast.unparse(item.args)}){returns}: ...")
    elif isinstance(item, ast.AnnAssign):
        yield _plain(f"{ast.unparse(item.target)}: {ast.unparse(item.annotation)}")


def _method(name: str, function: Callable[..., Any]) -> Iterator[str]:
    """Yield the lines of an installed method; a function with overloads has several."""
    overloads = get_overloads(function)
    for form in overloads or [function]:
        if overloads:
            yield "@overload"
        signature = inspect.signature(form)
        first, *others = signature.parameters.values()
        self = first.replace(name="self", annotation=inspect.Parameter.empty)
        shown = str(signature.replace(parameters=[self, *others]))
        arguments = re.sub(r"(?<=: |> )'([^']*)'", r"\1", shown)  # annotations are strings
        yield _plain(f"def {name}{arguments}: ...") + _IGNORED.get(name, "")


def _property(name: str) -> list[str]:
    returns = PROPERTIES[name].__annotations__["return"]
    return ["@property", f"def {name}(self) -> {returns}: ..."]


def _plain(line: str) -> str:
    """Return the line with types that no method hides, and Any for names not imported."""
    name, rest = re.split(r"(?=[(:])", line, maxsplit=1)
    rest = _TYPE.sub(r"builtins.\1", rest)
    return name + _NAME.sub(lambda found: found[0] if found[0] in _KNOWN else "Any", rest)


if __name__ == "__main__":
    with replacing(PATH) as file:
        file.write_text(text(), encoding="utf-8")
