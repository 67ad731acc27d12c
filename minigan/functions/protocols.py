"""What Python itself calls: len, bool, float, int, round, iter, `in`, format and numpy.asarray."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from minigan.autograd.tensor import Tensor
from minigan.functions.comparison import eq
from minigan.functions.concatenation import unbind
from minigan.functions.rounding import round as round_

__all__: list[str] = []  # methods of a Tensor only


def _length(input: Tensor) -> builtins.int:
    """Return the size of the first dimension. Raises TypeError if there is none."""
    if not input.ndim:
        raise TypeError("len: a tensor without dimensions has no length")
    return input.shape[0]


def _iterate(input: Tensor) -> Iterator[Tensor]:
    if not input.ndim:
        raise TypeError("iter: a tensor without dimensions cannot be iterated")
    return iter(unbind(input))


def _contains(input: Tensor, value: Any) -> builtins.bool:
    return builtins.bool(eq(input, value)._data.any())


def _bool(input: Tensor) -> builtins.bool:
    """Return whether the one number is not 0. Raises ValueError if there is not just one."""
    if input.numel() != 1:
        raise ValueError(
            f"bool: a tensor of shape {input.shape} is not one number (use .any() or .all())"
        )
    return builtins.bool(input._data)


def _float(input: Tensor) -> builtins.float:
    return builtins.float(input.item())


def _int(input: Tensor) -> builtins.int:
    return builtins.int(input.item())


def _index(input: Tensor) -> builtins.int:
    if input.dtype.kind not in "iub":
        raise TypeError(f"index: a tensor of dtype {input.dtype} is not an integer")
    return builtins.int(input.item())


def _round(input: Tensor, ndigits: builtins.int | None = None) -> Tensor:
    """Return the numbers rounded to a number of decimals, as a tensor."""
    return round_(input, decimals=0 if ndigits is None else ndigits)


def _array(input: Tensor, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
    if input.requires_grad:
        raise RuntimeError(
            "numpy.asarray would lose the graph of a tensor that requires grad (use .detach())"
        )
    array = input.numpy() if dtype is None else input.numpy().astype(dtype, copy=False)
    return array.copy() if copy else array


def _format(input: Tensor, spec: str) -> str:
    """Return one number in the format, as Python's numbers are; without a format any tensor."""
    if input.numel() == 1 and (spec or not input.ndim):
        return format(input.item(), spec)
    if spec:
        raise TypeError(
            f"format: a tensor of shape {input.shape} is not one number, which {spec!r} needs"
        )
    return repr(input)


PROTOCOLS: dict[str, Callable[..., Any]] = {
    "__len__": _length,
    "__iter__": _iterate,
    "__contains__": _contains,
    "__bool__": _bool,
    "__float__": _float,
    "__int__": _int,
    "__index__": _index,
    "__round__": _round,
    "__array__": _array,
    "__format__": _format,
}
