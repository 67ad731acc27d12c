"""Rules for the code of a chapter: public names only, and claims of computed values only."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

from tutorials.book.chapter import Chapter, Step

# What a chapter may import, beside what comes with Python
ROOMS = {"numpy", "matplotlib", "minigan", "lesson"}
_SHORT = {"minigan.nn.functional": "F", "minigan": ""}
_LITERAL_CALLS = {"array", "asarray", "tensor", "float", "int", "abs", "round", "tuple", "list"}


def tree_of(step: Step) -> ast.Module:
    """Return the syntax tree of a step's code. Raises SyntaxError."""
    return ast.parse("\n".join(code.source for code in step.codes))


def literals(step: Step) -> frozenset[float]:
    """Return the numbers that stand in a step's code."""
    values = (node.value for node in ast.walk(tree_of(step)) if isinstance(node, ast.Constant))
    return frozenset(
        float(value) for value in values if isinstance(value, int | float) and value == value
    )


# ------------------------------------------------------------------------------------ public names


def names(chapter: Chapter) -> dict[str, str]:
    """Return what the names that a chapter imports from minigan stand for, as dotted names."""
    found: dict[str, str] = {}
    for step in chapter.steps["en"]:
        for node in ast.walk(tree_of(step)):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.split(".")[0]
                    found[alias.asname or whole] = whole
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return {name: whole for name, whole in found.items() if whole.split(".")[0] == "minigan"}


def used(chapter: Chapter) -> dict[str, str]:
    """Return the functions and classes of minigan that a chapter uses, by their short name.

    The value is the id of the first step that uses them. Modules are left out.
    """
    imported, found = names(chapter), dict[str, str]()
    for step in chapter.steps["en"]:
        tree = tree_of(step)
        inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            whole = _dotted(node, imported)
            if whole and id(node) not in inner:
                found.setdefault(_short(whole), step.id)
    found.pop("", None)
    return found


def _dotted(node: ast.AST, imported: dict[str, str]) -> str:
    """The dotted name of minigan that an expression is, up to the first thing that is no module."""
    if isinstance(node, ast.Name):
        return imported.get(node.id, "")
    if isinstance(node, ast.Attribute) and (left := _dotted(node.value, imported)):
        return f"{left}.{node.attr}" if isinstance(_value(left), ModuleType) else left
    return ""


def _value(whole: str) -> object:
    """What a dotted name stands for, None if there is no such thing."""
    try:
        return importlib.import_module(whole)
    except ImportError:
        module, _, name = whole.rpartition(".")
        return getattr(importlib.import_module(module), name, None) if module else None


def _short(whole: str) -> str:
    """F.conv2d for minigan.nn.functional.conv2d, tensor for minigan.tensor; "" for a module."""
    if isinstance(_value(whole), ModuleType):
        return ""
    module, _, name = whole.rpartition(".")
    return f"{_SHORT.get(module, module.removeprefix('minigan.'))}.{name}".lstrip(".")


def private_names(chapter: Chapter) -> Iterator[str]:
    """Yield what is wrong with the imports and names of a chapter."""
    for step in chapter.steps["en"]:
        for node in ast.walk(tree_of(step)):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or "."]
                for alias in node.names:
                    if not _is_public(f"{node.module}.{alias.name}"):
                        yield f"step {step.id}: {node.module}.{alias.name} is not a public name"
            for module in modules:
                room = module.split(".")[0]
                if room not in ROOMS | sys.stdlib_module_names:
                    yield f"step {step.id}: imports {module}; {sorted(ROOMS)} are legal"
                elif not _is_package(module):
                    yield f"step {step.id}: imports from the file {module}; import from its package"
            if isinstance(node, ast.Attribute) and _is_private(node.attr):
                yield f"step {step.id}: uses the private name .{node.attr}"
    for name, step_id in used(chapter).items():
        whole = f"minigan.{name}".replace("minigan.F.", "minigan.nn.functional.")
        if _value(whole) is None:
            yield f"step {step_id}: minigan has no {name}"
        elif not _is_public(whole):
            yield f"step {step_id}: {name} is not a public name"


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def _is_package(module: str) -> bool:
    """Whether a module is a package of minigan, or one of another library."""
    if module.split(".")[0] != "minigan" or module.count(".") == 0:
        return True
    return hasattr(_value(module), "__path__") or module.count(".") == 1


def _is_public(whole: str) -> bool:
    """Whether a name of minigan is offered by its package; names of other libraries are."""
    parts = whole.split(".")
    if parts[0] != "minigan":
        return not any(map(_is_private, parts))
    module, name = ".".join(parts[:-1]), parts[-1]
    offered = getattr(_value(module), "__all__", None)
    found = isinstance(_value(whole), ModuleType) or offered is None or name in offered
    return found and not any(map(_is_private, parts)) and _value(whole) is not None


# ------------------------------------------------------------------------------------------ claims


def literal_claims(chapter: Chapter) -> Iterator[str]:
    """Yield the claims whose value is a literal, or was made of literals alone."""
    computed: set[str] = set()
    for step in chapter.steps["en"]:
        for statement in tree_of(step).body:
            while new := set(_bound(statement, computed)) - computed:
                computed |= new
            for call in ast.walk(statement):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "claim":
                    value = call.args[1] if len(call.args) > 1 else _keyword(call, "value")
                    if value is None or not _is_computed(value, computed):
                        what = ast.unparse(call.args[0]) if call.args else "?"
                        yield f"step {step.id}: claim {what} has a value that is not computed"


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def _is_computed(node: ast.AST, computed: set[str]) -> bool:
    """Whether a call, or a name that a call has made, takes part in an expression."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            name = getattr(each.func, "id", getattr(each.func, "attr", ""))
            if name not in _LITERAL_CALLS:
                return True
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) and each.id in computed:
            return True
    return False


def _bound(statement: ast.stmt, computed: set[str]) -> Iterator[str]:
    """Yield the names that a statement, or one inside of it, binds to something computed."""
    for node in ast.walk(statement):
        source = getattr(node, "iter", getattr(node, "value", None))
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(node, ast.With):
            source, targets = node, node.items
        if isinstance(source, ast.AST) and _is_computed(source, computed):
            for target in filter(None, targets):
                yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))
