"""Products of matrices and vectors. All of them are reduced to one op, the matrix product.

All functions raise TypeError if an input is not a Tensor (`matmul` also takes arrays) or the dtypes
differ, and ValueError that restates the shapes if they do not fit.
"""

from __future__ import annotations

import math
from typing import Any

from minigan import backend, threads
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array
from minigan.checks import Shape
from minigan.functions.arguments import tensor_of
from minigan.functions.broadcasting import broadcast_shapes, broadcast_to
from minigan.functions.shaping import reshape, transpose

__all__ = ["matmul", "mm", "bmm", "dot", "outer"]


class Matmul(Op):
    """y = a b: (..., N, K) times (..., K, M) is (..., N, M), with the same leading sizes."""

    def forward(self, a: Array, b: Array) -> Array:
        return threads.matmul(a, b)

    def backward_a(self, g: Tensor, b: Tensor) -> Tensor:
        return _matmul(g, transpose(b, -1, -2))

    def backward_b(self, g: Tensor, a: Tensor) -> Tensor:
        return _matmul(transpose(a, -1, -2), g)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return 2 * math.prod(out) * inputs[0][-1]


_matmul = Matmul()


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """Return the matrix product, with the rules of torch.matmul for vectors and stacks.

    (..., N, K) times (..., K, M) is (..., N, M); leading sizes broadcast. A vector is a row on the
    left and a column on the right, and its dimension is removed from the result.

    >>> matmul(Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([1.0, 10.0]))
    tensor([21., 43.])
    """
    a, b = (Tensor(x) if backend.is_array(x) else x for x in (input, other))
    a, b = tensor_of("matmul", "input", a), tensor_of("matmul", "other", b)
    if a.dtype != b.dtype:
        raise TypeError(
            f"matmul: input has dtype {a.dtype} and other {b.dtype}; they must be equal (use .to)"
        )
    if not a.ndim or not b.ndim or a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise ValueError(
            f"matmul: input of shape {a.shape} and other of shape {b.shape} do not fit "
            "(the last size of input must be the last but one of other; single numbers are not "
            "legal)"
        )
    if a.ndim == 1:
        y = matmul(reshape(a, (1, -1)), b)
        return reshape(y, y.shape[:-1][:-1] + y.shape[-1:]) if b.ndim > 1 else reshape(y, ())
    if b.ndim == 1:
        y = matmul(a, reshape(b, (-1, 1)))
        return reshape(y, y.shape[:-1])
    if b.ndim == 2:
        if a.ndim == 2:
            return _matmul(a, b)
        rows = reshape(a, (math.prod(a.shape[:-1]), a.shape[-1]))  # (N..., M, K) -> (N...M, K)
        return reshape(_matmul(rows, b), (*a.shape[:-1], b.shape[-1]))
    lead = broadcast_shapes("matmul", a.shape[:-2], b.shape[:-2])
    return _matmul(broadcast_to(a, lead + a.shape[-2:]), broadcast_to(b, lead + b.shape[-2:]))


def _rmatmul(input: Tensor, other: Any) -> Tensor:
    """Return other @ input."""
    return matmul(other, input)


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """Return the product of two matrices: (N, K) times (K, M) is (N, M).

    >>> mm(Tensor([[1.0, 2.0]]), Tensor([[3.0], [4.0]])).tolist()
    [[11.0]]
    """
    return _ranked("mm", 2, input, mat2)


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """Return the products of two stacks of matrices: (B, N, K) times (B, K, M) is (B, N, M).

    >>> bmm(Tensor([[[1.0, 2.0]]]), Tensor([[[3.0], [4.0]]])).tolist()
    [[[11.0]]]
    """
    a, b = tensor_of("bmm", "input", input), tensor_of("bmm", "mat2", mat2)
    if a.ndim == 3 == b.ndim and input.shape[0] != mat2.shape[0]:
        raise ValueError(
            f"bmm: input of shape {input.shape} and mat2 of shape {mat2.shape} differ in their "
            "first size"
        )
    return _ranked("bmm", 3, a, b)


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """Return the sum of the products of two vectors' numbers.

    >>> dot(Tensor([1.0, 2.0]), Tensor([3.0, 4.0]))
    tensor(11.)
    """
    return _ranked("dot", 1, input, tensor)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """Return the matrix y[i, j] = input[i] vec2[j] of two vectors.

    >>> outer(Tensor([1.0, 2.0]), Tensor([3.0, 4.0])).tolist()
    [[3.0, 4.0], [6.0, 8.0]]
    """
    a, b = tensor_of("outer", "input", input), tensor_of("outer", "vec2", vec2)
    if a.ndim != 1 or b.ndim != 1:
        raise ValueError(f"outer: shapes {a.shape} and {b.shape} must be those of vectors")
    return reshape(a, (-1, 1)) * b


def _ranked(function: str, rank: int, a: Tensor, b: Tensor) -> Tensor:
    if tensor_of(function, "input", a).ndim != rank or tensor_of(function, "other", b).ndim != rank:
        raise ValueError(
            f"{function}: shapes {a.shape} and {b.shape} must both have {rank} dimensions"
        )
    return matmul(a, b)
