"""Memory of the fast formulations: channels last, and scratch buffers of each thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from minigan.backend import Array

_VIEWS = 256  # the number of objects that `kept` holds at a time

local, _EMPTY = threading.local(), np.empty(0, np.uint8)


def to_last(x: Array) -> Array:
    """Return a view (N, *X, C) of x (N, C, *X); numpy.moveaxis takes ten times as long.

    >>> to_last(np.zeros((2, 3, 4, 5))).shape
    (2, 4, 5, 3)
    """
    return x.transpose(0, *range(2, x.ndim), 1)


def channels_last(x: Array) -> Array:
    """Return x (N, C, *X) as a contiguous (N, *X, C); a copy unless it lies so in memory.

    >>> channels_last(np.zeros((2, 3, 4, 5))).shape
    (2, 4, 5, 3)
    """
    return np.ascontiguousarray(to_last(x))


def channels_first(x: Array) -> Array:
    """Return a view (N, C, *X) of x (N, *X, C).

    >>> channels_first(np.zeros((2, 4, 5, 3))).shape
    (2, 3, 4, 5)
    """
    return x.transpose(0, x.ndim - 1, *range(1, x.ndim - 1))


def scratch(name: str, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return a per-thread buffer, reused by name and never freed; its contents are undefined.

    A buffer that is too small is replaced by a larger one.
    """
    if dtype.hasobject:
        return np.empty(shape, dtype)
    size = prod(shape) * dtype.itemsize
    if getattr(local, name, _EMPTY).size < size:
        setattr(local, name, _EMPTY)  # free the old buffer before the new one is allocated
        local.kept, local.key = {}, None
        setattr(local, name, np.empty(size, np.uint8))
    memory: Array = getattr(local, name, _EMPTY)
    return memory[:size].view(dtype).reshape(shape)


def clear(frame: Array, key: Any = None) -> None:
    """Fill the scratch buffer "frame" with zeros, unless `key` was the last to do so.

    A caller with a key writes to the same part of the frame each time, and so finds the rest still
    zero; without a key all of it may be written.
    """
    if key is None or getattr(local, "key", None) is not key:
        local.key = local.inside = local.runs = None  # what others remember of the frame
        frame.fill(0)
        local.key = key


def kept(make: Callable[..., Any], *key: Any) -> Any:
    """Return make(*key), which holds views of scratch; this thread makes it once for each key.

    When a scratch buffer is replaced, all that was kept is made anew.
    """
    views = local.__dict__.setdefault("kept", {})
    found = views.get((make, *key))
    if found is None:
        found = make(*key)
        views = local.__dict__.setdefault("kept", {})  # `make` may have replaced a buffer
        if len(views) >= _VIEWS:
            views.clear()
        views[make, *key] = found
    return found
