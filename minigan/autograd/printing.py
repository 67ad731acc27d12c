"""How a tensor is printed."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.autograd.dtypes import bool_, float32, int64


def text_of(array: np.ndarray[Any, Any], device: str, requires_grad: bool, op: str | None) -> str:
    """Return the text of a tensor: its numbers, then what is not the default.

    >>> text_of(np.ones(2), "cpu", True, None)
    'tensor([1., 1.], dtype=float64, requires_grad=True)'
    """
    parts = [np.array2string(array, separator=", ", prefix="tensor(", threshold=1000)]
    if array.dtype not in (float32, int64, bool_) or not array.size:
        parts.append(f"dtype={array.dtype}")
    if device != "cpu":
        parts.append(f"device='{device}'")
    if op is not None:
        parts.append(f"op={op}")
    elif requires_grad:
        parts.append("requires_grad=True")
    return f"tensor({', '.join(parts)})"
