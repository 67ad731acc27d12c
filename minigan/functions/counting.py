"""The different values of a tensor, how often each occurs, and in which interval each number lies.

The functions raise TypeError if the input is not a Tensor or another argument has a wrong type, and
ValueError if one is not legal. Their results have no gradient.
"""

from __future__ import annotations

from typing import Any

from minigan.autograd.dtypes import int64
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import as_dim, boolean, integer, number
from minigan.functions.arguments import numpy_names, tensor_of
from minigan.functions.creation import tensor
from minigan.functions.shaping import reshape
from minigan.functions.statistics import as_real

__all__ = [
    "unique", "unique_consecutive", "bincount", "histc", "searchsorted", "bucketize", "isin",
]  # fmt: skip


@numpy_names
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Return the different numbers in ascending order, or the different slices along dim.

    With `return_inverse` also the index of each number of the input among them, and with
    `return_counts` how often each occurs (int64), as a tuple. They are always sorted.

    >>> unique(Tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    x = tensor_of("unique", "input", input)
    for name, flag in (
        ("sorted", sorted),
        ("return_inverse", return_inverse),
        ("return_counts", return_counts),
    ):
        boolean("unique", name, flag)
    xp = namespace(x._data)
    axis = None if dim is None else as_dim("unique", dim, x.ndim)
    values, inverse, counts = xp.unique(x._data, return_inverse=True, return_counts=True, axis=axis)
    shape = x.shape if axis is None else (x.shape[axis],)
    parts = [Tensor._wrap(values)]
    if return_inverse:
        parts.append(Tensor._wrap(inverse.reshape(shape).astype(int64)))
    if return_counts:
        parts.append(Tensor._wrap(counts.astype(int64)))
    return parts[0] if len(parts) == 1 else tuple(parts)


def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False
) -> Any:
    """Return the numbers in row-major order without repetitions of the number before.

    The flags are those of `unique`.

    >>> unique_consecutive(Tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    x = tensor_of("unique_consecutive", "input", input)
    boolean("unique_consecutive", "return_inverse", return_inverse)
    boolean("unique_consecutive", "return_counts", return_counts)
    xp, flat = namespace(x._data), x._data.reshape(-1)
    new = xp.concatenate([xp.ones(min(flat.size, 1), bool), flat[1:] != flat[:-1]])
    parts = [Tensor._wrap(flat[new])]
    group = xp.cumsum(new).astype(int64) - 1
    if return_inverse:
        parts.append(Tensor._wrap(group.reshape(x.shape)))
    if return_counts:
        parts.append(Tensor._wrap(xp.bincount(group).astype(int64)))
    return parts[0] if len(parts) == 1 else tuple(parts)


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """Return how often each integer 0, 1, 2, ... occurs in a vector, or the sums of its weights.

    The result has at least `minlength` entries: int64, or float64 with integer weights and the
    weights' dtype with float weights. Raises TypeError if the input is not an integer vector.

    >>> bincount(Tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    x = tensor_of("bincount", "input", input)
    if x.ndim != 1 or x.dtype.kind not in "iu":
        raise TypeError(
            f"bincount: input has shape {x.shape} and dtype {x.dtype}; it must be a vector of "
            "integers"
        )
    least = integer("bincount", "minlength", minlength, 0)
    if x.numel() and int(x._data.min()) < 0:
        raise ValueError("bincount: input holds a negative number (legal: 0, 1, 2, ...)")
    xp, places = namespace(x._data), x._data.astype(int64)
    if weights is None:
        return Tensor._wrap(xp.bincount(places, minlength=least).astype(int64))
    w = tensor_of("bincount", "weights", weights)
    if w.shape != x.shape:
        raise ValueError(
            f"bincount: weights of shape {w.shape} must have the input's shape {x.shape}"
        )
    dtype = w.dtype if w.dtype == "float32" else "float64"
    return Tensor._wrap(xp.bincount(places, weights=w._data, minlength=least).astype(dtype))


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """Return how many numbers lie in each of `bins` equal intervals of [min, max], as floats.

    If min = max, the smallest and the largest number are used. Numbers outside are not counted.

    >>> histc(Tensor([0.0, 1.0, 1.5, 2.0]), bins=2)
    tensor([1., 3.])
    """
    x = as_real("histc", input)
    count = integer("histc", "bins", bins, 1)
    low, high = number("histc", "min", min), number("histc", "max", max)
    if low > high:
        raise ValueError(f"histc: min={min} must not be larger than max={max}")
    xp, flat = namespace(x._data), x._data.reshape(-1)
    if low == high and flat.size:
        low, high = float(flat.min()), float(flat.max())
    if low == high:
        low, high = low - 1.0, high + 1.0
    inside = flat[(flat >= low) & (flat <= high)].astype("float64")
    places = ((inside - low) * (count / (high - low))).astype(int64)
    found = xp.bincount(xp.minimum(places, count - 1), minlength=count)
    return Tensor._wrap(found.astype(x.dtype))


def searchsorted(sorted_sequence: Tensor, input: Any, *, right: bool = False) -> Tensor:
    """Return for each number the first place in a sorted vector at which it could be inserted.

    With `right` it is the last such place. The result is int64. Raises ValueError if the sequence
    is not a vector.

    >>> searchsorted(Tensor([1.0, 3.0, 5.0]), Tensor([3.0, 4.0]))
    tensor([1, 2])
    """
    row = tensor_of("searchsorted", "sorted_sequence", sorted_sequence)
    if row.ndim != 1:
        raise ValueError(
            f"searchsorted: sorted_sequence has shape {row.shape}; it must be a vector"
        )
    x = input if isinstance(input, Tensor) else tensor(input, device=row.device)
    side = "right" if boolean("searchsorted", "right", right) else "left"
    found = namespace(row._data).searchsorted(row._data, x._data.reshape(-1), side=side)
    return Tensor._wrap(found.reshape(x.shape).astype(int64))


def bucketize(input: Any, boundaries: Tensor, *, right: bool = False) -> Tensor:
    """Return the number of the interval between sorted boundaries in which each number lies.

    >>> bucketize(Tensor([0.5, 2.5]), Tensor([1.0, 2.0]))
    tensor([0, 2])
    """
    return searchsorted(tensor_of("bucketize", "boundaries", boundaries), input, right=right)


def isin(elements: Tensor, test_elements: Any, *, invert: bool = False) -> Tensor:
    """Return a bool tensor: True where the element is one of the test elements.

    >>> isin(Tensor([1, 2, 3]), Tensor([2, 3]))
    tensor([False,  True,  True])
    """
    x = tensor_of("isin", "elements", elements)
    boolean("isin", "invert", invert)
    tests = test_elements if isinstance(test_elements, Tensor) else tensor(test_elements)
    found = (reshape(x, -1, 1) == reshape(tests, 1, -1)).any(1)
    return reshape(~found if invert else found, x.shape)
