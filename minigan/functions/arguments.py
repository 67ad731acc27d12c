"""Argument checks for functions of tensors: the type, dtype and size of an input.

As in `minigan.checks`, every message begins with the function's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, cast

from minigan.autograd.tensor import Tensor
from minigan.backend import namespace

P = ParamSpec("P")
R = TypeVar("R")


def tensor_of(function: str, name: str, value: Any) -> Tensor:
    """Return the value if it is a Tensor. Raises TypeError if it is not.

    >>> tensor_of("exp", "input", [1.0])
    Traceback (most recent call last):
    TypeError: exp: input must be a Tensor, not list
    """
    if not isinstance(value, Tensor):
        raise TypeError(f"{function}: {name} must be a Tensor, not {type(value).__name__}")
    return value


def tensors_of(function: str, name: str, values: Any) -> list[Tensor]:
    """Return the Tensors of an iterable. Raises TypeError if it is none, or has another entry.

    >>> tensors_of("parameters_to_vector", "parameters", 3)
    Traceback (most recent call last):
    TypeError: parameters_to_vector: parameters must be an iterable of Tensors, not int
    """
    if isinstance(values, Tensor) or not isinstance(values, Iterable):
        raise TypeError(
            f"{function}: {name} must be an iterable of Tensors, not {type(values).__name__}"
        )
    return [tensor_of(function, f"{name}[{i}]", value) for i, value in enumerate(values)]


def float_tensor(function: str, name: str, value: Any) -> Tensor:
    """Return the value if it is a Tensor of floats. Raises TypeError if it is not."""
    x = tensor_of(function, name, value)
    if x._data.dtype.kind != "f":
        raise TypeError(
            f"{function}: {name} has dtype {x.dtype}; it must be a float (use .float())"
        )
    return x


def one_dtype(function: str, **tensors: Tensor | None) -> None:
    """Raise TypeError unless all are Tensors of one float dtype; all but the first may be None."""
    first, dtype = "", None
    for name, x in tensors.items():
        if x is None and first:
            continue
        found = float_tensor(function, name, x)._data.dtype
        if dtype is None:
            first, dtype = name, found
        elif found != dtype:
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


def numpy_names(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function with NumPy's names as well: axis for dim, and keepdims for keepdim.

    PyTorch takes these names too. `out=None`, which `numpy.sum(x)` passes, is ignored; any other
    `out` raises TypeError.

    >>> from minigan.functions.reductions import sum
    >>> sum(Tensor([[1, 2], [3, 4]]), axis=1)
    tensor([3, 7])
    """
    aliases = {"axis": "dim", "out": "out"}
    code = cast(FunctionType, function).__code__
    if "keepdim" in code.co_varnames:
        aliases["keepdims"] = "keepdim"
    rename = _renamed

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs and not aliases.keys().isdisjoint(kwargs):
            kwargs = rename(function.__name__, aliases, kwargs)
        return function(*args, **kwargs)

    # doctest looks for functions with the globals of their module
    space = cast(FunctionType, function).__globals__
    inner = cast(FunctionType, call)
    same = FunctionType(inner.__code__, space, function.__name__, None, inner.__closure__)
    return cast("Callable[P, R]", wraps(function)(same))


def _renamed(function: str, aliases: dict[str, str], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments under PyTorch's names."""
    if kwargs.get("out") is not None:
        raise TypeError(f"{function}: out= is not supported; use the result")
    given = {name: value for name, value in kwargs.items() if name != "out"}
    for name in aliases.keys() & given.keys():
        if aliases[name] in given:
            raise TypeError(f"{function}: give {aliases[name]} or {name}, not both")
        given[aliases[name]] = given.pop(name)
    return given
