"""An op is a function with its derivative beside it. Calling an op on tensors computes and records.

    class Mul(Op):
        def forward(self, a, b):     return a * b      # on arrays
        def backward_a(self, g, b):  return g * b      # on tensors, written in ops:
        def backward_b(self, g, a):  return g * a      # so the gradient has a gradient

`forward` receives arrays. The rule `backward_x` receives the incoming gradient `g` and whatever
else it names: inputs by their names in `forward`, the output as `out`, or `saved` if `forward`
returns `(out, saved)`. The graph keeps only what some rule names. An op with many inputs may define
one `backward(g, ..., wanted)` that returns a gradient (or None) for each input. An op holds
settings and never data, so one instance may be called anywhere.
"""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import numpy as np

from minigan.autograd import modes
from minigan.autograd.tensor import Tensor
from minigan.backend import Array
from minigan.checks import Shape

_numbers = itertools.count()
_RESERVED = ("g", "out", "saved", "wanted")


class Rule(NamedTuple):
    """One derivative of an op: the function, and the names of what it needs after `g`."""

    function: Callable[..., Any]
    needs: tuple[str, ...]


class Kept(NamedTuple):
    """A tensor that a rule will need, and its version when the op read it."""

    tensor: Tensor
    version: int


class _Several(tuple[Kept | None, ...]):
    """What is kept of the inputs of a variadic op."""


class Node:
    """One recorded call of an op: its parents in the graph, and what its rules need."""

    __slots__ = (
        "__weakref__", "dtype", "kept", "number", "op", "parents", "result", "shape", "shapes",
    )  # fmt: skip

    def __init__(
        self,
        op: Op,
        parents: tuple[Node | Tensor | None, ...],
        shapes: tuple[Shape, ...],
        out: Array,
    ) -> None:
        self.op, self.parents, self.number = op, parents, next(_numbers)
        self.kept: dict[str, Any] | None = {}  # None after the graph is freed
        self.shapes, self.shape, self.dtype = shapes, out.shape, out.dtype  # of inputs, of output
        self.result: Any = None  # weak reference to a non-leaf tensor that wants its .grad

    def value(self, name: str) -> Any:
        """Return what a rule needs under this name, or None if it was not kept.

        Raises RuntimeError if it was changed in place after the op read it.
        """
        kept = self.kept.get(name)  # type: ignore[union-attr]
        if type(kept) is Kept:
            x = kept.tensor
            if x.memory.version != kept.version:
                raise self._changed(name, x)
            return x._twin(self) if name == "out" else x
        if type(kept) is _Several:
            for one in kept:
                if one is not None and one.tensor.memory.version != one.version:
                    raise self._changed(name, one.tensor)
            return tuple([None if one is None else one.tensor for one in kept])
        return kept

    def arrays(self) -> list[Array]:
        """Return the arrays that are kept for the rules."""
        found: list[Array] = []
        for kept in (self.kept or {}).values():
            for one in kept if type(kept) in (_Several, tuple, list) else [kept]:
                array = one.tensor._data if isinstance(one, Kept) else one
                found += [array] if hasattr(array, "nbytes") else []
        return found

    def freed(self) -> RuntimeError:
        """Return the error of a second backward pass through a freed graph."""
        return RuntimeError(
            f"backward through {self.op}: this graph was freed by an earlier backward; "
            "ask for retain_graph=True there, or compute the loss again"
        )

    def _changed(self, name: str, x: Tensor) -> RuntimeError:
        what = "its output" if name == "out" else f"its input {name}"
        return RuntimeError(
            f"backward through {self.op}: {what}, a tensor of shape {x.shape}, was changed in "
            "place (by an optimizer, load_state_dict, .data = or an in-place op) after the op had "
            "read it; call backward before changing it, or change a clone"
        )


class Op:
    """A differentiable function of tensors; the docstring of this module shows how to write one."""

    moves: ClassVar[bool] = False  # numbers are moved, not computed: no widening of float16
    view: ClassVar[bool] = False  # moved, and the output may view the first input's memory
    names: ClassVar[tuple[str, ...]] = ()  # of forward's inputs; the last may be variadic
    variadic: ClassVar[bool] = False
    rules: ClassVar[dict[str, Rule]] = {}  # by the input's name
    rule: ClassVar[Rule | None] = None  # the one rule for all inputs
    needs: ClassVar[dict[tuple[bool, ...], list[tuple[str, int]]]] = {}  # by who requires grad

    def __init_subclass__(cls) -> None:
        forward = list(inspect.signature(cls.forward).parameters.values())[1:]
        cls.names = tuple(p.name for p in forward)
        cls.variadic = bool(forward) and forward[-1].kind is inspect.Parameter.VAR_POSITIONAL
        for name in cls.names:
            if name in _RESERVED:
                raise TypeError(
                    f"{cls.__name__}.forward: an input cannot be called {name!r}, because rules "
                    f"use this name (reserved: {', '.join(_RESERVED)})"
                )
        legal = {*cls.names, "out", "saved", "wanted"}
        cls.rules, cls.rule, cls.needs = {}, None, {}
        for name in ("backward", *(f"backward_{n}" for n in cls.names)):
            if (function := getattr(cls, name, None)) is None:
                continue
            first, *needs = list(inspect.signature(function).parameters)[1:] or [""]
            if first != "g" or not legal.issuperset(needs):
                raise TypeError(
                    f"{cls.__name__}.{name}{inspect.signature(function)}: a rule takes g, then "
                    f"names of forward's inputs {cls.names}, out, saved or wanted"
                )
            rule = Rule(function, tuple(needs))
            if name == "backward":
                cls.rule = rule
            else:
                cls.rules[name.removeprefix("backward_")] = rule

    def forward(self, *inputs: Any) -> Any:
        """Return the output array, or (output, saved), from the input arrays."""
        raise NotImplementedError(f"{type(self).__name__} defines no forward")

    def flops(self, out: Shape, *inputs: Shape) -> int:
        """Return the floating-point operations of forward, from the shapes.

        By default one for each number of the output, and 0 for a view.
        """
        return 0 if self.view else math.prod(out)

    def __repr__(self) -> str:
        return type(self).__name__

    def __call__(self, *inputs: Any) -> Tensor:
        """Apply the op to tensors, and record the call if some input requires grad.

        Arrays become constant tensors; None stays None. Raises what `forward` raises, and
        RuntimeError if the inputs are on different devices.
        """
        tensors: list[Tensor | None] = []
        arrays: list[Any] = []
        for x in inputs:
            if x is None:
                tensors.append(None)
                arrays.append(None)
            else:
                x = x if isinstance(x, Tensor) else Tensor(x)
                tensors.append(x)
                arrays.append(x._data)
        saved = None
        try:
            if self.moves:
                out = self.forward(*arrays)
            else:
                half = False
                for a in arrays:
                    half = half or (a is not None and a.dtype.char == "e")
                # Infinities and NaNs are values here, as in PyTorch: no warnings.
                with np.errstate(all="ignore"):
                    out = self.forward(*(map(widened, arrays) if half else arrays))
                    if type(out) is tuple:
                        out, saved = out
                    if half and out.dtype.char == "f":
                        out = out.astype(np.float16)
        except TypeError as error:
            raise _on_one_device(self, tensors, error) from error
        result = Tensor._wrap(out)
        if self.view and _shares(out, arrays[0]):
            result._note_view(self, inputs[0])
        if modes.state.recording:
            self._record(result, tensors, saved)
        return result

    def _record(self, result: Tensor, inputs: list[Tensor | None], saved: Any) -> None:
        """Give the result a node if some input requires grad, and keep what the rules name."""
        parents: list[Node | Tensor | None] = []
        wanted: list[bool] = []
        shapes: list[Shape] = []
        for x in inputs:
            parent = None if x is None else x.node or (x if x._wants else None)
            parents.append(parent)
            wanted.append(parent is not None)
            shapes.append(() if x is None else x._data.shape)
        if True not in wanted:
            return
        result.node = node = Node(self, tuple(parents), tuple(shapes), result._data)
        key = tuple(wanted)
        if (needs := self.needs.get(key)) is None:
            places = {**{name: i for i, name in enumerate(self.names)}, "out": -1, "saved": -1}
            needs = [(name, places[name]) for name in self._needed(key) if name != "wanted"]
            self.needs[key] = needs
        kept: dict[str, Any] = node.kept  # type: ignore[assignment]
        for name, i in needs:
            if name == "saved":
                kept[name] = saved
            elif i < 0:  # of the output a twin, so that the graph does not hold itself alive
                kept[name] = Kept(result._twin(None), result.memory.version)
            elif self.variadic and i == len(self.names) - 1:
                kept[name] = _Several(None if x is None else Kept(x, x.memory.version) for x in inputs[i:])
            elif (x := inputs[i]) is not None:
                kept[name] = Kept(x, x.memory.version)

    def _needed(self, wanted: tuple[bool, ...]) -> tuple[str, ...]:
        """Return the names that the rules of the wanted inputs use."""
        rules = [self.rule or self._rule(i) for i, want in enumerate(wanted) if want]
        return tuple(dict.fromkeys(name for rule in rules for name in rule.needs))

    def input_name(self, i: int) -> str:
        """Return the name of input i; inputs beyond the last name share it."""
        return self.names[min(i, len(self.names) - 1)]

    def _rule(self, i: int) -> Rule:
        if (name := self.names[min(i, len(self.names) - 1)]) not in self.rules:
            raise RuntimeError(
                f"{self}: input {name} requires grad, but the op has no rule backward_{name} for it"
            )
        return self.rules[name]

    def gradients(self, node: Node, g: Tensor, wanted: tuple[bool, ...]) -> list[Tensor | None]:
        """Return the gradient of each wanted input of a recorded call, and None for the others.

        Raises RuntimeError if the graph was freed, or if a kept tensor was changed in place.
        """
        if node.kept is None:
            raise node.freed()
        if (rule := self.rule) is not None:
            arguments = [wanted if name == "wanted" else node.value(name) for name in rule.needs]
            found = list(rule.function(self, g, *arguments))
            return [gx if want else None for gx, want in zip(found, wanted, strict=True)]
        result: list[Tensor | None] = []
        for i, want in enumerate(wanted):
            if want:
                rule = self._rule(i)
                result.append(rule.function(self, g, *map(node.value, rule.needs)))
            else:
                result.append(None)
        return result


def widened(a: Array | None) -> Array | None:
    """Return float16 arrays as float32: half precision is for storage, arithmetic is in single."""
    return a.astype(np.float32) if a is not None and a.dtype.char == "e" else a


def _on_one_device(op: Op, inputs: list[Tensor | None], error: TypeError) -> Exception:
    """Return the error itself, or a clearer one if the inputs are on different devices."""
    devices = {x.device for x in inputs if x is not None}
    if len(devices) < 2:
        return error
    where = " and ".join(sorted(devices))
    return RuntimeError(f"{op}: inputs are on {where}; bring them together with .to()")


def _shares(out: Array, x: Array) -> bool:
    """Return whether out is x or a view of its memory (a reshape may have copied)."""
    return out is x or (out.base is not None and (out.base is x or out.base is x.base))
