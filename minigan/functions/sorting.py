"""Sorting: sort, argsort and topk.

Values are gathered at their indices, so that each gradient goes back to its number. The functions
raise TypeError if the input is not a Tensor, and IndexError if dim is out of range.
"""

from __future__ import annotations

from minigan.autograd.dtypes import int64
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import as_dim, boolean
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.extrema import Extremum
from minigan.functions.gathering import gather

__all__ = ["argsort", "sort", "topk"]


@numpy_names
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """Return the indices (int64) that sort along dim.

    Equal numbers keep their order, and NaN counts as the largest number.

    >>> argsort(Tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    x = tensor_of("argsort", "input", input)
    boolean("argsort", "descending", descending), boolean("argsort", "stable", stable)
    dim = as_dim("argsort", dim, x.ndim)
    if x.ndim == 0:
        return Tensor._wrap(namespace(x._data).zeros((), int64))
    xp = namespace(x._data)
    if not descending:
        return Tensor._wrap(xp.argsort(x._data, axis=dim, kind="stable").astype(int64))
    # The reversed order is sorted and reversed again, so that equal numbers keep their order.
    indices = xp.argsort(xp.flip(x._data, axis=dim), axis=dim, kind="stable")
    return Tensor._wrap(x.shape[dim] - 1 - xp.flip(indices, axis=dim).astype(int64))


@numpy_names
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = True) -> Extremum:
    """Return (values, indices) sorted along dim.

    Equal numbers keep their order, and NaN counts as the largest number.

    >>> sort(Tensor([3.0, 1.0, 2.0]), descending=True).values
    tensor([3., 2., 1.])
    """
    x = tensor_of("sort", "input", input)
    boolean("sort", "descending", descending), boolean("sort", "stable", stable)
    indices = argsort(x, dim, descending)
    return Extremum(gather(input, dim, indices), indices)


@numpy_names
def topk(
    input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> Extremum:
    """Return (values, indices) of the k largest, or smallest, numbers along dim, in order.

    Raises ValueError if k is not an integer from 0 to the size of dim.

    >>> topk(Tensor([3.0, 1.0, 2.0]), 2).values
    tensor([3., 2.])
    """
    x = tensor_of("topk", "input", input)
    boolean("topk", "largest", largest), boolean("topk", "sorted", sorted)
    a = as_dim("topk", dim, x.ndim)
    size = x.shape[a] if x.ndim else 1
    if isinstance(k, bool) or not isinstance(k, int) or not 0 <= k <= size:
        raise ValueError(f"topk: k={k!r} must be an integer in 0..{size}, the size of dim={dim}")
    indices = argsort(x, a, descending=largest)
    if x.ndim:
        indices = indices[(slice(None),) * a + (slice(0, k),)]
    return Extremum(gather(x, a, indices), indices)
