"""A parameter is a tensor that a module learns."""

from __future__ import annotations

from math import prod
from typing import Any

from minigan.autograd import Tensor
from minigan.autograd.dtypes import as_dtype
from minigan.checks import NoMemoryError, as_shape
from minigan.functions import zeros

__all__ = ["Parameter"]


class Parameter(Tensor):
    """A tensor that a module learns: a leaf that requires grad, found by `Module.parameters`.

    Raises TypeError if the data cannot be a tensor, or if they are integers and requires_grad is
    True.

    >>> Parameter([1.0, 2.0]).requires_grad
    True
    """

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True) -> None:
        super().__init__(data, requires_grad)

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"


def new_parameter(
    function: str, *shape: int, dtype: Any = None, device: str | None = None
) -> Parameter:
    """Return a parameter of zeros, float32 by default; layers make their parameters with it.

    Raises TypeError if dtype is not a float, and ValueError if there is no memory for the shape.
    """
    kind = as_dtype(dtype or "float32", function)
    if kind.kind != "f":
        raise TypeError(f"{function}: dtype={kind} must be a float: weights are real numbers")
    sizes = as_shape(function, shape)
    try:
        return Parameter(zeros(*sizes, dtype=kind, device=device))
    except MemoryError as error:
        raise NoMemoryError(
            f"{function}: there is no memory for a parameter of shape {sizes}, {prod(sizes):,} "
            "numbers"
        ) from error
