"""Four orders in which a backward pass may walk a recorded graph. Only the first one is right.

All four apply the rules of the recorded ops, so they differ in nothing but the order. For a = 1,
b = a + a and L = b + b they find the gradients 4, 8, 6 and 1, and 4 is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from minigan import Tape, Tensor, no_grad
from minigan.autograd.node import Node

Place = Node | Tensor  # a recorded op, or a leaf


class Sent(NamedTuple):
    """A part of a gradient: where it was sent, and the gradient there afterwards."""

    to: Place
    part: Tensor
    gradient: Tensor


class Step(NamedTuple):
    """One step of a walk: an op, its gradient as it was then, and what it sent to its inputs."""

    node: Node
    g: Tensor
    sent: list[Sent]


class Gradients(dict[int, Tensor]):
    """The gradients so far, by the identity of the op or leaf; that of the loss is 1."""

    def __init__(self, loss: Tensor) -> None:
        self.nodes = Tape(loss).nodes  # first executed first
        super().__init__({id(self.nodes[-1]): loss.detach() * 0 + 1})

    def parts(self, node: Node) -> list[tuple[Place, Tensor]]:
        """Return what the op's rules make of its gradient: an input and a part, for each input."""
        wanted = tuple(parent is not None for parent in node.parents)
        parts = node.op.gradients(node, self[id(node)], wanted)
        pairs = zip(node.parents, parts, strict=True)
        return [(parent, part) for parent, part in pairs if parent is not None and part is not None]

    def add(self, to: Place, part: Tensor) -> Sent:
        """Add a part to a gradient."""
        self[id(to)] = self[id(to)] + part if id(to) in self else part
        return Sent(to, part, self[id(to)])

    def overwrite(self, to: Place, part: Tensor) -> Sent:
        """Replace a gradient by a part."""
        self[id(to)] = part
        return Sent(to, part, part)


Walk = Callable[[Gradients, Node], Iterator[Step]]


def tape(gradients: Gradients, _: Node) -> Iterator[Step]:
    """Visit each op once, the last executed first: its gradient is complete when it is visited."""
    for node in reversed(gradients.nodes):
        parts = gradients.parts(node)
        yield Step(node, gradients[id(node)], [gradients.add(to, part) for to, part in parts])


def recursion(gradients: Gradients, node: Node) -> Iterator[Step]:
    """Add to the gradient of each input, and then visit each input: some are visited twice."""
    parts = gradients.parts(node)
    yield Step(node, gradients[id(node)], [gradients.add(to, part) for to, part in parts])
    for to, _ in parts:
        if isinstance(to, Node):
            yield from recursion(gradients, to)


def edges(gradients: Gradients, node: Node) -> Iterator[Step]:
    """Add to the gradient of one input and visit it at once, before the next input."""
    g = gradients[id(node)]
    for to, part in gradients.parts(node):
        yield Step(node, g, [gradients.add(to, part)])
        if isinstance(to, Node):
            yield from edges(gradients, to)


def overwriting(gradients: Gradients, node: Node) -> Iterator[Step]:
    """Walk as `recursion` does, with = in place of +=: a part replaces those before it."""
    parts = gradients.parts(node)
    yield Step(node, gradients[id(node)], [gradients.overwrite(to, part) for to, part in parts])
    for to, _ in parts:
        if isinstance(to, Node):
            yield from overwriting(gradients, to)


WALKS: dict[str, Walk] = {
    "tape": tape, "recursion": recursion, "edges": edges, "overwriting": overwriting
}  # fmt: skip
"""The walks by name."""


def walked(loss: Tensor, order: str) -> Iterator[Step]:
    """Yield the steps of a walk that begins at a loss of one element, whose gradient is 1.

    >>> from minigan import tensor
    >>> a = tensor(1.0, requires_grad=True)
    >>> b = a + a
    >>> for order in WALKS: print(order, list(walked(b + b, order))[-1].sent[-1].gradient.item())
    tape 4.0
    recursion 8.0
    edges 6.0
    overwriting 1.0
    """
    gradients = Gradients(loss)
    with no_grad():
        yield from WALKS[order](gradients, gradients.nodes[-1])
