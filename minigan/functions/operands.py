"""Two operands made ready for an op: tensors of one dtype, on one device, in shapes that broadcast.

BroadcastTo and Cast are ops, whose rules sum the gradient back to the shape, and cast it to the
dtype, of each operand.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.autograd.dtypes import DType
from minigan.autograd.modes import is_grad_enabled
from minigan.autograd.tensor import Tensor
from minigan.backend import is_array, namespace
from minigan.functions.broadcasting import broadcast_shapes, spread
from minigan.functions.promotion import floating, of_number, promote

Operand = Any  # Tensor | array | bool | int | float


def is_operand(x: object) -> bool:
    """Whether x can stand beside a tensor: a tensor, an array or a number."""
    return isinstance(x, Tensor | bool | int | float | np.generic) or is_array(x)


def operands(function: str, a: Operand, b: Operand, real: bool = False) -> tuple[Tensor, Tensor]:
    """Both as tensors of one dtype that broadcast; `real` also makes integers the default float.

    Raises TypeError for what is neither tensor, array nor number, and ValueError for shapes that do
    not fit.
    """
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        x, y = a._data, b._data
        if (
            x.dtype is y.dtype
            and x.shape == y.shape
            and type(x) is type(y)
            and not (real and x.dtype.kind != "f")
        ):
            return a, b  # the common case, short cut
    elif isinstance(a, Tensor) and type(b) in (int, float) and a.dtype.kind == "f":
        return a, as_operand(b, a.dtype, a)
    if not (
        isinstance(a, Tensor)
        and isinstance(b, Tensor)
        and a.dtype is b.dtype
        and (not real or a.dtype.kind == "f")
    ):
        a, b = (Tensor(x) if is_array(x) else x for x in (a, b))
        dtype = promote((rank_of(function, "input", a), rank_of(function, "other", b)))
        if not isinstance(a, Tensor) and not isinstance(b, Tensor):
            raise TypeError(
                f"{function}: input={a!r} and other={b!r} are both numbers; one must be a Tensor "
                "or an array"
            )
        like = a if isinstance(a, Tensor) else b
        a, b = (as_operand(x, floating(dtype) if real else dtype, like) for x in (a, b))
    if type(a._data) is not type(b._data):
        a, b = _together(function, a, b)
    if a.shape != b.shape:
        shape = broadcast_shapes(function, a.shape, b.shape)
        if (
            is_grad_enabled()
        ):  # what needs no gradient is broadcast by the arithmetic itself, without an op
            a, b = (spread(x, shape) if x.requires_grad else x for x in (a, b))
    return a, b


def _together(function: str, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Both on one device: a single number goes to where the other is; RuntimeError for two
    arrays.
    """
    if b.ndim == 0 and b.device == "cpu":
        return a, b.to(a.device)
    if a.ndim == 0 and a.device == "cpu":
        return a.to(b.device), b
    raise RuntimeError(
        f"{function}: input is on {a.device} and other on {b.device}; bring them together with "
        ".to()"
    )


def rank_of(function: str, name: str, x: Operand) -> tuple[int, DType]:
    """An operand's rank and dtype, for `promote`. Raises TypeError for what is no operand."""
    if isinstance(x, Tensor):
        return (2 if x.ndim else 1), x.dtype
    if isinstance(x, bool | int | float):
        return 0, of_number(x)
    if is_array(x) or isinstance(x, np.generic):
        y = Tensor(x)
        return (2 if y.ndim else 1), y.dtype
    raise TypeError(
        f"{function}: {name}={x!r} must be a Tensor, an array or a number, not {type(x).__name__}"
    )


def as_operand(x: Operand, dtype: DType, like: Tensor) -> Tensor:
    """A tensor of that dtype, a number being put where `like` is.

    Raises ValueError for one that does not fit.
    """
    if isinstance(x, Tensor):
        return x if x.dtype == dtype else x.to(dtype)
    if isinstance(x, bool | int | float):
        xp = namespace(like._data)
        try:
            return Tensor._wrap(xp.asarray(x, dtype=dtype))
        except OverflowError:
            raise ValueError(f"number {x} does not fit into {dtype}") from None
    return Tensor(x).to(dtype)
