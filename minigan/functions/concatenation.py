"""Joining tensors and cutting them: each is the adjoint of the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import Shape, as_dim, as_shape, integer
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.promotion import common
from minigan.functions.shaping import reshape, unsqueeze

__all__ = [
    "cat", "concat", "concatenate", "stack", "hstack", "vstack", "split", "chunk", "unbind", "roll",
    "narrow", "dstack", "column_stack", "tensor_split",
]  # fmt: skip


@dataclass(frozen=True)
class Cat(Op):
    """The inputs one after the other along an axis; the gradient is cut where they were joined."""

    moves = True
    dim: int
    sizes: Shape

    def forward(self, *xs: Array) -> Array:
        return namespace(*xs).concatenate(xs, axis=self.dim)

    def backward(self, g: Tensor, wanted: tuple[bool, ...]) -> list[Tensor | None]:
        pieces = split(g, self.sizes, self.dim)
        return [piece if want else None for piece, want in zip(pieces, wanted, strict=True)]


def _sequence(function: str, tensors: Any) -> list[Tensor]:
    """Return the tensors in one dtype. Raises TypeError or ValueError if there are none."""
    if not isinstance(tensors, list | tuple):
        raise TypeError(
            f"{function}: tensors must be a list or tuple of Tensors, not {type(tensors).__name__}"
        )
    if not tensors:
        raise ValueError(f"{function}: tensors is empty; give at least one")
    xs = [tensor_of(function, f"tensors[{i}]", x) for i, x in enumerate(tensors)]
    dtype = common([x.dtype for x in xs])
    return [x.to(dtype) for x in xs]


@numpy_names
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Return the tensors joined along a dimension that they have; they are promoted to one dtype.

    Raises TypeError if `tensors` is not a sequence of Tensors, and ValueError that restates the
    shapes if sizes outside dim differ.

    >>> cat([Tensor([1, 2]), Tensor([3])])
    tensor([1, 2, 3])
    """
    return _joined("cat", _sequence("cat", tensors), dim)


concat = concatenate = cat


def _joined(function: str, xs: list[Tensor], dim: int) -> Tensor:
    xs = [x for x in xs if x.shape != (0,)] or xs[:1]  # PyTorch joins an empty vector to anything
    if xs[0].ndim == 0:
        raise ValueError(f"{function}: a tensor without dimensions cannot be joined (use stack)")
    a = as_dim(function, dim, xs[0].ndim)
    rest = xs[0].shape[:a] + xs[0].shape[a + 1 :]
    if any(x.ndim != xs[0].ndim or x.shape[:a] + x.shape[a + 1 :] != rest for x in xs):
        raise ValueError(
            f"{function}: shapes {[x.shape for x in xs]} must agree except in dim={dim}"
        )
    return Cat(a, tuple(x.shape[a] for x in xs))(*xs)


@numpy_names
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Return tensors of one shape joined along a new dimension.

    Raises TypeError if `tensors` is not a sequence of Tensors, and ValueError that restates the
    shapes if they differ.

    >>> stack([Tensor([1, 2]), Tensor([3, 4])]).tolist()
    [[1, 2], [3, 4]]
    """
    xs = _sequence("stack", tensors)
    if any(x.shape != xs[0].shape for x in xs):
        raise ValueError(f"stack: shapes {[x.shape for x in xs]} must be equal")
    return cat([unsqueeze(x, dim) for x in xs], dim=as_dim("stack", dim, xs[0].ndim + 1))


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Return the tensors side by side: vectors and numbers end to end, others along dim 1.

    Raises as `cat` does.

    >>> hstack([Tensor([1, 2]), Tensor(3)])
    tensor([1, 2, 3])
    """
    xs = [x if x.ndim else reshape(x, 1) for x in _sequence("hstack", tensors)]
    return _joined("hstack", xs, 0 if xs[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Return the tensors one below the other, along dim 0; a vector or number is a row.

    Raises as `cat` does.

    >>> vstack([Tensor([1, 2]), Tensor([3, 4])]).tolist()
    [[1, 2], [3, 4]]
    """
    xs = [reshape(x, 1, -1) if x.ndim < 2 else x for x in _sequence("vstack", tensors)]
    return _joined("vstack", xs, 0)


def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Return the tensors joined along dim 2; a vector of size N has the shape (1, N, 1).

    >>> dstack([Tensor([1, 2]), Tensor([3, 4])]).tolist()
    [[[1, 3], [2, 4]]]
    """
    xs = [reshape(x, 1, -1) if x.ndim < 2 else x for x in _sequence("dstack", tensors)]
    return _joined("dstack", [unsqueeze(x, 2) if x.ndim == 2 else x for x in xs], 2)


def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Return the tensors side by side, along dim 1; a vector is a column.

    >>> column_stack([Tensor([1, 2]), Tensor([3, 4])]).tolist()
    [[1, 3], [2, 4]]
    """
    xs = [reshape(x, -1, 1) if x.ndim < 2 else x for x in _sequence("column_stack", tensors)]
    return _joined("column_stack", xs, 1)


@numpy_names
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Return n pieces along dim whose sizes differ by at most 1, or pieces cut at listed places.

    Raises ValueError if the number is not at least 1.

    >>> [piece.tolist() for piece in tensor_split(Tensor([1, 2, 3, 4, 5]), 3)]
    [[1, 2], [3, 4], [5]]
    """
    x = tensor_of("tensor_split", "input", input)
    if x.ndim == 0:
        raise ValueError("tensor_split: a tensor without dimensions cannot be cut")
    a, places = as_dim("tensor_split", dim, x.ndim), indices_or_sections
    size = x.shape[a]
    if isinstance(places, int):
        n = integer("tensor_split", "indices_or_sections", places, 1)
        sizes = [size // n + (i < size % n) for i in range(n)]
        return split(x, sizes, a)
    if not isinstance(places, Iterable):
        raise TypeError(
            f"tensor_split: indices_or_sections={places!r} must be an integer or a sequence of "
            "integers"
        )
    key: tuple[Any, ...] = (slice(None),) * a
    ends = [None, *places, None]
    return tuple(x[(*key, slice(i, j))] for i, j in pairwise(ends))


@numpy_names
def split(
    tensor: Tensor,
    split_size_or_sections: int | Sequence[int] = (),
    dim: int = 0,
    *,
    split_size: Any = (),
) -> tuple[Tensor, ...]:
    """Return pieces along a dimension: of one size (the last may be smaller), or of listed sizes.

    PyTorch's method calls the sizes `split_size`, its function `split_size_or_sections`; here both
    names are legal. Raises ValueError if a size is negative, the sizes do not add up to that of the
    dimension, or the tensor has no dimensions.

    >>> [piece.tolist() for piece in split(Tensor([1, 2, 3, 4, 5]), 2)]
    [[1, 2], [3, 4], [5]]
    """
    x = tensor_of("split", "tensor", tensor)
    if x.ndim == 0:
        raise ValueError("split: a tensor without dimensions cannot be cut")
    a = as_dim("split", dim, x.ndim)
    sizes = split_size if split_size_or_sections == () else split_size_or_sections
    total = x.shape[a]
    if isinstance(sizes, int):
        if sizes < 0 or (sizes == 0 and total):
            raise ValueError(f"split: split_size={sizes} must be > 0")
        starts = range(0, total, sizes or 1)
        sections: Sequence[int] = [min(sizes, total - start) for start in starts] or [0]
    elif not isinstance(sizes, Iterable):
        raise TypeError(
            f"split: split_size_or_sections={sizes!r} must be an integer or a sequence of integers"
        )
    else:
        sections = as_shape("split", [tuple(sizes)])
        if sum(sections) != total:
            raise ValueError(
                f"split: sections {tuple(sections)} must add up to size {total} of dim={dim}"
            )
    ends = np.cumsum(sections).tolist()
    key: tuple[Any, ...] = (slice(None),) * a
    return tuple(x[(*key, slice(end - n, end))] for n, end in zip(sections, ends, strict=True))


@numpy_names
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Return at most `chunks` pieces along a dimension, of one size (the last may be smaller).

    Raises ValueError if chunks is not an integer of at least 1.

    >>> [piece.tolist() for piece in chunk(Tensor([1, 2, 3, 4, 5]), 2)]
    [[1, 2, 3], [4, 5]]
    """
    x = tensor_of("chunk", "input", input)
    if not isinstance(chunks, int) or chunks < 1:
        raise ValueError(f"chunk: chunks={chunks!r} must be an integer > 0")
    size = x.shape[as_dim("chunk", dim, x.ndim)] if x.ndim else 0
    return split(x, -(-size // chunks), dim) if size else split(x, [0] * chunks, dim)


@numpy_names
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Return the slices along a dimension, without this dimension.

    Raises ValueError if the tensor has no dimensions.

    >>> [row.tolist() for row in unbind(Tensor([[1, 2], [3, 4]]))]
    [[1, 2], [3, 4]]
    """
    x = tensor_of("unbind", "input", input)
    if x.ndim == 0:
        raise ValueError("unbind: a tensor without dimensions cannot be cut")
    a = as_dim("unbind", dim, x.ndim)
    key: tuple[Any, ...] = (slice(None),) * a
    return tuple(x[(*key, i)] for i in range(x.shape[a]))


def roll(
    input: Tensor, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None
) -> Tensor:
    """Return the numbers moved by shifts along dims; what leaves at one end enters at the other.

    Without dims the numbers are moved in row-major order. Raises ValueError if there are not as
    many shifts as dims, and TypeError if one is not an integer.

    >>> roll(Tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    x = tensor_of("roll", "input", input)
    if dims is None:
        return reshape(roll(reshape(x, -1), shifts, 0), x.shape)
    pairs = [value if isinstance(value, list | tuple) else [value] for value in (shifts, dims)]
    if len(pairs[0]) != len(pairs[1]):
        raise ValueError(f"roll: shifts={shifts} and dims={dims} must be equally many")
    for shift, dim in zip(*pairs, strict=True):
        a = as_dim("roll", dim, x.ndim, "dims")
        size = x.shape[a] if x.ndim else 0
        head = size - integer("roll", "shifts", shift) % size if size else 0
        x = cat(split(x, [head, size - head], a)[::-1], a) if size else x
    return x


@numpy_names
def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """Return the part from start to start + length - 1 along a dimension; start may be negative.

    Raises ValueError if the part is not inside, and TypeError if a number is not an integer.

    >>> narrow(Tensor([1, 2, 3, 4]), 0, 1, 2)
    tensor([2, 3])
    """
    x = tensor_of("narrow", "input", input)
    a = as_dim("narrow", dim, x.ndim)
    start, length = integer("narrow", "start", start), integer("narrow", "length", length)
    if x.ndim == 0:
        raise ValueError("narrow: a tensor without dimensions cannot be cut")
    start = start + x.shape[a] if start < 0 else start
    if not 0 <= start <= start + length <= x.shape[a]:
        raise ValueError(
            f"narrow: start={start}, length={length} leave size {x.shape[a]} of dim={dim}"
        )
    return split(x, [start, length, x.shape[a] - start - length], a)[1]
