"""The dtypes that a tensor may have, and the names by which users give them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

DType = np.dtype[Any]

float16, float32, float64 = np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64)
int8, int16 = np.dtype(np.int8), np.dtype(np.int16)
int32, int64 = np.dtype(np.int32), np.dtype(np.int64)
uint8, bool_ = np.dtype(np.uint8), np.dtype(np.bool_)

DEFAULTS = {bool: bool_, int: int64, float: float32}  # of Python's numbers, as in PyTorch
_NAMES = {
    "float": float32,
    "double": float64,
    "half": float16,
    "int": int32,
    "long": int64,
    "bool": bool_,
}
_NAME = re.compile(r"[<>=|]?[?b-zA-Z]\w*")  # not 'a', NumPy's deprecated name for bytes


def as_dtype(dtype: Any, function: str = "dtype") -> DType:
    """Return the NumPy dtype of a name, a type or a dtype, in native byte order.

    Python's `float` is float32, as in PyTorch. Raises TypeError if the dtype is not a bool, an
    integer or a real float of at most 64 bits.

    >>> as_dtype("long"), as_dtype(float)
    (dtype('int64'), dtype('float32'))
    """
    if isinstance(dtype, type) and dtype in DEFAULTS:
        return DEFAULTS[dtype]
    try:
        if isinstance(dtype, str) and not _NAME.fullmatch(dtype):
            raise TypeError("no such name")
        named: Any = _NAMES.get(dtype, dtype) if isinstance(dtype, str) else dtype
        found: DType = np.dtype(named)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{function}: dtype={dtype!r} is not a dtype (legal: minigan.float32, 'int64', ...)"
        ) from error
    if dtype is None or found.kind not in "biuf" or found.itemsize > 8:
        raise TypeError(
            f"{function}: dtype={dtype!r} must be a bool, an integer or a float of at most 64 bits"
        )
    return found.newbyteorder("=")
