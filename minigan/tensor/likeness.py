"""Tensors in the likeness of another: of its dtype and in its place unless told otherwise, and
drawn by its numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigan.backend import as_generator, device_of, namespace, to_device
from minigan.tensor.checks import Shape, as_shape, number, tensor_of
from minigan.tensor.dtypes import DType, as_dtype
from minigan.tensor.op import Op

if TYPE_CHECKING:
    from minigan.tensor.tensor import Tensor


def one_number(function: str, name: str, value: Any) -> Any:
    """The value, or the one number of a tensor; TypeError for what is neither bool nor number."""
    if isinstance(value, Op.tensor):
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
    return Op.tensor._leaf(array if device is None else to_device(array, device), requires_grad)


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
    return Op.tensor(
        data, requires_grad, dtype=input.dtype if dtype is None else dtype, device=device
    )


def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that stands in the input (or p), else 0: a constant in its dtype and
    place.

    Drawn from `generator` (a Generator, a seed, or None: fresh). Raises ValueError for what is no
    probability.
    """
    x = tensor_of("bernoulli", "input", input)
    if p is None and x.dtype.kind != "f":
        raise TypeError(f"bernoulli: input has dtype {x.dtype}; probabilities are floats")
    chance = x._data if p is None else number("bernoulli", "p", p, 0.0, 1.0)
    if p is None and not ((x._data >= 0) & (x._data <= 1)).all():
        raise ValueError("bernoulli: input holds numbers that are no probabilities (legal: 0..1)")
    drawn = to_device(as_generator(generator).random(x.shape), x.device)
    return Op.tensor._wrap((drawn < chance).astype(x.dtype))
