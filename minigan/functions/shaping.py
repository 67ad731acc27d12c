"""Ops that give the same numbers another shape or order, without changing them.

Each stands beside its adjoint: a permutation is undone by the inverse one, a reshape by the shape
before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array
from minigan.checks import Shape, as_dim, as_dims, as_shape
from minigan.functions.arguments import tensor_of
from minigan.functions.broadcasting import broadcast_to

__all__ = [
    "clone",
    "reshape",
    "flatten",
    "unflatten",
    "permute",
    "transpose",
    "t",
    "movedim",
    "squeeze",
    "unsqueeze",
    "flip",
]


class Alias(Op):
    """y = x: another node of the graph, so that a use of x can be told from x."""

    moves = view = True

    def forward(self, x: Array) -> Array:
        return x[...]

    def backward_x(self, g: Tensor) -> Tensor:
        return g


@dataclass(frozen=True)
class Reshape(Op):
    """The same numbers in the same (row-major) order, in another shape."""

    moves = view = True
    source: Shape
    target: Shape

    def forward(self, x: Array) -> Array:
        return x.reshape(self.target)

    def backward_x(self, g: Tensor) -> Tensor:
        return Reshape(self.target, self.source)(g)


@dataclass(frozen=True)
class Permute(Op):
    """y's axis a is x's axis dims[a]; the inverse permutation undoes it."""

    moves = view = True
    dims: Shape

    def forward(self, x: Array) -> Array:
        return x.transpose(self.dims)

    def backward_x(self, g: Tensor) -> Tensor:
        inverse = sorted(range(len(self.dims)), key=self.dims.__getitem__)
        return Permute(tuple(inverse))(g)


@dataclass(frozen=True)
class Flip(Op):
    """Reverse the order along some axes: its own adjoint and inverse."""

    moves = view = True
    dims: Shape

    def forward(self, x: Array) -> Array:
        return x[
            tuple(slice(None, None, -1) if a in self.dims else slice(None) for a in range(x.ndim))
        ]

    def backward_x(self, g: Tensor) -> Tensor:
        return Flip(self.dims)(g)


class Clone(Op):
    """y = x in memory of its own."""

    moves = True

    def forward(self, x: Array) -> Array:
        return x.copy()

    def backward_x(self, g: Tensor) -> Tensor:
        return g


_reshape, _permute = lru_cache(maxsize=4096)(Reshape), lru_cache(maxsize=1024)(Permute)

_alias, _clone = Alias(), Clone()


def alias(input: Tensor) -> Tensor:
    """The same tensor as another node of the graph."""
    return _alias(tensor_of("alias", "input", input))


def clone(input: Tensor) -> Tensor:
    """The same numbers in memory of their own, in the graph."""
    return _clone(tensor_of("clone", "input", input))


def reshape(input: Tensor, *sizes: Any, shape: Any = ()) -> Tensor:
    """The same numbers in row-major order in another shape; one size may be -1: what is left.

    Raises ValueError if the number of elements would change.

    >>> import minigan
    >>> minigan.arange(6).reshape(2, -1).shape
    (2, 3)
    """
    x = tensor_of("reshape", "input", input)
    target = as_shape("reshape", sizes or (shape,), -1)
    if target.count(-1) == 1:
        rest = -math.prod(target)
        if rest and x.numel() % rest == 0:
            target = tuple(x.numel() // rest if size == -1 else size for size in target)
    if -1 in target or math.prod(target) != x.numel():
        raise ValueError(
            f"reshape: shape {target} does not hold the {x.numel()} elements of shape {x.shape}"
        )
    return _reshape(x.shape, target)(x)


def view(input: Tensor, *sizes: Any, size: Any = ()) -> Tensor:
    """PyTorch's other name for `reshape`."""
    return reshape(input, *(sizes or (size,)))


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Dimensions start_dim..end_dim made one. Raises ValueError if they are in the wrong order."""
    x = tensor_of("flatten", "input", input)
    if x.ndim == 0:
        return reshape(x, 1)
    a, b = (
        as_dim("flatten", start_dim, x.ndim, "start_dim"),
        as_dim("flatten", end_dim, x.ndim, "end_dim"),
    )
    if a > b:
        raise ValueError(f"flatten: start_dim={start_dim} comes after end_dim={end_dim}")
    return reshape(x, *x.shape[:a], math.prod(x.shape[a : b + 1]), *x.shape[b + 1 :])


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """Dimension dim cut into sizes (one may be -1).

    Raises ValueError if they do not multiply to it.
    """
    x = tensor_of("unflatten", "input", input)
    a, sizes = as_dim("unflatten", dim, x.ndim), as_shape("unflatten", [tuple(sizes)], -1)
    known = -math.prod(sizes) if -1 in sizes else math.prod(sizes)
    if sizes.count(-1) > 1 or (
        known != x.shape[a] if -1 not in sizes else not known or x.shape[a] % known
    ):
        raise ValueError(
            f"unflatten: sizes {sizes} do not multiply to size {x.shape[a]} of dim={dim}"
        )
    sizes = tuple(x.shape[a] // known if size == -1 else size for size in sizes)
    return reshape(x, x.shape[:a] + sizes + x.shape[a + 1 :])


def _listed(dims: Sequence[Any]) -> Sequence[Any]:
    """Dimensions that were given one by one, or as one sequence."""
    return dims[0] if len(dims) == 1 and isinstance(dims[0], list | tuple) else dims


def permute(input: Tensor, *axes: Any, dims: Any = ()) -> Tensor:
    """Axis a of the result is axis dims[a] of the input.

    Raises ValueError if dims is no permutation.
    """
    x = tensor_of("permute", "input", input)
    given = _listed(axes or (dims,))
    order = tuple(as_dim("permute", d, x.ndim) for d in given)
    if sorted(order) != list(range(x.ndim)):
        raise ValueError(
            f"permute: dims={tuple(given)} must name each of the {x.ndim} dimensions once"
        )
    return _permute(order)(x)


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged."""
    x = tensor_of("transpose", "input", input)
    a, b = as_dim("transpose", dim0, x.ndim, "dim0"), as_dim("transpose", dim1, x.ndim, "dim1")
    order = list(range(x.ndim))
    if order:
        order[a], order[b] = b, a
    return _permute(tuple(order))(x)


def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; vectors and numbers stay.

    Raises ValueError for more than two dimensions.
    """
    if tensor_of("t", "input", input).ndim > 2:
        raise ValueError(
            f"t: input has shape {input.shape}; at most 2 dimensions are legal (use transpose or "
            "permute)"
        )
    return permute(input, tuple(reversed(range(input.ndim))))


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Dimensions moved to other places, the rest in order."""
    x = tensor_of("movedim", "input", input)
    one = isinstance(source, int)
    sources = [as_dim("movedim", d, x.ndim, "source") for d in ([source] if one else source)]
    places = [
        as_dim("movedim", d, x.ndim, "destination") for d in ([destination] if one else destination)
    ]
    if (
        len(sources) != len(places)
        or len(set(sources)) != len(sources)
        or len(set(places)) != len(places)
    ):
        raise ValueError(
            f"movedim: source={source} and destination={destination} must pair different dimensions"
        )
    order = [a for a in range(x.ndim) if a not in sources]
    for place, source in sorted(zip(places, sources, strict=True)):
        order.insert(place, source)
    return permute(x, order)


def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Without the dimensions of size 1: all, or those named."""
    x = tensor_of("squeeze", "input", input)
    dims = range(x.ndim) if dim is None else as_dims("squeeze", dim, x.ndim) if dim != () else ()
    return reshape(x, tuple(size for a, size in enumerate(x.shape) if size != 1 or a not in dims))


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of size 1 at dim."""
    a = as_dim("unsqueeze", dim, tensor_of("unsqueeze", "input", input).ndim + 1)
    return reshape(input, *input.shape[:a], 1, *input.shape[a:])


def flip(input: Tensor, *axes: Any, dims: Any = ()) -> Tensor:
    """The order along some dimensions reversed; they are given one by one, as one sequence, or as
    `dims=`.
    """
    x = tensor_of("flip", "input", input)
    given = _listed(axes or (dims,))
    chosen = as_dims("flip", given, x.ndim) if len(given) else ()
    return Flip(chosen)(x)


def expand(input: Tensor, *sizes: Any, size: Any = ()) -> Tensor:
    """PyTorch's name for `broadcast_to`."""
    return alias(input) if (y := broadcast_to(input, *sizes, size=size)) is input else y


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """The tensor repeated to the shape of another."""
    return expand(input, tensor_of("expand_as", "other", other).shape)


def repeat(input: Tensor, *sizes: Any) -> Tensor:
    """The tensor laid out sizes[a] times along each axis, new axes first (NumPy's tile)."""
    x, times = tensor_of("repeat", "input", input), as_shape("repeat", sizes)
    if len(times) < x.ndim:
        raise ValueError(
            f"repeat: sizes {times} must be at least as many as the dimensions of shape {x.shape}"
        )
    shape = (1,) * (len(times) - x.ndim) + x.shape
    between = [size for pair in zip([1] * len(shape), shape, strict=True) for size in pair]
    tiled = [size for pair in zip(times, shape, strict=True) for size in pair]
    return reshape(
        expand(reshape(x, between), tiled), [n * size for n, size in zip(times, shape, strict=True)]
    )


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """Return the tensor in the shape of another."""
    return reshape(input, tensor_of("view_as", "other", other).shape)
