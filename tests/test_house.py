"""The house: imports form no circle, nothing hides a module, few steps reach the mathematics."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

import pytest

import minigan
from minigan.conv import im2col
from minigan.functions import stub
from minigan.nn import functional as F

ROOT = Path(minigan.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))


def name_of(path: Path) -> str:
    """The dotted name of a module's file."""
    parts = ("minigan", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


def imports(path: Path, tree: ast.AST) -> Iterator[str]:
    """The modules of the package that a file imports anywhere: in functions and for types too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in MODULES:
                    yield inner
                elif node.module in MODULES:
                    yield node.module


def graph() -> dict[str, set[str]]:
    """For each module, those that it imports; a package's `__init__` serves only its users."""
    return {
        name: set(imports(path, ast.parse(path.read_text(encoding="utf-8")))) - {name, "minigan"}
        for name, path in MODULES.items()
    }


def circle(edges: dict[str, set[str]]) -> list[str]:
    """A circle of modules, if there is one."""
    done: set[str] = set()

    def search(name: str, path: list[str]) -> list[str]:
        if name in path:
            return path[path.index(name) :]
        if name in done:
            return []
        for other in sorted(edges.get(name, ())):
            if found := search(other, [*path, name]):
                return found
        done.add(name)
        return []

    for name in edges:
        if found := search(name, []):
            return found
    return []


def test_no_circle_with_types_and_lazy_imports_counted() -> None:
    assert circle(graph()) == []
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c"]


def test_at_most_three_files_import_for_types_only_and_say_why() -> None:
    users = [path for path in FILES if "TYPE_CHECKING" in path.read_text(encoding="utf-8")]
    assert len(users) <= 3
    for path in users:
        text = path.read_text(encoding="utf-8")
        assert re.search(r"^if TYPE_CHECKING:  # \S", text, re.MULTILINE), path


def test_no_module_is_hidden_by_a_name_of_its_package() -> None:
    for name in MODULES:
        if not name.endswith("__main__") and "." in name:
            module = importlib.import_module(name)
            package, _, last = name.rpartition(".")
            assert getattr(importlib.import_module(package), last) is module, name
    for package in pkgutil.walk_packages(minigan.__path__, "minigan."):
        assert isinstance(sys.modules.get(package.name, minigan), ModuleType)


def test_the_stub_of_tensor_is_up_to_date() -> None:
    assert stub.PATH.read_text(encoding="utf-8") == stub.text(), (
        "run python -m minigan.functions.stub"
    )


# ------------------------------------------------------------------------ steps of a debugger


def entries(run: Callable[[], Any], *mathematics: CodeType) -> int:
    """How many Python functions are entered before one of the given ones."""
    count = 0

    def profile(frame: FrameType, event: str, _: Any) -> None:
        nonlocal count
        if event == "call":
            if frame.f_code in mathematics:
                raise _Reached
            count += 1

    sys.setprofile(profile)
    try:
        run()
    except _Reached:
        return count
    finally:
        sys.setprofile(None)
    raise AssertionError("the mathematics was not reached")


class _Reached(Exception):
    pass


@pytest.mark.parametrize("bias", [False, True])
def test_few_functions_are_entered_before_the_mathematics(bias: bool) -> None:
    x = minigan.randn(2, 3, 5, 4, generator=0).requires_grad_()
    w = minigan.randn(3, 2, 4, 4, generator=1).requires_grad_()
    b = minigan.randn(2, generator=2).requires_grad_() if bias else None

    def forward() -> minigan.Tensor:
        return F.conv_transpose2d(x, w, b, stride=2, padding=1, by="im2col")

    for _ in range(3):
        forward().sum().backward()
    assert entries(forward, im2col.conv_transpose.__code__) <= 20
    if not bias:
        y, g = forward(), minigan.randn(2, 2, 10, 8, generator=3)
        gradients = im2col.conv.__code__, im2col.conv_weight.__code__
        assert entries(lambda: y.backward(g), *gradients) <= 24


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in Path(__file__).parent.rglob("test_*.py")]
    assert len(names) == len(set(names)), sorted(n for n in set(names) if names.count(n) > 1)
