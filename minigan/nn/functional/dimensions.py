"""The 1-D and 3-D forms of functions are made from the 2-D ones, so each is written once."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from types import FunctionType
from typing import Any, TypeVar

from minigan.autograd import Tensor
from minigan.checks import Shape, boolean
from minigan.functions.arguments import tensor_of
from minigan.geometry import Geometry, Ints

F = TypeVar("F", bound=Callable[..., Any])

_MOST_TAPS = 2**24  # in a window: each is a pass over the output
_SHAPES = {1: "(N, C, X)", 2: "(N, C, X, X')", 3: "(N, C, X, X', X'')"}


def in_dimensions(D: int, function: F) -> F:
    """Return the D-dimensional form of a 2-D function that has a keyword argument `_D=2`.

    It is the same code with another default for `_D`.

    >>> def pool2d(x, *, _D=2): return _D
    >>> in_dimensions(3, pool2d)(None), in_dimensions(3, pool2d).__name__
    (3, 'pool3d')
    """
    assert isinstance(function, FunctionType)
    name = function.__name__.replace("2d", f"{D}d")
    form: Any = FunctionType(
        function.__code__, function.__globals__, name, function.__defaults__, function.__closure__
    )
    form.__kwdefaults__ = {**(function.__kwdefaults__ or {}), "_D": D}
    form.__qualname__, form.__module__ = name, function.__module__
    form.__annotations__ = function.__annotations__
    form.__doc__ = (
        f"Return what `{function.__name__}` returns, for an input of shape {_SHAPES[D]}.\n\n"
        f"    Arguments and errors are those of `{function.__name__}`.\n    "
    )
    return form  # type: ignore[no-any-return]


def pooling(
    function: str,
    X: Shape,
    kernel_size: Ints,
    stride: Ints | None,
    padding: Ints,
    dilation: Ints,
    ceil_mode: bool,
) -> Geometry:
    """Return the geometry of a pooling. Raises ValueError or TypeError if it is not legal."""
    ceil_mode = boolean(function, "ceil_mode", ceil_mode)
    settings = kernel_size, stride, padding, dilation, ceil_mode
    geometry = Geometry.pool(X, *settings, name=function)
    if prod(geometry.taps) > _MOST_TAPS:
        raise ValueError(
            f"{function}: kernel_size={kernel_size!r} has {prod(geometry.taps):,} positions "
            f"(legal: at most {_MOST_TAPS:,})"
        )
    return geometry


def spatial(function: str, input: Any, D: int, real: bool = False) -> Tensor:
    """Return the input if it has shape (N, C, ...) or (C, ...) with D dimensions in space.

    Raises ValueError for another number of dimensions, and TypeError if it is not a Tensor of
    numbers (of floats if `real` is True).
    """
    x = tensor_of(function, "input", input)
    if x.ndim not in (D + 1, D + 2):
        space = ", ".join(("D", "H", "W")[3 - D :])
        raise ValueError(
            f"{function}: input has shape {x.shape}; it must be (N, C, {space}) or (C, {space})"
        )
    if x.dtype.kind == "b" or (real and x.dtype.kind != "f"):
        raise TypeError(
            f"{function}: input has dtype {x.dtype}; it must be {'a float' if real else 'a number'}"
        )
    return x
