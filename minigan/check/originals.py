"""What libraries define is remembered, so that what a file has replaced in them can be named."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

_LIBRARIES = ("minigan", "numpy", "builtins", "json", "math", "operator")


class Originals:
    """The functions and classes of minigan, NumPy and Python's own modules, as they were once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._modules: set[str] = set()

    def remember(self) -> None:
        """Remember all that the modules define now."""
        self._found, self._modules = dict(_definitions()), set(sys.modules)

    def replaced(self, file: str) -> list[str]:
        """Return the names of what a user's file has replaced, changed or removed since then.

        In modules that were loaded since then, it is what has the file's code.
        """
        now = dict(_definitions())
        changed = [at for at, was in self._found.items() if not _same(was, now.get(at, ()))]
        for at, value in now.items():
            if at[0] not in self._modules and isinstance(value[0], FunctionType):
                changed += [at] * (value[0].__code__.co_filename == file)
        return [f"{module}.{name}" for module, name in changed]


def _definitions() -> Iterator[tuple[tuple[str, str], tuple[Any, ...]]]:
    """Yield what the modules define: (module, name), and what it is."""
    for place, module in list(sys.modules.items()):
        if place.partition(".")[0] not in _LIBRARIES or module is None:
            continue
        for name, value in list(vars(module).items()):
            if callable(value) and not name.startswith("__"):
                yield (place, name), _identity(value)
            if isinstance(value, type) and value.__module__ == place:
                for method, part in _parts(value):
                    yield (place, f"{name}.{method}"), part


def _parts(kind: type) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the methods and properties of a class, and the rules of an op."""
    for name, value in list(vars(kind).items()):
        value = getattr(value, "__func__", value)
        if callable(value) or isinstance(value, property):
            yield name, _identity(value)
    rules = vars(kind).get("rules")
    for name, rule in list(rules.items()) if isinstance(rules, dict) else ():
        yield f"rules[{name!r}]", _identity(rule.function)


def _identity(value: Any) -> tuple[Any, ...]:
    """Return values of which one is another if a definition is replaced or changed."""
    if isinstance(value, property):
        return value, value.fget, value.fset
    if isinstance(value, FunctionType):
        return value, value.__code__, value.__defaults__, str(value.__kwdefaults__)
    return (value,)


def _same(was: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    return len(was) == len(now) and all(
        a is b or (type(a) is str and a == b) for a, b in zip(was, now, strict=True)
    )
