"""Whether ops are recorded: one flag for each thread, set by `no_grad` and its relatives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any


class _State(threading.local):
    recording = True


state = _State()


def is_grad_enabled() -> bool:
    """Return whether this thread records the ops that it runs.

    >>> is_grad_enabled()
    True
    """
    return state.recording


class GradMode(ContextDecorator):
    """A context manager and decorator: inside it this thread records ops (True) or not (False)."""

    def __init__(self, mode: bool) -> None:
        self.mode = bool(mode)
        self.before: list[bool] = []

    def _recreate_cm(self) -> GradMode:
        # Each call of a decorated function uses its own copy: calls may run in several threads.
        return GradMode(self.mode)

    def __enter__(self) -> None:
        self.before.append(state.recording)
        state.recording = self.mode

    def __exit__(self, *_: object) -> None:
        state.recording = self.before.pop()


class no_grad(GradMode):
    """Record no ops inside: an op then costs its forward and one Tensor.

    >>> with no_grad(): is_grad_enabled()
    False
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """Return a context manager, or the decorated function: `@no_grad` is `@no_grad()`."""
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self) -> None:
        super().__init__(False)


class enable_grad(GradMode):
    """Record ops inside, also within `no_grad`.

    >>> with no_grad(), enable_grad(): is_grad_enabled()
    True
    """

    def __init__(self) -> None:
        super().__init__(True)


class set_grad_enabled(GradMode):
    """Switch recording on (True) or off (False): from now on, inside `with`, or in a function.

    >>> with set_grad_enabled(False): is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        super().__init__(mode)
        super().__enter__()

    def __enter__(self) -> None:
        if not self.before:
            super().__enter__()

    def __call__(self, function: Callable[..., Any]) -> Any:
        self.__exit__()
        return super().__call__(function)
