"""Indexing: x[key] with slices, integers, integer arrays and masks.

The adjoint of x[key] puts every number back to its place in x, and adds numbers that have the same
place. `accumulate` does this in the order of the places, so that the result is always the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array, is_array, namespace
from minigan.checks import DimError, Shape
from minigan.functions.arguments import tensor_of


class _Place:
    """A mark in a key: an array of indices belongs here, which is an input of the op."""

    def __repr__(self) -> str:
        return "[]"


PLACE = _Place()
Key = tuple[Any, ...]  # slices, integers, None, Ellipsis and PLACEs


def accumulate(values: Array, places: Array, size: int) -> Array:
    """Return a vector of this size; entry p is the sum of the values whose place is p.

    bincount adds in float64 and in the order of the places, so the bits are always the same.
    """
    xp = namespace(values, places)
    index = places.reshape(-1).astype(np.intp, copy=False)  # bincount takes no int64 on 32 bits
    total = xp.bincount(index, weights=values.reshape(-1), minlength=size)
    return total.astype(values.dtype)


def _filled(key: Key, indices: tuple[Array, ...]) -> Key:
    arrays = iter(indices)
    return tuple(next(arrays) if part is PLACE else part for part in key)


@dataclass(frozen=True, eq=False)
class Index(Op):
    """y = x[key]."""

    moves = True
    key: Key
    shape: Shape  # of x

    @property
    def view(self) -> bool:  # type: ignore[override]
        """A key of slices and integers alone gives a view of x."""
        return PLACE not in self.key

    def forward(self, x: Array, *indices: Array) -> Array:
        return x[_filled(self.key, indices)]

    def backward(
        self, g: Tensor, indices: tuple[Tensor, ...], wanted: tuple[bool, ...]
    ) -> list[Tensor | None]:
        return [Scatter(self.key, self.shape)(g, *indices), *[None] * len(indices)]


@dataclass(frozen=True, eq=False)
class Scatter(Op):
    """x = 0, then x[key] += y: the adjoint of Index."""

    key: Key
    shape: Shape

    def forward(self, y: Array, *indices: Array) -> Array:
        xp = namespace(y)
        key = _filled(self.key, indices)
        if indices:
            places = xp.arange(math.prod(self.shape)).reshape(self.shape)[key]
            return accumulate(y, places, math.prod(self.shape)).reshape(self.shape)
        x = xp.zeros(self.shape, y.dtype)
        x[key] = y
        return x

    def backward(
        self, g: Tensor, indices: tuple[Tensor, ...], wanted: tuple[bool, ...]
    ) -> list[Tensor | None]:
        return [Index(self.key, self.shape)(g, *indices), *[None] * len(indices)]


def parse_key(function: str, x: Tensor, key: Any) -> tuple[Key, list[Tensor]]:
    """Return the key with a PLACE for each array of indices, and these arrays as tensors.

    Raises IndexError (as PyTorch does) if there are too many indices, one is out of range, or the
    shape of a mask does not fit; TypeError if a part is not an index; ValueError if a step is < 1.
    """
    parts = list(key) if isinstance(key, tuple) else [key]
    used = sum(_dimensions(part) for part in parts)
    if used > x.ndim:
        raise DimError(
            f"{function}: key {key!r} has {used} indices for a tensor of shape {x.shape}"
        )
    if sum(part is Ellipsis for part in parts) > 1:
        raise DimError(f"{function}: key {key!r} has more than one Ellipsis (legal: one)")
    pattern: list[Any] = []
    indices: list[Tensor] = []
    axis = 0
    for part in parts:
        if part is None:
            pattern.append(None)
        elif part is Ellipsis:
            pattern.append(part)
            axis += x.ndim - used
        elif isinstance(part, slice):
            pattern.append(_slice(function, part))
            axis += 1
        elif isinstance(part, int | np.integer) and not isinstance(part, bool | np.bool_):
            if not -x.shape[axis] <= part < x.shape[axis]:
                raise DimError(
                    f"{function}: index {part} is out of range for size {x.shape[axis]} of "
                    f"dimension {axis}"
                )
            pattern.append(int(part))
            axis += 1
        else:
            chosen = _index_arrays(function, x, axis, part)
            pattern.extend([PLACE] * len(chosen))
            indices.extend(chosen)
            axis += len(chosen)
    return tuple(pattern), indices


def _dimensions(part: Any) -> int:
    """Return how many dimensions of x a part of a key uses: for a mask, as many as it has."""
    if part is None or part is Ellipsis:
        return 0
    if isinstance(part, Tensor) or is_array(part):
        return part.ndim if part.dtype.kind == "b" else 1
    if isinstance(part, bool | np.bool_):
        return 0
    if isinstance(part, list) and part:
        array = np.asarray(part)
        return array.ndim if array.dtype.kind == "b" else 1
    return 1


def _slice(function: str, part: slice) -> slice:
    """Return the slice with Python integers. Raises TypeError or ValueError if it is not legal."""

    def bound(value: Any) -> int | None:
        if value is None:
            return None
        if isinstance(value, Tensor):
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise TypeError(f"{function}: the numbers of {part} must be integers")
        return int(value)

    step = bound(part.step)
    if step is not None and step < 1:
        raise ValueError(f"{function}: slice step={step} must be > 0 (use flip to reverse)")
    return slice(bound(part.start), bound(part.stop), step)


def _index_arrays(function: str, x: Tensor, axis: int, part: Any) -> list[Tensor]:
    """Return an array of indices as a checked tensor, or a mask as one for each dimension."""
    if isinstance(part, list):
        if any(not isinstance(i, bool | int | np.integer | np.bool_) for i in part):
            raise TypeError(
                f"{function}: {part!r} could mean an array or a tuple; write minigan.tensor(...) "
                "or a tuple"
            )
        part = part or np.zeros(0, np.int64)
    try:
        index = part.detach() if isinstance(part, Tensor) else Tensor(part)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{function}: {part!r} is not an index (legal: integers, slices, None, ..., integer "
            "and bool arrays)"
        ) from error
    xp = namespace(x._data)
    if index.device == "cpu":
        index = index.to(x.device)
    if index.dtype.kind == "b":
        if index.ndim == 0:
            raise TypeError(
                f"{function}: a single bool is not an index (use a mask of the tensor's shape)"
            )
        if index.shape != x.shape[axis : axis + index.ndim]:
            raise DimError(
                f"{function}: a mask of shape {index.shape} does not fit {x.shape} at dimension "
                f"{axis}"
            )
        return [Tensor._wrap(places) for places in xp.nonzero(index._data)]
    if index.dtype.kind == "f" or index.dtype == np.uint8:  # in PyTorch, uint8 is a mask
        raise TypeError(
            f"{function}: an index array has dtype {index.dtype}; it must be bool or a signed "
            "integer"
        )
    size = x.shape[axis]
    if index.numel() and not (-size <= int(index._data.min()) and int(index._data.max()) < size):
        raise DimError(
            f"{function}: an index array is out of range for dimension {axis} (legal: "
            f"-{size}..{size - 1})"
        )
    return [index]


def stages(pattern: Key, ndim: int) -> tuple[Key, Key]:
    """Return a key as two: the first gives a view, the second chooses from it by arrays.

    As in PyTorch, integers belong to the first. NumPy treats an integer beside an array as an array
    too, which may move axes.
    """
    missing = ndim - sum(part is not None and part is not Ellipsis for part in pattern)
    full: list[Any] = []
    for part in pattern if Ellipsis in pattern else (*pattern, Ellipsis):
        full.extend([slice(None)] * missing if part is Ellipsis else [part])
    basic = tuple(slice(None) if part is PLACE else part for part in full)
    chosen = tuple(
        PLACE if part is PLACE else slice(None) for part in full if not isinstance(part, int)
    )
    return (*basic, Ellipsis), chosen


def getitem(input: Tensor, key: Any) -> Tensor:
    """Return x[key], as in PyTorch: integers and slices give a view, arrays and masks a copy.

    Raises IndexError, TypeError or ValueError if the key is not legal, as `parse_key` says.

    >>> Tensor([[1, 2, 3], [4, 5, 6]])[:, 1:].tolist()
    [[2, 3], [5, 6]]
    """
    x = tensor_of("getitem", "input", input)
    pattern, indices = parse_key("getitem", x, key)
    basic, chosen = stages(pattern, x.ndim)
    if not indices or any(part != slice(None) for part in basic[:-1]):
        x = Index(basic, x.shape)(x)
    return Index(chosen, x.shape)(x, *indices) if indices else x
