"""A function with inputs: its outputs, its gradients by the rules, and its change between places.

To take a gradient of a function with several outputs y, each output gets a cotangent u of its own
shape; the gradient is that of the number sum <u, y>.
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
_ULP = 2.0**-52  # the distance from 1.0 to the next float64


class GradientError(AssertionError):
    """A gradient differs from what differences say.

    `input` is the place of the input whose rule is wrong; None if several rules may be.
    """

    def __init__(self, message: str, input: int | None = None) -> None:
        super().__init__(message)
        self.input = input


@dataclass(frozen=True)
class Problem:
    """The number sum <u, function(inputs)> as a function of the inputs, in float64.

    The inputs are Tensors, or None; those of floats have a gradient. `order` counts how often
    `derivative` was taken, from 1.
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
        """Return the problem of order 1, with copies of the inputs.

        Raises TypeError if no input holds floats, and ValueError as `refuse_unsteady` does.
        """
        named = getattr(function, "__name__", type(function).__name__)
        title = repr(function) if isinstance(function, Op) else named
        copies = tuple(_copied(i, x) for i, x in enumerate(inputs))
        problem = Problem(function, copies, input_names(function, len(copies)), title, 1, rng)
        problem.refuse_constants()
        problem.refuse_unsteady()
        return problem

    @cached_property
    def real(self) -> tuple[int, ...]:
        """The places of the inputs that have a gradient."""
        return tuple(i for i, x in enumerate(self.inputs) if x is not None and x.dtype.kind == "f")

    @property
    def floats(self) -> list[Tensor]:
        """The inputs that have a gradient."""
        return [x for x in self.inputs if x is not None and x.dtype.kind == "f"]

    @cached_property
    def cotangents(self) -> tuple[Tensor, ...]:
        """One cotangent for each output of floats: random normal numbers in its shape."""
        ys = [y._data for y in self.outputs(self.inputs)]
        return tuple(
            Tensor._wrap(namespace(y).asarray(self.rng.standard_normal(y.shape))) for y in ys
        )

    @property
    def derivative(self) -> Problem:
        """The problem one order up: the gradient as a function of the inputs and the cotangents."""
        return self.derived((*self.inputs, *self.cotangents))

    def derived(self, inputs: Inputs) -> Problem:
        """Return the problem one order up at these inputs, of which the last are cotangents."""
        count = len(self.inputs)

        def function(*args: Tensor | None) -> tuple[Tensor, ...]:
            record = any(x is not None and x.requires_grad for x in args)
            us = [u for u in args[count:] if u is not None]
            return tuple(self.gradients(args[:count], us, record))

        marks = "'" * (self.order - 1)
        new = tuple(f"cotangent {i}{marks}" for i in range(len(inputs) - count))
        return Problem(function, inputs, (*self.names, *new), self.title, self.order + 1, self.rng)

    def evaluate(self, inputs: Inputs) -> list[Any]:
        """Return all outputs at some inputs."""
        y = self.function(*inputs)
        return list(y) if isinstance(y, list | tuple) else [y]

    def outputs(self, inputs: Inputs) -> list[Tensor]:
        """Return the outputs of floats at some inputs.

        Raises TypeError if an output is not a Tensor, and GradientError if one is not of float64.
        """
        ys = self.evaluate(inputs)
        for y in ys:
            if not isinstance(y, Tensor):
                raise TypeError(
                    f"check_grad: {self.title} must return a Tensor or a tuple of Tensors, not "
                    f"{type(y).__name__}"
                )
        ys = [y for y in ys if y.dtype.kind == "f"]
        if wrong := [y.dtype for y in ys if y.dtype != np.float64]:
            raise GradientError(f"check_grad: {self.title} returns {wrong[0]} for float64 inputs")
        return ys

    def gradients(self, inputs: Inputs, us: Sequence[Tensor], record: bool) -> list[Tensor]:
        """Return the gradient of each input of floats by the rules; 0 if nothing leads to it.

        `record=True` records the rules, so that the gradients can be differentiated again.
        """
        leaves = [
            x.detach().requires_grad_()
            if i in self.real and x is not None and not x.requires_grad
            else x
            for i, x in enumerate(inputs)
        ]
        wanted: list[Any] = [leaves[i] for i in self.real]
        found: Sequence[Tensor | None] = [None] * len(wanted)
        with enable_grad():
            ys = self.outputs(leaves)
            pairs = [(y, u) for y, u in zip(ys, us, strict=True) if y.requires_grad]
            if pairs:
                roots, seeds = zip(*pairs, strict=True)
                found = grad(roots, wanted, seeds, create_graph=record, allow_unused=True)
        zeros = [Tensor._wrap(namespace(x._data).zeros_like(x._data)) for x in wanted]
        return [zero if g is None else g for g, zero in zip(found, zeros, strict=True)]

    def moved(self, steps: dict[int, Array]) -> list[Tensor | None]:
        """Return the inputs, with a step added to each of those listed."""
        return [
            x if x is None or i not in steps else Tensor._wrap(x._data + steps[i])
            for i, x in enumerate(self.inputs)
        ]

    def change(self, plus: Inputs, minus: Inputs) -> tuple[float, float]:
        """Return how much sum <u, y> differs between two places, and how much may be rounding.

        The differences are taken before the sum, so that large outputs that stay the same do not
        hide small changes.
        """
        change, noise = 0.0, 0.0
        for u, a, b in zip(self.cotangents, self.outputs(plus), self.outputs(minus), strict=True):
            change += float((u._data * (a._data - b._data)).sum())
            noise += 8 * _ULP * float((abs(u._data) * (abs(a._data) + abs(b._data))).sum())
        return change, noise

    def refuse_constants(self) -> None:
        """Raise TypeError if no input holds floats."""
        if not self.real:
            raise TypeError(
                f"check_grad: {self.title}: no input holds floats, so there is no gradient to check"
            )

    def refuse_unsteady(self) -> None:
        """Raise ValueError if differences cannot be trusted.

        They cannot if the function draws random numbers, writes into its inputs, or gives
        infinities or NaN.
        """
        before = [None if x is None else x._data.copy() for x in self.inputs]
        once, twice = self.outputs(self.inputs), self.outputs(self.inputs)
        for x, name, was in zip(self.inputs, self.names, before, strict=True):
            if x is not None and not bool((x._data == was).all()):
                raise ValueError(
                    f"check_grad: {self.title} changes {name} in place, or {name} holds NaN"
                )
        if not all(bool(namespace(y._data).isfinite(y._data).all()) for y in once):
            raise ValueError(
                f"check_grad: {self.title} gives infinities or NaN at these inputs; choose others"
            )
        if not all(bool((y._data == z._data).all()) for y, z in zip(once, twice, strict=True)):
            raise ValueError(
                f"check_grad: {self.title} gives two results for the same inputs; if it draws "
                "random numbers, let it draw them from a fixed seed"
            )


def _copied(i: int, x: Any) -> Tensor | None:
    """Return a copy of input i as a Tensor, with floats in float64; None stays None."""
    if x is None:
        return None
    if not isinstance(x, Tensor | list | tuple | int | float | np.generic) and not is_array(x):
        raise TypeError(
            f"check_grad: inputs[{i}] must be a Tensor, an array, a number or None, not "
            f"{type(x).__name__}"
        )
    copy = Tensor(x)
    return Tensor(copy, dtype=np.float64) if copy.dtype.kind == "f" else copy


def input_names(function: Callable[..., Any], count: int) -> tuple[str, ...]:
    """Return a name for each input: its place, and the parameter's name where there is one."""
    try:
        target = function.forward if isinstance(function, Op) else function
        parameters = list(inspect.signature(target).parameters.values())
    except (TypeError, ValueError):  # a function of C without a signature
        parameters = []
    named = [p.name for p in parameters if p.kind <= p.POSITIONAL_OR_KEYWORD]
    return tuple(f"input {i}" + (f" ({named[i]})" if i < len(named) else "") for i in range(count))
