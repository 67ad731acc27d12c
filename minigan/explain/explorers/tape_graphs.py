"""Small computations whose tapes the explorer shows: each line is one op, and has a name.

A computation is a function that returns all its numbers by name, so its source is what the page
shows, and running it is what records the tape.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan import Tape, Tensor, tensor
from minigan.autograd.node import Node
from minigan.nn import functional as F

Numbers = dict[str, Tensor]


def twice(a: Tensor) -> Numbers:
    """L = 4 a: both lines use a number twice."""
    b = a + a
    L = b + b
    return locals()


def four_times(a: Tensor) -> Numbers:
    """L = 16 a: the number of paths from L to a doubles with each line."""
    b = a + a
    c = b + b
    d = c + c
    L = d + d
    return locals()


def product(a: Tensor, b: Tensor) -> Numbers:
    """L = (a b + a)^2, the example of the second step of chapter T01."""
    u = a * b
    v = u + a
    L = v * v
    return locals()


def square(x: Tensor) -> Numbers:
    """L = x^2 + x: x is used in both lines."""
    y = x * x
    L = y + x
    return locals()


def neuron(x: Tensor, w: Tensor, b: Tensor, t: Tensor) -> Numbers:
    """L = (tanh(w x + b) - t)^2: one neuron, and its squared distance from a target t."""
    u = w * x
    z = u + b
    y = z.tanh()
    e = y - t
    L = e * e
    return locals()


def convolution(x: Tensor, w: Tensor) -> Numbers:
    """L = the sum of the squares of a convolution of 5 numbers with 3, stride 2."""
    y = F.conv1d(x, w, stride=2)
    q = y * y
    L = q.sum()
    return locals()


@dataclass(frozen=True)
class Graph:
    """A computation, the usual values of its inputs, which of them are data, and which stay fixed.

    A number is a scalar, and a list is an array (1, 1, N). Data do not require grad. What is fixed
    has no slider on the page.
    """

    compute: Callable[..., Numbers]
    inputs: dict[str, float | list[float]]
    data: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()

    def run(self, inputs: dict[str, Any] | None = None, all_require_grad: bool = False) -> Numbers:
        """Return all numbers of the computation, in float64, for these or the usual inputs."""
        values = self.inputs | (inputs or {})
        leaves = [
            tensor(_array(values[name]), requires_grad=all_require_grad or name not in self.data)
            for name in self.inputs
        ]
        return self.compute(*leaves)

    def lines(self) -> list[str]:
        """Return the lines of the computation, one for each op."""
        source = inspect.getsource(self.compute).splitlines()
        return [line.strip() for line in source if " = " in line and '"""' not in line]

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Yield each number: its name, its op, the places of the op's inputs, and its line."""
        numbers = self.run(all_require_grad=True)
        places = {id(number.node or number): i for i, number in enumerate(numbers.values())}
        recorded = {id(node): node for node in Tape(numbers["L"]).nodes}
        lines = iter(self.lines())
        for name, number in numbers.items():
            node: Node | None = recorded.get(id(number.node))
            shape = {"name": name, "size": number.numel(), "data": name in self.data}
            if node is None:
                value = np.ravel(number.numpy()).tolist()
                yield shape | {"value": value, "fixed": name in self.fixed}
            else:
                parents = [places[id(parent)] for parent in node.parents]
                yield shape | {"op": node.name(), "inputs": parents, "line": next(lines)}


def _array(value: float | list[float]) -> Any:
    return np.array(value, np.float64).reshape((1, 1, -1) if isinstance(value, list) else ())


GRAPHS = {
    "twice": Graph(twice, {"a": 1.0}),
    "four": Graph(four_times, {"a": 1.0}),
    "product": Graph(product, {"a": 2.0, "b": 3.0}),
    "square": Graph(square, {"x": 3.0}),
    "neuron": Graph(neuron, {"x": 2.0, "w": 0.5, "b": -0.5, "t": 1.0}, frozenset("xt")),
    "convolution": Graph(
        convolution, {"x": [1.0, 2, 0, -1, 3], "w": [1.0, -1, 2]}, fixed=frozenset("x")
    ),
}
"""The computations of the page, by name."""
