"""Products of matrices and vectors. All of them are reduced to one op, the matrix product.

All functions raise TypeError if an input is not a Tensor (`matmul` also takes arrays) or the dtypes
differ, and ValueError that restates the shapes if they do not fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from minigan import backend, threads
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array
from minigan.checks import Shape, as_dim
from minigan.functions.arguments import tensor_of
from minigan.functions.broadcasting import broadcast_shapes, broadcast_to
from minigan.functions.diagonals import diagonal
from minigan.functions.shaping import permute, reshape, unsqueeze
from minigan.functions.statistics import norm

__all__ = [
    "matmul", "mm", "bmm", "mv", "dot", "outer", "inner", "addmm", "baddbmm", "addmv", "tensordot",
    "trace", "cdist",
]  # fmt: skip


class Matmul(Op):
    """y = a b: (..., N, K) times (..., K, M) is (..., N, M), with the same leading sizes."""

    arithmetic = True

    def forward(self, a: Array, b: Array) -> Array:
        return threads.matmul(a, b)

    def backward_a(self, g: Any, b: Any) -> Any:
        return _matmul.apply(g, b.swapaxes(-1, -2))

    def backward_b(self, g: Any, a: Any) -> Any:
        return _matmul.apply(a.swapaxes(-1, -2), g)

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
    a, b = _factor("input", input), _factor("other", other)
    if a._data.dtype != b._data.dtype:
        raise TypeError(
            f"matmul: input has dtype {a.dtype} and other {b.dtype}; they must be equal (use .to)"
        )
    if a._data.ndim == b._data.ndim == 2 and len(b._data) == a._data.shape[1]:
        return _matmul(a, b)
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
        rows = reshape(a, (math.prod(a.shape[:-1]), a.shape[-1]))  # (N..., M, K) -> (N...M, K)
        return reshape(_matmul(rows, b), (*a.shape[:-1], b.shape[-1]))
    lead = broadcast_shapes("matmul", a.shape[:-2], b.shape[:-2])
    return _matmul(broadcast_to(a, lead + a.shape[-2:]), broadcast_to(b, lead + b.shape[-2:]))


def _factor(name: str, x: Any) -> Tensor:
    """Return a factor of `matmul` as a Tensor."""
    if isinstance(x, Tensor):
        return x
    return Tensor(x) if backend.is_array(x) else tensor_of("matmul", name, x)


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


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """Return the product of a matrix (N, K) and a vector (K,): a vector (N,).

    >>> mv(Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([1.0, 10.0]))
    tensor([21., 43.])
    """
    a, b = tensor_of("mv", "input", input), tensor_of("mv", "vec", vec)
    if a.ndim != 2 or b.ndim != 1:
        raise ValueError(f"mv: shapes {a.shape} and {b.shape} must be a matrix and a vector")
    return matmul(a, b)


def inner(input: Tensor, other: Tensor) -> Tensor:
    """Return the sums of products over the last dimension of both, for all pairs of rows.

    >>> inner(Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([1.0, 10.0]))
    tensor([21., 43.])
    """
    a, b = tensor_of("inner", "input", input), tensor_of("inner", "other", other)
    if not a.ndim or not b.ndim:
        return a * b
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(f"inner: shapes {a.shape} and {b.shape} must agree in their last size")
    return tensordot(a, b, ([-1], [-1]))


def addmm(
    input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """Return beta * input + alpha * mat1 @ mat2; the input broadcasts to (N, M).

    >>> addmm(Tensor([1.0]), Tensor([[2.0]]), Tensor([[3.0]]), alpha=10).tolist()
    [[61.0]]
    """
    return _scaled_sum("addmm", mm, input, mat1, mat2, beta, alpha)


def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """Return beta * input + alpha * batch1 @ batch2 for stacks of matrices; the input broadcasts.

    >>> baddbmm(Tensor([1.0]), Tensor([[[2.0]]]), Tensor([[[3.0]]])).tolist()
    [[[7.0]]]
    """
    return _scaled_sum("baddbmm", bmm, input, batch1, batch2, beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Return beta * input + alpha * mat @ vec; the input broadcasts to (N,).

    >>> addmv(Tensor([1.0]), Tensor([[2.0]]), Tensor([3.0]))
    tensor([7.])
    """
    return _scaled_sum("addmv", mv, input, mat, vec, beta, alpha)


def _scaled_sum(
    function: str,
    multiply: Callable[[Tensor, Tensor], Tensor],
    input: Tensor,
    a: Tensor,
    b: Tensor,
    beta: float,
    alpha: float,
) -> Tensor:
    """Return beta * input + alpha * multiply(a, b); with beta = 0 the input does not matter.

    Numbers of float16 are computed in float32 and rounded once.
    """
    x = tensor_of(function, "input", input)
    if x.dtype.char == "e" and isinstance(a, Tensor) and a.dtype.char == "e":
        wide = _scaled_sum(function, multiply, x.float(), a.float(), b.float(), beta, alpha)
        return wide.half()
    product = multiply(a, b)
    if broadcast_shapes(function, x.shape, product.shape) != product.shape:
        raise ValueError(
            f"{function}: input of shape {x.shape} does not broadcast to {product.shape}"
        )
    y = product if alpha == 1 else product * alpha
    return y if beta == 0 else (x if beta == 1 else x * beta) + y


def tensordot(input: Tensor, other: Tensor, dims: Any = 2) -> Tensor:
    """Return the sum of products over pairs of dimensions.

    `dims` is a pair of lists of dimensions, or a number n: the last n of the input with the first n
    of other. Raises ValueError if paired sizes differ.

    >>> tensordot(Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([1.0, 10.0]), 1)
    tensor([21., 43.])
    """
    a, b = tensor_of("tensordot", "input", input), tensor_of("tensordot", "other", other)
    if isinstance(dims, int):
        dims = list(range(a.ndim - dims, a.ndim)), list(range(dims))
    lists = list(dims) if isinstance(dims, list | tuple) else []
    if len(lists) != 2 or not all(isinstance(each, list | tuple) for each in lists):
        raise TypeError(f"tensordot: dims={dims!r} must be an integer or two lists of dimensions")
    pairs = [[as_dim("tensordot", d, x.ndim, "dims") for d in ds]
             for ds, x in zip(dims, (a, b), strict=True)]  # fmt: skip
    sizes = [[x.shape[d] for d in ds] for ds, x in zip(pairs, (a, b), strict=True)]
    if sizes[0] != sizes[1]:
        raise ValueError(
            f"tensordot: shapes {a.shape} and {b.shape} have sizes {sizes[0]} and {sizes[1]} in "
            f"dims={dims}; they must be equal"
        )
    rest = [[d for d in range(x.ndim) if d not in ds]
            for ds, x in zip(pairs, (a, b), strict=True)]  # fmt: skip
    K = math.prod(sizes[0])
    rows = reshape(permute(a, [*rest[0], *pairs[0]]), -1 if K else 0, K)
    columns = reshape(permute(b, [*pairs[1], *rest[1]]), K, -1 if K else 0)
    shape = [a.shape[d] for d in rest[0]] + [b.shape[d] for d in rest[1]]
    return reshape(matmul(rows, columns), shape)


def trace(input: Tensor) -> Tensor:
    """Return the sum of the numbers on the main diagonal of a matrix.

    >>> trace(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(5.)
    """
    x = tensor_of("trace", "input", input)
    if x.ndim != 2:
        raise ValueError(f"trace: input has shape {x.shape}; it must be a matrix")
    return diagonal(x).sum()


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0) -> Tensor:
    """Return the p-norms of all differences of rows: (..., N, K) and (..., M, K) give (..., N, M).

    Where a distance is 0 its gradient is defined as 0.

    >>> cdist(Tensor([[0.0, 0.0]]), Tensor([[3.0, 4.0], [0.0, 1.0]])).tolist()
    [[5.0, 1.0]]
    """
    a, b = tensor_of("cdist", "x1", x1), tensor_of("cdist", "x2", x2)
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-1]:
        raise ValueError(
            f"cdist: shapes {a.shape} and {b.shape} must be (..., N, K) and (..., M, K)"
        )
    if a.dtype.char == b.dtype.char == "e":
        return cdist(a.float(), b.float(), p).half()
    return norm(unsqueeze(a, -2) - unsqueeze(b, -3), p, -1)


def _ranked(function: str, rank: int, a: Tensor, b: Tensor) -> Tensor:
    if tensor_of(function, "input", a).ndim != rank or tensor_of(function, "other", b).ndim != rank:
        raise ValueError(
            f"{function}: shapes {a.shape} and {b.shape} must both have {rank} dimensions"
        )
    return matmul(a, b)
