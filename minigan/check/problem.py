"""A function with inputs, cotangents for its outputs, its gradient by the rules, and its
differences between places.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from minigan.autograd import Op, Tensor, enable_grad, grad
from minigan.backend import Array, is_array, namespace

Inputs = Sequence[Tensor | None]
_ULP = 2.0**-52


class GradientError(AssertionError):
    """A gradient that is not what differences say."""


@dataclass(frozen=True)
class Problem:
    """sum <u, function(inputs)> as a function of the inputs, all in float64; the u are the
    cotangents.
    """

    function: Callable[..., Any]
    inputs: Inputs
    names: tuple[str, ...]  # of the inputs
    title: str
    order: int
    rng: np.random.Generator

    @staticmethod
    def of(
        function: Callable[..., Any], inputs: Sequence[Any], rng: np.random.Generator
    ) -> Problem:
        """The problem of first order, with inputs of its own."""
        title = (
            repr(function)
            if isinstance(function, Op)
            else getattr(function, "__name__", type(function).__name__)
        )
        copies = tuple(_copied(i, x) for i, x in enumerate(inputs))
        problem = Problem(function, copies, _names(function, len(copies)), title, 1, rng)
        if not problem.real:
            raise TypeError(
                f"check_grad: {title}: no input holds floats, so there is no gradient to check"
            )
        problem.refuse_the_unsteady()
        return problem

    @cached_property
    def real(self) -> tuple[int, ...]:
        """The places of the inputs that have a gradient."""
        return tuple(i for i, x in enumerate(self.inputs) if x is not None and x.dtype.kind == "f")

    @cached_property
    def cotangents(self) -> tuple[Tensor, ...]:
        """Random numbers in the shapes of the outputs."""
        ys = [y.data for y in self.outputs(self.inputs)]
        return tuple(
            Tensor._wrap(namespace(y).asarray(self.rng.standard_normal(y.shape))) for y in ys
        )

    @property
    def derivative(self) -> Problem:
        """The gradient, as a function of the inputs and of the cotangents: the problem one order
        up.
        """
        count = len(self.inputs)

        def function(*args: Tensor | None) -> tuple[Tensor, ...]:
            record = any(x is not None and x.requires_grad for x in args)
            us = [u for u in args[count:] if u is not None]
            return tuple(self.gradients(args[:count], us, record))

        names = (
            *self.names,
            *(f"cotangent {i}" + "'" * (self.order - 1) for i in range(len(self.cotangents))),
        )
        return Problem(
            function, (*self.inputs, *self.cotangents), names, self.title, self.order + 1, self.rng
        )

    def outputs(self, inputs: Inputs) -> list[Tensor]:
        """The real-valued outputs at some inputs."""
        y = self.function(*inputs)
        ys = list(y) if isinstance(y, list | tuple) else [y]
        if not all(isinstance(one, Tensor) for one in ys):
            raise TypeError(
                f"check_grad: {self.title} must return a Tensor or a tuple of them, not "
                f"{type(y).__name__}"
            )
        ys = [one for one in ys if one.dtype.kind == "f"]
        if wrong := [one.dtype for one in ys if one.dtype != np.float64]:
            raise GradientError(f"check_grad: {self.title} returns {wrong[0]} for float64 inputs")
        return ys

    def gradients(self, inputs: Inputs, us: Sequence[Tensor], record: bool) -> list[Tensor]:
        """By the rules, for each real input at some inputs; 0 where nothing leads to it."""
        leaves = [
            x.detach().requires_grad_()
            if i in self.real and x is not None and not x.requires_grad
            else x
            for i, x in enumerate(inputs)
        ]
        wanted: list[Any] = [leaves[i] for i in self.real]
        found: Sequence[Tensor | None] = [None] * len(wanted)
        with enable_grad():
            pairs = [
                (y, u) for y, u in zip(self.outputs(leaves), us, strict=True) if y.requires_grad
            ]
            if pairs:
                ys, chosen = zip(*pairs, strict=True)
                found = grad(ys, wanted, chosen, create_graph=record, allow_unused=True)
        zeros = [Tensor._wrap(namespace(x.data).zeros_like(x.data)) for x in wanted]
        return [zero if g is None else g for g, zero in zip(found, zeros, strict=True)]

    def moved(self, steps: dict[int, Array]) -> list[Tensor | None]:
        """The inputs, those listed moved by a step each."""
        return [
            x if x is None or i not in steps else Tensor._wrap(x.data + steps[i])
            for i, x in enumerate(self.inputs)
        ]

    def change(self, plus: Inputs, minus: Inputs) -> tuple[float, float]:
        """By how much sum <u, y> differs between two places, and how much of that may be rounding.

        Differences come first and the sum after them, so that what stays does not blur what
        changes.
        """
        change, noise = 0.0, 0.0
        for u, a, b in zip(self.cotangents, self.outputs(plus), self.outputs(minus), strict=True):
            change += float((u.data * (a.data - b.data)).sum())
            noise += 8 * _ULP * float((abs(u.data) * (abs(a.data) + abs(b.data))).sum())
        return change, noise

    def refuse_the_unsteady(self) -> None:
        """ValueError where differences cannot be trusted: the function draws, writes into its
        inputs, or overflows.
        """
        before = [None if x is None else x.data.copy() for x in self.inputs]
        once, twice = self.outputs(self.inputs), self.outputs(self.inputs)
        for x, name, was in zip(self.inputs, self.names, before, strict=True):
            if x is not None and not bool((x.data == was).all()):
                raise ValueError(
                    f"check_grad: {self.title} changes {name} in place, or {name} holds NaN"
                )
        if not all(bool(namespace(y.data).isfinite(y.data).all()) for y in once):
            raise ValueError(
                f"check_grad: {self.title} gives infinities or NaN at these inputs; choose others"
            )
        if not all(bool((y.data == z.data).all()) for y, z in zip(once, twice, strict=True)):
            raise ValueError(
                f"check_grad: {self.title} gives two results for the same inputs; let it draw "
                "from a seed of its own"
            )


def _copied(i: int, x: Any) -> Tensor | None:
    if x is None:
        return None
    if not isinstance(x, Tensor | list | tuple | int | float | np.generic) and not is_array(x):
        raise TypeError(
            f"check_grad: inputs[{i}] must be a Tensor, an array, a number or None, not "
            f"{type(x).__name__}"
        )
    copy = Tensor(x)
    return Tensor(copy, dtype=np.float64) if copy.dtype.kind == "f" else copy


def _names(function: Callable[..., Any], count: int) -> tuple[str, ...]:
    """What the function calls its inputs, as far as it says so."""
    try:
        target = function.forward if isinstance(function, Op) else function
        named = [
            p.name
            for p in inspect.signature(target).parameters.values()
            if p.kind <= p.POSITIONAL_OR_KEYWORD
        ]
    except (TypeError, ValueError):
        named = []
    return tuple(f"input {i}" + (f" ({named[i]})" if i < len(named) else "") for i in range(count))
