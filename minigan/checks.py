"""Argument checks: each returns the checked value, or raises an error that names the argument.

Every message begins with the function's name, then says what was given and what is legal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from operator import index
from typing import Any, TypeVar

import numpy as np

Shape = tuple[int, ...]
T = TypeVar("T")

_INTEGER, _NUMBER = (int, np.integer), (int, float, np.integer, np.floating)
_MOST_RESULTS = 4096  # remembered for one function at a time
_TOO_LARGE = 2**63  # for a size


def integer(function: str, name: str, value: Any, least: int | None = None) -> int:
    """Return the value as an int, if it is at least `least`.

    Raises TypeError if it is not an integer (a bool is not one), and ValueError if it is smaller.

    >>> integer("Linear", "in_features", 3, least=1)
    3
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{function}: {name}={value!r} must be an integer")
    if least is not None and value < least:
        raise ValueError(f"{function}: {name}={value} must be at least {least}")
    return int(value)


def number(
    function: str, name: str, value: Any, low: float = -math.inf, high: float = math.inf
) -> float:
    """Return the value as a float, if it is in [low, high].

    Raises TypeError if it is not a number (a bool is not one), and ValueError if it is outside.

    >>> number("Dropout", "p", 1, low=0, high=1)
    1.0
    """
    if type(value) is not float and (isinstance(value, bool) or not isinstance(value, _NUMBER)):
        raise TypeError(f"{function}: {name}={value!r} must be a number")
    if not low <= value <= high:
        legal = f">= {low}" if high == math.inf else f"in [{low}, {high}]"
        raise ValueError(f"{function}: {name}={value} is not legal (legal: {legal})")
    return float(value)


def boolean(function: str, name: str, value: Any) -> bool:
    """Return the value if it is True or False. Raises TypeError if it is not.

    This finds calls such as `x.sum(0, 1)`, in which 1 was meant as a second dimension.

    >>> boolean("sum", "keepdim", True)
    True
    """
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{function}: {name}={value!r} must be True or False")
    return bool(value)


def one_of(function: str, name: str, value: Any, *legal: str) -> str:
    """Return the value if it is one of the legal strings. Raises ValueError if it is not.

    >>> one_of("mse_loss", "reduction", "mean", "none", "mean", "sum")
    'mean'
    """
    if not isinstance(value, str) or value not in legal:
        names = ", ".join(map(repr, legal))
        raise ValueError(f"{function}: {name}={value!r} is not legal (legal: {names})")
    return value


def per_axis(function: str, name: str, value: Any, D: int, least: int = 1) -> tuple[int, ...]:
    """Return the value as D integers, one for each axis; a single integer is used for every axis.

    Raises TypeError if an entry is not an integer; ValueError if there are not 1 or D entries, or
    one is smaller than `least` or not smaller than 2^31.

    >>> per_axis("conv2d", "stride", 2, D=2)
    (2, 2)
    """
    entries = tuple(value) if isinstance(value, tuple | list) else (value,)
    if len(entries) not in (1, D):
        legal = f"1 or {D}" if D > 1 else "1"
        raise ValueError(
            f"{function}: {name}={value!r} has {len(entries)} entries (legal: {legal})"
        )
    for entry in entries:
        if type(entry) is not int and (isinstance(entry, bool) or not _is_integer(entry)):
            raise TypeError(
                f"{function}: {name}={value!r} must be an integer" + f" or {D} integers" * (D > 1)
            )
        if not least <= entry < 2**31:
            raise ValueError(
                f"{function}: {name}={value!r} must be at least {least}, and less than 2^31"
            )
    return tuple(int(entry) for entry in entries) * (D // len(entries))


def _is_integer(value: Any) -> bool:
    """Return whether the value can be used as an index, as NumPy's integers can."""
    try:
        index(value)
    except TypeError:
        return False
    return True


def absent(module: str, name: str, instead: Mapping[str, str]) -> AttributeError:
    """Return the error for a name that a module does not have, with what to write in its place.

    >>> print(absent("minigan.cuda", "amp", {"amp": "leave it out"}))
    module 'minigan.cuda' has no attribute 'amp': leave it out
    """
    hint = f": {instead[name]}" if name in instead else ""
    return AttributeError(f"module {module!r} has no attribute {name!r}{hint}")


class DimError(IndexError, ValueError):
    """A dimension or index out of range: an IndexError, as in PyTorch, and a ValueError."""


def as_dim(function: str, dim: Any, ndim: int, name: str = "dim") -> int:
    """Return the dimension as 0..ndim-1; negative ones are counted from the end.

    For a tensor without dimensions 0 and -1 are legal. Raises TypeError if the dimension is not an
    integer, and IndexError (as PyTorch does) if it is out of range.

    >>> as_dim("sum", -1, ndim=3)
    2
    """
    if type(dim) is not int and (isinstance(dim, bool) or not isinstance(dim, _INTEGER)):
        raise TypeError(f"{function}: {name}={dim!r} must be an integer")
    count = max(ndim, 1)
    if not -count <= dim < count:
        raise DimError(
            f"{function}: {name}={dim} is out of range for {ndim} dimensions (legal: "
            f"{-count}..{count - 1})"
        )
    return int(dim) % count


def as_dims(function: str, dim: Any, ndim: int) -> Shape:
    """Return one or several dimensions as a tuple; None or an empty sequence means all.

    Raises as `as_dim` does, and ValueError if a dimension is listed twice.

    >>> as_dims("sum", (0, -1), ndim=3)
    (0, 2)
    """
    if dim is None or (isinstance(dim, list | tuple) and not dim):
        return tuple(range(ndim))
    dims = tuple(
        as_dim(function, d, ndim) for d in (dim if isinstance(dim, list | tuple) else (dim,))
    )
    if len(set(dims)) != len(dims):
        raise ValueError(f"{function}: dim={dim} lists a dimension twice")
    return dims if ndim else ()


def as_shape(function: str, shape: Sequence[Any], least: int = 0) -> Shape:
    """Return sizes, which were given one by one or as one sequence, as a tuple of ints.

    Raises TypeError if a size is not an integer, and ValueError if one is smaller than `least`, or
    2^63 or larger.

    >>> as_shape("zeros", [(2, 3)])
    (2, 3)
    """
    if len(shape) == 1 and isinstance(shape[0], list | tuple):
        shape = shape[0]
    for size in shape:
        if type(size) is not int and (isinstance(size, bool) or not isinstance(size, _INTEGER)):
            raise TypeError(f"{function}: size {size!r} in shape {tuple(shape)} must be an integer")
        if not least <= size < _TOO_LARGE:
            legal = f">= {least}" if size < least else "less than 2^63"
            raise ValueError(f"{function}: size {size} in shape {tuple(shape)} must be {legal}")
    return tuple(int(size) for size in shape)


class NoMemoryError(ValueError, MemoryError):
    """There is no memory for an array of the size that was given."""


def allocated(function: str, shape: Shape, make: Callable[[], T]) -> T:
    """Return make(), an array of this shape.

    Raises NoMemoryError, a ValueError and a MemoryError, if there is no memory for it.

    >>> allocated("zeros", (2,), lambda: np.zeros(2)).tolist()
    [0.0, 0.0]
    """
    try:
        return make()
    except (MemoryError, OverflowError, ValueError) as error:
        size = f"{math.prod(shape):,} numbers"
        raise NoMemoryError(f"{function}: there is no memory for shape {shape}, {size}") from error


def remembered(make: Callable[..., T]) -> Callable[..., T]:
    """Cache `make` on its raw arguments, so that a second call checks nothing again.

    The key is repr(arguments): 2, True and 2.0 are different keys, and lists are legal arguments.
    Only results for plain arguments are kept: numbers, strings, None, and tuples and lists of them.

    >>> remembered(int)("7"), remembered(int)(7.5)
    (7, 7)
    """
    found: dict[str, T] = {}

    @wraps(make)
    def call(*args: Any) -> T:
        key = repr(args)
        if (known := found.get(key)) is not None:
            return known
        result = make(*args)
        if _is_plain(args):
            if len(found) >= _MOST_RESULTS:
                found.clear()
            found[key] = result
        return result

    return call


def _is_plain(value: Any) -> bool:
    if type(value) in (tuple, list):
        return all(_is_plain(item) for item in value)
    return value is None or type(value) in (int, float, bool, str)
