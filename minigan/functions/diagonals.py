"""Triangles and diagonals of matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minigan.autograd.dtypes import int64
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import Shape, allocated, as_dim, as_shape, integer
from minigan.functions.arguments import tensor_of
from minigan.functions.choosing import where

__all__ = [
    "tril", "triu", "diag", "diagonal", "diag_embed", "tril_indices", "triu_indices",
]  # fmt: skip


@dataclass(frozen=True)
class Diagonal(Op):
    """y[..., i] = the i-th number of a diagonal in the axes a and b of x."""

    moves = view = True
    shape: Shape  # of x
    offset: int
    a: int
    b: int

    def forward(self, x: Array) -> Array:
        y = x.diagonal(self.offset, self.a, self.b)
        if getattr(x.flags, "writeable", False):
            y.flags.writeable = True  # NumPy returns a view that cannot be written to
        return y

    def backward_x(self, g: Tensor) -> Tensor:
        return DiagonalEmbed(self.shape, self.offset, self.a, self.b)(g)


@dataclass(frozen=True)
class DiagonalEmbed(Op):
    """x = 0, then the numbers of y on a diagonal: the adjoint of Diagonal."""

    shape: Shape
    offset: int
    a: int
    b: int

    def forward(self, y: Array) -> Array:
        ndim = len(self.shape)
        order = [d for d in range(ndim) if d not in (self.a, self.b)] + [self.a, self.b]
        H, W = self.shape[self.a], self.shape[self.b]
        rows = namespace(y).zeros((*y.shape[:-1], H * W), y.dtype)  # each matrix as one row
        start = self.offset if self.offset >= 0 else -self.offset * W
        rows[..., start :: W + 1][..., : y.shape[-1]] = y
        x = rows.reshape(*y.shape[:-1], H, W)  # (..., H, W)
        return x.transpose(sorted(range(ndim), key=order.__getitem__))

    def backward_y(self, g: Tensor) -> Tensor:
        return Diagonal(self.shape, self.offset, self.a, self.b)(g)


def _triangle(function: str, input: Tensor, diagonal: int) -> Tensor:
    x = tensor_of(function, "input", input)
    if x.ndim < 2:
        raise ValueError(f"{function}: input has shape {x.shape}; at least 2 dimensions are needed")
    diagonal = integer(function, "diagonal", diagonal)
    xp = namespace(x._data)
    i, j = xp.arange(x.shape[-2])[:, None], xp.arange(x.shape[-1])
    kept = Tensor._wrap(j - i <= diagonal if function == "tril" else j - i >= diagonal)
    return where(kept, x, False)  # which leaves every dtype as it is, bools too


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return the numbers on and below a diagonal, and 0 above it, of each matrix (..., H, W).

    Diagonal 1 is the one above the main diagonal, -1 the one below. Raises ValueError if the input
    has fewer than 2 dimensions, and TypeError if the diagonal is not an integer.

    >>> tril(Tensor([[1, 2], [3, 4]])).tolist()
    [[1, 0], [3, 4]]
    """
    return _triangle("tril", input, diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return the numbers on and above a diagonal, and 0 below it, of each matrix (..., H, W).

    Diagonals are counted, and errors raised, as in `tril`.

    >>> triu(Tensor([[1, 2], [3, 4]])).tolist()
    [[1, 2], [0, 4]]
    """
    return _triangle("triu", input, diagonal)


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return a matrix with this vector on a diagonal, or a copy of a diagonal of this matrix.

    Diagonals are counted as in `tril`. Raises ValueError if the input is neither a vector nor a
    matrix, and TypeError if the diagonal is not an integer.

    >>> diag(Tensor([1, 2])).tolist(), diag(Tensor([[1, 2], [3, 4]])).tolist()
    ([[1, 0], [0, 2]], [1, 4])
    """
    x, k = tensor_of("diag", "input", input), integer("diag", "diagonal", diagonal)
    if x.ndim == 1:
        return diag_embed(x, k)
    if x.ndim != 2:
        raise ValueError(f"diag: input has shape {x.shape}; it must be a vector or a matrix")
    return Diagonal(x.shape, k, 0, 1)(x).clone()


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Return a view of a diagonal of each matrix in dim1 and dim2; it is the last dimension.

    Offsets are counted as the diagonals of `tril`. Raises ValueError if the two dimensions are the
    same, and IndexError if one is out of range.

    >>> diagonal(Tensor([[1, 2], [3, 4]]), offset=1)
    tensor([2])
    """
    x = tensor_of("diagonal", "input", input)
    a, b = as_dim("diagonal", dim1, x.ndim, "dim1"), as_dim("diagonal", dim2, x.ndim, "dim2")
    if a == b:
        raise ValueError(f"diagonal: dim1={dim1} and dim2={dim2} must be different dimensions")
    return Diagonal(x.shape, integer("diagonal", "offset", offset), a, b)(x)


def diag_embed(input: Tensor, offset: int = 0) -> Tensor:
    """Return matrices (..., K, K) with the vectors (..., N) on a diagonal, and 0 elsewhere.

    >>> diag_embed(Tensor([[1, 2]])).tolist()
    [[[1, 0], [0, 2]]]
    """
    x, k = tensor_of("diag_embed", "input", input), integer("diag_embed", "offset", offset)
    if not x.ndim:
        raise ValueError("diag_embed: input has no dimensions; at least 1 is needed")
    size = x.shape[-1] + abs(k)
    shape = (*x.shape[:-1], size, size)
    return DiagonalEmbed(shape, k, x.ndim - 1, x.ndim)(x)


def tril_indices(row: int, col: int, offset: int = 0) -> Tensor:
    """Return rows and columns of the numbers on and below a diagonal of a matrix: (2, N), int64.

    >>> tril_indices(2, 2).tolist()
    [[0, 1, 1], [0, 0, 1]]
    """
    return _indices("tril_indices", row, col, offset)


def triu_indices(row: int, col: int, offset: int = 0) -> Tensor:
    """Return rows and columns of the numbers on and above a diagonal of a matrix: (2, N), int64.

    >>> triu_indices(2, 2).tolist()
    [[0, 0, 1], [0, 1, 1]]
    """
    return _indices("triu_indices", row, col, offset)


def _indices(function: str, row: int, col: int, offset: int) -> Tensor:
    shape = as_shape(function, (row, col))
    k = integer(function, "offset", offset)
    whole = allocated(function, shape, lambda: np.ones(shape, bool))
    chosen = np.tril(whole, k) if function == "tril_indices" else np.triu(whole, k)
    return Tensor(np.stack(chosen.nonzero()).astype(int64))
