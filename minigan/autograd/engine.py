"""Backward: walk the recorded ops from the last to the first, and send gradients to their parents.

A node's number is its place in the order of execution. Descending numbers are therefore a
topological order: when the walk reaches a node, everything computed from it has already sent its
part of the gradient. The walk is a loop, not a recursion, and a generator of its steps;
`Tensor.backward`, `grad` and `Tape.backward` are three ways to run it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from operator import add, attrgetter
from typing import Any, NamedTuple

from minigan.autograd.arguments import cotangents_of, flag, kept_graph, several_tensors
from minigan.autograd.modes import GradMode, state
from minigan.autograd.node import Node
from minigan.autograd.quiet import quietly
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
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """Return the gradients of sum <grad_outputs, outputs> with respect to the inputs, as a tuple.

    Nothing is stored, and only rules that lead to an input run. `create_graph=True` records the
    computation of the gradients, so that they can be differentiated again. By default the graph is
    freed unless it is created. The gradient of an input that was not used is None with
    `allow_unused`, and zeros with `materialize_grads`. Signature and semantics are those of
    torch.autograd.grad.

    Raises RuntimeError if an output or input does not require grad, if the graph was freed, and if
    an input was not used to compute the outputs; ValueError or RuntimeError if numbers or shapes of
    outputs and cotangents differ; ValueError for only_inputs=False and is_grads_batched=True, which
    are not supported; TypeError if a flag is not a bool.

    >>> import minigan
    >>> x = minigan.tensor(3.0, requires_grad=True)
    >>> (gx,) = grad(x * x * x, x, create_graph=True)
    >>> gx.item(), grad(gx, x)[0].item()
    (27.0, 18.0)
    """
    if not flag("grad", "only_inputs", only_inputs) or flag(
        "grad", "is_grads_batched", is_grads_batched
    ):
        raise ValueError(
            f"grad: only_inputs={only_inputs!r} and is_grads_batched={is_grads_batched!r} are not "
            "supported (legal: True and False)"
        )
    zeros = flag("grad", "materialize_grads", materialize_grads)
    allow_unused = zeros if allow_unused is None else flag("grad", "allow_unused", allow_unused)
    if zeros and not allow_unused:
        raise ValueError("grad: materialize_grads=True needs allow_unused=True, or None")
    roots = several_tensors("grad", "outputs", outputs)
    targets = several_tensors("grad", "inputs", inputs)
    for i, x in enumerate(targets):
        if not x.requires_grad:
            raise RuntimeError(f"grad: inputs[{i}], of shape {x.shape}, does not require grad")
    cotangents = cotangents_of("grad", roots, grad_outputs)
    keys = [id(x.node or x) for x in targets]
    keep = kept_graph("grad", retain_graph, create_graph)
    walk = Walk(roots, cotangents, set(keys), keep, bool(create_graph))
    with keep_one_blas_thread:
        quietly(deque, walk, 0)  # runs the walk to its end, and keeps nothing
    for i, (x, key) in enumerate(zip(targets, keys, strict=True)):
        if key not in walk.found and not allow_unused:
            raise RuntimeError(
                f"grad: inputs[{i}], of shape {x.shape}, was not used to compute the outputs; "
                "allow_unused=True returns None for it"
            )
    found = [walk.found.get(key) for key in keys]
    if zeros:
        found = [
            Tensor._wrap(namespace(x._data).zeros_like(x._data)) if g is None else g
            for x, g in zip(targets, found, strict=True)
        ]
    return tuple(found)


def backward(
    root: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add the gradient of this tensor to the `.grad` of every leaf (or only of `inputs`).

    `gradient` is the cotangent, of the tensor's shape; a tensor of one element needs none. By
    default the graph is freed. Raises as `grad` does.

    >>> import minigan
    >>> x = minigan.tensor([1.0, 2.0], requires_grad=True)
    >>> backward((x * x).sum()); x.grad.tolist()
    [2.0, 4.0]
    """
    walk, targets = _walk(root, gradient, retain_graph, create_graph, inputs)
    with keep_one_blas_thread:
        quietly(deque, walk, 0)  # runs the walk to its end, and keeps nothing
        walk.accumulate(targets)


def steps(
    root: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> Iterator[BackwardStep]:
    """Run `backward` op by op; after the last step the gradients are added to the leaves."""
    walk, targets = _walk(root, gradient, retain_graph, create_graph, inputs)
    for step in walk:
        yield BackwardStep(*step)
    walk.accumulate(targets)


def _walk(
    root: Tensor,
    gradient: Tensor | None,
    retain_graph: bool | None,
    create_graph: bool,
    inputs: Tensor | Sequence[Tensor] | None,
) -> tuple[Walk, list[Tensor] | None]:
    """Return the walk of a backward pass and the tensors in `inputs`, all checked."""
    keep = kept_graph("backward", retain_graph, create_graph)
    targets = None if inputs is None else several_tensors("backward", "inputs", inputs)
    wanted = None if targets is None else {id(x.node or x) for x in targets}
    cotangents = cotangents_of("backward", [root], None if gradient is None else [gradient])
    return Walk([root], cotangents, wanted, keep, bool(create_graph)), targets


def accumulate(leaf: Tensor, g: Tensor, create_graph: bool = False) -> None:
    """Add g to leaf.grad: in place, as PyTorch does, if no graph of the gradient is needed."""
    if leaf.grad is None and not create_graph:
        leaf.grad = Tensor._wrap(g._data.copy())  # g may be expanded, or another leaf's gradient
    elif leaf.grad is None:
        with GradMode(True):
            leaf.grad = g.clone()
    elif create_graph or leaf.grad.requires_grad:
        leaf.grad = leaf.grad + g
    else:
        leaf.grad._require_writable("backward")
        quietly(namespace(g._data).add, leaf.grad._data, g._data, leaf.grad._data)
        leaf.grad.changed()


class Walk:
    """A backward pass: iterate over it to run it, one op at a time.

    It yields tuples of what `BackwardStep` has.

    `wanted` holds the ids of the leaves and nodes whose gradient is wanted; None means every leaf.
    Afterwards `found` has the gradients by these ids, and `leaves` the leaves of the graph.
    """

    def __init__(
        self,
        roots: Sequence[Tensor],
        cotangents: Sequence[Tensor],
        wanted: set[int] | None,
        retain_graph: bool,
        create_graph: bool,
    ) -> None:
        self.roots, self.cotangents, self.wanted = roots, cotangents, wanted
        self.retain_graph, self.create_graph = retain_graph, create_graph
        self.found: dict[int, Tensor] = {}
        self.leaves: list[Tensor] = []
        self.waiting: dict[int, Tensor] = {}  # the gradient of each node not yet visited, by its id

    def accumulate(self, targets: list[Tensor] | None) -> None:
        """Add the gradients to the leaves, or only to the targets."""
        for leaf in self.leaves if targets is None else targets:
            if (g := self.found.get(id(leaf.node or leaf))) is not None:
                accumulate(leaf, g, self.create_graph)

    def __iter__(self) -> Iterator[tuple[Node, Tensor, list[Tensor | None]]]:
        for root, cotangent in zip(self.roots, self.cotangents, strict=True):
            self._send(root.node or root, cotangent)
        for node, flags in self._plan():
            if (g := self.waiting.pop(id(node), None)) is None:
                continue
            parents: Any = node.parents
            gradients: list[Tensor | None] = []
            if True in flags:
                # The caller's mode is restored before each step is yielded.
                before, state.recording = state.recording, self.create_graph
                try:
                    gradients = node.op.gradients(node, g, flags)
                    for i, gx in enumerate(gradients):
                        if gx is not None and flags[i]:
                            self._send(parents[i], _fitting(gx, parents[i], node, i))
                finally:
                    state.recording = before
                if not self.retain_graph:
                    node.kept = node.saved = None
            if node.result is not None and (tensor := node.result()) is not None:
                accumulate(tensor, g, self.create_graph)
            yield node, g, gradients

    def _plan(self) -> list[tuple[Node, tuple[bool, ...]]]:
        """Return the nodes to visit, last executed first, each with a flag for every parent.

        The flag says whether the parent is wanted or leads to something wanted.
        """
        nodes: list[Node] = []
        seen: set[Node] = set()
        leaves: dict[int, Tensor] = {}
        stack: list[Node | Tensor | None] = [root.node or root for root in self.roots]
        while stack:
            item = stack.pop()
            if isinstance(item, Node):
                if item not in seen:
                    seen.add(item)
                    nodes.append(item)
                    stack.extend(item.parents)
            elif item is not None:
                leaves[id(item)] = item
        self.leaves = list(leaves.values())
        nodes.sort(key=attrgetter("number"), reverse=True)
        if self.wanted is None:
            return [(node, node.plan.wanted) for node in nodes]
        needed, order = set(self.wanted), []
        for node in reversed(nodes):
            flags = tuple(map(needed.__contains__, map(id, node.parents)))
            if True in flags:
                needed.add(id(node))
            if id(node) in needed:
                order.append((node, flags))
        order.reverse()
        return order

    def _send(self, to: Node | Tensor, g: Tensor) -> None:
        """Add g to the gradient of a node that is not yet visited, or of a wanted leaf or node."""
        key = id(to)
        if isinstance(to, Node):
            self.waiting[key] = g = self._plus(self.waiting[key], g) if key in self.waiting else g
            if self.wanted is not None and key in self.wanted:
                self.found[key] = g
        elif self.wanted is None or key in self.wanted:
            self.found[key] = self._plus(self.found[key], g) if key in self.found else g

    def _plus(self, a: Tensor, b: Tensor) -> Tensor:
        """Return a + b: recorded if the gradients are, else computed on arrays."""
        return a + b if self.create_graph else Tensor._wrap(quietly(add, a._data, b._data))


def _fitting(g: Tensor, parent: Node | Tensor, node: Node, i: int) -> Tensor:
    """Return the gradient in its input's dtype. Raises RuntimeError if the shapes differ."""
    if g._data.shape != parent.shape:
        raise RuntimeError(
            f"{node.op}: the rule for input {node.op.input_name(i)} returned a gradient of shape "
            f"{g.shape}, but the input has shape {parent.shape}"
        )
    return g if g._data.dtype == parent.dtype else g.to(parent.dtype)
