"""Public functions of a package whose modules are imported when a function is first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from minigan.checks import absent


def attributes(package: str, module_of: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package; `module_of` names the module of each function.

    It keeps a function in the package, so that it is called once for each name. It raises
    AttributeError for other names.
    """

    def __getattr__(name: str) -> Any:
        if name not in module_of:
            raise absent(package, name, {})
        found = getattr(import_module(f"{package}.{module_of[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return __getattr__
