"""What the functions of this room ask of their arguments, and what they say when it is not so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minigan.tensor.checks import integer, number, tensor_of

if TYPE_CHECKING:
    from minigan.tensor import Tensor


__all__ = ["integer", "number", "one_dtype", "real"]


def real(function: str, name: str, value: Any) -> Tensor:
    """The value, if it is a Tensor of floats; TypeError if not."""
    x = tensor_of(function, name, value)
    if x.dtype.kind != "f":
        raise TypeError(
            f"{function}: {name} has dtype {x.dtype}; it must be a float (use .float())"
        )
    return x


def one_dtype(function: str, **tensors: Tensor | None) -> None:
    """TypeError unless all are Tensors of one float dtype; all but the first may be None."""
    first = ""
    for name, x in tensors.items():
        if x is None and first:
            continue
        found = real(function, name, x).dtype
        if not first:
            first, dtype = name, found
        elif found != dtype:
            raise TypeError(
                f"{function}: {first} has dtype {dtype} and {name} {found}; they must be equal "
                "(use .to)"
            )
