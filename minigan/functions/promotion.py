"""Which dtype a result has: PyTorch's promotion, in which category and rank come before width.

Bool < integer < float are categories. Tensors with dimensions have rank 2, tensors without have
rank 1, Python numbers have rank 0: a lower rank changes the result's dtype only if its category is
higher. (PyTorch's documentation, "Tensor Attributes: torch.dtype".)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from minigan.autograd.dtypes import DEFAULTS, DType, float32, int64

_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2}


@lru_cache(maxsize=1024)
def promote(ranked: tuple[tuple[int, DType], ...]) -> DType:
    """Return the dtype of a result from (rank, dtype) of each operand; the ranks are 2, 1 and 0.

    >>> promote(((2, np.dtype("float32")), (0, np.dtype("int64"))))
    dtype('float32')
    """
    result: DType | None = None
    for rank in (2, 1, 0):
        widest: DType | None = None
        for r, dtype in ranked:
            if r == rank:
                widest = dtype if widest is None else _wider(widest, dtype)
        if widest is not None and (
            result is None or _CATEGORY[widest.kind] > _CATEGORY[result.kind]
        ):
            result = widest
    if result is None:
        raise TypeError("promote: there are no operands")
    return result


def _wider(a: DType, b: DType) -> DType:
    if _CATEGORY[a.kind] != _CATEGORY[b.kind]:
        return max(a, b, key=lambda dtype: _CATEGORY[dtype.kind])
    wider = np.promote_types(a, b)
    return wider if wider.kind != "f" or a.kind == "f" else int64  # uint64 with int64


def common(dtypes: Sequence[DType]) -> DType:
    """Return the dtype that holds all of these: the promotion of tensors with dimensions.

    >>> common([np.dtype("int32"), np.dtype("float16")])
    dtype('float16')
    """
    return promote(tuple((2, dtype) for dtype in dtypes))


def of_number(number: float) -> DType:
    """Return the dtype that a Python number has as a tensor.

    >>> of_number(1.5), of_number(True)
    (dtype('float32'), dtype('bool'))
    """
    if type(number) in DEFAULTS:
        return DEFAULTS[type(number)]
    return float32 if isinstance(number, float) else int64


def floating(dtype: DType) -> DType:
    """Return the dtype of a real-valued function of such numbers: float32 for integers.

    >>> floating(np.dtype("float64")), floating(np.dtype("int64"))
    (dtype('float64'), dtype('float32'))
    """
    return dtype if dtype.kind == "f" else float32
