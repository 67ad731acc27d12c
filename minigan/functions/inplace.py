"""Changing a tensor where it stands: y += x, x[key] = v, x.zero_() and the like.

The new numbers are computed by the ordinary op, then written into the tensor's memory, where
everything that views it sees them; and its version is raised, so that a backward pass that needs
the old numbers is refused. Where ops are being recorded, the op reads a copy of the old numbers,
and the tensor takes the place of the op's output in the graph. If it is a view, the tensor that it
views takes a new place too: the adjoint of the view puts the new numbers where they belong. At last
every other view is viewed anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import pairwise
from typing import Any

import numpy as np

from minigan.autograd.engine import grad
from minigan.autograd.modes import enable_grad, is_grad_enabled, no_grad
from minigan.autograd.tensor import Tensor
from minigan.backend import as_generator, namespace
from minigan.checks import as_dim, number
from minigan.functions import arithmetic, elementwise
from minigan.functions.broadcasting import broadcast_shapes, broadcast_to
from minigan.functions.choosing import clamp, where
from minigan.functions.gathering import along, as_number, masked_fill
from minigan.functions.indexing import PLACE, parse_key, stages
from minigan.functions.shaping import clone, reshape

__all__ = ["scatter"]


def _change(name: str, function: Callable[..., Tensor], x: Tensor, *others: Any) -> Tensor:
    """Let x be function(x, *others).

    Raises RuntimeError for a leaf that requires grad (unless under no_grad) and for memory that is
    not x's to write; ValueError and TypeError if the result's shape or dtype does not fit.
    """
    x._require_writable(name)
    recorded = is_grad_enabled() and any(
        isinstance(o, Tensor) and o.requires_grad for o in (x, *others)
    )
    chain = _sources(name, x) if recorded else []
    y = function(_copy(x) if recorded else x, *others)
    if y.shape != x.shape:
        raise ValueError(
            f"{name}: a result of shape {y.shape} does not fit into a tensor of shape {x.shape}"
        )
    if not np.can_cast(y.dtype, x.dtype, "same_kind"):
        raise TypeError(
            f"{name}: a result of dtype {y.dtype} does not fit into a tensor of dtype {x.dtype}"
        )
    y = y.to(x.dtype)
    values = _values(chain, y)
    x._data[...] = y._data
    x.changed()
    for tensor, value in zip(chain, values, strict=True):
        tensor.node = value.node
    _view_anew(chain)
    return x


def _copy(x: Tensor) -> Tensor:
    """x as it is now, at its place in the graph, in memory of its own."""
    y = Tensor._wrap(x._data.copy())
    y.node, y._wants = x.node, x._wants
    return y


def _sources(name: str, x: Tensor) -> list[Tensor]:
    """The tensor, the one that it views, and so on down to the owner of the memory."""
    chain = [x]
    while (base := chain[-1].base) is not None and base.source.memory is x.memory:
        if not base.recorded:
            raise RuntimeError(
                f"{name}: a view that was made under no_grad cannot be changed outside it"
            )
        chain.append(base.source)
    if chain[-1].is_leaf and chain[-1].requires_grad:
        what = "a leaf" if len(chain) == 1 else "a view of a leaf"
        raise RuntimeError(
            f"{name}: {what} of shape {x.shape} that requires grad is changed under no_grad() only"
        )
    return chain


def _values(chain: Sequence[Tensor], y: Tensor) -> list[Tensor]:
    """What each tensor of the chain becomes when the first becomes y."""
    values = [y] if chain else []
    for view, source in pairwise(chain):
        with enable_grad():
            place = source.detach().requires_grad_()
            viewed = view.base.op(place)  # type: ignore[union-attr]
        (put,) = grad(viewed, place, values[-1], retain_graph=True, create_graph=True)
        (chosen,) = grad(viewed, place, Tensor._wrap(namespace(y._data).ones_like(view._data)))
        values.append(where(chosen != 0.0, put, _copy(source)))
    return values


def _view_anew(chain: Sequence[Tensor]) -> None:
    """Give every other view of the changed memory its place in the new graph."""
    for reference in list(chain[0].memory.tensors or ()) if chain else ():
        view = reference()
        if (
            view is not None
            and view.base is not None
            and view.base.recorded
            and all(view is not x for x in chain)
        ):
            view.node = view.base.op(view.base.source).node


def _changer(function: Any) -> Callable[..., Tensor]:
    """The in-place form of a function: its first argument becomes its result."""
    name = f"{function.__name__}_"

    @wraps(function)
    def change(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        others = [*args, *kwargs.values()]
        return _change(name, lambda x, *_: function(x, *args, **kwargs), input, *others)

    change.__name__ = change.__qualname__ = name
    change.__module__ = __name__
    change.__doc__ = f"`{function.__name__}`, in place."
    return change


_a, _e = arithmetic, elementwise
add_, sub_, mul_, div_, pow_ = map(_changer, (_a.add, _a.sub, _a.mul, _a.div, _a.pow))
clamp_, masked_fill_, lerp_, neg_, abs_ = map(
    _changer, (clamp, masked_fill, _a.lerp, _a.neg, _e.abs)
)
exp_, log_, sqrt_, tanh_ = map(_changer, (_e.exp, _e.log, _e.sqrt, _e.tanh))
sigmoid_, relu_, floor_, round_ = map(_changer, (_e.sigmoid, _e.relu, _e.floor, _e.round))


def copy_(input: Tensor, other: Any) -> Tensor:
    """The numbers become other's, broadcast and cast."""
    y = other if isinstance(other, Tensor) else Tensor(other)
    return _change(
        "copy_", lambda x, y: _instead(x, broadcast_to(y.to(x.dtype), x.shape)), input, y
    )


def fill_(input: Tensor, value: float) -> Tensor:
    """Every number becomes the value. Raises ValueError if the dtype cannot hold it."""
    number = Tensor._wrap(
        namespace(input._data).asarray(as_number("fill_", value, input.dtype), dtype=input.dtype)
    )
    return _change("fill_", lambda x: _instead(x, broadcast_to(number, x.shape)), input)


def _instead(x: Tensor, y: Tensor) -> Tensor:
    """y; what x was has no influence, but gets a gradient: zeros."""
    return where(Tensor._wrap(namespace(y._data).ones((), bool)), y, x)


def zero_(input: Tensor) -> Tensor:
    """Every number becomes 0."""
    return fill_(input, 0)


def normal_(input: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Every number is drawn from N(mean, std^2)."""
    number("normal_", "mean", mean), number("normal_", "std", std, 0.0)
    return copy_(input, as_generator(generator).normal(mean, std, input.shape))


def uniform_(input: Tensor, a: float = 0.0, b: float = 1.0, *, generator: Any = None) -> Tensor:
    """Every number is drawn evenly from [a, b)."""
    if number("uniform_", "b", b) < number("uniform_", "a", a):
        raise ValueError(f"uniform_: a={a} must be <= b={b}")
    return copy_(input, as_generator(generator).uniform(a, b, input.shape))


def scatter_(input: Tensor, dim: int, index: Tensor, src: Any) -> Tensor:
    """input[index[i, j, ...], j, ...] = src[i, j, ...] for dim = 0, and so on; src may be a number.

    Raises as `gather` does. Which value remains where places coincide is not promised.
    """
    key = along("scatter_", input, as_dim("scatter_", dim, input.ndim), index)
    if isinstance(src, Tensor):
        src = src[tuple(slice(0, size) for size in index.shape)]
    _setitem(input, key, src)
    return input


def scatter(input: Tensor, dim: int, index: Tensor, src: Any) -> Tensor:
    """`scatter_` on a clone."""
    return scatter_(clone(input), dim, index, src)


def _setitem(input: Tensor, key: Any, value: Any) -> None:
    """input[key] = value, broadcast and cast.

    Raises as indexing does, ValueError if the value does not fit, and RuntimeError for memory that
    is expanded.
    """
    x = input
    pattern, indices = parse_key("setitem", x, key)
    if isinstance(value, bool | int | float):
        value = as_number("setitem", value, x.dtype)
        value = Tensor._wrap(namespace(x._data).asarray(value, dtype=x.dtype))
    elif not isinstance(value, Tensor):
        value = Tensor(value)
    if is_grad_enabled() and (x.requires_grad or value.requires_grad):
        _change("setitem", lambda x, value: _placed(x, key, value), x, value)
        return
    x._require_writable("setitem")
    basic, chosen = stages(pattern, x.ndim)
    part = x._data[basic]
    arrays = iter(indices)
    try:
        part[tuple(next(arrays)._data if p is PLACE else p for p in chosen) or ...] = value.to(
            x.dtype
        )._data
    except ValueError as error:
        raise ValueError(
            f"setitem: shape {value.shape} does not fit x[{key!r}] of shape {x.shape}"
        ) from error
    x.changed()


def _placed(x: Tensor, key: Any, value: Tensor) -> Tensor:
    """x with x[key] replaced: each place is owned by x or by one of the values, the last one put
    there.
    """
    xp = namespace(x._data)
    with no_grad():
        shape = Tensor._wrap(xp.arange(x.numel()).reshape(x.shape))[key].shape
        owner = Tensor._wrap(xp.full(x.shape, -1))
        owner[key] = Tensor._wrap(xp.arange(math.prod(shape)).reshape(shape))
    broadcast_shapes("setitem", shape, value.shape)
    values = reshape(broadcast_to(value.to(x.dtype), shape), -1)
    return where(owner < 0, x, values[clamp(owner, min=0)]) if values.numel() else clone(x)
