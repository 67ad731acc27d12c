"""Functions that give the same numbers another shape or order.

The adjoint of a permutation is the inverse permutation, that of a reshape the reshape back. All
functions raise TypeError if the input is not a Tensor or a dimension is not an integer, and
IndexError if a dimension is out of range.
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
from minigan.functions.arguments import numpy_names, tensor_of

__all__ = [
    "reshape",
    "flatten",
    "unflatten",
    "permute",
    "transpose",
    "t",
    "movedim",
    "squeeze",
    "unsqueeze",
    "ravel",
    "swapaxes",
    "swapdims",
    "moveaxis",
]


@dataclass(frozen=True)
class Reshape(Op):
    """y = the numbers of x in the same (row-major) order, in another shape."""

    moves = view = arithmetic = True
    source: Shape
    target: Shape

    def forward(self, x: Array) -> Array:
        return x.reshape(self.target)

    def backward_x(self, g: Any) -> Any:
        return g.reshape(self.source)


@dataclass(frozen=True)
class Permute(Op):
    """Axis a of y is axis dims[a] of x; the adjoint is the inverse permutation."""

    moves = view = arithmetic = True
    dims: Shape

    def forward(self, x: Array) -> Array:
        return x.transpose(self.dims)

    def backward_x(self, g: Any) -> Any:
        inverse = sorted(range(len(self.dims)), key=self.dims.__getitem__)
        return _permute(tuple(inverse)).apply(g)


_reshape, _permute = lru_cache(maxsize=4096)(Reshape), lru_cache(maxsize=1024)(Permute)


def reshape(input: Tensor, *sizes: Any, shape: Any = ()) -> Tensor:
    """Return the numbers in row-major order in another shape; one size may be -1: what is left.

    The sizes are given one by one, as a sequence, or as `shape=`. The result is a view where the
    memory allows it. Raises ValueError if the number of elements would change.

    >>> reshape(Tensor([1, 2, 3, 4, 5, 6]), 2, -1).tolist()
    [[1, 2, 3], [4, 5, 6]]
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
    """Return `reshape(input, *sizes)`; unlike PyTorch's, it copies if the memory needs it.

    >>> Tensor([1, 2, 3, 4]).view(2, 2).tolist()
    [[1, 2], [3, 4]]
    """
    return reshape(input, *(sizes or (size,)))


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """Return the tensor in the shape of another. Raises as `reshape` does.

    >>> Tensor([1, 2, 3, 4]).view_as(Tensor([[0, 0], [0, 0]])).tolist()
    [[1, 2], [3, 4]]
    """
    return reshape(input, tensor_of("view_as", "other", other).shape)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Return the tensor with the dimensions start_dim..end_dim joined into one.

    Raises ValueError if start_dim comes after end_dim.

    >>> flatten(Tensor([[1, 2], [3, 4]]))
    tensor([1, 2, 3, 4])
    """
    x = tensor_of("flatten", "input", input)
    shape = x.shape
    if not shape:
        return reshape(x, 1)
    a = as_dim("flatten", start_dim, len(shape), "start_dim")
    b = as_dim("flatten", end_dim, len(shape), "end_dim")
    if a > b:
        raise ValueError(f"flatten: start_dim={start_dim} comes after end_dim={end_dim}")
    joined = math.prod(shape[a : b + 1])
    return _reshape(shape, (*shape[:a], joined, *shape[b + 1 :]))(x)


@numpy_names
def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """Return the tensor with dimension dim divided into several sizes; one may be -1.

    Raises ValueError if the product of the sizes is not the size of dim.

    >>> unflatten(Tensor([1, 2, 3, 4]), 0, (2, -1)).tolist()
    [[1, 2], [3, 4]]
    """
    x = tensor_of("unflatten", "input", input)
    a, sizes = as_dim("unflatten", dim, x.ndim), as_shape("unflatten", [tuple(sizes)], -1)
    known = -math.prod(sizes) if -1 in sizes else math.prod(sizes)
    if sizes.count(-1) > 1 or (
        known != x.shape[a] if -1 not in sizes else not known or x.shape[a] % known
    ):
        raise ValueError(
            f"unflatten: the product of sizes {sizes} must be size {x.shape[a]} of dim={dim}"
        )
    sizes = tuple(x.shape[a] // known if size == -1 else size for size in sizes)
    return reshape(x, x.shape[:a] + sizes + x.shape[a + 1 :])


def listed_dims(dims: Sequence[Any]) -> Sequence[Any]:
    """Return the dimensions, which were given one by one or as one sequence."""
    return dims[0] if len(dims) == 1 and isinstance(dims[0], list | tuple) else dims


def permute(input: Tensor, *axes: Any, dims: Any = ()) -> Tensor:
    """Return the tensor with its dimensions in another order: axis a is axis dims[a] of the input.

    The dimensions are given one by one, as a sequence, or as `dims=`. Raises ValueError unless each
    dimension is named once.

    >>> permute(Tensor([[1, 2, 3], [4, 5, 6]]), 1, 0).tolist()
    [[1, 4], [2, 5], [3, 6]]
    """
    x = tensor_of("permute", "input", input)
    listed = listed_dims(axes or (dims,))
    order = tuple(as_dim("permute", d, x.ndim) for d in listed)
    if sorted(order) != list(range(x.ndim)):
        raise ValueError(
            f"permute: dims={tuple(listed)} must name each of the {x.ndim} dimensions once"
        )
    return _permute(order)(x)


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Return the tensor with two dimensions exchanged.

    >>> transpose(Tensor([[1, 2, 3], [4, 5, 6]]), 0, 1).tolist()
    [[1, 4], [2, 5], [3, 6]]
    """
    x = tensor_of("transpose", "input", input)
    a, b = as_dim("transpose", dim0, x.ndim, "dim0"), as_dim("transpose", dim1, x.ndim, "dim1")
    order = list(range(x.ndim))
    if order:
        order[a], order[b] = b, a
    return _permute(tuple(order))(x)


def t(input: Tensor) -> Tensor:
    """Return the transpose of a matrix; vectors and single numbers are returned unchanged.

    Raises ValueError if there are more than two dimensions.

    >>> t(Tensor([[1, 2, 3], [4, 5, 6]])).tolist()
    [[1, 4], [2, 5], [3, 6]]
    """
    if tensor_of("t", "input", input).ndim > 2:
        raise ValueError(
            f"t: input has shape {input.shape}; at most 2 dimensions are legal (use transpose or "
            "permute)"
        )
    return permute(input, tuple(reversed(range(input.ndim))))


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Return the tensor with dimensions moved to other places; the others keep their order.

    source and destination are an int each, or as many ints. Raises ValueError if their numbers
    differ or a dimension is named twice.

    >>> movedim(Tensor([[[1, 2]]]), 2, 0).shape
    (2, 1, 1)
    """
    x = tensor_of("movedim", "input", input)
    pairs = [d if isinstance(d, list | tuple) else [d] for d in (source, destination)]
    sources = [as_dim("movedim", d, x.ndim, "source") for d in pairs[0]]
    places = [as_dim("movedim", d, x.ndim, "destination") for d in pairs[1]]
    if not len(set(sources)) == len(set(places)) == len(sources) == len(places):
        raise ValueError(
            f"movedim: source={source} and destination={destination} must pair different dimensions"
        )
    order = [a for a in range(x.ndim) if a not in sources]
    for place, a in sorted(zip(places, sources, strict=True)):
        order.insert(place, a)
    return permute(x, order)


@numpy_names
def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Return the tensor without its dimensions of size 1: all, or only those named by dim.

    >>> squeeze(Tensor([[[1], [2]]])).shape
    (2,)
    """
    x = tensor_of("squeeze", "input", input)
    dims = range(x.ndim) if dim is None else as_dims("squeeze", dim, x.ndim) if dim != () else ()
    return reshape(x, tuple(size for a, size in enumerate(x.shape) if size != 1 or a not in dims))


@numpy_names
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """Return the tensor with a new dimension of size 1 at dim.

    >>> unsqueeze(Tensor([1, 2]), 1).tolist()
    [[1], [2]]
    """
    a = as_dim("unsqueeze", dim, tensor_of("unsqueeze", "input", input).ndim + 1)
    return reshape(input, *input.shape[:a], 1, *input.shape[a:])


def ravel(input: Tensor) -> Tensor:
    """Return the numbers in row-major order as a vector.

    >>> ravel(Tensor([[1, 2], [3, 4]]))
    tensor([1, 2, 3, 4])
    """
    return reshape(tensor_of("ravel", "input", input), -1)


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """Return the tensor in the shape of another. Raises as `reshape` does.

    >>> Tensor([1, 2, 3, 4]).reshape_as(Tensor([[0, 0], [0, 0]])).tolist()
    [[1, 2], [3, 4]]
    """
    return reshape(input, tensor_of("reshape_as", "other", other).shape)


swapaxes = swapdims = transpose
moveaxis = movedim
