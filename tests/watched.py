"""The module minigan whose calls are watched: a test sees their arguments, or changes them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


class Watched:
    """A module in which every call of what `chosen` picks is first given to `see`.

    `chosen(name, value)` picks functions and classes. `see(path, value, bound)` receives the
    arguments of a call, and returns None, or those with which the call is made instead. Functions
    of any number of arguments are left out, and so are calls with NumPy's names, which are not in
    the signature.
    """

    def __init__(
        self,
        module: Any,
        chosen: Callable[[str, Any], bool],
        see: Callable[[str, Any, inspect.BoundArguments], Arguments | None],
        path: str = "minigan",
    ) -> None:
        self._module, self._chosen, self._see, self._path = module, chosen, see, path

    def __getattr__(self, name: str) -> Any:
        value, path = getattr(self._module, name), f"{self._path}.{name}"
        if isinstance(value, ModuleType):
            return Watched(value, self._chosen, self._see, path)
        if not callable(value) or not self._chosen(name, value):
            return value
        signature = inspect.signature(value)
        if any(p.kind == p.VAR_POSITIONAL for p in signature.parameters.values()):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            if not {"axis", "keepdims"} & set(kwargs):
                args, kwargs = self._see(path, value, signature.bind(*args, **kwargs)) or (
                    args,
                    kwargs,
                )
            return value(*args, **kwargs)

        return call
