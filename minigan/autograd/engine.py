"""Backward: walk the recorded ops from the last to the first, sending gradients to their parents.

A node's number is its place in the order of execution, so descending numbers are a topological
order: when the walk reaches a node, everything computed from it has already sent its part of the
gradient. The walk is a loop, not a recursion, and a generator of its steps; `Tensor.backward`,
`grad` and `Tape.backward` are three ways to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from minigan.autograd.arguments import require_writable
from minigan.autograd.modes import GradMode, state
from minigan.autograd.op import Node
from minigan.autograd.tensor import Tensor
from minigan.backend import namespace
from minigan.threads import keep_one_blas_thread


class BackwardStep(NamedTuple):
    """One op of a backward pass: the gradient that reached it, and what it sent to each parent."""

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
    """Return the gradients of sum <grad_outputs, outputs> with respect to the inputs, as a tuple.

    Nothing is stored, and no rule runs that leads to no wanted input. `create_graph=True` records
    the computation of the gradients, so that they can be differentiated again. Signature and
    semantics are torch.autograd.grad's.

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
    keys = [id(x.node or x) for x in wanted]
    keep = create_graph if retain_graph is None else retain_graph
    walk = Walk(roots, seeds, set(keys), keep, create_graph)
    with keep_one_blas_thread:
        for _ in walk:
            pass
    for i, (x, key) in enumerate(zip(wanted, keys, strict=True)):
        if key not in walk.found and not allow_unused:
            raise RuntimeError(
                f"grad: inputs[{i}], of shape {x.shape}, was not used to compute the outputs; "
                "allow_unused=True returns None for it"
            )
    return tuple(walk.found.get(key) for key in keys)


def backward(
    root: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add the gradient of this tensor to the `.grad` of every leaf (or only of `inputs`).

    `gradient` is the cotangent, of the tensor's shape; it may be left out for a tensor of one
    element. The graph is freed unless `retain_graph`. Raises as `grad` does.

    >>> import minigan
    >>> x = minigan.tensor([1.0, 2.0], requires_grad=True)
    >>> backward((x * x).sum()); x.grad.tolist()
    [2.0, 4.0]
    """
    with keep_one_blas_thread:
        for _ in steps(root, gradient, retain_graph, create_graph, inputs):
            pass


def steps(
    root: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> Iterator[BackwardStep]:
    """Run `backward` op by op; after the last step the gradients are added to the leaves."""
    keep = create_graph if retain_graph is None else retain_graph
    targets = None if inputs is None else _tensors("backward", "inputs", inputs)
    wanted = None if targets is None else {id(x.node or x) for x in targets}
    seeds = _seeds("backward", [root], None if gradient is None else [gradient])
    walk = Walk([root], seeds, wanted, keep, create_graph)
    yield from walk
    for leaf in walk.leaves if targets is None else targets:
        if (g := walk.found.get(id(leaf.node or leaf))) is not None:
            accumulate(leaf, g, create_graph)


def accumulate(leaf: Tensor, g: Tensor, create_graph: bool = False) -> None:
    """Add g to leaf.grad: in place if no graph of the gradient is wanted, as PyTorch does."""
    if leaf.grad is None:
        with GradMode(create_graph):
            leaf.grad = g.clone()  # g may be expanded, or be another leaf's gradient too
    elif create_graph or leaf.grad.requires_grad:
        leaf.grad = leaf.grad + g
    else:
        require_writable("backward", leaf.grad)
        with np.errstate(all="ignore"):  # infinities are values here
            namespace(g._data).add(leaf.grad._data, g._data, out=leaf.grad._data)
        leaf.grad.changed()


class Walk:
    """A backward pass: iterate over it to run it, one `BackwardStep` at a time.

    `wanted` holds the ids of the leaves and nodes whose gradient is wanted; None stands for every
    leaf. Afterwards `found` has the gradients by these ids, and `leaves` the leaves of the graph.
    """

    def __init__(
        self,
        roots: Sequence[Tensor],
        seeds: Sequence[Tensor],
        wanted: set[int] | None,
        retain_graph: bool,
        create_graph: bool,
    ) -> None:
        self.roots, self.seeds, self.wanted = roots, seeds, wanted
        self.retain_graph, self.create_graph = retain_graph, create_graph
        self.found: dict[int, Tensor] = {}
        self.leaves: list[Tensor] = []
        self.waiting: dict[int, Tensor] = {}  # gradients on their way, by id of their node

    def __iter__(self) -> Iterator[BackwardStep]:
        for root, seed in zip(self.roots, self.seeds, strict=True):
            self._send(root.node or root, seed)
        for node, flags in self._plan():
            if (g := self.waiting.pop(id(node), None)) is None:
                continue
            gradients: list[Tensor | None] = []
            if True in flags:
                # The caller's mode is restored before each step is yielded.
                before, state.recording = state.recording, self.create_graph
                try:
                    gradients = node.op.gradients(node, g, flags)
                    for i, (parent, gx) in enumerate(zip(node.parents, gradients, strict=True)):
                        if parent is not None and gx is not None and flags[i]:
                            self._send(parent, _fitting(gx, parent, node, i))
                finally:
                    state.recording = before
                if not self.retain_graph:
                    node.kept = None
            if node.result is not None and (tensor := node.result()) is not None:
                accumulate(tensor, g, self.create_graph)
            yield BackwardStep(node, g, gradients)

    def _plan(self) -> list[tuple[Node, tuple[bool, ...]]]:
        """Return the nodes to visit, last executed first, each with a flag for every parent.

        The flag says whether the parent is wanted or leads to something wanted.
        """
        nodes: dict[int, Node] = {}
        leaves: dict[int, Tensor] = {}
        stack: list[Node | Tensor | None] = [root.node or root for root in self.roots]
        while stack:
            item = stack.pop()
            if isinstance(item, Node):
                if id(item) not in nodes:
                    nodes[id(item)] = item
                    stack.extend(item.parents)
            elif item is not None:
                leaves[id(item)] = item
        self.leaves = list(leaves.values())
        needed = set(leaves if self.wanted is None else self.wanted)
        order = []
        for node in sorted(nodes.values(), key=_number):
            flags: tuple[bool, ...] = ()
            for parent in node.parents:
                flags += (parent is not None and id(parent) in needed,)
            if True in flags:
                needed.add(id(node))
            if id(node) in needed:
                order.append((node, flags))
        order.reverse()
        return order

    def _send(self, to: Node | Tensor, g: Tensor) -> None:
        """Add g to what waits for a node, and to what was found for a leaf or a wanted node."""
        key = id(to)
        if isinstance(to, Node):
            self.waiting[key] = g = self.waiting[key] + g if key in self.waiting else g
            if self.wanted is not None and key in self.wanted:
                self.found[key] = g
        elif self.wanted is None or key in self.wanted:
            self.found[key] = self.found[key] + g if key in self.found else g


_number = attrgetter("number")


def _fitting(g: Tensor, parent: Node | Tensor, node: Node, i: int) -> Tensor:
    """Return the gradient in its input's dtype. RuntimeError if it has not its input's shape."""
    if g._data.shape != parent.shape:
        raise RuntimeError(
            f"{node.op}: the rule for input {node.op.input_name(i)} returned a gradient of shape "
            f"{g.shape} where the input has shape {parent.shape}"
        )
    return g if g._data.dtype == parent.dtype else g.to(parent.dtype)


def differentiate(
    function: Callable[..., Tensor],
    inputs: Sequence[Tensor | None],
    g: Tensor,
    wanted: Sequence[bool],
) -> list[Tensor | None]:
    """Return the gradients, themselves recorded, of <g, function(*inputs)> for each wanted input.

    Every wanted input gets an alias, because inputs may be computed from one another.
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
    items = list(given) if isinstance(given, list | tuple) else [given]
    for item in items:
        if not isinstance(item, Tensor):
            raise TypeError(
                f"{function}: {name} must be a Tensor or a sequence of Tensors, not "
                f"{type(item).__name__}"
            )
    if not items:
        raise ValueError(f"{function}: {name} is empty; give at least one tensor")
    return items


def _seeds(function: str, roots: Sequence[Tensor], given: Any) -> list[Tensor]:
    """Return one cotangent per root: those given, checked, or ones for roots of one element."""
    if given is None:
        given = [None] * len(roots)
    seeds = list(given) if isinstance(given, list | tuple) else [given]
    if len(seeds) != len(roots):
        raise ValueError(f"{function}: {len(seeds)} cotangents were given for {len(roots)} outputs")
    result = []
    for root, seed in zip(roots, seeds, strict=True):
        if root.node is None and not root._wants:
            raise RuntimeError(
                f"{function}: a tensor of shape {root.shape} does not require grad, so nothing was "
                "recorded for it"
            )
        if seed is None:
            if root.numel() != 1:
                raise RuntimeError(
                    f"{function}: the output has shape {root.shape}; only a tensor of one element "
                    "needs no cotangent. Sum it to a loss first, or give a gradient of its shape"
                )
            seed = Tensor._wrap(namespace(root._data).ones_like(root._data))
        elif not isinstance(seed, Tensor):
            raise TypeError(
                f"{function}: the cotangent must be a Tensor, not {type(seed).__name__}"
            )
        if seed._data.shape != root._data.shape:
            raise RuntimeError(
                f"{function}: the cotangent has shape {seed.shape}, the output {root.shape}"
            )
        result.append(seed if seed._data.dtype == root._data.dtype else seed.to(root.dtype))
    return result
