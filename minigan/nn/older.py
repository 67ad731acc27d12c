"""Arguments of PyTorch's older losses, size_average and reduce: an error says what to write."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_OLDER = ("size_average", "reduce")


def no_size_average(function: F) -> F:
    """Return the function; called with size_average or reduce, it says what to write instead.

    Both may be None, their default in PyTorch. A positional flag beyond the legal arguments is one
    of them too. The error is a TypeError.

    >>> from minigan import nn
    >>> nn.MSELoss(size_average=False)
    Traceback (most recent call last):
    TypeError: MSELoss: size_average=False is PyTorch's older form; write reduction='sum'
    """
    parameters = signature(function).parameters.values()
    most = sum(p.kind is not Parameter.KEYWORD_ONLY for p in parameters)

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) > most or not kwargs.keys().isdisjoint(_OLDER):
            given = {name: kwargs.pop(name) for name in _OLDER if name in kwargs}
            flags = [x for x in args[most:] if isinstance(x, bool | None)]
            if len(flags) == len(args) - most:
                given |= dict(zip(_OLDER, flags, strict=False))
                args = args[:most]
            if any(x is not None for x in given.values()):
                is_layer = function.__name__ == "__init__"
                name = type(args[0]).__name__ if is_layer else function.__name__
                raise _error(name, **given)
        return function(*args, **kwargs)

    return call  # type: ignore[return-value]


def _error(function: str, size_average: Any = None, reduce: Any = None) -> TypeError:
    given = {"size_average": size_average, "reduce": reduce}
    text = ", ".join(f"{name}={x!r}" for name, x in given.items() if x is not None)
    if reduce is not None and not reduce:
        reduction = "none"
    else:
        reduction = "mean" if size_average is None or size_average else "sum"
    return TypeError(f"{function}: {text} is PyTorch's older form; write reduction={reduction!r}")
