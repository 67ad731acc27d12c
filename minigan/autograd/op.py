"""An op is a function with its derivative beside it. Calling an op on tensors computes and records.

    class Mul(Op):
        def forward(self, a, b):     return a * b      # on arrays
        def backward_a(self, g, b):  return g * b      # on tensors, written in ops:
        def backward_b(self, g, a):  return g * a      # so the gradient has a gradient

`forward` receives arrays and returns the output array `out`, or `(out, saved)`.
A rule `backward_x` returns the gradient of the input x. It receives the gradient `g` of the output,
and then what it names: inputs by their names in `forward`, the output as `out`, or `saved`.
The graph keeps only what some rule names. An op with many inputs may define one rule for all,
`backward(g, ..., wanted)`; it returns a list with a gradient (or None) for each input.
Some rules work on arrays as well as on tensors: they use only + - * / **, methods that both have,
and `apply` of another op. Mark their op by `arithmetic = True`. Its rules then run on arrays, which
is faster, unless the gradient itself is recorded or the output is float16. An op holds settings and
never data, so one instance may be called anywhere.
"""

from __future__ import annotations

import inspect
import math
from typing import Any, ClassVar

import numpy as np

from minigan.autograd import modes
from minigan.autograd.node import Node, Parents, Plan, Rule, Rules
from minigan.autograd.quiet import quietly
from minigan.autograd.tensor import Tensor
from minigan.backend import Array
from minigan.checks import Shape

_RESERVED = ("g", "out", "saved", "wanted")  # what rules may name besides inputs


class Op:
    """A differentiable function of tensors; the docstring of this module shows how to write one."""

    moves: ClassVar[bool] = False  # numbers are moved, not computed: float16 is not widened
    view: ClassVar[bool] = False  # moved, and the output may view the first input's memory
    arithmetic: ClassVar[bool] = False  # the rules work on arrays as well as on tensors
    names: ClassVar[tuple[str, ...]] = ()  # of forward's inputs; the last may be variadic
    variadic: ClassVar[bool] = False
    rules: ClassVar[Rules] = Rules()  # by the input's name
    rule: ClassVar[Rule | None] = None  # one rule for all inputs

    def __init_subclass__(cls) -> None:
        """Read the names of the inputs and rules. Raises TypeError if a name is not legal."""
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
        cls.rules, cls.rule = Rules(), None
        cls.arithmetic = vars(cls).get("arithmetic", False)  # other rules may need tensors
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

        By default this is one for each number of the output, and 0 for a view.
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
        parents: list[Node | Tensor | None] = []
        half = recorded = False
        for x in inputs:
            if x is None:
                array = parent = None
            else:
                x = x if isinstance(x, Tensor) else Tensor(x)
                array, parent = x._data, x.node or (x if x._requires_grad else None)
                half = half or array.dtype.char == "e"
                recorded = recorded or parent is not None
            tensors.append(x)
            arrays.append(array)
            parents.append(parent)
        saved = None
        try:
            if self.moves:
                out = self.forward(*arrays)
            else:
                out = quietly(self.forward, *(map(widened, arrays) if half else arrays))
                if type(out) is tuple:
                    out, saved = out
                if half and out.dtype.char == "f":
                    out = quietly(out.astype, np.float16)
        except TypeError as error:
            raise _on_one_device(self, tensors, error) from error
        except MemoryError as error:
            raise MemoryError(f"{self}: there is no memory for the output ({error})") from error
        result = Tensor._wrap(out)
        if self.view and _shares(out, arrays[0]) and (source := tensors[0]) is not None:
            result._note_view(self, source)
        if recorded and modes.state.recording:
            self._record(result, tensors, tuple(parents), saved)
        return result

    def apply(self, *inputs: Any) -> Any:
        """Return the op of tensors, or `forward` of arrays: for rules that take both."""
        return self(*inputs) if isinstance(inputs[0], Tensor) else self.forward(*inputs)

    def _record(
        self, result: Tensor, inputs: list[Tensor | None], parents: Parents, saved: Any
    ) -> None:
        """Give the result a node, and keep what the rules name."""
        kinds = tuple(map(type, parents))
        if (plan := self.rules.plans.get(kinds)) is None:
            plan = self.rules.plans[kinds] = self._plan(kinds)
        kept: dict[str, Any] = {}
        for name, i in plan.tensors:
            if i < 0:  # the array of the output, so that the node does not keep itself alive
                kept[name] = result._data, (memory := result.memory), memory.version
            elif self.variadic and i == len(self.names) - 1:
                kept[name] = [_stamped(x) for x in inputs[i:]]
            elif (x := inputs[i]) is not None:
                kept[name] = x, (memory := x.memory), memory.version
        shapes = tuple([() if x is None else x._data.shape for x in inputs])
        saved = saved if plan.saved else None
        result.node = Node(self, parents, plan, kept, saved, shapes, result._data)

    def _plan(self, kinds: tuple[type, ...]) -> Plan:
        """Return what is recorded of a call whose parents have these types."""
        wanted = tuple(kind is not type(None) for kind in kinds)
        places = {**{name: i for i, name in enumerate(self.names)}, "out": -1}
        needed = self._needed(wanted)
        tensors = [(name, places[name]) for name in needed if name in places]
        own = [want and self.rule is None for want in wanted]
        rules = tuple([self._rule(i) if has else None for i, has in enumerate(own)])
        return Plan(wanted, rules, "saved" in needed, tensors)

    def _needed(self, wanted: tuple[bool, ...]) -> tuple[str, ...]:
        """Return the names that the rules of the wanted inputs use."""
        rules = [self.rule or self._rule(i) for i, want in enumerate(wanted) if want]
        return tuple(dict.fromkeys(name for rule in rules for name in rule.needs))

    def input_name(self, i: int) -> str:
        """Return the name of input i; all inputs from the last name on share it."""
        return self.names[min(i, len(self.names) - 1)]

    def _rule(self, i: int) -> Rule:
        name = self.names[min(i, len(self.names) - 1)]
        if (rule := self.rules.get(name)) is None:
            raise RuntimeError(
                f"{self}: input {name} requires grad, but the op has no rule backward_{name} for it"
            )
        return rule

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
        on_arrays = self.arithmetic and not modes.state.recording and node.dtype.char != "e"
        result: list[Tensor | None] = []
        for rule, want in zip(node.plan.rules, wanted, strict=True):
            if rule is None or not want:
                result.append(None)
            elif on_arrays:
                gx = quietly(rule.function, self, g._data, *map(node.array, rule.needs))
                result.append(_around(gx, g))
            else:
                result.append(rule.function(self, g, *map(node.value, rule.needs)))
        return result


def _stamped(x: Tensor | None) -> tuple[Tensor | None, Any, int]:
    """Return a tensor with its memory and its version, which tell later whether it was changed."""
    return (None, None, 0) if x is None else (x, x.memory, x.memory.version)


def widened(a: Array | None) -> Array | None:
    """Return a float16 array as float32: half precision is for storage, not for arithmetic."""
    return a.astype(np.float32) if a is not None and a.dtype.char == "e" else a


def _on_one_device(op: Op, inputs: list[Tensor | None], error: TypeError) -> Exception:
    """Return the error itself, or a clearer one if the inputs are on different devices."""
    devices = {x.device for x in inputs if x is not None}
    if len(devices) < 2:
        return error
    where = " and ".join(sorted(devices))
    return RuntimeError(f"{op}: inputs are on {where}; bring them together with .to()")


def _around(array: Array, g: Tensor) -> Tensor:
    """Return a tensor around this array; if it lies in the memory of g, it has the version of g."""
    if array is g._data:
        return g
    shares = _shares(array, g._data)
    return Tensor._restore(array, g.memory, None) if shares else Tensor._wrap(array)


def _shares(out: Array, x: Array) -> bool:
    """Return whether out is x or a view of its memory (a reshape may have copied)."""
    return out is x or (out.base is not None and (out.base is x or out.base is x.base))
