"""The 1-D and 3-D forms of functions are made from the 2-D ones, so each is written once."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_SIZES = {1: "(N, C, X)", 2: "(N, C, X, X')", 3: "(N, C, X, X', X'')"}


def in_dimensions(D: int, function: F) -> F:
    """Return the D-dimensional form of a 2-D function that has a keyword argument `_D=2`.

    It is the same code with another default for `_D`.

    >>> def pool2d(x, *, _D=2): return _D
    >>> in_dimensions(3, pool2d)(None), in_dimensions(3, pool2d).__name__
    (3, 'pool3d')
    """
    assert isinstance(function, FunctionType)
    name = function.__name__.replace("2d", f"{D}d")
    form: Any = FunctionType(
        function.__code__, function.__globals__, name, function.__defaults__, function.__closure__
    )
    form.__kwdefaults__ = {**(function.__kwdefaults__ or {}), "_D": D}
    form.__qualname__, form.__module__ = name, function.__module__
    form.__annotations__ = function.__annotations__
    form.__doc__ = (
        f"The form of `{function.__name__}` with {D} dimension{'s' * (D > 1)} in space: "
        f"{_SIZES[D]}.\n\n    Arguments, results and errors are those of "
        f"`{function.__name__}`.\n    "
    )
    return form  # type: ignore[no-any-return]
