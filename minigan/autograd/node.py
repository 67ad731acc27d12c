"""A node is one recorded call of an op; the nodes and their parents are the graph."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from minigan.autograd.tensor import Tensor
from minigan.backend import Array
from minigan.checks import Shape

_count = itertools.count()
Parents: TypeAlias = "tuple[Node | Tensor | None, ...]"  # None for inputs without gradient


class Rule(NamedTuple):
    """One derivative of an op: the function, and the names of what it needs after `g`."""

    function: Callable[..., Any]
    needs: tuple[str, ...]


class Plan(NamedTuple):
    """What is recorded of a call: which inputs require grad, their rules, and what these need."""

    wanted: tuple[bool, ...]
    rules: tuple[Rule | None, ...]  # of each wanted input, if it has one of its own
    saved: bool  # whether a rule needs what forward returned besides the output
    tensors: list[tuple[str, int]]  # name and place of each input; "out" has the place -1


class Rules(dict[str, Rule]):
    """The rules of an op, by the input's name, and the plans that were made from them.

    If a rule is replaced, as a test does that plants a fault, later calls use the new one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.plans: dict[tuple[type, ...], Plan] = {}  # by the types of the parents

    def __setitem__(self, name: str, rule: Rule) -> None:
        super().__setitem__(name, rule)
        self.plans.clear()


class Node:
    """One recorded call of an op: its parents in the graph, and what its rules need.

    `kept` has, by name, a tensor with its memory and version when the op read it; a list of these
    for a variadic input. It is None after the graph was freed.
    """

    __slots__ = (
        "__weakref__", "dtype", "kept", "number", "op", "parents", "plan", "result", "saved",
        "shape", "shapes",
    )  # fmt: skip

    def __init__(
        self,
        op: Any,
        parents: Parents,
        plan: Plan,
        kept: dict[str, Any] | None,
        saved: Any,
        shapes: tuple[Shape, ...],
        out: Array,
    ) -> None:
        self.op, self.parents, self.plan, self.number = op, parents, plan, next(_count)
        self.shapes, self.shape, self.dtype = shapes, out.shape, out.dtype  # of inputs; of output
        self.kept = kept
        self.saved = saved  # what forward returned besides the output, if a rule names it
        self.result: Any = None  # weak reference to a tensor that called retain_grad()

    def value(self, name: str) -> Any:
        """Return what a rule needs under this name, or None if this input was None.

        Raises RuntimeError if the tensor was changed in place after the op had read it.
        """
        if name == "saved":
            return self.saved
        kept = self._unchanged(name)
        if name == "out":
            return Tensor._restore(kept, self.kept["out"][1], self)  # type: ignore[index]
        return kept

    def array(self, name: str) -> Any:
        """Return the array of `value(name)`; a variadic input stays a tuple of tensors."""
        if name == "saved":
            return self.saved
        kept = self._unchanged(name)
        return kept._data if isinstance(kept, Tensor) else kept

    def _unchanged(self, name: str) -> Any:
        """Return what is kept under this name. Raises RuntimeError if it was changed in place."""
        if (kept := self.kept.get(name)) is None:  # type: ignore[union-attr]
            return None
        several = type(kept) is list
        for x, memory, version in kept if several else (kept,):
            if x is not None and (
                memory.version != version or (name != "out" and x.memory is not memory)
            ):
                what = "its output" if name == "out" else f"its input {name}"
                raise RuntimeError(
                    f"backward through {self.op}: {what}, a tensor of shape {x.shape}, was changed "
                    "in place (by an optimizer, load_state_dict, .data = or an in-place op) after "
                    "the op had read it; call backward before changing it, or change a clone"
                )
        return tuple([x for x, _, _ in kept]) if several else kept[0]

    def name(self) -> str:
        """Return the name of the op, as PyTorch's `grad_fn` does."""
        return type(self.op).__name__

    def __repr__(self) -> str:
        return f"<{self.op}>"

    def freed(self) -> RuntimeError:
        """Return the error of a second backward pass through a freed graph."""
        return RuntimeError(
            f"backward through {self.op}: this graph was freed by an earlier backward; "
            "use retain_graph=True there, or compute the loss again"
        )
