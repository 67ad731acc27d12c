"""New tensors: from data, constants and ranges, with PyTorch's signatures and default dtypes."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

import numpy as np

from minigan.autograd.dtypes import DType, as_dtype, float32, int64
from minigan.autograd.tensor import Tensor
from minigan.backend import device_of, namespace, to_device
from minigan.checks import Shape, as_shape
from minigan.functions.arguments import tensor_of
from minigan.functions.promotion import of_number

__all__ = [
    "tensor",
    "from_numpy",
    "as_tensor",
    "is_tensor",
    "full",
    "zeros",
    "ones",
    "empty",
    "eye",
    "arange",
    "linspace",
    "zeros_like",
    "ones_like",
    "full_like",
    "empty_like",
]


def one_number(function: str, name: str, value: Any) -> Any:
    """The value, or the one number of a tensor; TypeError for what is neither bool nor number."""
    if isinstance(value, Tensor):
        value = value.item()
    if not isinstance(value, bool | int | float | np.generic):
        raise TypeError(f"{function}: {name}={value!r} must be a number")
    return value


def fitting(function: str, value: Any, dtype: DType) -> Any:
    """The value, if the dtype can hold it; ValueError if not."""
    if dtype.kind in "iu" and not (np.iinfo(dtype).min <= value <= np.iinfo(dtype).max):
        raise ValueError(f"{function}: number {value} does not fit into {dtype}")
    return value


def filled(
    function: str,
    like: Tensor,
    shape: Shape,
    fill_value: Any,
    dtype: Any,
    device: str | None,
    requires_grad: bool,
) -> Tensor:
    """A tensor of one number, in the dtype and place of another unless told."""
    x, value = tensor_of(function, "input", like), one_number(function, "fill_value", fill_value)
    chosen = x.dtype if dtype is None else as_dtype(dtype, function)
    array = namespace(x._data).full(shape, fitting(function, value, chosen), chosen)
    x = Tensor._wrap(array if device is None else to_device(array, device))
    return x.requires_grad_(requires_grad)


def tensor(
    data: Any, *, dtype: Any = None, device: str | None = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of a copy of the data, in the dtype and on the device asked for.

    Raises as Tensor does.

    >>> tensor([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    return Tensor(data, requires_grad, dtype=dtype, device=device)


def from_numpy(array: np.ndarray[Any, Any]) -> Tensor:
    """A Tensor that shares the array's memory.

    Raises TypeError for what is no array of native numbers.
    """
    if (
        not isinstance(array, np.ndarray)
        or array.dtype.kind not in "fiub"
        or not array.dtype.isnative
    ):
        raise TypeError(
            f"from_numpy: {type(array).__name__} is not an array of native bools, integers or "
            "floats"
        )
    return Tensor._wrap(array)


def as_tensor(data: Any, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """The data as a Tensor, sharing memory where it can: a Tensor as it is."""
    if isinstance(data, Tensor):
        return data.to(dtype=dtype, device=device)
    shares = isinstance(data, np.ndarray) and data.dtype.kind in "fiub" and data.dtype.isnative
    return (Tensor._wrap(data) if shares else Tensor(data)).to(dtype=dtype, device=device)


def is_tensor(obj: object) -> TypeGuard[Tensor]:
    """Whether it is a Tensor."""
    return isinstance(obj, Tensor)


def made(array: Any, requires_grad: bool, device: str | None) -> Tensor:
    return Tensor(array if device is None else to_device(array, device), requires_grad)


def full(
    size: Any,
    fill_value: float,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of one number; its dtype is the number's, floats being float32."""
    shape = as_shape("full", size if isinstance(size, list | tuple) else (size,))
    value = one_number("full", "fill_value", fill_value)
    chosen = of_number(value) if dtype is None else as_dtype(dtype, "full")
    return made(np.full(shape, fitting("full", value, chosen), chosen), requires_grad, device)


def zeros(
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of zeros, float32 unless told.

    >>> zeros(2, 3).shape
    (2, 3)
    """
    shape = as_shape("zeros", sizes or (size,))
    return full(shape, 0, dtype=dtype or float32, device=device, requires_grad=requires_grad)


def ones(
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of ones, float32 unless told."""
    shape = as_shape("ones", sizes or (size,))
    return full(shape, 1, dtype=dtype or float32, device=device, requires_grad=requires_grad)


def empty(
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """PyTorch's name for memory to be filled; here it holds zeros, so that a run can be
    repeated.
    """
    return zeros(*sizes, size=size, dtype=dtype, device=device, requires_grad=requires_grad)


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """The identity matrix, float32 unless told."""
    rows, columns = as_shape("eye", (n, n if m is None else m))
    return made(
        np.eye(rows, columns, dtype=as_dtype(dtype or float32, "eye")), requires_grad, device
    )


def arange(
    start: float | None = None,
    end: float | None = None,
    step: float = 1,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, ... before end; integers give int64, floats float32.

    ValueError if step leads away.
    """
    if end is None:
        start, end = 0, start
    start = 0 if start is None else start  # arange(end=5)
    start, end, step = (
        _finite("arange", *one) for one in (("start", start), ("end", end), ("step", step))
    )
    if not step or (end - start) / step < 0:
        raise ValueError(f"arange: step={step} does not lead from start={start} to end={end}")
    whole = all(isinstance(value, int | np.integer) for value in (start, end, step))
    chosen = (int64 if whole else float32) if dtype is None else as_dtype(dtype, "arange")
    count = math.ceil((end - start) / step)
    return made((start + step * np.arange(count)).astype(chosen), requires_grad, device)


def _finite(function: str, name: str, value: Any) -> Any:
    value = one_number(function, name, value)
    if isinstance(value, int):
        return fitting(function, value, int64)
    if not math.isfinite(value):
        raise ValueError(f"{function}: {name}={value} must be finite")
    return value


def linspace(
    start: float,
    end: float,
    steps: int,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """So many numbers evenly from start to end, both included; float32 unless told."""
    (count,) = as_shape("linspace", (steps,))
    first, last = _finite("linspace", "start", start), _finite("linspace", "end", end)
    numbers = np.linspace(first, last, count).astype(as_dtype(dtype or float32, "linspace"))
    return made(numbers, requires_grad, device)


def zeros_like(
    input: Tensor, *, dtype: Any = None, device: str | None = None, requires_grad: bool = False
) -> Tensor:
    """Zeros in the shape, dtype and place of another tensor."""
    return full_like(input, 0, dtype=dtype, device=device, requires_grad=requires_grad)


def ones_like(
    input: Tensor, *, dtype: Any = None, device: str | None = None, requires_grad: bool = False
) -> Tensor:
    """Ones in the shape, dtype and place of another tensor."""
    return full_like(input, 1, dtype=dtype, device=device, requires_grad=requires_grad)


def full_like(
    input: Tensor,
    fill_value: float,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """One number in the shape, dtype and place of another tensor."""
    shape = tensor_of("full_like", "input", input).shape
    return filled("full_like", input, shape, fill_value, dtype, device, requires_grad)


def empty_like(
    input: Tensor, *, dtype: Any = None, device: str | None = None, requires_grad: bool = False
) -> Tensor:
    """Zeros in the shape, dtype and place of another tensor, under PyTorch's name for memory to be
    filled.
    """
    return zeros_like(input, dtype=dtype, device=device, requires_grad=requires_grad)


def new_full(
    input: Tensor,
    size: Any,
    fill_value: float,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """One number in another shape, in the tensor's dtype and place unless told."""
    return filled(
        "new_full", input, as_shape("new_full", [size]), fill_value, dtype, device, requires_grad
    )


def new_zeros(
    input: Tensor,
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Zeros in another shape, in the tensor's dtype and place unless told."""
    return filled(
        "new_zeros", input, as_shape("new_zeros", sizes or (size,)), 0, dtype, device, requires_grad
    )


def new_ones(
    input: Tensor,
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones in another shape, in the tensor's dtype and place unless told."""
    return filled(
        "new_ones", input, as_shape("new_ones", sizes or (size,)), 1, dtype, device, requires_grad
    )


def new_tensor(
    input: Tensor,
    data: Any,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A copy of the data, in the tensor's dtype and place unless told. Raises as Tensor does."""
    device = device_of(input._data) if device is None else device
    return Tensor(data, requires_grad, dtype=input.dtype if dtype is None else dtype, device=device)
