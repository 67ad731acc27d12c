"""The same numbers at another node of the graph: in the same memory (alias), or a copy (clone)."""

from __future__ import annotations

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array
from minigan.functions.arguments import tensor_of

__all__ = ["clone"]


class Alias(Op):
    """y = x: the same memory at another node of the graph."""

    moves = view = True

    def forward(self, x: Array) -> Array:
        return x[...]

    def backward_x(self, g: Tensor) -> Tensor:
        return g


class Clone(Op):
    """y = x in memory of its own."""

    moves = True

    def forward(self, x: Array) -> Array:
        return x.copy()

    def backward_x(self, g: Tensor) -> Tensor:
        return g


_alias, _clone = Alias(), Clone()


def alias(input: Tensor) -> Tensor:
    """Return a view of the tensor that is another node of the graph.

    >>> alias(Tensor([1, 2]))
    tensor([1, 2])
    """
    return _alias(tensor_of("alias", "input", input))


def clone(input: Tensor) -> Tensor:
    """Return a copy of the tensor, in the graph: gradients pass through it.

    >>> clone(Tensor([1, 2]))
    tensor([1, 2])
    """
    return _clone(tensor_of("clone", "input", input))
