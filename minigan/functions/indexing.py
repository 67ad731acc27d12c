"""Choosing numbers by place: x[key] with slices, integer arrays and masks; what is chosen twice
adds up.

The adjoint of choosing is to put every number back where it was chosen from, adding where places
coincide. One helper does so, `accumulate`, in the order of the places: deterministic, without
`add.at`.
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
    """Stands in a key for an array of indices, which is an input of the op."""

    def __repr__(self) -> str:
        return "[]"


PLACE = _Place()
Key = tuple[Any, ...]  # slices, integers, None, Ellipsis and PLACEs


def accumulate(values: Array, places: Array, size: int) -> Array:
    """A vector of the given size whose entry p is the sum of the values whose place is p.

    bincount adds in float64 and in the order given: the same bits every time.
    """
    xp = namespace(values, places)
    total = xp.bincount(places.reshape(-1), weights=values.reshape(-1), minlength=size)
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
        """A key of slices and integers only names a part of x's own memory."""
        return PLACE not in self.key

    def forward(self, x: Array, *indices: Array) -> Array:
        return x[_filled(self.key, indices)]

    def backward(
        self, g: Tensor, indices: tuple[Tensor, ...], wanted: tuple[bool, ...]
    ) -> list[Tensor | None]:
        return [Scatter(self.key, self.shape)(g, *indices), *[None] * len(indices)]


@dataclass(frozen=True, eq=False)
class Scatter(Op):
    """x = 0 except x[key] += y: the adjoint of Index."""

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
    """The key with its arrays taken out, and those arrays as tensors.

    Raises an IndexError (as PyTorch) for too many or out-of-range indices, TypeError for what is no
    index, and ValueError for a step that is not positive or a mask whose shape does not fit.
    """
    parts = list(key) if isinstance(key, tuple) else [key]
    used = 0
    for part in parts:
        mask = _is_mask(part)
        used += mask if mask is not None else part is not None and part is not Ellipsis
    if used > x.ndim:
        raise DimError(
            f"{function}: key {key!r} has {used} indices for a tensor of shape {x.shape}"
        )
    if sum(part is Ellipsis for part in parts) > 1:
        raise DimError(f"{function}: key {key!r} may hold one Ellipsis")
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


def _is_mask(part: Any) -> int | None:
    """How many dimensions a mask covers; None for what is no mask."""
    if isinstance(part, Tensor) or is_array(part):
        return part.ndim if part.dtype.kind == "b" else None
    if isinstance(part, bool | np.bool_):
        return 0
    if isinstance(part, list) and part:
        array = np.asarray(part)
        return array.ndim if array.dtype.kind == "b" else None
    return None


def _slice(function: str, part: slice) -> slice:
    def bound(value: Any) -> int | None:
        if value is None:
            return None
        if isinstance(value, Tensor):
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise TypeError(f"{function}: slice {part} must be of integers")
        return int(value)

    step = bound(part.step)
    if step is not None and step < 1:
        raise ValueError(f"{function}: slice step={step} must be > 0 (use flip to reverse)")
    return slice(bound(part.start), bound(part.stop), step)


def _index_arrays(function: str, x: Tensor, axis: int, part: Any) -> list[Tensor]:
    """An index array, checked; a mask as the index arrays of the places where it holds."""
    if isinstance(part, list):
        if any(not isinstance(i, bool | int | np.integer | np.bool_) for i in part):
            raise TypeError(
                f"{function}: {part!r} may mean an array or a tuple; write minigan.tensor(...) or "
                "a tuple"
            )
        part = part or np.zeros(0, np.int64)
    try:
        index = part.detach() if isinstance(part, Tensor) else Tensor(part)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{function}: {part!r} is no index (legal: integers, slices, None, ..., integer and "
            "bool arrays)"
        ) from error
    xp = namespace(x._data)
    if index.device == "cpu":
        index = index.to(x.device)
    if index.dtype.kind == "b":
        if index.ndim == 0:
            raise TypeError(
                f"{function}: a single bool is no index here (use a mask of the tensor's shape)"
            )
        if index.shape != x.shape[axis : axis + index.ndim]:
            raise DimError(
                f"{function}: a mask of shape {index.shape} does not fit {x.shape} at dimension "
                f"{axis}"
            )
        return [Tensor._wrap(places) for places in xp.nonzero(index._data)]
    if index.dtype.kind == "f" or index.dtype == np.uint8:  # which PyTorch takes for a mask
        raise TypeError(
            f"{function}: an index array has dtype {index.dtype}; it must be bool or a signed "
            "integer"
        )
    size = x.shape[axis]
    if index.numel() and not (-size <= int(index._data.min()) and int(index._data.max()) < size):
        raise DimError(
            f"{function}: an index array leaves the range -{size}..{size - 1} of dimension {axis}"
        )
    return [index]


def stages(pattern: Key, ndim: int) -> tuple[Key, Key]:
    """A key as two: what names a part of the memory (as a view), then what chooses from that part
    by arrays.

    NumPy counts an integer beside an array as an array too, which may move axes; PyTorch applies it
    first, as here.
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
    """x[key], as in PyTorch; integers and slices view the same memory, arrays and masks copy."""
    x = tensor_of("getitem", "input", input)
    pattern, indices = parse_key("getitem", x, key)
    basic, chosen = stages(pattern, x.ndim)
    if not indices or any(part != slice(None) for part in basic[:-1]):
        x = Index(basic, x.shape)(x)
    return Index(chosen, x.shape)(x, *indices) if indices else x
