"""In-place functions that change the shape or the graph of a tensor, and none of its numbers."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from math import prod
from typing import Any

from minigan.autograd.modes import is_grad_enabled
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import as_shape
from minigan.functions import shaping
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.copying import alias

__all__: list[str] = []  # methods of a Tensor only


def _becomes(name: str, function: Callable[..., Tensor], x: Tensor, *args: Any) -> Tensor:
    """Let x become function(x, *args), a view of its memory, and return x.

    Views of x become views of what x was. Raises RuntimeError if x is a leaf that requires grad.
    """
    if is_grad_enabled() and x.is_leaf and x.requires_grad:
        raise RuntimeError(
            f"{name}: a leaf of shape {x.shape} requires grad, so it can be changed under "
            "no_grad() only"
        )
    before = x._twin(x.node)
    before.base, before._requires_grad = x.base, x._requires_grad
    y = alias(before) if (y := function(before, *args)) is before else y
    tensors = x.memory.tensors or []
    for view in (reference() for reference in tensors):
        if view is not None and view.base is not None and view.base.source is x:
            view.base = view.base._replace(source=before)
    tensors[:] = [weakref.ref(before) if t() is x else t for t in tensors if t() is not y]
    tensors.append(weakref.ref(x))
    x._data, x.base, x.node = y._data, y.base, y.node
    return x


@numpy_names
def squeeze_(input: Tensor, dim: Any = None) -> Tensor:
    """Remove dimensions of size 1, as `squeeze` does; return the tensor.

    >>> Tensor([[1, 2]]).squeeze_().shape
    (2,)
    """
    return _becomes("squeeze_", shaping.squeeze, input, dim)


@numpy_names
def unsqueeze_(input: Tensor, dim: int) -> Tensor:
    """Add a dimension of size 1, as `unsqueeze` does; return the tensor.

    >>> Tensor([1, 2]).unsqueeze_(0).shape
    (1, 2)
    """
    return _becomes("unsqueeze_", shaping.unsqueeze, input, dim)


def transpose_(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two dimensions; return the tensor.

    >>> Tensor([[1, 2]]).transpose_(0, 1).shape
    (2, 1)
    """
    return _becomes("transpose_", shaping.transpose, input, dim0, dim1)


def t_(input: Tensor) -> Tensor:
    """Transpose a matrix; return the tensor.

    >>> Tensor([[1, 2]]).t_().shape
    (2, 1)
    """
    return _becomes("t_", shaping.t, input)


def resize_(input: Tensor, *sizes: Any) -> Tensor:
    """Give the tensor these sizes, and return it; the numbers keep their order in memory.

    A smaller tensor keeps the first numbers and the memory. A larger one gets new memory, and the
    numbers that are added are 0. Programs call it before `copy_`, `fill_` or `normal_`. Raises
    RuntimeError if the tensor requires grad or its memory has gaps.

    >>> Tensor([[1, 2], [3, 4]]).resize_(3)
    tensor([1, 2, 3])
    """
    if input.requires_grad:
        raise RuntimeError("resize_: a tensor that requires grad cannot be resized; use reshape")
    if not input._data.flags.c_contiguous:
        raise RuntimeError("resize_: the memory of the tensor has gaps; resize a clone")
    shape = as_shape("resize_", sizes)
    numbers, count = input._data.reshape(-1), prod(shape)  # shape -> (numel,)
    if count > numbers.size:
        rest = namespace(numbers).zeros(count - numbers.size, numbers.dtype)
        larger = namespace(numbers).concatenate([numbers, rest])
        input.data = Tensor._wrap(larger.reshape(shape))
    else:
        input._data = numbers[:count].reshape(shape)
        input.changed()
    return input


def resize_as_(input: Tensor, other: Tensor) -> Tensor:
    """Give the tensor the shape of another, as `resize_` does; return the tensor.

    >>> Tensor([0.0]).resize_as_(Tensor([1.0, 2.0]))
    tensor([0., 0.])
    """
    return resize_(input, tensor_of("resize_as_", "other", other).shape)


def detach_(input: Tensor) -> Tensor:
    """Take the tensor out of the graph: it becomes a constant leaf; return it.

    Raises RuntimeError for a view, whose memory belongs to another tensor too.

    >>> x = Tensor([1.0], requires_grad=True)
    >>> (x * 2).detach_().requires_grad
    False
    """
    if input.base is not None and input.node is not None:
        raise RuntimeError("detach_: a view cannot be detached in place; use detach()")
    input.node, input._requires_grad = None, False
    return input
