"""Which dtype a result has: PyTorch's promotion, in which category and rank outweigh mere width.

Bool < integer < float are categories. Tensors with dimensions outrank tensors without, and those
outrank Python numbers: a lower rank changes the result's dtype only if its category is higher.
(PyTorch's documentation, "Tensor Attributes: torch.dtype".)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

DType = np.dtype[Any]

float16, float32, float64 = np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64)
int8, int16, int32, int64 = (
    np.dtype(np.int8),
    np.dtype(np.int16),
    np.dtype(np.int32),
    np.dtype(np.int64),
)
uint8, bool_ = np.dtype(np.uint8), np.dtype(np.bool_)

_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2}
_DEFAULT = {bool: bool_, int: int64, float: float32}
_NAME = re.compile(r"[<>=|]?[?b-zA-Z]\w*")  # not 'a', NumPy's deprecated name for bytes
_NAMES = {
    "float": float32,
    "double": float64,
    "half": float16,
    "int": int32,
    "long": int64,
    "bool": bool_,
}


def as_dtype(dtype: Any, function: str = "dtype") -> DType:
    """The NumPy dtype of a name, type or dtype; Python's float is the default, float32, as in
    PyTorch.

    Raises TypeError for what is neither bool, integer nor real float.
    """
    if isinstance(dtype, type) and dtype in _DEFAULT:
        return _DEFAULT[dtype]
    try:
        if isinstance(dtype, str) and not _NAME.fullmatch(dtype):
            raise TypeError("no such name")
        named: Any = _NAMES.get(dtype, dtype) if isinstance(dtype, str) else dtype
        found: DType = np.dtype(named)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{function}: dtype={dtype!r} is not a dtype (legal: minigan.float32, 'int64', ...)"
        ) from error
    if dtype is None or found.kind not in _CATEGORY or found.itemsize > 8:
        raise TypeError(
            f"{function}: dtype={dtype!r} must be a bool, an integer or a float of at most 64 bits"
        )
    return found.newbyteorder("=")


@lru_cache(maxsize=1024)
def promote(ranked: tuple[tuple[int, DType], ...]) -> DType:
    """The dtype of a result from (rank, dtype) of each operand: rank 2 with dimensions, 1 without,
    0 a number.
    """
    result: DType | None = None
    for rank in (2, 1, 0):
        here: DType | None = None
        for r, dtype in ranked:
            if r == rank:
                here = dtype if here is None else _wider(here, dtype)
        if here is not None and (result is None or _CATEGORY[here.kind] > _CATEGORY[result.kind]):
            result = here
    if result is None:
        raise TypeError("promote: no operands")
    return result


def _wider(a: DType, b: DType) -> DType:
    if _CATEGORY[a.kind] != _CATEGORY[b.kind]:
        return max(a, b, key=lambda dtype: _CATEGORY[dtype.kind])
    wider = np.promote_types(a, b)
    return wider if wider.kind != "f" or a.kind == "f" else int64  # uint64 with int64


def of_number(number: float) -> DType:
    """The dtype that a Python number has as a tensor."""
    return (
        _DEFAULT[type(number)]
        if type(number) in _DEFAULT
        else float32
        if isinstance(number, float)
        else int64
    )


def floating(dtype: DType) -> DType:
    """The dtype of a real-valued function of such numbers: itself, or the default for integers."""
    return dtype if dtype.kind == "f" else float32


def common(dtypes: Sequence[DType]) -> DType:
    """The dtype that holds all of these."""
    return promote(tuple((2, dtype) for dtype in dtypes))
