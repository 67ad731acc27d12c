"""Argument checks for functions of tensors: the type, dtype and size of an input.

As in `minigan.checks`, every message begins with the function's name.
"""

from __future__ import annotations

from typing import Any

from minigan.autograd.tensor import Tensor
from minigan.backend import namespace


def tensor_of(function: str, name: str, value: Any) -> Tensor:
    """Return the value if it is a Tensor. Raises TypeError if it is not.

    >>> tensor_of("exp", "input", [1.0])
    Traceback (most recent call last):
    TypeError: exp: input must be a Tensor, not list
    """
    if not isinstance(value, Tensor):
        raise TypeError(f"{function}: {name} must be a Tensor, not {type(value).__name__}")
    return value


def float_tensor(function: str, name: str, value: Any) -> Tensor:
    """Return the value if it is a Tensor of floats. Raises TypeError if it is not."""
    x = tensor_of(function, name, value)
    if x.dtype.kind != "f":
        raise TypeError(
            f"{function}: {name} has dtype {x.dtype}; it must be a float (use .float())"
        )
    return x


def one_dtype(function: str, **tensors: Tensor | None) -> None:
    """Raise TypeError unless all are Tensors of one float dtype; all but the first may be None."""
    (first, x), *others = tensors.items()
    dtype = float_tensor(function, first, x).dtype
    for name, x in others:
        if x is not None and (found := float_tensor(function, name, x).dtype) != dtype:
            raise TypeError(
                f"{function}: {first} has dtype {dtype} and {name} {found}; they must be equal "
                "(use .to)"
            )


def require_room(message: str, x: Tensor, shape: tuple[int, ...]) -> None:
    """Raise ValueError that begins with the message if x's dtype allows no array of this shape."""
    try:
        namespace(x._data).empty(shape, x.dtype)
    except (ValueError, MemoryError) as error:
        raise ValueError(f"{message} makes an output of shape {shape}: {error}") from error
