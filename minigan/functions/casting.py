"""Tensors in another dtype or on another device; the gradient is cast or moved back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.autograd.dtypes import DType, as_dtype
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, to_device
from minigan.functions.arguments import tensor_of
from minigan.functions.shaping import clone

__all__: list[str] = []  # methods of a Tensor only


@dataclass(frozen=True)
class Cast(Op):
    """The same numbers in another dtype; the gradient is cast back."""

    moves = True
    source: DType
    target: DType

    def forward(self, x: Array) -> Array:
        with np.errstate(all="ignore"):
            return x.astype(self.target)

    def backward_x(self, g: Tensor) -> Tensor:
        return Cast(self.target, self.source)(g)

    def __call__(self, *inputs: Any) -> Tensor:
        if self.target.kind == "f":
            return super().__call__(*inputs)
        return Tensor._wrap(self.forward(inputs[0]._data))  # integers are constants


@dataclass(frozen=True)
class Transfer(Op):
    """The same numbers on another device; the gradient is moved back."""

    moves = True
    source: str
    target: str

    def forward(self, x: Array) -> Array:
        return to_device(x, self.target)

    def backward_x(self, g: Tensor) -> Tensor:
        return Transfer(self.target, self.source)(g)


def to(
    input: Tensor, *args: Any, dtype: Any = None, device: Any = None, copy: bool = False
) -> Tensor:
    """Return the tensor in another dtype or on another device, or those of another tensor.

    The tensor itself is returned if nothing changes, unless `copy`. Raises TypeError for what is
    neither a dtype, a device nor a tensor.

    >>> import minigan
    >>> minigan.ones(2).to("float64").dtype
    dtype('float64')
    """
    for arg in args:
        if isinstance(arg, Tensor):
            dtype, device = arg.dtype, arg.device
        elif isinstance(arg, str) and arg.partition(":")[0] in ("cpu", "cuda"):
            device = arg
        elif isinstance(arg, bool) or arg is None:
            raise TypeError(f"to: {arg!r} is neither a dtype, a device nor a tensor")
        else:
            dtype = arg
    x = input
    if dtype is not None and (target := as_dtype(dtype, "to")) != x.dtype:
        x = Cast(x.dtype, target)(x)
    if device is not None:
        device = "cuda:0" if device == "cuda" and x.device == "cpu" else device
        if device not in (x.device, x.device.partition(":")[0]):
            x = Transfer(x.device, device)(x)
    return clone(x) if copy and x is input else x


def type(input: Tensor, dtype: Any) -> Tensor:
    """Return the tensor in another dtype."""
    return to(input, dtype=dtype)


def type_as(input: Tensor, other: Tensor) -> Tensor:
    """Return the tensor in the dtype of another."""
    return to(input, dtype=tensor_of("type_as", "other", other).dtype)


def cpu(input: Tensor) -> Tensor:
    """Return the tensor in the CPU's memory."""
    return to(input, device="cpu")


def cuda(input: Tensor) -> Tensor:
    """Return the tensor in the current GPU's memory. Raises RuntimeError without CuPy or GPU."""
    return to(input, device="cuda")


def contiguous(input: Tensor) -> Tensor:
    """Return the tensor with its memory in row-major order: itself if it is so already."""
    return input if input._data.flags.c_contiguous else clone(input)


def cast_to(dtype: DType) -> Callable[[Tensor], Tensor]:
    """Return the method that casts to this dtype, such as `Tensor.double`."""

    def cast(input: Tensor) -> Tensor:
        return to(input, dtype=dtype)

    cast.__doc__ = f"Return the tensor as {dtype}."
    return cast
