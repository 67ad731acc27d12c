"""One operation explained: words, pictures of computed arrays, and pages to explore on.

A function's module is imported when the function is first used, so `import minigan.explain` imports
no matplotlib. The types of the functions stand in `__init__.pyi`.
"""

from importlib import import_module
from typing import Any

_MODULE_OF = {"explain_conv": "convolution", "write_report": "report"}

__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    """Return a function of this room from its module, and keep it here."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
