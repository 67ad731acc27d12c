"""Medians, modes and quantiles: numbers at a rank of the sorted tensor.

The functions raise TypeError if the input is not a Tensor, IndexError (as PyTorch does) if a
dimension is out of range or there are no numbers, and ValueError if another argument is not legal.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from minigan.autograd.dtypes import int64
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import as_dim, boolean, integer, number, one_of
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.choosing import where
from minigan.functions.concatenation import stack
from minigan.functions.creation import tensor
from minigan.functions.extrema import Extremum, amax, amin, not_empty
from minigan.functions.gathering import gather
from minigan.functions.reductions import reduced
from minigan.functions.rounding import isnan
from minigan.functions.shaping import reshape
from minigan.functions.sorting import argsort, sort
from minigan.functions.statistics import as_real

__all__ = ["median", "kthvalue", "mode", "quantile", "aminmax", "msort"]


class Range(NamedTuple):
    """The smallest and the largest number."""

    min: Tensor
    max: Tensor


def _at_rank(function: str, x: Tensor, dim: int, keepdim: bool, rank: Any) -> Extremum:
    """Return (values, indices) at a rank of the sorted numbers along dim.

    `rank` is an int, or an int64 tensor with size 1 along dim.
    """
    boolean(function, "keepdim", keepdim)
    if x.ndim == 0:
        return Extremum(x.clone(), tensor(0, device=x.device))
    order = argsort(x, dim)
    places = rank if isinstance(rank, Tensor) else None
    if places is None:
        shape = tuple(1 if a == dim else size for a, size in enumerate(x.shape))
        places = Tensor._wrap(namespace(x._data).full(shape, rank, int64))
    indices = gather(order, dim, places)
    values = gather(x, dim, indices)
    return Extremum(
        reduced(function, values, (dim,), keepdim), reduced(function, indices, (dim,), keepdim)
    )


@numpy_names
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the median: of two middle numbers the smaller; with a dim, (values, indices).

    The median is NaN if one of the numbers is NaN.

    >>> median(Tensor([1.0, 4.0, 2.0, 3.0])), median(Tensor([[1, 9, 5]]), dim=1).values
    (tensor(2.), tensor([5]))
    """
    x = tensor_of("median", "input", input)
    boolean("median", "keepdim", keepdim)
    if dim is None:
        flat = reshape(x, -1)
        if not flat.numel():
            return (
                x.new_full((), float("nan"))
                if x.dtype.kind == "f"
                else not_empty("median", flat, (0,))
            )
        return median(flat, 0).values
    a = as_dim("median", dim, x.ndim)
    not_empty("median", x, (a,) if x.ndim else ())
    size = x.shape[a] if x.ndim else 1
    rank: Any = (size - 1) // 2
    if x.dtype.kind == "f" and x.ndim:  # NaN is sorted to the end
        broken = isnan(x).any(a, keepdim=True)
        first = size - isnan(x).sum(a, keepdim=True)
        rank = where(broken, first, rank)
    return _at_rank("median", x, a, keepdim, rank)


@numpy_names
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Extremum:
    """Return (values, indices) of the k-th smallest number along dim; k counts from 1.

    >>> kthvalue(Tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)
    """
    x = tensor_of("kthvalue", "input", input)
    a = as_dim("kthvalue", dim, x.ndim)
    size = x.shape[a] if x.ndim else 1
    if not 1 <= integer("kthvalue", "k", k) <= size:
        raise ValueError(f"kthvalue: k={k} must be in 1..{size}, the size of dim={dim}")
    return _at_rank("kthvalue", x, a, keepdim, k - 1)


@numpy_names
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> Extremum:
    """Return (values, indices) of the most frequent number along dim, the smallest if several are.

    >>> mode(Tensor([1, 3, 3, 2])).values
    tensor(3)
    """
    x = tensor_of("mode", "input", input)
    a = as_dim("mode", dim, x.ndim)
    not_empty("mode", x, (a,) if x.ndim else ())
    if x.ndim == 0:
        return _at_rank("mode", x, a, keepdim, 0)
    rows = sort(x.detach(), a).values.transpose(a, -1)  # (..., K)
    equal = rows[..., :, None] == rows[..., None, :]
    counts = equal.sum(-1)  # how often the number at each rank occurs
    best = counts.argmax(-1, keepdim=True)  # the first rank of the smallest such number
    last = best + counts.gather(-1, best) - 1
    return _at_rank("mode", x, a, keepdim, last.transpose(a, -1))


@numpy_names
def quantile(
    input: Tensor,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """Return the q-quantiles along dim, or of all numbers; q is a number or a vector in [0, 1].

    Between two ranks the numbers are interpolated linearly; `interpolation` may be "linear",
    "lower", "higher" or "nearest". A vector q gives a new first dimension. NaN gives NaN.

    >>> quantile(Tensor([0.0, 1.0, 2.0, 3.0]), 0.25)
    tensor(0.75)
    """
    x = as_real("quantile", input)
    one_of("quantile", "interpolation", interpolation, "linear", "lower", "higher", "nearest")
    boolean("quantile", "keepdim", keepdim)
    several = isinstance(q, Tensor) and q.ndim
    listed = q.tolist() if isinstance(q, Tensor) else q
    points = [number("quantile", "q", p, 0.0, 1.0) for p in (listed if several else [listed])]
    kept = (1,) * x.ndim
    if dim is None:
        x, a = reshape(x, -1), 0
    else:
        a = as_dim("quantile", dim, x.ndim)
        x = reshape(x, 1) if x.ndim == 0 else x
        kept = tuple(1 if i == a else size for i, size in enumerate(x.shape))
    not_empty("quantile", x, (a,))
    rows = sort(x, a).values
    found = [_between(rows, a, p * (x.shape[a] - 1), interpolation) for p in points]
    broken = isnan(x).any(a)
    found = [where(broken, float("nan"), y) for y in found]
    if keepdim:
        found = [reshape(y, kept) for y in found]
    elif input.ndim == 0:
        found = [reshape(y, ()) for y in found]
    return stack(found) if several else found[0]


def _between(rows: Tensor, dim: int, rank: float, interpolation: str) -> Tensor:
    """Return the number at a rank, which need not be whole, of sorted numbers along dim."""
    low = int(rank)
    key = (slice(None),) * dim
    if interpolation == "nearest":
        return rows[(*key, round(rank))]
    high = min(low + (rank > low), rows.shape[dim] - 1)
    if interpolation != "linear" or high == low:
        return rows[(*key, high if interpolation == "higher" else low)]
    a, b = rows[(*key, low)], rows[(*key, high)]
    return a + (b - a) * (rank - low)


@numpy_names
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> Range:
    """Return (min, max) over dim, or of all numbers.

    >>> aminmax(Tensor([3.0, 1.0, 2.0])).max
    tensor(3.)
    """
    dims = None if dim is None else (dim,)
    return Range(amin(input, dims, keepdim), amax(input, dims, keepdim))


def msort(input: Tensor) -> Tensor:
    """Return the tensor sorted along its first dimension.

    >>> msort(Tensor([3, 1, 2]))
    tensor([1, 2, 3])
    """
    return sort(input, 0).values
