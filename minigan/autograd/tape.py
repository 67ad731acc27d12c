"""The tape: the recorded ops behind a tensor, in the order in which they ran, to be read, stepped
and drawn.

The graph is in the nodes already; a Tape only puts them in order. Stepping backward runs the very
generator that `Tensor.backward` runs, so what is shown is what is computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

from minigan.autograd.engine import BackwardStep, steps
from minigan.autograd.op import Node, Op
from minigan.autograd.tensor import Tensor

Shape = tuple[int, ...]


class Entry(NamedTuple):
    """One recorded op.

    Bytes of an output that only views its input are 0; `kept` is None once freed.
    """

    op: Op
    inputs: tuple[Shape, ...]
    output: Shape
    flops: int
    nbytes: int
    kept: int | None

    def cells(self) -> tuple[str, ...]:
        """The entry as a row of a table."""
        shapes = f"{' '.join(map(_brief, self.inputs))} -> {_brief(self.output)}"
        kept = "freed" if self.kept is None else f"{self.kept:,}"
        return type(self.op).__name__, shapes, f"{self.flops:,}", f"{self.nbytes:,}", kept


class Tape:
    """The recorded ops that led to a tensor, in order of execution: print it, iterate it, step it
    backward, draw it.

    Raises TypeError for what is no tensor, and RuntimeError if nothing was recorded for it.

    >>> import minigan
    >>> x = minigan.tensor([1.0, 2.0], requires_grad=True)
    >>> print(Tape((x * x).sum()))
    op     shapes         FLOPs  bytes  kept
    Mul    (2) (2) -> (2)     2      8     8
    Sum    (2) -> ()          2      4     0
    2 ops                     4     12     8
    """

    def __init__(self, loss: Tensor) -> None:
        if not isinstance(loss, Tensor):
            raise TypeError(f"Tape: loss must be a Tensor, not {type(loss).__name__}")
        if not loss.requires_grad:
            raise RuntimeError(
                f"Tape: loss, of shape {loss.shape}, does not require grad, so nothing was recorded"
            )
        self.loss = loss
        self.nodes = _in_order(loss.node)

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Entry]:
        for node in self.nodes:
            size = 0 if node.op.view else math.prod(node.shape) * node.dtype.itemsize
            kept = None if node.kept is None else sum(_kept(node).values())
            flops = node.op.flops(node.shape, *node.shapes)
            yield Entry(node.op, node.shapes, node.shape, flops, size, kept)

    def __getitem__(self, index: int) -> Entry:
        return list(self)[index]

    @property
    def flops(self) -> int:
        """Floating-point operations of the whole forward pass."""
        return sum(entry.flops for entry in self)

    @property
    def kept(self) -> int:
        """Bytes that the graph keeps for its rules, each array counted once."""
        return sum({key: size for node in self.nodes for key, size in _kept(node).items()}.values())

    def __str__(self) -> str:
        entries = list(self)
        numbers = (
            f"{self.flops:,}",
            f"{sum(entry.nbytes for entry in entries):,}",
            f"{self.kept:,}",
        )
        rows = [("op", "shapes", "FLOPs", "bytes", "kept"), *(entry.cells() for entry in entries)]
        rows.append((f"{len(self)} ops", "", *numbers))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        aligned = [
            [
                cell.ljust(w) if i < 2 else cell.rjust(w)
                for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            ]
            for row in rows
        ]
        return "\n".join("  ".join(row).rstrip() for row in aligned)

    def backward(
        self, gradient: Tensor | None = None, retain_graph: bool = False
    ) -> Iterator[BackwardStep]:
        """Run backward one op at a time, and yield each `BackwardStep`.

        After the last step the gradients are added to the `.grad` of every leaf.
        Raises as `Tensor.backward` does.

        >>> import minigan
        >>> a = minigan.tensor(1.0, requires_grad=True)
        >>> b = a + a
        >>> for step in Tape(b + b).backward(): print(step.node.op, step.g.item())
        Add 1.0
        Add 2.0
        >>> a.grad.item()
        4.0
        """
        return steps(self.loss, gradient, retain_graph)

    def draw(self, title: str = "") -> str:
        """The graph as SVG text: leaves on the left, ops downwards in order, an arrow along every
        edge.
        """
        return _draw(
            self.nodes, title or f"{len(self)} ops to a tensor of shape {_brief(self.loss.shape)}"
        )

    def _repr_svg_(self) -> str:
        return self.draw()


def _in_order(last: Node | None) -> list[Node]:
    """The node and all that it was computed from, first executed first."""
    nodes: dict[int, Node] = {}
    stack: list[Any] = [last]
    while stack:
        node = stack.pop()
        if isinstance(node, Node) and id(node) not in nodes:
            nodes[id(node)] = node
            stack.extend(node.parents)
    return sorted(nodes.values(), key=lambda node: node.number)


def _kept(node: Node) -> dict[int, int]:
    """Bytes of the arrays that a node keeps, by the identity of their memory."""
    found = {}
    for array in node.arrays():
        owner = array if getattr(array, "base", None) is None else array.base
        found[id(owner)] = int(getattr(array, "nbytes", 0))
    return found


def _brief(shape: Shape) -> str:
    return f"({','.join(map(str, shape))})"


# ------------------------------------------------------------------------------------------ drawing

_ROW, _BOX, _LEAF, _WIDTH = (
    44,
    28,
    110,
    250,
)  # pixels: a row, a box's height, a leaf's width, an op's width


def _draw(nodes: list[Node], title: str) -> str:
    row = {id(node): i for i, node in enumerate(nodes)}
    left, top = 40 + _LEAF, 50
    middle = {i: top + _ROW * i + _BOX // 2 for i in range(len(nodes))}
    edges: list[str] = []
    boxes: list[str] = []
    leaves: dict[int, int] = {}  # the height at which a leaf stands
    widest = 0
    for i, node in enumerate(nodes):
        boxes.append(
            _box(
                left,
                top + _ROW * i,
                _WIDTH,
                f"{type(node.op).__name__} → {_brief(node.shape)}",
                "op",
            )
        )
        for parent in dict.fromkeys(node.parents):
            if isinstance(parent, Node):
                j = row[id(parent)]
                bulge = 0 if i == j + 1 else 20 + 6 * min(i - j, 30)
                widest = max(widest, bulge)
                if bulge:
                    edges.append(_arrow(left + _WIDTH, middle[j], left + _WIDTH, middle[i], bulge))
                else:
                    centre = left + _WIDTH // 2
                    edges.append(
                        _arrow(centre, middle[j] + _BOX // 2, centre, middle[i] - _BOX // 2, 0)
                    )
            elif parent is not None:
                if id(parent) not in leaves:
                    leaves[id(parent)] = at = max(
                        [top + _ROW * i, *(y + _BOX + 6 for y in leaves.values())]
                    )
                    boxes.append(_box(20, at, _LEAF, f"leaf {_brief(parent.shape)}", "leaf"))
                edges.append(_arrow(20 + _LEAF, leaves[id(parent)] + _BOX // 2, left, middle[i], 0))
    height = max([top + _ROW * len(nodes), *(y + _ROW for y in leaves.values())])
    width = left + _WIDTH + widest + 20
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 '
        f'{width} {height}" '
        f'font-family="sans-serif" font-size="13" role="img"><title>{escape(title)}</title>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" '
        'orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#555"/></marker></defs>'
        '<rect width="100%" height="100%" fill="white"/><text x="20" y="28" '
        f'font-size="15">{escape(title)}</text>'
        f"{''.join(edges)}{''.join(boxes)}</svg>"
    )


def _box(x: int, y: int, width: int, label: str, kind: str) -> str:
    fill = {"op": "#dbe9f6", "leaf": "#fbe7c6"}[kind]
    return (
        f'<g class="{kind}"><rect x="{x}" y="{y}" width="{width}" height="{_BOX}" rx="6" '
        f'fill="{fill}" stroke="#555"/>'
        f'<text x="{x + width // 2}" y="{y + _BOX // 2 + 5}" '
        f'text-anchor="middle">{escape(label)}</text></g>'
    )


def _arrow(x0: int, y0: int, x1: int, y1: int, bulge: int) -> str:
    path = f"M{x0} {y0} C{x0 + bulge} {y0} {x1 + bulge} {y1} {x1} {y1}"
    return f'<path d="{path}" fill="none" stroke="#555" marker-end="url(#tip)"/>'
