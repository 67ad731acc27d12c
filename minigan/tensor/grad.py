"""Backward: walk the recorded ops from the last to the first, and hand each gradient to what it
came from.

A node's number is its place in the order of execution, so descending numbers are a topological
order: when a node is reached, everything computed from it has already sent its share. The walk is a
loop, not a recursion, and a generator of its steps; `Tensor.backward`, `grad` and `Tape.backward`
are three ways to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minigan.backend import namespace, one_blas_thread
from minigan.tensor.checks import require_writable
from minigan.tensor.op import GradMode, Node, Op

if TYPE_CHECKING:
    from minigan.tensor.tensor import Tensor


class Step(NamedTuple):
    """One op's turn in a backward pass: the gradient that reached it, and what it handed to each
    parent.
    """

    node: Node
    g: Tensor
    gradients: list[Tensor | None]


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of sum <grad_outputs, outputs> with respect to the inputs, as a tuple; nothing
    is stored.

    No rule is run that leads to no wanted input. `create_graph=True` records the computation of the
    gradients, so that they can be differentiated again. Signature and semantics are
    torch.autograd.grad's.

    Raises RuntimeError if an output or input does not require grad, if an input is not reached
    (unless `allow_unused`: then its gradient is None), or if the graph was freed; ValueError for
    shapes that do not match.

    >>> import minigan
    >>> x = minigan.tensor(3.0, requires_grad=True)
    >>> (gx,) = grad(x * x * x, x, create_graph=True)
    >>> gx.item(), grad(gx, x)[0].item()
    (27.0, 18.0)
    """
    roots, wanted = _tensors("grad", "outputs", outputs), _tensors("grad", "inputs", inputs)
    for i, x in enumerate(wanted):
        if not x.requires_grad:
            raise RuntimeError(f"grad: inputs[{i}], of shape {x.shape}, does not require grad")
    seeds = _seeds("grad", roots, grad_outputs)
    found: dict[int, Tensor] = {}
    keys = [id(x.node or x) for x in wanted]
    keep = create_graph if retain_graph is None else retain_graph
    with one_blas_thread:  # one limit for the whole walk spares each product its own
        for _ in walk(roots, seeds, found, set(keys), keep, create_graph):
            pass
    for i, (x, key) in enumerate(zip(wanted, keys, strict=True)):
        if key not in found and not allow_unused:
            raise RuntimeError(
                f"grad: inputs[{i}], of shape {x.shape}, was not used to compute the outputs; "
                "allow_unused=True returns None for it"
            )
    return tuple(found.get(key) for key in keys)


def backward(
    root: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add the gradient of this tensor to the `.grad` of every leaf it was computed from (or only of
    `inputs`).

    `gradient` is the cotangent, needed unless the tensor has one element. The graph is freed,
    unless retained. Raises as `grad` does.
    """
    with one_blas_thread:
        for _ in steps(root, gradient, retain_graph, create_graph, inputs):
            pass


def steps(
    root: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> Iterator[Step]:
    """`backward`, op by op: the gradients are added to the leaves after the last step."""
    keep = create_graph if retain_graph is None else retain_graph
    wanted = (
        None
        if inputs is None
        else {id(x.node or x) for x in _tensors("backward", "inputs", inputs)}
    )
    seeds = _seeds("backward", [root], None if gradient is None else [gradient])
    found: dict[int, Tensor] = {}
    leaves: dict[int, Tensor] = {}
    yield from walk([root], seeds, found, wanted, keep, create_graph, leaves)
    targets = leaves.values() if inputs is None else _tensors("backward", "inputs", inputs)
    for leaf in targets:
        if (g := found.get(id(leaf.node or leaf))) is not None:
            accumulate(leaf, g, create_graph)


def accumulate(leaf: Tensor, g: Tensor, create_graph: bool = False) -> None:
    """Add g to leaf.grad: in place where no graph of the gradient is asked for, as PyTorch does."""
    if leaf.grad is None:
        with GradMode(create_graph):
            leaf.grad = g.clone()  # g may be expanded, or that of another leaf too
    elif create_graph or leaf.grad.requires_grad:
        leaf.grad = leaf.grad + g
    else:
        require_writable("backward", leaf.grad)
        with np.errstate(all="ignore"):  # infinities are values here
            namespace(g._data).add(leaf.grad._data, g._data, out=leaf.grad._data)
        leaf.grad.cell[0] += 1


def walk(
    roots: Sequence[Tensor],
    seeds: Sequence[Tensor],
    found: dict[int, Tensor],
    wanted: set[int] | None,
    retain_graph: bool,
    create_graph: bool,
    leaves: dict[int, Tensor] | None = None,
) -> Iterator[Step]:
    """The backward pass, op by op; `found` receives gradients by the id of a leaf or node that is
    wanted.

    `wanted=None` stands for every leaf; `leaves` then receives them.
    """
    waiting: dict[int, Tensor] = {}  # gradients on their way, by id of node
    mode = GradMode(create_graph)
    with mode:
        for root, seed in zip(roots, seeds, strict=True):
            _send(root.node or root, seed, waiting, found, wanted)
    for node, flags in _plan(roots, wanted, leaves):
        if (g := waiting.pop(id(node), None)) is None:
            continue
        gradients: list[Tensor | None] = []
        if True in flags:
            with mode:
                gradients = node.op.gradients(node, g, flags)
                for i, (parent, gx) in enumerate(zip(node.parents, gradients, strict=True)):
                    if parent is not None and gx is not None and flags[i]:
                        _send(parent, _fitting(gx, parent, node, i), waiting, found, wanted)
            if not retain_graph:
                node.kept = None
        if node.result is not None and (tensor := node.result()) is not None:
            accumulate(tensor, g, create_graph)
        yield Step(node, g, gradients)


def _plan(
    roots: Sequence[Tensor], wanted: set[int] | None, leaves: dict[int, Tensor] | None
) -> list[tuple[Node, tuple[bool, ...]]]:
    """The nodes to visit, last executed first, and which parents of each are wanted or lead to a
    wanted one.
    """
    nodes: dict[int, Node] = {}
    needed = set() if wanted is None else set(wanted)
    stack: list[Node | Tensor | None] = [root.node or root for root in roots]
    while stack:
        item = stack.pop()
        if isinstance(item, Node):
            if id(item) not in nodes:
                nodes[id(item)] = item
                stack.extend(item.parents)
        elif item is not None:
            if wanted is None:
                needed.add(id(item))
            if leaves is not None:
                leaves[id(item)] = item
    order = []
    for node in sorted(nodes.values(), key=_number):
        flags = tuple([parent is not None and id(parent) in needed for parent in node.parents])
        if True in flags:
            needed.add(id(node))
        if id(node) in needed:
            order.append((node, flags))
    order.reverse()
    return order


_number = attrgetter("number")


def _send(
    to: Node | Tensor,
    g: Tensor,
    waiting: dict[int, Tensor],
    found: dict[int, Tensor],
    wanted: set[int] | None,
) -> None:
    """Add g to what waits for a node, and to what was found for a leaf or a wanted node."""
    key = id(to)
    if isinstance(to, Node):
        waiting[key] = g = waiting[key] + g if key in waiting else g
        if wanted is not None and key in wanted:
            found[key] = g
    elif wanted is None or key in wanted:
        found[key] = found[key] + g if key in found else g


def _fitting(g: Tensor, parent: Node | Tensor, node: Node, i: int) -> Tensor:
    """The gradient, if it has its input's shape; in its input's dtype."""
    if g.shape != parent.shape:
        raise RuntimeError(
            f"{node.op}: the rule for input {node.op.input_name(i)} returned a gradient of shape "
            f"{g.shape} "
            f"where the input has shape {parent.shape}"
        )
    return g if g.dtype == parent.dtype else g.to(parent.dtype)


def differentiate(
    function: Callable[..., Tensor],
    inputs: Sequence[Tensor | None],
    g: Tensor,
    wanted: Sequence[bool],
) -> list[Tensor | None]:
    """The gradients, themselves recorded, of <g, function(*inputs)> with respect to each wanted
    input *slot*.

    Every wanted slot gets an alias of its tensor, so that inputs computed from one another are not
    confused.
    """
    slots = [
        x.alias() if want and x is not None else x for x, want in zip(inputs, wanted, strict=True)
    ]
    chosen = [x for x, want in zip(slots, wanted, strict=True) if want and x is not None]
    gradients = iter(grad(function(*slots), chosen, g, create_graph=True, allow_unused=True))
    return [
        next(gradients) if want and x is not None else None
        for x, want in zip(slots, wanted, strict=True)
    ]


def _tensors(function: str, name: str, given: Any) -> list[Tensor]:
    items = (
        [given]
        if isinstance(given, Op.tensor)
        else list(given)
        if isinstance(given, list | tuple)
        else [given]
    )
    for item in items:
        if not isinstance(item, Op.tensor):
            raise TypeError(
                f"{function}: {name} must be a Tensor or a sequence of Tensors, not "
                f"{type(item).__name__}"
            )
    if not items:
        raise ValueError(f"{function}: {name} is empty; give at least one tensor")
    return items


def _seeds(function: str, roots: Sequence[Tensor], given: Any) -> list[Tensor]:
    """One cotangent per root: those given, checked, or ones for roots of one element."""
    seeds = (
        [None] * len(roots)
        if given is None
        else list(given)
        if isinstance(given, list | tuple)
        else [given]
    )
    if len(seeds) != len(roots):
        raise ValueError(f"{function}: {len(seeds)} cotangents were given for {len(roots)} outputs")
    result = []
    for root, seed in zip(roots, seeds, strict=True):
        if not root.requires_grad:
            raise RuntimeError(
                f"{function}: a tensor of shape {root.shape} does not require grad, so nothing "
                "was recorded for it"
            )
        if seed is None:
            if root.numel() != 1:
                raise RuntimeError(
                    f"{function}: the output has shape {root.shape}; only a tensor of one element "
                    "needs no cotangent. "
                    "Sum it to a loss first, or give a gradient of its shape"
                )
            seed = Op.tensor._wrap(namespace(root._data).ones_like(root._data))
        elif not isinstance(seed, Op.tensor):
            raise TypeError(
                f"{function}: the cotangent must be a Tensor, not {type(seed).__name__}"
            )
        if seed.shape != root.shape:
            raise RuntimeError(
                f"{function}: the cotangent has shape {seed.shape}, the output {root.shape}"
            )
        result.append(seed if seed.dtype == root.dtype else seed.to(root.dtype))
    return result
