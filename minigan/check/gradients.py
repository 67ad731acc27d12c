"""A gradient is right if the function changes by <gradient, step> for a small step, whatever the
step.

`check_grad` compares the rules with central differences in float64: along random directions through
all inputs at once, and number by number. Cotangents are random, since all ones accept a rule that
reverses them. Then the gradient is itself taken as a function, of the inputs and of the cotangents,
and checked in the same way: order two, three, ... follow by recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import hypot
from typing import Any, NamedTuple

import numpy as np

from minigan.backend import Array, Seed, as_generator, namespace
from minigan.check.problem import GradientError, Problem

_FULL = 2000  # with more numbers than this, directions alone are compared unless told


@dataclass(frozen=True)
class Checked:
    """What a check that found nothing wrong has seen."""

    order: int
    comparisons: int
    error: float  # the largest, relative to max(1, |slope|)


def check_grad(
    function: Callable[..., Any],
    inputs: Any,
    *,
    order: int = 2,
    eps: float = 1e-6,
    rtol: float = 1e-5,
    atol: float = 1e-7,
    full: bool | None = None,
    directions: int = 3,
    generator: Seed = 0,
) -> Checked:
    """Check the gradients of function(*inputs) up to an order against central differences.

    `inputs` is a Tensor, an array or a sequence of them; floats are copied to float64 (the
    originals, Parameters or not, stay as they are), integers, bools and None are constants; floats
    that shall be constant the function holds itself. It returns a Tensor or a tuple of them;
    outputs that are no floats are ignored. `full` compares number by number as well as along
    directions; None does so where there are at most 2,000 numbers.

    Raises GradientError naming input, index, both values and order, and saying where a kink is
    suspected; TypeError for what is no function or holds no floats; ValueError if the function
    draws random numbers, changes its inputs, or gives infinities or NaN.

    >>> import minigan
    >>> check_grad(minigan.tanh, minigan.tensor([0.5, -1.0]), order=3).order
    3
    """
    if not callable(function):
        raise TypeError(f"check_grad: function={function!r} must be callable")
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ValueError(f"check_grad: order={order!r} must be an integer >= 1")
    if not (eps > 0 and rtol >= 0 and atol >= 0 and directions >= 1):
        raise ValueError(
            f"check_grad: {eps=} and {directions=} must be > 0, {rtol=} and {atol=} at least 0"
        )
    given = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    problem = Problem.of(function, given, as_generator(generator))
    errors: list[float] = []
    while True:
        errors.extend(_compare(problem, _Settings(eps, rtol, atol, full, directions)))
        if problem.order == order:
            return Checked(order, len(errors), max(errors))
        problem = problem.derivative


class _Settings(NamedTuple):
    eps: float
    rtol: float
    atol: float
    full: bool | None
    directions: int


class _Slope(NamedTuple):
    """One comparison: the slope by the rules, by differences, and how far the two may be apart."""

    rule: float
    differences: float
    tolerance: float

    @property
    def wrong(self) -> bool:
        return not abs(self.rule - self.differences) <= self.tolerance  # NaN is wrong, too

    @property
    def error(self) -> float:
        return abs(self.rule - self.differences) / max(1.0, abs(self.differences))


def _compare(problem: Problem, settings: _Settings) -> Iterator[float]:
    """The rules, run as they are and run while being recorded, against differences; yields relative
    errors.
    """
    rules = [
        [g.data for g in problem.gradients(problem.inputs, problem.cotangents, record)]
        for record in (False, True)
    ]
    for gs in rules:
        _refuse_single_precision(problem, gs)
    astray = False
    for _ in range(settings.directions):
        steps = {
            i: settings.eps * _direction(problem, g)
            for i, g in zip(problem.real, rules[0], strict=True)
        }
        for slope in _slopes(problem, rules, steps, settings.eps, settings):
            astray |= slope.wrong
            yield slope.error
    numbers = sum(g.size for g in rules[0])
    if astray or (numbers <= _FULL if settings.full is None else settings.full):
        for i, g in zip(problem.real, rules[0], strict=True):
            for at in np.ndindex(g.shape):
                yield _number(problem, rules, i, at, settings)
    if astray:
        raise GradientError(
            f"check_grad: {problem.title}, order {problem.order}: along random directions the "
            "gradients differ from "
            "central differences, but number by number they do not; are the inputs too near a kink?"
        )


def _direction(problem: Problem, like: Array) -> Array:
    """Random numbers of either sign, none near 0, so that none of the gradient's numbers goes
    unseen.
    """
    sizes = problem.rng.uniform(0.5, 1.5, like.shape) * problem.rng.choice([-1.0, 1.0], like.shape)
    return namespace(like).asarray(sizes)


def _slopes(
    problem: Problem,
    rules: list[list[Array]],
    steps: dict[int, Array],
    length: float,
    settings: _Settings,
) -> list[_Slope]:
    """The slope along some steps: by each run of the rules, and by differences."""
    plus: Any = problem.moved(steps)
    minus: Any = problem.moved({i: -step for i, step in steps.items()})
    change, noise = problem.change(plus, minus)
    slopes = []
    for gs in rules:
        rule, size = 0.0, 0.0
        for i, g in zip(problem.real, gs, strict=True):
            if i in steps:
                products = g * (plus[i].data - minus[i].data)  # by as much as x has really moved
                rule, size = (
                    rule + float(products.sum()),
                    hypot(size, float((products**2).sum()) ** 0.5),
                )
        within = settings.atol * 2 * length + settings.rtol * max(size, abs(change)) + noise
        slopes.append(_Slope(rule / (2 * length), change / (2 * length), within / (2 * length)))
    return slopes


def _number(
    problem: Problem, rules: list[list[Array]], i: int, at: tuple[int, ...], settings: _Settings
) -> float:
    """The relative error of one number of the gradient. Raises GradientError if it is wrong."""
    x: Any = problem.inputs[i]
    length = settings.eps * max(1.0, abs(float(x.data[at])))
    step = namespace(x.data).zeros_like(x.data)
    step[at] = length
    slopes = _slopes(problem, rules, {i: step}, length, settings)
    for slope, how in zip(slopes, ("", " while being recorded (create_graph=True)"), strict=True):
        if slope.wrong:
            raise GradientError(
                f"check_grad: {problem.title}, order {problem.order}: the gradient of "
                f"{problem.names[i]} at index {at} "
                f"is {slope.rule:.9g} by the rules{how}, and {slope.differences:.9g} by central "
                "differences (error "
                f"{abs(slope.rule - slope.differences):.3g}, tolerance {slope.tolerance:.3g})"
                + _kink(problem, i, at, step, length)
            )
    return max(slope.error for slope in slopes)


def _kink(problem: Problem, i: int, at: tuple[int, ...], step: Array, length: float) -> str:
    """What to add where the slopes on the two sides differ."""
    x: Any = problem.inputs[i]
    right, noise = problem.change(problem.moved({i: step}), problem.inputs)
    left, _ = problem.change(problem.inputs, problem.moved({i: -step}))
    if abs(right - left) <= 1e-3 * max(abs(right), abs(left)) + 10 * noise:
        return ""
    return (
        f"; a kink (non-differentiable point) is suspected at {float(x.data[at]):.9g}: the slope "
        "is "
        f"{left / length:.6g} on its left and {right / length:.6g} on its right"
    )


def _refuse_single_precision(problem: Problem, gs: list[Array]) -> None:
    """GradientError where a gradient has passed through float32: it is linear in cotangents that
    have all 53 bits.
    """
    for i, g in zip(problem.real, gs, strict=True):
        numbers = g[(g != 0) & namespace(g).isfinite(g)]
        with np.errstate(over="ignore"):
            rounded = numbers.astype(np.float32)
        if numbers.size and bool((numbers == rounded).all()):
            raise GradientError(
                f"check_grad: {problem.title}, order {problem.order}: the gradient of "
                f"{problem.names[i]} was rounded "
                "to float32 on its way, though inputs and cotangents are float64"
            )
