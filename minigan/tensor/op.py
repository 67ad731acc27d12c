"""An op is a function with its derivative beside it; calling one on tensors computes, and writes
down how.

    class Mul(Op):
        def forward(self, a, b):     return a * b      # on arrays
        def backward_a(self, g, b):  return g * b      # on tensors, written in ops:
        def backward_b(self, g, a):  return g * a      # so the gradient has a gradient

`forward` takes arrays. The rule `backward_x` takes the incoming gradient `g` and whatever else it
names: inputs by their names in `forward`, the output `y`, or `saved` where `forward` returns `(y,
saved)`. The graph keeps only what a rule names. An op with many inputs may define one `backward(g,
..., wanted)` that returns a gradient (or None) per input. An op holds settings, never data, so that
one instance may be called anywhere.
"""

from __future__ import annotations

import inspect
import itertools
import math
import threading
from collections.abc import Callable
from contextlib import ContextDecorator
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

import numpy as np

from minigan.backend import Array

if TYPE_CHECKING:
    from minigan.tensor.tensor import Tensor

Shape = tuple[int, ...]


class _State(threading.local):
    recording = True


_state = _State()
_numbers = itertools.count()


def is_grad_enabled() -> bool:
    """Whether this thread records the ops that it runs."""
    return _state.recording


class GradMode(ContextDecorator):
    """Inside, ops are recorded (True) or not (False), in this thread: a context manager or a
    decorator.
    """

    def __init__(self, mode: bool) -> None:
        self.mode = bool(mode)
        self.before: list[bool] = []

    def _recreate_cm(self) -> GradMode:
        return GradMode(
            self.mode
        )  # each call of a decorated function has its own, in whatever thread

    def __enter__(self) -> None:
        self.before.append(_state.recording)
        _state.recording = self.mode

    def __exit__(self, *_: object) -> None:
        _state.recording = self.before.pop()


class set_grad_enabled(GradMode):
    """Records ops (True) or does not (False) from now on; as a context manager, until its end; or a
    decorator.

    >>> with set_grad_enabled(False): is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        super().__init__(mode)
        super().__enter__()

    def __enter__(self) -> None:
        if not self.before:
            super().__enter__()

    def __call__(self, function: Callable[..., Any]) -> Any:
        self.__exit__()
        return super().__call__(function)


class no_grad(GradMode):
    """Inside, nothing is recorded, and an op costs its forward and one Tensor."""

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """A context manager, or the function decorated: `@no_grad` is `@no_grad()`."""
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self) -> None:
        super().__init__(False)


class enable_grad(GradMode):
    """Inside, ops are recorded, also within `no_grad`."""

    def __init__(self) -> None:
        super().__init__(True)


class Rule(NamedTuple):
    """One derivative of an op: the function, and the names of what it needs after `g`."""

    function: Callable[..., Any]
    needs: tuple[str, ...]


class Kept(NamedTuple):
    """A tensor that a rule will need, and the version at which it was read."""

    tensor: Tensor
    version: int


class Node:
    """One recorded call of an op: its parents in the graph, and what its rules need."""

    __slots__ = (
        "__weakref__",
        "dtype",
        "kept",
        "number",
        "op",
        "parents",
        "result",
        "shape",
        "shapes",
    )

    def __init__(
        self, op: Op, parents: tuple[Node | Tensor | None, ...], shapes: tuple[Shape, ...], y: Array
    ) -> None:
        self.op, self.parents, self.number = op, parents, next(_numbers)
        self.kept: dict[str, Any] | None = {}  # None once the graph is freed
        self.shapes, self.shape, self.dtype = (
            shapes,
            y.shape,
            y.dtype,
        )  # of the inputs, of the output
        self.result: Any = (
            None  # weak reference to a tensor that wants its .grad although it is no leaf
        )

    def check(self) -> None:
        """RuntimeError if an earlier backward has freed what the rules need."""
        if self.kept is None:
            raise RuntimeError(
                f"backward through {self.op}: this graph was freed by an earlier backward; "
                "ask for retain_graph=True there, or compute the loss again"
            )

    def value(self, name: str) -> Any:
        """What a rule needs under this name, None if it was not kept; RuntimeError if it has been
        changed.
        """
        kept = cast(dict[str, Any], self.kept).get(name)
        if isinstance(kept, Kept):
            return self._unchanged(name, kept)
        if isinstance(kept, _Several):
            return tuple([None if one is None else self._unchanged(name, one) for one in kept])
        return kept

    def arrays(self) -> list[Array]:
        """The arrays that are kept for the rules."""
        found: list[Array] = []
        for kept in (self.kept or {}).values():
            for one in kept if type(kept) in (_Several, tuple, list) else [kept]:
                array = one.tensor._data if isinstance(one, Kept) else one
                found += [array] if hasattr(array, "nbytes") else []
        return found

    def _unchanged(self, name: str, kept: Kept) -> Tensor:
        x = kept.tensor
        if x.cell[0] != kept.version:
            what = "its output" if name == "y" else f"its input {name}"
            raise RuntimeError(
                f"backward through {self.op}: {what}, a tensor of shape {x.shape}, was changed in "
                "place "
                "(by an optimizer, load_state_dict, .data = or an in-place op) after the op had "
                "read it; "
                "call backward before changing it, or change a clone"
            )
        return x._twin(self) if name == "y" else x


class _Several(tuple[Kept | None, ...]):
    """What is kept of a variadic op's inputs."""


class Op:
    """A differentiable function of tensors. See the module's page for how to write one."""

    tensor: ClassVar[
        type[Tensor]
    ]  # set where Tensor is defined: ops make tensors, tensors call ops
    moves: ClassVar[bool] = (
        False  # numbers are moved, not computed: half precision needs no widening
    )
    view: ClassVar[bool] = (
        False  # moved, and maybe only in name: the output may view the first input's memory
    )
    names: ClassVar[tuple[str, ...]] = ()  # of forward's inputs; the last may be variadic
    variadic: ClassVar[bool] = False
    rules: ClassVar[dict[str, Rule]] = {}  # by input's name
    rule: ClassVar[Rule | None] = None  # the one rule for all inputs
    needs: ClassVar[
        dict[tuple[bool, ...], list[tuple[str, int]]]
    ] = {}  # kept (and its place), by who requires grad

    def __init_subclass__(cls) -> None:
        forward = list(inspect.signature(cls.forward).parameters.values())[1:]
        cls.names = tuple(p.name for p in forward)
        cls.variadic = bool(forward) and forward[-1].kind is inspect.Parameter.VAR_POSITIONAL
        legal = {*cls.names, "y", "saved", "wanted"}
        cls.rules, cls.rule, cls.needs = {}, None, {}
        for name in ("backward", *(f"backward_{n}" for n in cls.names)):
            if (function := getattr(cls, name, None)) is None:
                continue
            first, *needs = list(inspect.signature(function).parameters)[1:] or [""]
            if first != "g" or not legal.issuperset(needs):
                raise TypeError(
                    f"{cls.__name__}.{name}{inspect.signature(function)}: a rule takes g, then "
                    "names of "
                    f"forward's inputs {cls.names}, y, saved or wanted"
                )
            rule = Rule(function, tuple(needs))
            if name == "backward":
                cls.rule = rule
            else:
                cls.rules[name.removeprefix("backward_")] = rule

    def forward(self, *inputs: Any) -> Any:
        """The output array, or (output, saved), from the input arrays."""
        raise NotImplementedError(f"{type(self).__name__} defines no forward")

    def flops(self, y: Shape, *inputs: Shape) -> int:
        """Floating-point operations of forward, from the shapes: one for each number of the output,
        unless told.
        """
        return 0 if self.view else math.prod(y)

    def __repr__(self) -> str:
        return type(self).__name__

    def __call__(self, *inputs: Any) -> Tensor:
        """Apply to tensors (arrays become constants, None stays None) and record it if some input
        requires grad.
        """
        T = Op.tensor
        tensors = [x if isinstance(x, T) or x is None else T(x) for x in inputs]
        arrays = [None if x is None else x._data for x in tensors]
        try:
            y, saved = (self.forward(*arrays), None) if self.moves else self._computed(arrays)
        except TypeError as error:
            if len(devices := {x.device for x in tensors if x is not None}) > 1:
                where = " and ".join(sorted(devices))
                raise RuntimeError(
                    f"{self}: inputs are on {where}; bring them together with .to()"
                ) from error
            raise
        result = T._wrap(y)
        if self.view and _shares(y, arrays[0]):
            result._share(self, cast("Tensor", tensors[0]))
        if _state.recording:
            parents = tuple(
                [None if x is None else x.node or (x if x._wants else None) for x in tensors]
            )
            wanted = tuple([parent is not None for parent in parents])
            if True in wanted:
                shapes = tuple([() if a is None else a.shape for a in arrays])
                result.node = node = Node(self, parents, shapes, y)
                self._keep(node, wanted, tensors, result, saved)
        return result

    @np.errstate(all="ignore")
    def _computed(self, arrays: list[Array | None]) -> tuple[Array, Any]:
        """forward, without warnings: infinities and NaNs are values here, as in PyTorch."""
        half = "e" in [a.dtype.char for a in arrays if a is not None]
        y = self.forward(*([_widened(a) for a in arrays] if half else arrays))
        y, saved = y if type(y) is tuple else (y, None)
        return (y.astype(np.float16) if half and y.dtype.char == "f" else y), saved

    def _keep(
        self,
        node: Node,
        wanted: tuple[bool, ...],
        inputs: list[Tensor | None],
        y: Tensor,
        saved: Any,
    ) -> None:
        """Store in the node what the rules of the wanted inputs name, and nothing else."""
        if (needs := self.needs.get(wanted)) is None:
            places = {**{name: i for i, name in enumerate(self.names)}, "y": -1, "saved": -1}
            self.needs[wanted] = needs = [
                (n, places[n]) for n in self._needed(wanted) if n != "wanted"
            ]
        kept = cast(dict[str, Any], node.kept)
        for name, i in needs:
            if i < 0:  # of the output a twin, so that the graph does not hold itself alive
                kept[name] = saved if name == "saved" else Kept(y._twin(None), y.cell[0])
            elif self.variadic and i == len(self.names) - 1:
                kept[name] = _Several(None if x is None else Kept(x, x.cell[0]) for x in inputs[i:])
            else:
                kept[name] = None if (x := inputs[i]) is None else Kept(x, x.cell[0])

    def _needed(self, wanted: tuple[bool, ...]) -> tuple[str, ...]:
        """What the rules of the wanted inputs name."""
        rules = [self.rule or self._rule(i) for i, want in enumerate(wanted) if want]
        return tuple(dict.fromkeys(name for rule in rules for name in rule.needs))

    def input_name(self, i: int) -> str:
        """The name of input i; inputs beyond the last name share it."""
        return self.names[min(i, len(self.names) - 1)]

    def _rule(self, i: int) -> Rule:
        if (name := self.input_name(i)) not in self.rules:
            raise RuntimeError(
                f"{self}: input {name} requires grad, but the op has no rule backward_{name} for it"
            )
        return self.rules[name]

    # ------------------------------------------------------------------------------------- backward

    def gradients(self, node: Node, g: Tensor, wanted: tuple[bool, ...]) -> list[Tensor | None]:
        """The gradient of each wanted input of a recorded call, by its rules."""
        node.check()
        if self.rule is not None:
            arguments = [
                wanted if name == "wanted" else node.value(name) for name in self.rule.needs
            ]
            found = list(self.rule.function(self, g, *arguments))
            return [gx if want else None for gx, want in zip(found, wanted, strict=True)]
        result: list[Tensor | None] = []
        for i, want in enumerate(wanted):
            if want:
                rule = self._rule(i)
                result.append(rule.function(self, g, *[node.value(name) for name in rule.needs]))
            else:
                result.append(None)
        return result


class FusedOp(Op):
    """An op whose forward and backward are written on arrays, for speed, beside the composition it
    must equal.

    `plain(*inputs)` is that composition, in ops. `backward(g, ..., wanted)` takes and returns
    arrays; where the gradient itself must be differentiable, the composition is differentiated
    instead: any order follows.
    """

    def plain(self, *inputs: Any) -> Tensor:
        """The same function, composed of ops."""
        raise NotImplementedError(f"{type(self).__name__} defines no plain composition")

    def _needed(self, wanted: tuple[bool, ...]) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys((*super()._needed(wanted), *self.names))
        )  # the composition needs every input

    def composed(self, node: Node, g: Tensor, wanted: tuple[bool, ...]) -> list[Tensor | None]:
        """The gradients in ops: those of the composition, unless a subclass has them without
        computing it again.
        """
        from minigan.tensor.grad import differentiate

        return differentiate(self.plain, [node.value(name) for name in self.names], g, wanted)

    def gradients(self, node: Node, g: Tensor, wanted: tuple[bool, ...]) -> list[Tensor | None]:
        """By hand on arrays; in ops where ops are being recorded."""
        node.check()
        if _state.recording:
            return self.composed(node, g, wanted)
        T, rule = Op.tensor, cast(Rule, self.rule)
        values = [g, *[wanted if name == "wanted" else node.value(name) for name in rule.needs]]
        values = [x._data if isinstance(x, T) else x for x in values]
        if node.dtype.char == "e":
            values = [_widened(x) if hasattr(x, "dtype") else x for x in values]
        found = self._by_hand(rule, values)
        return [
            Op.tensor._wrap(gx) if want else None for gx, want in zip(found, wanted, strict=True)
        ]

    @np.errstate(all="ignore")
    def _by_hand(self, rule: Rule, values: list[Any]) -> list[Array | None]:
        return list(rule.function(self, *values))


def _widened(a: Array | None) -> Array | None:
    """Half precision is a format for storage; arithmetic is done in single precision."""
    return a.astype(np.float32) if a is not None and a.dtype.char == "e" else a


def _shares(y: Array, x: Array) -> bool:
    """Whether y is x or a view of its memory (a reshape may have copied)."""
    return y is x or (y.base is not None and (y.base is x or y.base is x.base))
