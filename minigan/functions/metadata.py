"""What a tensor says of itself besides shape and dtype: counts, memory, place in the graph."""

from __future__ import annotations

import builtins
from typing import Any

from minigan.autograd.tensor import Tensor
from minigan.functions.arguments import tensor_of

__all__ = ["numel", "is_floating_point", "is_complex", "is_nonzero"]


def numel(input: Tensor) -> builtins.int:
    """Return how many numbers the tensor holds.

    >>> numel(Tensor([[1, 2], [3, 4]]))
    4
    """
    return builtins.int(tensor_of("numel", "input", input)._data.size)


def is_floating_point(input: Tensor) -> builtins.bool:
    """Return whether the numbers are floats.

    >>> is_floating_point(Tensor([1.0])), is_floating_point(Tensor([1]))
    (True, False)
    """
    return tensor_of("is_floating_point", "input", input).dtype.kind == "f"


def is_complex(input: Tensor) -> builtins.bool:
    """Return False: there are no complex tensors here.

    >>> is_complex(Tensor([1.0]))
    False
    """
    return tensor_of("is_complex", "input", input).dtype.kind == "c"


def is_nonzero(input: Tensor) -> builtins.bool:
    """Return whether the one number is not 0. Raises ValueError if there is not just one.

    >>> is_nonzero(Tensor(3.0))
    True
    """
    return builtins.bool(tensor_of("is_nonzero", "input", input))


def nelement(input: Tensor) -> builtins.int:
    """Return how many numbers the tensor holds.

    >>> Tensor([[1, 2], [3, 4]]).nelement()
    4
    """
    return input.numel()


def ndimension(input: Tensor) -> builtins.int:
    """Return the number of dimensions.

    >>> Tensor([[1, 2], [3, 4]]).ndimension()
    2
    """
    return input.ndim


def element_size(input: Tensor) -> builtins.int:
    """Return the bytes of one number.

    >>> Tensor([1.0]).element_size()
    4
    """
    return input.itemsize


def is_contiguous(input: Tensor) -> builtins.bool:
    """Return whether the numbers lie in memory in row-major order, without gaps.

    >>> Tensor([[1, 2], [3, 4]]).T.is_contiguous()
    False
    """
    return builtins.bool(input._data.flags.c_contiguous)


def stride(input: Tensor, dim: builtins.int | None = None) -> Any:
    """Return for each dimension how many numbers apart neighbours lie in memory; or for one dim.

    >>> Tensor([[1, 2, 3], [4, 5, 6]]).stride()
    (3, 1)
    """
    steps = tuple(step // input.itemsize for step in input._data.strides)
    return steps if dim is None else steps[dim]


def data_ptr(input: Tensor) -> builtins.int:
    """Return the address of the first number: equal for tensors that begin at the same memory.

    >>> x = Tensor([1.0, 2.0])
    >>> x.data_ptr() == x.detach().data_ptr() != x[1:].data_ptr()
    True
    """
    array = input._data
    return builtins.int(array.ctypes.data if hasattr(array, "ctypes") else array.data.ptr)


def get_device(input: Tensor) -> builtins.int:
    """Return the number of the GPU, or -1 on the CPU.

    >>> Tensor([1.0]).get_device()
    -1
    """
    return input.device.index if input.is_cuda else -1  # type: ignore[return-value]


def is_same_size(input: Tensor, other: Tensor) -> builtins.bool:
    """Return whether both tensors have the same shape.

    >>> Tensor([1, 2]).is_same_size(Tensor([3, 4]))
    True
    """
    return input.shape == tensor_of("is_same_size", "other", other).shape


def _recorded(input: Tensor) -> Any:
    """The recorded call of an op that computed the tensor; None for a leaf."""
    return input.node


PROPERTIES = {"grad_fn": _recorded}
