"""New tensors in the shape, dtype and device of another, or in its dtype and device alone.

`dtype=` and `device=` replace those of the other tensor. The functions raise as those of
`creation` do, and TypeError if the input is not a Tensor.
"""

from __future__ import annotations

from typing import Any

from minigan.autograd.dtypes import as_dtype
from minigan.autograd.tensor import Tensor
from minigan.backend import device_of, namespace
from minigan.checks import Shape, allocated, as_shape
from minigan.functions.arguments import tensor_of
from minigan.functions.creation import made, one_number, require_fit

__all__ = ["zeros_like", "ones_like", "full_like", "empty_like"]


def _filled(
    function: str,
    like: Tensor,
    shape: Shape,
    fill_value: Any,
    dtype: Any,
    device: str | None,
    requires_grad: bool,
) -> Tensor:
    """Return a tensor of one number, by default in the dtype and on the device of another."""
    x, value = tensor_of(function, "input", like), one_number(function, "fill_value", fill_value)
    chosen = x.dtype if dtype is None else as_dtype(dtype, function)
    number, xp = require_fit(function, value, chosen), namespace(x._data)
    array = allocated(function, shape, lambda: xp.full(shape, number, chosen))
    return made(array, requires_grad, device)


def zeros_like(
    input: Tensor, *, dtype: Any = None, device: str | None = None, requires_grad: bool = False
) -> Tensor:
    """Return zeros in the shape, dtype and device of another tensor.

    >>> zeros_like(Tensor([1, 2]))
    tensor([0, 0])
    """
    shape = tensor_of("zeros_like", "input", input).shape
    return _filled("zeros_like", input, shape, 0, dtype, device, requires_grad)


def ones_like(
    input: Tensor, *, dtype: Any = None, device: str | None = None, requires_grad: bool = False
) -> Tensor:
    """Return ones in the shape, dtype and device of another tensor.

    >>> ones_like(Tensor([3, 4]))
    tensor([1, 1])
    """
    shape = tensor_of("ones_like", "input", input).shape
    return _filled("ones_like", input, shape, 1, dtype, device, requires_grad)


def full_like(
    input: Tensor,
    fill_value: float,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return a tensor of fill_value in the shape, dtype and device of another tensor.

    >>> full_like(Tensor([1, 2]), 7)
    tensor([7, 7])
    """
    shape = tensor_of("full_like", "input", input).shape
    return _filled("full_like", input, shape, fill_value, dtype, device, requires_grad)


def empty_like(
    input: Tensor, *, dtype: Any = None, device: str | None = None, requires_grad: bool = False
) -> Tensor:
    """Return a tensor to be filled, in the shape, dtype and device of another; here zeros.

    >>> empty_like(Tensor([1, 2]))
    tensor([0, 0])
    """
    shape = tensor_of("empty_like", "input", input).shape
    return _filled("empty_like", input, shape, 0, dtype, device, requires_grad)


def new_full(
    input: Tensor,
    size: Any,
    fill_value: float,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return a tensor of fill_value in this size, in the dtype and device of the input.

    >>> Tensor([1, 2]).new_full((3,), 7)
    tensor([7, 7, 7])
    """
    shape = as_shape("new_full", [size])
    return _filled("new_full", input, shape, fill_value, dtype, device, requires_grad)


def new_empty(
    input: Tensor,
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return a tensor to be filled, in the dtype and device of the input; here zeros.

    >>> Tensor([1, 2]).new_empty(3)
    tensor([0, 0, 0])
    """
    shape = as_shape("new_empty", sizes or (size,))
    return _filled("new_empty", input, shape, 0, dtype, device, requires_grad)


def new_zeros(
    input: Tensor,
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return zeros in another size, in the dtype and device of the input.

    >>> Tensor([1, 2]).new_zeros(3)
    tensor([0, 0, 0])
    """
    shape = as_shape("new_zeros", sizes or (size,))
    return _filled("new_zeros", input, shape, 0, dtype, device, requires_grad)


def new_ones(
    input: Tensor,
    *sizes: Any,
    size: Any = (),
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return ones in another size, in the dtype and device of the input.

    >>> Tensor([1, 2]).new_ones(3)
    tensor([1, 1, 1])
    """
    shape = as_shape("new_ones", sizes or (size,))
    return _filled("new_ones", input, shape, 1, dtype, device, requires_grad)


def new_tensor(
    input: Tensor,
    data: Any,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return a copy of the data, in the dtype and device of the input. Raises as Tensor does.

    >>> Tensor([1, 2]).new_tensor([3.7])
    tensor([3])
    """
    device = device_of(input._data) if device is None else device
    return Tensor(data, requires_grad, dtype=input.dtype if dtype is None else dtype, device=device)
