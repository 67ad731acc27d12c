"""What may become a tensor: numbers, nested sequences, arrays of any layout and byte order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigan import backend
from minigan.autograd.dtypes import as_dtype


def array_of(data: Any, dtype: Any) -> backend.Array:
    """Return a new array of the data.

    Raises TypeError if the data are not bools, integers or real floats, and ValueError if sequences
    differ in length or a number does not fit.

    >>> array_of([[1, 2], [3, 4.5]], None).dtype
    dtype('float32')
    """
    if backend.is_array(data) or isinstance(data, np.generic):
        array = backend.namespace(data).array(data)
    else:
        array = _from_python(data, dtype)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"Tensor: data of dtype {array.dtype} cannot be a tensor (legal: bools, integers and "
            "real floats)"
        )
    if dtype is not None:
        return array.astype(as_dtype(dtype, "Tensor"), copy=False)
    if array.dtype.itemsize > 8:
        return array.astype(np.float64)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _from_python(data: Any, dtype: Any) -> np.ndarray[Any, Any]:
    """Return an array of numbers or nested sequences.

    Python's ints become int64 and its floats float32, unless the first number is an array's.
    """
    first = data
    while isinstance(first, list | tuple) and first:
        first = first[0]
    if hasattr(first, "detach") and isinstance(data, list | tuple):
        data = _without_tensors(data)
    try:
        array = np.array(np.asarray(data))  # PyTorch's __array__ knows no copy=
    except ValueError as error:
        raise ValueError(f"Tensor: the data's sequences differ in length ({error})") from error
    except OverflowError as error:
        raise ValueError(f"Tensor: a number in the data is too large ({error})") from error
    if dtype is not None:
        target = as_dtype(dtype, "Tensor")
        if target.kind in "iu" and array.dtype.kind in "iu" and array.size:
            limits = np.iinfo(target)
            if not limits.min <= array.min() <= array.max() <= limits.max:
                raise ValueError(
                    f"Tensor: a number in the data does not fit into {target} (legal: "
                    f"{limits.min}..{limits.max})"
                )
        return array
    if isinstance(data, list | tuple) and not array.size and array.dtype == np.float64:
        return array.astype(np.float32)
    numbers = bool | int | float | range
    python = isinstance(first, numbers) and not isinstance(first, np.generic)
    if python and array.dtype.kind == "i":
        return array.astype(np.int64)  # NumPy's own integer has 32 bits on some platforms
    with np.errstate(over="ignore"):  # a number beyond float32 becomes infinity, as in PyTorch
        return array.astype(np.float32) if python and array.dtype == np.float64 else array


def _without_tensors(data: Any) -> Any:
    """Return nested sequences with arrays in place of tensors (minigan's or PyTorch's)."""
    if hasattr(data, "detach"):
        return data.detach().numpy()
    return [_without_tensors(item) for item in data] if isinstance(data, Sequence) else data
