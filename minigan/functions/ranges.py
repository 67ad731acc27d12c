"""New tensors of numbers at equal distances, and the coordinates of grids.

They take the options of the functions in `creation`, and raise as those do.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigan.autograd.dtypes import as_dtype, float32, int64
from minigan.autograd.tensor import Tensor
from minigan.checks import allocated, as_shape, one_of
from minigan.functions.arguments import tensor_of
from minigan.functions.broadcasting import repeated
from minigan.functions.creation import made, one_number, require_fit
from minigan.functions.shaping import reshape

__all__ = ["arange", "linspace", "logspace", "meshgrid"]


def arange(
    start: float | None = None,
    end: float | None = None,
    step: float = 1,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return start, start + step, ... up to but not including end; arange(end) starts at 0.

    By default three integers give int64, and floats float32. Raises TypeError if one is not a
    number, and ValueError if one is not finite or step is 0 or has the wrong sign.

    >>> arange(2, 11, 3).tolist()
    [2, 5, 8]
    """
    if end is None:
        start, end = 0, start
    start = 0 if start is None else start  # arange(end=5)
    start = _finite("arange", "start", start)
    end, step = _finite("arange", "end", end), _finite("arange", "step", step)
    if not step or (end - start) / step < 0:
        raise ValueError(f"arange: step={step} does not lead from start={start} to end={end}")
    whole = all(isinstance(value, int | np.integer) for value in (start, end, step))
    chosen = (int64 if whole else float32) if dtype is None else as_dtype(dtype, "arange")
    count = math.ceil((end - start) / step)
    kind = int64 if whole else np.float64
    numbers = allocated("arange", (count,), lambda: start + step * np.arange(count, dtype=kind))
    return made(numbers.astype(chosen), requires_grad, device)


def _finite(function: str, name: str, value: Any) -> Any:
    """Return the number. Raises ValueError if it is not finite, or not in the range of int64."""
    value = one_number(function, name, value)
    if isinstance(value, int):
        return require_fit(function, value, int64)
    if not math.isfinite(value):
        raise ValueError(f"{function}: {name}={value} must be finite")
    return value


def linspace(
    start: float,
    end: float,
    steps: int,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return `steps` numbers at equal distances from start to end, both included; float32.

    Raises TypeError if start or end is not a number, and ValueError if one is not finite.

    >>> linspace(0, 1, 5).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    (count,) = as_shape("linspace", (steps,))
    first, last = _finite("linspace", "start", start), _finite("linspace", "end", end)
    chosen = as_dtype(dtype or float32, "linspace")
    numbers = allocated("linspace", (count,), lambda: np.linspace(first, last, count))
    return made(numbers.astype(chosen), requires_grad, device)


def logspace(
    start: float,
    end: float,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return base^x for `steps` numbers x at equal distances from start to end; float32.

    Raises as `linspace` does.

    >>> logspace(0, 2, 3).tolist()
    [1.0, 10.0, 100.0]
    """
    (count,) = as_shape("logspace", (steps,))
    first, last = _finite("logspace", "start", start), _finite("logspace", "end", end)
    base, chosen = _finite("logspace", "base", base), as_dtype(dtype or float32, "logspace")
    numbers = allocated("logspace", (count,), lambda: np.logspace(first, last, count, base=base))
    return made(numbers.astype(chosen), requires_grad, device)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Return the coordinates of all points of a grid: one tensor for each vector of coordinates.

    With indexing "ij" (PyTorch's default) the i-th vector runs along dimension i; with "xy"
    (NumPy's default) the first two dimensions are exchanged. Raises ValueError for another indexing
    or if an input has more than one dimension.

    >>> [grid.tolist() for grid in meshgrid(Tensor([1, 2]), Tensor([3, 4]), indexing="xy")]
    [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
    """
    one_of("meshgrid", "indexing", indexing, "ij", "xy")
    if len(tensors) == 1 and isinstance(tensors[0], list | tuple):
        tensors = tuple(tensors[0])
    xs = [tensor_of("meshgrid", f"tensors[{i}]", x) for i, x in enumerate(tensors)]
    if any(x.ndim > 1 for x in xs):
        raise ValueError(f"meshgrid: shapes {[x.shape for x in xs]} must be those of vectors")
    swapped = indexing == "xy" and len(xs) > 1
    axes = [1, 0, *range(2, len(xs))] if swapped else list(range(len(xs)))
    shape = tuple(xs[axes.index(a)].numel() for a in range(len(xs)))
    return tuple(
        repeated("meshgrid", reshape(x, (1,) * a + (-1,) + (1,) * (len(xs) - 1 - a)), (shape,))
        for x, a in zip(xs, axes, strict=True)
    )
