"""One operation explained: words, pictures of computed arrays, and pages to explore on.

A function's module is imported when the function is first used, so `import minigan.explain` imports
no matplotlib. The types of the functions stand in `__init__.pyi`.
"""

from minigan.lazy import attributes

_MODULE_OF = {"explain_conv": "convolution", "write_report": "report"}

__all__ = list(_MODULE_OF)
__getattr__ = attributes(__name__, _MODULE_OF)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
