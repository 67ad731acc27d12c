"""Half precision is for storage: a function that consists of several ops computes in float32."""

from __future__ import annotations

from minigan.autograd import Tensor


def is_half(x: Tensor) -> bool:
    """Return whether a tensor of floats is float16.

    >>> import minigan
    >>> is_half(minigan.zeros(1, dtype="float16")), is_half(minigan.zeros(1))
    (True, False)
    """
    return bool(x._data.itemsize == 2)
