"""New tensors from data and constants, with PyTorch's signatures and default dtypes.

All functions take `dtype` (a name or a dtype), `device` ("cpu", "cuda" or "cuda:N") and, except
`as_tensor`, `requires_grad`. They raise TypeError if the dtype is not legal, if a size is not an
integer, and if requires_grad=True and the dtype is not a float; ValueError if a size is negative or
a number does not fit into the dtype.
"""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np

from minigan.autograd.dtypes import DType, as_dtype, float32
from minigan.autograd.tensor import Tensor
from minigan.backend import to_device
from minigan.checks import Shape, allocated, as_shape
from minigan.functions.promotion import of_number

__all__ = [
    "tensor", "from_numpy", "as_tensor", "is_tensor", "full", "zeros", "ones", "empty", "eye",
]  # fmt: skip


def one_number(function: str, name: str, value: Any) -> Any:
    """Return a number, or the number of a tensor of one element. Raises TypeError otherwise."""
    if isinstance(value, Tensor):
        value = value.item()
    if not isinstance(value, bool | int | float | np.generic):
        raise TypeError(f"{function}: {name}={value!r} must be a number")
    return value


def require_fit(function: str, value: Any, dtype: DType) -> Any:
    """Return the number if the dtype can hold it. Raises ValueError if not."""
    if dtype.kind in "iu" and not (np.iinfo(dtype).min <= value <= np.iinfo(dtype).max):
        raise ValueError(f"{function}: number {value} does not fit into {dtype}")
    return value


def made(array: Any, requires_grad: bool, device: str | None) -> Tensor:
    """Return a Tensor around a new array, on the device."""
    x = Tensor._wrap(array if device is None else to_device(array, device))
    return x if requires_grad is False else x.requires_grad_(requires_grad)


def tensor(
    data: Any, *, dtype: Any = None, device: str | None = None, requires_grad: bool = False
) -> Tensor:
    """Return a Tensor of a copy of the data: a number, nested sequences, an array or a Tensor.

    By default Python floats become float32, and arrays keep their dtype. Raises as Tensor does.

    >>> tensor([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    return Tensor(data, requires_grad, dtype=dtype, device=device)


def from_numpy(array: np.ndarray[Any, Any]) -> Tensor:
    """Return a Tensor that shares the array's memory.

    Raises TypeError unless it is a NumPy array of bools, integers or floats in native byte order.

    >>> from_numpy(np.arange(3.0))
    tensor([0., 1., 2.], dtype=float64)
    """
    if not _can_share(array):
        raise TypeError(
            f"from_numpy: {type(array).__name__} is not an array of native bools, integers or "
            "floats"
        )
    return Tensor._wrap(array)


def as_tensor(data: Any, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """Return the data as a Tensor that shares memory where it can; a Tensor is returned itself.

    >>> as_tensor(np.arange(3.0), dtype="float32")
    tensor([0., 1., 2.])
    """
    if isinstance(data, Tensor):
        return data.to(dtype=dtype, device=device)
    x = Tensor._wrap(data) if _can_share(data) else Tensor(data)
    return x.to(dtype=dtype, device=device)


def _can_share(data: Any) -> bool:
    return isinstance(data, np.ndarray) and data.dtype.kind in "fiub" and data.dtype.isnative


def is_tensor(obj: object) -> TypeGuard[Tensor]:
    """Return whether the object is a Tensor.

    >>> is_tensor(Tensor([1.0])), is_tensor([1.0])
    (True, False)
    """
    return isinstance(obj, Tensor)


def full(
    size: Any,
    fill_value: float,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return a tensor of this size in which every number is fill_value.

    By default its dtype is that of the number: float32, int64 or bool.

    >>> full((2,), 7)
    tensor([7, 7])
    """
    shape = as_shape("full", size if isinstance(size, list | tuple) else (size,))
    value = one_number("full", "fill_value", fill_value)
    return _constant("full", shape, value, dtype or of_number(value), device, requires_grad)


def _constant(
    function: str, shape: Shape, value: Any, dtype: Any, device: str | None, requires_grad: bool
) -> Tensor:
    """Return a tensor of this shape in which every number is the value."""
    chosen = as_dtype(dtype, function)
    number = require_fit(function, value, chosen)

    def make() -> Any:
        # zeros takes its memory page by page, when it is first used
        return (
            np.zeros(shape, chosen)
            if type(value) is int and value == 0
            else np.full(shape, number, chosen)
        )

    array = allocated(function, shape, make)
    return made(array, requires_grad, device)


def zeros(
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return a tensor of zeros, by default float32. Sizes: one by one, a sequence, or `size=`.

    >>> zeros(2, 3).shape
    (2, 3)
    """
    shape = as_shape("zeros", sizes or (size,))
    return _constant("zeros", shape, 0, dtype or float32, device, requires_grad)


def ones(
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return a tensor of ones, by default float32. Sizes: one by one, a sequence, or `size=`.

    >>> ones(2)
    tensor([1., 1.])
    """
    shape = as_shape("ones", sizes or (size,))
    return _constant("ones", shape, 1, dtype or float32, device, requires_grad)


def empty(
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return a tensor to be filled. Here it holds zeros, so that a run can be repeated.

    >>> empty(2)
    tensor([0., 0.])
    """
    shape = as_shape("empty", sizes or (size,))
    return _constant("empty", shape, 0, dtype or float32, device, requires_grad)


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return the matrix of shape (n, m), by default (n, n), with ones on the diagonal; float32.

    >>> eye(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    rows, columns = as_shape("eye", (n, n if m is None else m))
    chosen = as_dtype(dtype or float32, "eye")
    array = allocated("eye", (rows, columns), lambda: np.eye(rows, columns, dtype=chosen))
    return made(array, requires_grad, device)
