"""What layers ask of their settings when they are made, and what they say when it is not so."""

from __future__ import annotations

from typing import Any

from minigan.nn.module import Parameter
from minigan.ops.checks import integer
from minigan.tensor import as_dtype
from minigan.tensor.creation import zeros


def whole(function: str, name: str, value: Any, least: int = 1) -> int:
    """The value as an integer of at least `least`. Raises TypeError or ValueError naming it."""
    if integer(function, name, value) < least:
        raise ValueError(f"{function}: {name}={value} must be at least {least}")
    return int(value)


def per_axis(function: str, name: str, value: Any, D: int, least: int = 1) -> tuple[int, ...]:
    """The value as D integers of at least `least`: one integer serves every axis."""
    values = tuple(value) if isinstance(value, tuple | list) else (value,) * D
    if len(values) == 1:
        values *= D
    if len(values) != D:
        raise ValueError(f"{function}: {name}={value} has {len(values)} entries (legal: 1 or {D})")
    return tuple(whole(function, name, one, least) for one in values)


def one_of(function: str, name: str, value: Any, *legal: str) -> str:
    """The value, if it is one of these. Raises ValueError if not."""
    if value not in legal:
        raise ValueError(
            f"{function}: {name}={value!r} is not legal (legal: {', '.join(map(repr, legal))})"
        )
    return str(value)


def learned(function: str, *shape: int, dtype: Any = None, device: str | None = None) -> Parameter:
    """A parameter of zeros, float32 unless told. Raises TypeError for a dtype that is no float."""
    kind = as_dtype(dtype or "float32", function)
    if kind.kind != "f":
        raise TypeError(f"{function}: dtype={kind} must be a float: weights are real numbers")
    return Parameter(zeros(*shape, dtype=kind, device=device))
