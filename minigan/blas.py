"""Contexts that hold the BLAS library to one thread.

A BLAS library that splits a product over its own threads adds the parts in an order that depends on
their number, so the last bits of a result change from machine to machine. This package shares out
its work itself (`minigan.threads`), and calls BLAS on one thread only.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple, cast

# Python in a browser (Pyodide) or in another WebAssembly machine can start no threads, and BLAS has
# one thread there.
NO_THREADS = sys.platform in ("emscripten", "wasi")


class _ThisThread(threading.local):
    """The state of the current thread."""

    keepers = 0  # the number of `keep_one_blas_thread` contexts that it is in
    kept = False  # whether it holds BLAS to one thread until the last of them ends


_this = _ThisThread()


class _OneThread:
    """A context in which BLAS uses one thread, for all threads that are in it at the same time."""

    def __init__(self) -> None:
        self.lock, self.users = threading.Lock(), 0
        self.libraries, self.before = cast(Any, None), [0]
        self.limited = False  # whether `before` holds the numbers to give back

    def __enter__(self) -> None:
        if _this.keepers:
            if _this.kept:
                return
            _this.kept = True  # until the last `keep_one_blas_thread` of this thread ends
        self.limit()

    def __exit__(self, *_: object) -> None:
        if not _this.kept:
            self.release()

    def limit(self) -> None:
        """Hold BLAS to one thread until `release` is called as often as `limit`."""
        with self.lock:
            if self.libraries is None:  # they are looked for once, at the first product
                self.libraries = _libraries()
            if self.users == 0:
                if not self.limited:
                    self.before = [library.get_num_threads() for library in self.libraries]
                    self.limited = True
                self._set_threads([1] * len(self.before))
            self.users += 1

    def release(self) -> None:
        """Give BLAS its threads back if this was the last user."""
        with self.lock:
            self.users -= 1
            if self.users == 0:
                self._give_back()

    def _give_back(self) -> None:
        self._set_threads(self.before)
        self.limited = False

    def restore(self, users: int) -> None:
        """Set the number of users, after Ctrl-C interrupted a context as it began or ended."""
        with self.lock:
            self.users = users
            if users == 0 and self.limited:
                _this.keepers, _this.kept = 0, False
                self._give_back()

    def _set_threads(self, numbers: list[int]) -> None:
        for library, number in zip(self.libraries, numbers, strict=True):
            library.set_num_threads(number)


class _Library(NamedTuple):
    """Two functions that read and set how many threads a BLAS library uses; for any thread."""

    get_num_threads: Callable[[], int]
    set_num_threads: Callable[[int], object]


def _libraries() -> list[_Library]:
    """Return each BLAS library that this process has loaded."""
    if NO_THREADS:
        return []
    from threadpoolctl import ThreadpoolController

    return [_library(c) for c in ThreadpoolController().select(user_api="blas").lib_controllers]


def _library(controller: Any) -> _Library:
    """Return the library of one of threadpoolctl's controllers.

    NumPy's OpenBLAS is called directly. The controller would look for the function in every call,
    and ask which thread calls it; that takes ten times as long.
    """
    if getattr(controller, "threading_layer", None) == "pthreads":
        for prefix, suffix in product(("", "scipy_"), ("", "64_", "_64")):
            names = [f"{prefix}openblas_{verb}_num_threads{suffix}" for verb in ("get", "set")]
            found: list[Any] = [getattr(controller.dynlib, name, None) for name in names]
            if None not in found:
                return _Library(*found)
    forget = getattr(controller, "clear_controlling_thread", None)
    if forget is None:
        return _Library(controller.get_num_threads, controller.set_num_threads)

    def set_num_threads(number: int) -> None:
        forget(force=True)  # threadpoolctl >= 3.8 obeys one thread only, until it forgets it
        controller.set_num_threads(number)
        forget(force=True)

    return _Library(controller.get_num_threads, set_num_threads)


one_blas_thread = _OneThread()


class _Keep:
    """A context in which the limit of the first product stays for all products of this thread.

    Setting the limit once is faster than setting it for each product.
    """

    def __enter__(self) -> None:
        _this.keepers += 1

    def __exit__(self, *_: object) -> None:
        _this.keepers -= 1
        if not _this.keepers and _this.kept:
            _this.kept = False
            one_blas_thread.release()


keep_one_blas_thread = _Keep()


def _after_fork() -> None:
    one_blas_thread.lock = threading.Lock()  # a thread that held it is not in the child


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
