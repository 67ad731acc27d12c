"""What the functions of this room ask of their arguments, and what they say when it is not so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigan.tensor.checks import tensor_of

if TYPE_CHECKING:
    from minigan.tensor import Tensor


def real(function: str, name: str, value: Any) -> Tensor:
    """The value, if it is a Tensor of floats; TypeError if not."""
    x = tensor_of(function, name, value)
    if x.dtype.kind != "f":
        raise TypeError(f"{function}: {name} has dtype {x.dtype}; it must be a float (use .float())")
    return x


def one_dtype(function: str, **tensors: Tensor | None) -> None:
    """TypeError unless all are Tensors of one float dtype; all but the first may be None."""
    (first, given), *rest = tensors.items()
    dtype = real(function, first, given).dtype
    for name, x in rest:
        if x is not None and real(function, name, x).dtype != dtype:
            raise TypeError(f"{function}: {first} has dtype {dtype} and {name} {x.dtype}; they must be equal (use .to)")


def number(function: str, name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """The value as a float in [low, high]; TypeError if it is no number, ValueError if it lies outside."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{function}: {name}={value!r} must be a number")
    if not low <= value <= high:
        legal = f">= {low}" if high == math.inf else f"in [{low}, {high}]"
        raise ValueError(f"{function}: {name}={value} is not legal (legal: {legal})")
    return float(value)


def integer(function: str, name: str, value: Any) -> int:
    """The value as an int; TypeError if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{function}: {name}={value!r} must be an integer")
    return int(value)
