"""Whether ops are recorded: one flag for each thread, set by `no_grad` and its relatives."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Generator
from contextlib import ContextDecorator
from functools import wraps
from typing import Any, TypeVar, cast

from minigan.checks import boolean

F = TypeVar("F", bound=Callable[..., Any])


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
    """A context manager and decorator: inside it this thread records ops (True) or not (False).

    In a decorated generator function the mode holds while the generator runs, not between its
    steps, where the caller's mode holds. Raises TypeError if the mode is not a bool.
    """

    def __init__(self, mode: bool) -> None:
        self.mode = boolean(type(self).__name__, "mode", mode)
        self.before: list[bool] = []

    def __call__(self, func: F) -> F:
        """Return the function with this mode inside."""
        if inspect.isgeneratorfunction(func):
            return cast(F, _stepwise(func, self.mode))
        return super().__call__(func)

    def _recreate_cm(self) -> GradMode:
        # Each call of a decorated function uses its own copy: calls may run in several threads.
        return GradMode(self.mode)

    def __enter__(self) -> None:
        self.before.append(state.recording)
        state.recording = self.mode

    def __exit__(self, *_: object) -> None:
        state.recording = self.before.pop()


def _stepwise(function: Callable[..., Any], mode: bool) -> Callable[..., Any]:
    """Return a generator function whose steps each run in this mode.

    Values sent, errors thrown and the closing of the generator reach the function.
    """

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with GradMode(mode):
            generator = function(*args, **kwargs)
        step, argument = generator.send, None
        try:
            while True:
                try:
                    with GradMode(mode):
                        value = step(argument)
                except StopIteration as end:
                    return end.value
                try:
                    step, argument = generator.send, (yield value)
                except GeneratorExit:
                    raise
                except BaseException as error:
                    step, argument = generator.throw, error
        finally:
            with GradMode(mode):
                generator.close()

    return call


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


class inference_mode(GradMode):
    """Record no ops inside, as `no_grad`; `inference_mode(False)` records as the caller does.

    Unlike PyTorch's, its tensors may be used anywhere afterwards.

    >>> with inference_mode(): is_grad_enabled()
    False
    """

    def __new__(cls, mode: Any = True) -> Any:
        """Return a context manager, or the decorated function: `@inference_mode` works too."""
        return cls()(mode) if callable(mode) else super().__new__(cls)

    def __init__(self, mode: bool = True) -> None:
        super().__init__(not boolean("inference_mode", "mode", mode) and state.recording)


class enable_grad(GradMode):
    """Record ops inside, also within `no_grad`.

    >>> with no_grad(), enable_grad(): is_grad_enabled()
    True
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """Return a context manager, or the decorated function: `@enable_grad` works too."""
        return super().__new__(cls) if function is None else cls()(function)

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

    def __call__(self, func: F) -> F:
        """Return the function with this mode inside; outside the mode is what it was before."""
        self.__exit__()
        return super().__call__(func)
