"""Memory of the fast formulations: channels last in it, and scratch that a thread uses again and
again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from minigan.backend import Array

_KEPT = 256  # views at a time

local, _EMPTY = threading.local(), np.empty(0, np.uint8)


def channels_last(x: Array) -> Array:
    """(N, C, *X) -> (N, *X, C); a copy if they do not lie so in memory."""
    return np.ascontiguousarray(np.moveaxis(x, 1, -1))


def channels_first(x: Array) -> Array:
    """(N, *X, C) -> (N, C, *X), a view."""
    return np.moveaxis(x, -1, 1)


def scratch(name: str, shape: tuple[int, ...], dtype: Any) -> Array:
    """Memory of this thread, until its next use: pages in use already are fast, and none of it is
    ever returned.
    """
    if dtype.hasobject:
        return np.empty(shape, dtype)
    size = prod(shape) * dtype.itemsize
    if getattr(local, name, _EMPTY).size < size:
        setattr(local, name, _EMPTY)  # let go of the old memory before asking for more
        local.kept = {}
        setattr(local, name, np.empty(size, np.uint8))
    memory: Array = getattr(local, name, _EMPTY)
    return memory[:size].view(dtype).reshape(shape)


def kept(make: Callable[..., Any], *key: Any) -> Any:
    """make(*key), which holds views of scratch: kept by this thread until some scratch moves."""
    views = local.__dict__.setdefault("kept", {})
    found = views.get((make, *key))
    if found is None:
        found = make(*key)
        views = local.__dict__.setdefault("kept", {})  # made anew if scratch moved
        if len(views) >= _KEPT:
            views.clear()
        views[make, *key] = found
    return found
