"""Joining tensors and cutting them: each is the other's adjoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, namespace
from minigan.checks import Shape, as_dim, as_shape, integer
from minigan.functions.arguments import tensor_of
from minigan.functions.promotion import common
from minigan.functions.shaping import reshape, unsqueeze

__all__ = ["cat", "stack", "hstack", "vstack", "split", "chunk", "unbind", "roll", "narrow"]


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
    if not isinstance(tensors, list | tuple):
        raise TypeError(
            f"{function}: tensors must be a list or tuple of Tensors, not {type(tensors).__name__}"
        )
    if not tensors:
        raise ValueError(f"{function}: tensors is empty; give at least one")
    xs = [tensor_of(function, f"tensors[{i}]", x) for i, x in enumerate(tensors)]
    dtype = common([x.dtype for x in xs])
    return [x.to(dtype) for x in xs]


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """The tensors joined along a dimension that they have; their other sizes must agree.

    Raises ValueError that restates the shapes.
    """
    return _joined("cat", _sequence("cat", tensors), dim)


def _joined(function: str, xs: list[Tensor], dim: int) -> Tensor:
    xs = [x for x in xs if x.shape != (0,)] or xs[
        :1
    ]  # PyTorch's legacy: an empty vector joins anything
    if xs[0].ndim == 0:
        raise ValueError(f"{function}: a tensor without dimensions cannot be joined (use stack)")
    a = as_dim(function, dim, xs[0].ndim)
    rest = xs[0].shape[:a] + xs[0].shape[a + 1 :]
    if any(x.ndim != xs[0].ndim or x.shape[:a] + x.shape[a + 1 :] != rest for x in xs):
        raise ValueError(
            f"{function}: shapes {[x.shape for x in xs]} must agree except in dim={dim}"
        )
    return Cat(a, tuple(x.shape[a] for x in xs))(*xs)


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """The tensors, of one shape, joined along a new dimension.

    Raises ValueError that restates the shapes.
    """
    xs = _sequence("stack", tensors)
    if any(x.shape != xs[0].shape for x in xs):
        raise ValueError(f"stack: shapes {[x.shape for x in xs]} must be equal")
    return cat([unsqueeze(x, dim) for x in xs], dim=as_dim("stack", dim, xs[0].ndim + 1))


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors side by side: vectors and numbers joined end to end, others along dim 1.

    Raises as `cat` does.
    """
    xs = [x if x.ndim else reshape(x, 1) for x in _sequence("hstack", tensors)]
    return _joined("hstack", xs, 0 if xs[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors below each other: along dim 0, vectors and numbers being rows.

    Raises as `cat` does.
    """
    return _joined(
        "vstack", [reshape(x, 1, -1) if x.ndim < 2 else x for x in _sequence("vstack", tensors)], 0
    )


def split(
    tensor: Tensor,
    split_size_or_sections: int | Sequence[int] = (),
    dim: int = 0,
    *,
    split_size: Any = (),
) -> tuple[Tensor, ...]:
    """Pieces along a dimension: of one size (the last may be smaller), or of the sizes listed.

    PyTorch's method calls the sizes `split_size`, its function `split_size_or_sections`; here
    either does. Raises ValueError if a size is negative or the sizes do not add up.
    """
    x = tensor_of("split", "tensor", tensor)
    if x.ndim == 0:
        raise ValueError("split: a tensor without dimensions cannot be cut")
    a, given = (
        as_dim("split", dim, x.ndim),
        split_size if split_size_or_sections == () else split_size_or_sections,
    )
    size = x.shape[a]
    if isinstance(given, int):
        if given < 0 or (given == 0 and size):
            raise ValueError(f"split: split_size={given} must be > 0")
        sections: Sequence[int] = [min(given, size - at) for at in range(0, size, given or 1)] or [
            0
        ]
    else:
        sections = as_shape("split", [tuple(given)])
        if sum(sections) != size:
            raise ValueError(
                f"split: sections {tuple(sections)} must add up to size {size} of dim={dim}"
            )
    ends = np.cumsum(sections).tolist()
    key: tuple[Any, ...] = (slice(None),) * a
    return tuple(x[(*key, slice(end - n, end))] for n, end in zip(sections, ends, strict=True))


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most so many pieces along a dimension, of equal size but for the last."""
    x = tensor_of("chunk", "input", input)
    if not isinstance(chunks, int) or chunks < 1:
        raise ValueError(f"chunk: chunks={chunks!r} must be an integer > 0")
    size = x.shape[as_dim("chunk", dim, x.ndim)] if x.ndim else 0
    return split(x, -(-size // chunks), dim) if size else split(x, [0] * chunks, dim)


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices along a dimension, which they lose."""
    x = tensor_of("unbind", "input", input)
    if x.ndim == 0:
        raise ValueError("unbind: a tensor without dimensions cannot be cut")
    a = as_dim("unbind", dim, x.ndim)
    key: tuple[Any, ...] = (slice(None),) * a
    return tuple(x[(*key, i)] for i in range(x.shape[a]))


def roll(
    input: Tensor, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None
) -> Tensor:
    """The numbers moved by shifts along dims, or, flattened, along all; those that leave at an end
    come back.
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


def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """The part start..start + length - 1 along a dimension.

    Raises ValueError if it is not inside.
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
