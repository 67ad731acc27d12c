"""Order: sort, argsort and topk.

Values are gathered at their indices, so that each gradient goes to its number.
"""

from __future__ import annotations

from minigan.autograd.dtypes import int64
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import as_dim
from minigan.functions.arguments import tensor_of
from minigan.functions.extrema import Extremum
from minigan.functions.gathering import gather

__all__ = ["argsort", "sort", "topk"]


def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """The indices that would sort along dim; equal numbers keep their order, NaN counts as the
    largest.
    """
    x = tensor_of("argsort", "input", input)
    dim = as_dim("argsort", dim, x.ndim)
    if x.ndim == 0:
        return Tensor._wrap(namespace(x._data).zeros((), int64))
    xp = namespace(x._data)
    if not descending:
        return Tensor._wrap(xp.argsort(x._data, axis=dim, kind="stable").astype(int64))
    # Sorted from behind and read from behind, equal numbers keep their order.
    backwards = xp.argsort(xp.flip(x._data, axis=dim), axis=dim, kind="stable")
    return Tensor._wrap(x.shape[dim] - 1 - xp.flip(backwards, axis=dim).astype(int64))


def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = True) -> Extremum:
    """(values, indices) sorted along dim; equal numbers keep their order, NaN counts as the
    largest.
    """
    indices = argsort(tensor_of("sort", "input", input), dim, descending)
    return Extremum(gather(input, dim, indices), indices)


def topk(
    input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> Extremum:
    """(values, indices) of the k largest (or smallest) along dim, in order.

    Raises ValueError if there are fewer.
    """
    x = tensor_of("topk", "input", input)
    a = as_dim("topk", dim, x.ndim)
    size = x.shape[a] if x.ndim else 1
    if isinstance(k, bool) or not isinstance(k, int) or not 0 <= k <= size:
        raise ValueError(f"topk: k={k!r} must be an integer in 0..{size}, the size of dim={dim}")
    indices = argsort(x, a, descending=largest)
    if x.ndim:
        indices = indices[(slice(None),) * a + (slice(0, k),)]
    return Extremum(gather(x, a, indices), indices)
