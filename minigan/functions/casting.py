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
from minigan.backend import device as Device
from minigan.checks import boolean
from minigan.functions.arguments import tensor_of
from minigan.functions.copying import clone

__all__: list[str] = []  # methods of a Tensor only


@dataclass(frozen=True)
class Cast(Op):
    """y = the numbers of x in another dtype; the gradient is cast back."""

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
    """y = the numbers of x on another device; the gradient is moved back."""

    moves = True
    source: str
    target: str

    def forward(self, x: Array) -> Array:
        return to_device(x, self.target)

    def backward_x(self, g: Tensor) -> Tensor:
        return Transfer(self.target, self.source)(g)


def destination(function: str, args: tuple[Any, ...], dtype: Any, device: Any) -> tuple[Any, Any]:
    """Return the dtype and the device that the positional arguments of a method `to` name.

    Each is a dtype, a device (the number of a GPU is one), or a Tensor, which stands for both.
    Raises TypeError if an argument is a bool or None.
    """
    for arg in args:
        if isinstance(arg, Tensor):
            dtype, device = arg.dtype, arg.device
        elif isinstance(arg, bool) or arg is None:
            raise TypeError(f"{function}: {arg!r} is not a dtype, a device or a Tensor")
        elif isinstance(arg, int) or (isinstance(arg, str) and arg.startswith(("cpu", "cuda"))):
            device = arg
        else:
            dtype = arg
    return dtype, None if device is None else Device(device)


def to(
    input: Tensor,
    *args: Any,
    dtype: Any = None,
    device: str | int | None = None,
    non_blocking: bool = False,
    copy: bool = False,
) -> Tensor:
    """Return the tensor in another dtype and on another device, or in those of another tensor.

    The arguments are a dtype, a device ("cpu", "cuda", "cuda:N"), both, or a Tensor. The tensor
    itself is returned if nothing changes, except with `copy=True`. A transfer always waits for its
    end, so `non_blocking` changes nothing. Raises TypeError if an argument is none of these, and
    RuntimeError if the device needs CuPy or a GPU that is missing.

    >>> Tensor([1.0]).to("float64").dtype
    dtype('float64')
    """
    boolean("to", "non_blocking", non_blocking)
    boolean("to", "copy", copy)
    dtype, target_device = destination("to", args, dtype, device)
    x = input
    if dtype is not None and (target := as_dtype(dtype, "to")) != x.dtype:
        x = Cast(x.dtype, target)(x)
    if target_device is not None and target_device not in (x.device, x.device.type):
        x = Transfer(str(x.device), str(target_device))(x)
    return clone(x) if copy and x is input else x


def type(input: Tensor, dtype: Any) -> Tensor:
    """Return the tensor in another dtype. Raises TypeError if it is not legal.

    >>> Tensor([1.5]).type("int64")
    tensor([1])
    """
    return to(input, dtype=dtype)


def type_as(input: Tensor, other: Tensor) -> Tensor:
    """Return the tensor in the dtype of another. Raises TypeError if it is not a Tensor.

    >>> Tensor([1.5]).type_as(Tensor([2]))
    tensor([1])
    """
    return to(input, dtype=tensor_of("type_as", "other", other).dtype)


def cpu(input: Tensor) -> Tensor:
    """Return the tensor in the CPU's memory; itself if it is there already.

    >>> print(Tensor([1.0]).cpu().device)
    cpu
    """
    return to(input, device="cpu")


def cuda(input: Tensor, device: str | int | None = None, non_blocking: bool = False) -> Tensor:
    """Return the tensor in the memory of a GPU, by default the current one.

    Raises RuntimeError without CuPy or such a GPU, and ValueError if the device is not a GPU.
    """
    return to(input, device=gpu("cuda", device), non_blocking=non_blocking)


def gpu(function: str, device: str | int | None) -> Device:
    """Return a GPU as a device, by default the current one. Raises ValueError if it is not one."""
    target = Device("cuda" if device is None else device)
    if target.type != "cuda":
        raise ValueError(f"{function}: device={device!r} is not a GPU (legal: 'cuda', 'cuda:N', N)")
    return target


def contiguous(input: Tensor) -> Tensor:
    """Return the tensor with its memory in row-major order; itself if it is so already.

    >>> Tensor([[1, 2], [3, 4]]).T.contiguous().tolist()
    [[1, 3], [2, 4]]
    """
    return input if input._data.flags.c_contiguous else clone(input)


def cast_to(dtype: DType) -> Callable[[Tensor], Tensor]:
    """Return the method that casts to this dtype, such as `Tensor.double`."""

    def cast(input: Tensor) -> Tensor:
        return to(input, dtype=dtype)

    cast.__doc__ = f"Return the tensor as {dtype}."
    return cast
