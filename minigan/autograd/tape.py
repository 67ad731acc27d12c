"""The tape: the ops recorded for a tensor, in the order in which they ran.

The nodes hold the graph; a Tape only puts them in order. Stepping backward runs the same generator
as `Tensor.backward`, so what is shown is what is computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

from minigan.autograd.engine import BackwardStep, steps
from minigan.autograd.node import Node
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.checks import Shape


class Entry(NamedTuple):
    """One recorded op: shapes, floating-point operations, and bytes of its output and of `kept`.

    `nbytes` is 0 for a view. `kept` counts what the rules need; it is None after the graph was
    freed.
    """

    op: Op
    inputs: tuple[Shape, ...]
    output: Shape
    flops: int
    nbytes: int
    kept: int | None

    def cells(self) -> tuple[str, ...]:
        """Return the entry as a row of a table."""
        shapes = f"{' '.join(map(_text, self.inputs))} -> {_text(self.output)}"
        kept = "freed" if self.kept is None else f"{self.kept:,}"
        return type(self.op).__name__, shapes, f"{self.flops:,}", f"{self.nbytes:,}", kept


class Tape:
    """The ops recorded for a tensor, in order of execution: print, iterate, step back, or draw it.

    Raises TypeError if loss is not a Tensor, and RuntimeError if nothing was recorded for it.

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
        """Bytes that the graph keeps for its rules; each array is counted once."""
        return sum({key: size for node in self.nodes for key, size in _kept(node).items()}.values())

    def __str__(self) -> str:
        entries = list(self)
        written = sum(entry.nbytes for entry in entries)
        rows = [("op", "shapes", "FLOPs", "bytes", "kept"), *(entry.cells() for entry in entries)]
        rows.append((f"{len(self)} ops", "", f"{self.flops:,}", f"{written:,}", f"{self.kept:,}"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        form = "{:<%d}  {:<%d}  {:>%d}  {:>%d}  {:>%d}" % tuple(widths)  # noqa: UP031
        return "\n".join(form.format(*row) for row in rows)

    def backward(
        self, gradient: Tensor | None = None, retain_graph: bool = False
    ) -> Iterator[BackwardStep]:
        """Run backward one op at a time, and yield each `BackwardStep`.

        After the last step the gradients are added to the `.grad` of every leaf. Raises as
        `Tensor.backward` does.

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
        """Return the graph as SVG text: ops from top to bottom, leaves on the left, an arrow each.

        `title` is the heading; by default it says how many ops led to which shape.
        """
        size = f"{len(self)} ops to a tensor of shape {_text(self.loss.shape)}"
        return _draw(self.nodes, escape(title or size))

    def _repr_svg_(self) -> str:
        return self.draw()


def _in_order(last: Node | None) -> list[Node]:
    """Return the node and all nodes that it was computed from, first executed first."""
    nodes: dict[int, Node] = {}
    stack: list[Any] = [last]
    while stack:
        node = stack.pop()
        if isinstance(node, Node) and id(node) not in nodes:
            nodes[id(node)] = node
            stack.extend(node.parents)
    return sorted(nodes.values(), key=lambda node: node.number)


def _kept(node: Node) -> dict[int, int]:
    """Return the bytes of the arrays that a node keeps, by the identity of their memory."""
    pairs = [
        p for kept in (node.kept or {}).values() for p in (kept if type(kept) is list else [kept])
    ]
    saved = node.saved if type(node.saved) in (tuple, list) else [node.saved]
    arrays = [getattr(x, "_data", x) for x, _, _ in pairs if x is not None] + [
        a for a in saved if hasattr(a, "nbytes")
    ]
    found = {}
    for array in arrays:
        owner = array if getattr(array, "base", None) is None else array.base
        found[id(owner)] = int(array.nbytes)
    return found


def _text(shape: Shape) -> str:
    return f"({','.join(map(str, shape))})"


# --------------------------------------------------------------------------------------------- SVG

_TOP, _ROW, _BOX = 50, 44, 28  # pixels: where rows begin, the height of a row, and of a box
_LEAF, _OP, _RIGHT = (20, 110), (150, 250), 400  # left edge and width of boxes; right edge of ops
_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" \
viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" role="img">\
<title>{title}</title><defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" \
markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#555"/></marker></defs>\
<rect width="100%" height="100%" fill="white"/>\
<text x="20" y="28" font-size="15">{title}</text>{shapes}</svg>"""


def _draw(nodes: list[Node], title: str) -> str:
    """Return the SVG text: one row for each node, with arrows from its parents."""
    top = {id(node): _TOP + _ROW * i for i, node in enumerate(nodes)}  # of boxes, leaves too
    lowest = _TOP  # where the next leaf may stand
    arrows, boxes, width = [], [], _RIGHT + 20
    for node in nodes:
        y = top[id(node)]
        boxes.append(_box(*_OP, y, f"{type(node.op).__name__} → {_text(node.shape)}", "op"))
        for parent in dict.fromkeys(node.parents):
            if isinstance(parent, Tensor):
                if id(parent) not in top:
                    top[id(parent)] = max(y, lowest)
                    lowest = top[id(parent)] + _BOX + 6
                    boxes.append(
                        _box(*_LEAF, top[id(parent)], f"leaf {_text(parent.shape)}", "leaf")
                    )
                arrows.append(
                    _arrow(sum(_LEAF), top[id(parent)] + _BOX // 2, _OP[0], y + _BOX // 2)
                )
            elif parent is not None:
                rows = (y - top[id(parent)]) // _ROW
                if rows == 1:  # from the box above, straight down
                    middle = _OP[0] + _OP[1] // 2
                    arrows.append(_arrow(middle, y - _ROW + _BOX, middle, y))
                else:  # around the boxes between
                    bulge = 20 + 6 * min(rows, 30)
                    width = max(width, _RIGHT + bulge + 20)
                    start, end = top[id(parent)] + _BOX // 2, y + _BOX // 2
                    arrows.append(_arrow(_RIGHT, start, _RIGHT, end, bulge))
    height = max(_TOP + _ROW * len(nodes), lowest - 6 + _ROW)
    return _SVG.format(width=width, height=height, title=title, shapes="".join(arrows + boxes))


def _box(x: int, width: int, y: int, label: str, kind: str) -> str:
    fill = {"op": "#dbe9f6", "leaf": "#fbe7c6"}[kind]
    return (
        f'<g class="{kind}"><rect x="{x}" y="{y}" width="{width}" height="{_BOX}" rx="6" '
        f'fill="{fill}" stroke="#555"/><text x="{x + width // 2}" y="{y + _BOX // 2 + 5}" '
        f'text-anchor="middle">{escape(label)}</text></g>'
    )


def _arrow(x0: int, y0: int, x1: int, y1: int, bulge: int = 0) -> str:
    path = f"M{x0} {y0} C{x0 + bulge} {y0} {x1 + bulge} {y1} {x1} {y1}"
    return f'<path d="{path}" fill="none" stroke="#555" marker-end="url(#tip)"/>'
