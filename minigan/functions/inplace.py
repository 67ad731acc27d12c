"""In-place functions: x.add_(y), x += y, x[key] = y, x.zero_() and so on.

The ordinary function computes the new numbers. They are written into the tensor's memory, so that
all views of this memory see them, and the version is raised, so that a backward pass that needs the
old numbers raises an error. If ops are being recorded:

1. the function reads a copy of the old numbers;
2. the tensor gets the node of the result: its new place in the graph;
3. if the tensor is a view, its source gets a new node too: there the adjoint of the view puts the
   new numbers in their places, and the other numbers are the old ones;
4. every other view of the memory gets the node of a view of its changed source.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np

from minigan.autograd.engine import grad
from minigan.autograd.modes import enable_grad, is_grad_enabled, no_grad
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.functions import (
    arithmetic,
    choosing,
    comparison,
    diagonals,
    elementwise,
    hyperbolic,
    powers,
    products,
    reductions,
    rounding,
    signs,
    special,
    trigonometry,
)
from minigan.functions.broadcasting import broadcast_shapes, broadcast_to
from minigan.functions.choosing import clamp, where
from minigan.functions.copying import clone
from minigan.functions.gathering import as_number, masked_fill
from minigan.functions.indexing import PLACE, parse_key, stages
from minigan.functions.shaping import reshape

__all__: list[str] = []  # methods of a Tensor only


def _change(name: str, function: Callable[..., Tensor], x: Tensor, *others: Any) -> Tensor:
    """Replace the numbers of x by those of function(x, *others), and return x.

    Raises RuntimeError if x is a leaf that requires grad (except under no_grad) or its memory is
    read-only or expanded; ValueError or TypeError if the result's shape or dtype does not fit.
    """
    x._require_writable(name)
    recorded = is_grad_enabled() and any(
        isinstance(t, Tensor) and t.requires_grad for t in (x, *others)
    )
    chain = sources(name, x) if recorded else []
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
    _update_views(chain)
    return x


def _copy(x: Tensor) -> Tensor:
    """Return x with its node in the graph, in memory of its own."""
    y = Tensor._wrap(x._data.copy())
    y.node, y._requires_grad = x.node, x._requires_grad
    return y


def sources(name: str, x: Tensor) -> list[Tensor]:
    """Return the tensor, the one that it views, and so on to the owner of the memory."""
    chain = [x]
    while (base := chain[-1].base) is not None and base.source.memory is x.memory:
        if not base.recorded:
            raise RuntimeError(
                f"{name}: a view that was made under no_grad cannot be changed outside no_grad"
            )
        chain.append(base.source)
    if chain[-1].is_leaf and chain[-1].requires_grad:
        what = "a leaf" if len(chain) == 1 else "a view of a leaf"
        raise RuntimeError(
            f"{name}: {what} of shape {x.shape} requires grad, so it can be changed under "
            "no_grad() only"
        )
    return chain


def _values(chain: Sequence[Tensor], y: Tensor) -> list[Tensor]:
    """Return what each tensor of the chain becomes when the first becomes y."""
    values = [y] if chain else []
    for view, source in pairwise(chain):
        with enable_grad():
            place = source.detach().requires_grad_()
            viewed = view.base.op(place)  # type: ignore[union-attr]
        (put,) = grad(viewed, place, values[-1], retain_graph=True, create_graph=True)
        (chosen,) = grad(viewed, place, Tensor._wrap(namespace(y._data).ones_like(view._data)))
        values.append(where(chosen != 0.0, put, _copy(source)))
    return values


def _update_views(chain: Sequence[Tensor]) -> None:
    """Give every other view of the changed memory a node in the new graph."""
    for reference in list(chain[0].memory.tensors or ()) if chain else ():
        view = reference()
        if (
            view is not None
            and view.base is not None
            and view.base.recorded
            and all(view is not x for x in chain)
        ):
            view.node = view.base.op(view.base.source).node


def changer(function: Any) -> Callable[..., Tensor]:
    """Return the in-place form of a function of a tensor."""
    name = f"{function.__name__}_"

    @wraps(function)
    def change(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        others = [*args, *kwargs.values()]
        return _change(name, lambda x, *_: function(x, *args, **kwargs), input, *others)

    change.__name__ = change.__qualname__ = name
    change.__module__ = __name__
    change.__doc__ = f"Replace the numbers by those of `{function.__name__}`; return the tensor."
    return change


def changers(family: ModuleType, names: str) -> dict[str, Callable[..., Tensor]]:
    """Return the in-place forms of functions of a module, by their names with an underscore."""
    return {f"{name}_": changer(getattr(family, name)) for name in names.split()}


add_, sub_ = changer(arithmetic.add), changer(arithmetic.sub)
mul_, div_ = changer(arithmetic.mul), changer(arithmetic.div)
pow_, square_ = changer(powers.pow), changer(powers.square)
lerp_, neg_ = changer(arithmetic.lerp), changer(arithmetic.neg)
remainder_, floor_divide_ = map(changer, (arithmetic.remainder, arithmetic.floor_divide))
bitwise_and_ = changer(comparison.bitwise_and)
bitwise_or_, bitwise_xor_ = map(changer, (comparison.bitwise_or, comparison.bitwise_xor))
clamp_, masked_fill_ = map(changer, (clamp, masked_fill))
clip_ = clamp_
OTHERS: dict[str, Callable[..., Tensor]] = {
    **changers(elementwise, "exp expm1 log log1p log2 log10 sqrt rsqrt reciprocal"),
    **changers(elementwise, "sigmoid erf"),
    **changers(hyperbolic, "sinh cosh tanh asinh acosh atanh"),
    **changers(trigonometry, "sin cos tan asin acos atan atan2 hypot"),
    **changers(special, "fmod addcmul addcdiv nan_to_num logit erfc exp2 copysign xlogy"),
    **changers(signs, "relu abs sign"),
    **changers(rounding, "floor ceil round trunc frac"),
    **changers(choosing, "clamp_min clamp_max"),
    **changers(comparison, "logical_and logical_or logical_xor logical_not bitwise_not"),
    **changers(reductions, "cumsum cumprod"),
    **changers(diagonals, "tril triu"),
    **changers(products, "addmm baddbmm addmv"),
}


def copy_(input: Tensor, other: Any) -> Tensor:
    """Replace the numbers by other's, broadcast and cast; return the tensor.

    Raises ValueError if the shape of other does not broadcast to the tensor's.

    >>> Tensor([1, 2]).copy_(Tensor([7.0, 8.0]))
    tensor([7, 8])
    """
    y = other if isinstance(other, Tensor) else Tensor(other)
    return _change(
        "copy_", lambda x, y: _replaced(x, broadcast_to(y.to(x.dtype), x.shape)), input, y
    )


def fill_(input: Tensor, value: float) -> Tensor:
    """Replace every number by the value; return the tensor.

    Raises ValueError if the value does not fit into the dtype.

    >>> Tensor([1, 2]).fill_(7)
    tensor([7, 7])
    """
    number = Tensor._wrap(
        namespace(input._data).asarray(as_number("fill_", value, input.dtype), dtype=input.dtype)
    )
    return _change("fill_", lambda x: _replaced(x, broadcast_to(number, x.shape)), input)


def _replaced(x: Tensor, y: Tensor) -> Tensor:
    """Return y. x has no influence, and gets a gradient of zeros."""
    return where(Tensor._wrap(namespace(y._data).ones((), bool)), y, x)


def zero_(input: Tensor) -> Tensor:
    """Replace every number by 0; return the tensor.

    >>> Tensor([1, 2]).zero_()
    tensor([0, 0])
    """
    return fill_(input, 0)


def setitem(input: Tensor, key: Any, value: Any) -> None:
    """Set input[key] = value, broadcast and cast.

    Raises as indexing does, ValueError if the value does not fit, and RuntimeError if the input is
    a leaf that requires grad (except under no_grad) or its memory is read-only or expanded.
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
    """Return x with x[key] replaced by the values.

    `owner` has for each place of x the index of the value that replaces it (the last one, if there
    are several), or -1.
    """
    xp = namespace(x._data)
    with no_grad():
        shape = Tensor._wrap(xp.arange(x.numel()).reshape(x.shape))[key].shape
        owner = Tensor._wrap(xp.full(x.shape, -1))
        owner[key] = Tensor._wrap(xp.arange(math.prod(shape)).reshape(shape))
    broadcast_shapes("setitem", shape, value.shape)
    values = reshape(broadcast_to(value.to(x.dtype), shape), -1)
    return where(owner < 0, x, values[clamp(owner, min=0)]) if values.numel() else clone(x)
