"""Arithmetic without NumPy's warnings: infinity and NaN are values here, as in PyTorch.

`np.errstate(all="ignore")` does this too, but it takes three times as long as the sum of two small
arrays, and every op needs it. NumPy keeps what to do about errors in a context variable (see
`contextvars`); this module finds the variable once and then sets it directly.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


def _error_handling() -> tuple[ContextVar[Any], Any]:
    """Return the variable that np.seterr sets, and its value when all errors are ignored."""
    before, after = copy_context(), copy_context()
    after.run(np.seterr, all="ignore")
    ((variable, value),) = [
        (variable, value) for variable, value in after.items() if before.get(variable) is not value
    ]
    return variable, value


_errors, _ignored = _error_handling()


def quietly(function: Callable[..., T], *args: Any) -> T:
    """Return function(*args), computed without warnings about infinity and NaN.

    >>> quietly(np.log, np.zeros(1))
    array([-inf])
    """
    if _errors.get(None) is _ignored:
        return function(*args)
    token = _errors.set(_ignored)
    try:
        return function(*args)
    finally:
        _errors.reset(token)
