"""Two operands made ready for an op: tensors of one dtype, on one device, in shapes that broadcast.

Cast and BroadcastTo are ops themselves. Their rules cast the gradient back to the dtype of each
operand, and sum it to its shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.autograd.dtypes import DType, float16, float32
from minigan.autograd.modes import is_grad_enabled
from minigan.autograd.tensor import Tensor
from minigan.backend import is_array, namespace
from minigan.functions.broadcasting import broadcast_shapes, expanded
from minigan.functions.promotion import floating, of_number, promote

_NUMBER = (bool, int, float)
_LARGE = 65504.0  # of float16
Operand = Any  # Tensor | array | bool | int | float


def is_operand(x: object) -> bool:
    """Return whether x can be an operand beside a tensor: a tensor, an array or a number."""
    return isinstance(x, Tensor | bool | int | float | np.generic) or is_array(x)


def operands(
    function: str, a: Operand, b: Operand, real: bool = False, wide: bool = False
) -> tuple[Tensor, Tensor]:
    """Return both as tensors of one dtype that broadcast; if `real`, integers become float32.

    If `wide`, a number beside a float16 tensor is not rounded to float16 but to float32, in which
    the op computes; so is a tensor without dimensions.

    Raises TypeError if one is not a tensor, an array or a number, or both are numbers; ValueError
    if the shapes do not broadcast; RuntimeError if they are on different devices.

    >>> [x.dtype for x in operands("add", Tensor([1, 2]), 0.5)]
    [dtype('float32'), dtype('float32')]
    """
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        x, y = a._data, b._data
        if x.dtype is not y.dtype or (real and x.dtype.kind != "f"):
            a, b = _promoted(function, a, b, real, wide)
        elif x.shape == y.shape and type(x) is type(y):
            return a, b  # the common case: nothing to do
    elif isinstance(a, Tensor) and type(b) in (int, float) and a.dtype.kind == "f":
        return a, as_operand(b, float32 if wide and a.dtype.char == "e" else a.dtype, a)
    else:
        a, b = _promoted(function, a, b, real, wide)
    if type(a._data) is not type(b._data):
        a, b = _on_one_device(function, a, b)
    if a.shape != b.shape:
        shape = broadcast_shapes(function, a.shape, b.shape)
        if is_grad_enabled():  # constants are broadcast by the arithmetic itself, without an op
            a, b = (expanded(x, shape) if x.requires_grad else x for x in (a, b))
    return a, b


def _promoted(
    function: str, a: Operand, b: Operand, real: bool, wide: bool
) -> tuple[Tensor, Tensor]:
    """Return both as tensors of one dtype; if `wide`, a number beside float16 as float32."""
    a, b = (Tensor(x) if is_array(x) else x for x in (a, b))
    dtype = promote((rank_of(function, "input", a), rank_of(function, "other", b)))
    if not isinstance(a, Tensor) and not isinstance(b, Tensor):
        raise TypeError(
            f"{function}: input={a!r} and other={b!r} are both numbers; one must be a Tensor "
            "or an array"
        )
    like = a if isinstance(a, Tensor) else b
    dtype = floating(dtype) if real else dtype
    if wide and dtype.char == "e":
        return _beside_half(a, b, like), _beside_half(b, a, like)
    return as_operand(a, dtype, like), as_operand(b, dtype, like)


def _beside_half(x: Operand, other: Operand, like: Tensor) -> Tensor:
    """Return an operand of an op on float16: a number beside a tensor becomes float32."""
    single = not isinstance(x, Tensor) or (x.ndim == 0 and x.dtype.char != "e")
    beside = isinstance(other, Tensor) and (other.ndim or not isinstance(x, Tensor))
    return as_operand(x, float32 if single and beside else float16, like)


def _on_one_device(function: str, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Return both on one device. A single number is moved; two arrays raise RuntimeError."""
    if b.ndim == 0 and b.device == "cpu":
        return a, b.to(a.device)
    if a.ndim == 0 and a.device == "cpu":
        return a.to(b.device), b
    raise RuntimeError(
        f"{function}: input is on {a.device} and other on {b.device}; bring them together with "
        ".to()"
    )


def rank_of(function: str, name: str, x: Operand) -> tuple[int, DType]:
    """Return an operand's rank and dtype, for `promote`. Raises TypeError for other objects."""
    if isinstance(x, _NUMBER):
        return 0, of_number(x)
    if is_array(x) or isinstance(x, np.generic):
        x = Tensor(x)
    if isinstance(x, Tensor):
        return (2 if x.ndim else 1), x.dtype
    raise TypeError(
        f"{function}: {name}={x!r} must be a Tensor, an array or a number, not {type(x).__name__}"
    )


def as_operand(x: Operand, dtype: DType, like: Tensor) -> Tensor:
    """Return x as a tensor of this dtype; a Python number becomes one on the device of `like`.

    Raises ValueError if the number does not fit into the dtype.
    """
    if isinstance(x, Tensor):
        return x if x.dtype == dtype else x.to(dtype)
    if isinstance(x, _NUMBER):
        xp = namespace(like._data)
        try:
            if -_LARGE < x < _LARGE or dtype.kind != "f":
                return Tensor._wrap(xp.asarray(x, dtype=dtype))
            with np.errstate(over="ignore"):  # a number beyond the dtype becomes infinity
                return Tensor._wrap(xp.asarray(x, dtype=dtype))
        except OverflowError:
            raise ValueError(f"number {x} does not fit into {dtype}") from None
    return Tensor(x).to(dtype)


def as_half(number: float) -> float:
    """Return the number rounded to float16, which may make it infinite."""
    with np.errstate(over="ignore"):
        return float(np.float16(number))
