"""The functions of A1 with their misconceptions: each is the right function, changed by flags.

Functions that are differentiated are texts, such as "lambda x: (x * x).sum()": they are evaluated
in the submission's process and here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigan.classroom.model import Array, Flags


def function(text: Any) -> Callable[[Array], Any]:
    """Return the function of a text of `draws`; a function is returned as it is."""
    found: Callable[[Array], Any] = eval(text, {"np": np}) if isinstance(text, str) else text
    return found


# ------------------------------------------------------------------- 1.1: the numerical gradient


def gradient(
    f: str, x: Array, eps: float | None = None, layout: str = "C", **flags: Any
) -> tuple[Array, bool]:
    """Return the gradient by differences, and whether x is unchanged.

    Flags: `side` (+1 or -1: differences to one side), `factor` (2: the 2 of 2*eps is missing),
    `keeps` (False: x is changed).
    """
    call, eps = function(f), 1e-6 if eps is None else eps
    found = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += eps
        down[index] -= eps
        if flags.get("side") == 1:
            found[index] = (call(up) - call(x)) / eps
        elif flags.get("side") == -1:
            found[index] = (call(x) - call(down)) / eps
        else:
            found[index] = (call(up) - call(down)) / (2 * eps)
    return found * flags.get("factor", 1), flags.get("keeps", True)


GRADIENT: dict[str, list[Flags]] = {
    "one-sided-difference": [{"side": 1}, {"side": -1}],
    "missing-factor-two": [{"factor": 2}],
    "changes-its-input": [{"keeps": False}],
}

# ------------------------------------------------------------------------- 1.2: the gradient check


def check(
    f: str, claimed: Array, x: Array, eps: float = 1e-6, tolerance: float = 1e-5, **flags: Any
) -> tuple[bool, tuple[int, ...], float]:
    """Return (ok, index, error).

    Flags: `entry` ("first", "last", "middle": only that one is compared), `sums` (sums are
    compared), `absolute` (the error is not divided).
    """
    numerical = gradient(f, x, eps)[0]
    difference = np.abs(claimed - numerical)
    index = np.unravel_index(int(difference.argmax()), x.shape)
    largest = max(np.abs(claimed).max(), np.abs(numerical).max())
    error = float(difference[index])
    if "entry" in flags:
        place = {"first": 0, "last": x.size - 1, "middle": x.size // 2}[flags["entry"]]
        index = np.unravel_index(place, x.shape)
        error = float(difference[index])
    if flags.get("sums"):
        error = float(abs(claimed.sum() - numerical.sum()))
    error = error if flags.get("absolute") else error / largest
    return error <= tolerance, tuple(int(i) for i in index), error


CHECK: dict[str, list[Flags]] = {
    "checks-one-entry": [{"entry": "first"}, {"entry": "last"}, {"entry": "middle"}],
    "compares-sums": [{"sums": True}, {"sums": True, "absolute": True}],
    "absolute-error-only": [{"absolute": True}],
}

# -------------------------------------------------------------------------------- 1.4: the values


class Value:
    """A number that remembers how it was computed; `flags` say what is wrong."""

    flags: Flags = {}  # noqa: RUF012  (a subclass has its own)

    def __init__(self, data: float, parents: Any = ()) -> None:
        self.data, self.grad, self.parents = data, 0.0, list(parents)

    def _made(self, data: float, op: str, other: Value, parents: Any) -> Value:
        kept = {"self": parents[:1], "other": parents[1:]}.get(self.flags.get(op, ""), parents)
        return type(self)(data, kept)

    def __add__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else type(self)(other)
        return self._made(self.data + other.data, "add", other, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else type(self)(other)
        parents = [(self, other.data), (other, self.data)]
        return self._made(self.data * other.data, "mul", other, parents)

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self) -> Value:
        """Return the hyperbolic tangent."""
        y = math.tanh(self.data)
        return type(self)(y, [(self, 1 - y * y)])

    def _add(self, amount: float) -> None:
        self.grad = amount if self.flags.get("overwrite") else self.grad + amount

    def backward(self) -> None:
        """Run the backward pass in the order that the flags say."""
        self.grad = 1.0
        order = self.flags.get("order", "topological")
        if order == "recursive":  # add on every edge, then go on from every operand
            _recursive(self)
        elif order == "edgewise":  # add on an edge and go on, edge by edge
            _edgewise(self)
        else:
            for value in {"topological": _topological, "breadth": _breadth, "depth": _depth}[order](
                self
            ):
                for parent, derivative in value.parents:
                    parent._add(value.grad * derivative)


def _topological(root: Value) -> list[Value]:
    order: list[Value] = []
    seen: set[int] = set()

    def visit(value: Value) -> None:
        if id(value) not in seen:
            seen.add(id(value))
            for parent, _ in value.parents:
                visit(parent)
            order.append(value)

    visit(root)
    return order[::-1]


def _breadth(root: Value) -> list[Value]:
    order, seen = [root], {id(root)}
    for value in order:
        for parent, _ in value.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                order.append(parent)
    return order


def _depth(root: Value) -> list[Value]:
    order: list[Value] = []
    seen: set[int] = set()

    def visit(value: Value) -> None:
        if id(value) not in seen:
            seen.add(id(value))
            order.append(value)
            for parent, _ in value.parents:
                visit(parent)

    visit(root)
    return order


def _recursive(value: Value) -> None:
    for parent, derivative in value.parents:
        parent._add(value.grad * derivative)
    for parent, _ in value.parents:
        _recursive(parent)


def _edgewise(value: Value) -> None:
    for parent, derivative in value.parents:
        parent._add(value.grad * derivative)
        _edgewise(parent)


def values(program: str, **flags: Any) -> list[list[Any]]:
    """Return [name, data, grad] of every variable of a program in `Value`s, in order of name."""
    kind: Any = type("Value", (Value,), {"flags": flags})
    names: dict[str, Any] = {"Value": kind}
    exec(program, names)
    found = {name: value for name, value in names.items() if isinstance(value, kind)}
    told = [[name, float(value.data), float(value.grad)] for name, value in sorted(found.items())]
    return [*told, ["before", 0.0, names.get("before", 0.0)]]


VALUES: dict[str, list[Flags]] = {
    "gradient-overwritten": [
        {"overwrite": True},
        {"overwrite": True, "order": "recursive"},
        {"overwrite": True, "order": "edgewise"},
    ],
    "no-topological-order": [
        {"order": "recursive"}, {"order": "edgewise"}, {"order": "breadth"}, {"order": "depth"},
    ],
    "one-operand-forgotten": [
        {"add": "self"}, {"add": "other"}, {"mul": "self"}, {"mul": "other"},
        {"add": "self", "mul": "self"}, {"add": "other", "mul": "other"},
    ],
}  # fmt: skip
