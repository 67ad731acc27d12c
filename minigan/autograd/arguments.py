"""Checks of what `backward` and `grad` receive: flags, tensors, and cotangents.

A cotangent is the gradient of an output: backward starts from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.checks import boolean


def kept_graph(function: str, retain_graph: bool | None, create_graph: bool) -> bool:
    """Return whether the graph is kept. Raises TypeError if a flag is not a bool."""
    create = flag(function, "create_graph", create_graph)
    return create if retain_graph is None else flag(function, "retain_graph", retain_graph)


def flag(function: str, name: str, value: Any) -> bool:
    """Return a bool, or an integer as one, which PyTorch's backward takes too."""
    return value != 0 if isinstance(value, int) else boolean(function, name, value)


def several_tensors(function: str, name: str, value: Any) -> list[Tensor]:
    """Return a Tensor, or several, such as model.parameters(), as a list; or raise an error."""
    several = isinstance(value, Iterable) and not isinstance(value, Tensor)
    items = list(value) if several else [value]
    for item in items:
        if not isinstance(item, Tensor):
            raise TypeError(
                f"{function}: {name} must be a Tensor or a sequence of Tensors, not "
                f"{type(item).__name__}"
            )
    if not items:
        raise ValueError(f"{function}: {name} is empty; give at least one tensor")
    return items


def cotangents_of(function: str, roots: Sequence[Tensor], value: Any) -> list[Tensor]:
    """Return one checked cotangent for each root; the default, for one element, is 1."""
    if value is None:
        value = [None] * len(roots)
    values = list(value) if isinstance(value, list | tuple) else [value]
    if len(values) != len(roots):
        raise ValueError(
            f"{function}: {len(values)} cotangents were given for {len(roots)} outputs"
        )
    return [_cotangent(function, root, g) for root, g in zip(roots, values, strict=True)]


def _cotangent(function: str, root: Tensor, g: Any) -> Tensor:
    if root.node is None and not root._requires_grad:
        raise RuntimeError(
            f"{function}: a tensor of shape {root.shape} does not require grad, so nothing was "
            "recorded for it"
        )
    if g is None:
        if root.numel() != 1:
            raise RuntimeError(
                f"{function}: the output has shape {root.shape}; only a tensor of one element "
                "needs no cotangent. Sum it to a loss first, or give a gradient of its shape"
            )
        return Tensor._wrap(namespace(root._data).ones_like(root._data))
    if not isinstance(g, Tensor):
        raise TypeError(f"{function}: the cotangent must be a Tensor, not {type(g).__name__}")
    if g._data.shape != root._data.shape:
        raise RuntimeError(
            f"{function}: the cotangent has shape {g.shape}, the output {root.shape}"
        )
    return g if g._data.dtype == root._data.dtype else g.to(root.dtype)
