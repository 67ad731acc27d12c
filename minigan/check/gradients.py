"""Compare gradients by the rules with central differences, to any order.

A gradient is right if, for every small step, the function changes by <gradient, step>. `check_grad`
tests this in float64: along random directions through all inputs at once, and number by number.
The cotangents are random, since cotangents of ones accept a rule that reverses them. Then the
gradient itself is taken as a function, of the inputs and of the cotangents, and checked in the same
way: orders two, three, ... follow by recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import hypot
from typing import Any, NamedTuple

import numpy as np

from minigan.backend import Array, Seed, as_generator, namespace
from minigan.check.problem import GradientError, Problem

_FULL = 2000  # with more numbers than this, only directions are compared by default


@dataclass(frozen=True)
class Checked:
    """The result of a check that found nothing wrong."""

    order: int
    comparisons: int
    error: float  # the largest, relative to max(1, |slope|)


class Settings(NamedTuple):
    """How a check compares; the parameters of `check_grad` of the same names."""

    eps: float = 1e-6
    rtol: float = 1e-5
    atol: float = 1e-7
    full: bool | None = None
    directions: int = 3


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
    """Check the gradients of function(*inputs), up to an order, against central differences.

    `inputs` is a Tensor, an array, a number, or a sequence of them. Floats are copied to float64,
    and the originals stay as they are; integers, bools and None are constants. The function returns
    a Tensor or a tuple of Tensors; outputs that do not hold floats are ignored. A step has size
    `eps`, and two slopes may differ by atol + rtol * their size. `full=True` compares number by
    number, `full=False` only along `directions` random directions; by default numbers are compared
    if there are at most 2,000.

    Raises GradientError, with the input, index, both values and the order, if a gradient is wrong,
    and says so if a kink is suspected. Raises TypeError if `function` is not callable or no input
    holds floats, and ValueError if the function draws random numbers, changes its inputs, or gives
    infinities or NaN.

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
            f"check_grad: {eps=} must be > 0, {directions=} at least 1, and {rtol=} and {atol=} at "
            "least 0"
        )
    values = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    problem = Problem.of(function, values, as_generator(generator))
    return check_problem(problem, order, Settings(eps, rtol, atol, full, directions))


def check_problem(problem: Problem, order: int, settings: Settings) -> Checked:
    """Check the gradients of a problem and of its derivatives up to an order."""
    errors: list[float] = []
    while True:
        errors.extend(_compare(problem, settings))
        if problem.order == order:
            return Checked(order, len(errors), max(errors))
        problem = problem.derivative


class _Slope(NamedTuple):
    """One comparison: the slope by the rules, by differences, and how much they may differ."""

    rule: float
    differences: float
    tolerance: float

    @property
    def wrong(self) -> bool:
        return not abs(self.rule - self.differences) <= self.tolerance  # true for NaN, too

    @property
    def error(self) -> float:
        return abs(self.rule - self.differences) / max(1.0, abs(self.differences))


def _compare(problem: Problem, settings: Settings) -> Iterator[float]:
    """Compare the rules with differences, and yield the relative error of each comparison.

    The rules run twice: as they are, and while they are being recorded.
    """
    rules = [
        [g._data for g in problem.gradients(problem.inputs, problem.cotangents, record)]
        for record in (False, True)
    ]
    for gs in rules:
        _refuse_single_precision(problem, gs)
    wrong = False
    for _ in range(settings.directions):
        steps = {
            i: settings.eps * _direction(problem, g)
            for i, g in zip(problem.real, rules[0], strict=True)
        }
        for slope in _slopes(problem, rules, steps, settings.eps, settings):
            wrong |= slope.wrong
            yield slope.error
    numbers = sum(g.size for g in rules[0])
    if wrong or (numbers <= _FULL if settings.full is None else settings.full):
        for i, g in zip(problem.real, rules[0], strict=True):
            for at in np.ndindex(g.shape):
                yield _number(problem, rules, i, at, settings)
    if wrong:
        raise GradientError(
            f"check_grad: {problem.title}, order {problem.order}: along random directions the "
            "gradients differ from central differences, but number by number they do not; are the "
            "inputs too near a kink?"
        )


def _direction(problem: Problem, like: Array) -> Array:
    """Return random numbers of either sign, none of them near 0: each number of x moves."""
    sizes = problem.rng.uniform(0.5, 1.5, like.shape) * problem.rng.choice([-1.0, 1.0], like.shape)
    return namespace(like).asarray(sizes)


def _slopes(
    problem: Problem,
    rules: list[list[Array]],
    steps: dict[int, Array],
    length: float,
    settings: Settings,
) -> list[_Slope]:
    """Return the slopes along some steps, one for each run of the rules."""
    plus: Any = problem.moved(steps)
    minus: Any = problem.moved({i: -step for i, step in steps.items()})
    change, noise = problem.change(plus, minus)
    slopes = []
    for gs in rules:
        rule, size = 0.0, 0.0
        for i, g in zip(problem.real, gs, strict=True):
            if i in steps:
                products = g * (plus[i]._data - minus[i]._data)  # the steps after rounding
                rule += float(products.sum())
                size = hypot(size, float((products**2).sum()) ** 0.5)
        within = settings.atol * 2 * length + settings.rtol * max(size, abs(change)) + noise
        slopes.append(_Slope(rule / (2 * length), change / (2 * length), within / (2 * length)))
    return slopes


def _number(
    problem: Problem, rules: list[list[Array]], i: int, at: tuple[int, ...], settings: Settings
) -> float:
    """Return the relative error of one number of the gradient. GradientError if it is wrong."""
    x: Any = problem.inputs[i]
    length = settings.eps * max(1.0, abs(float(x._data[at])))
    step = namespace(x._data).zeros_like(x._data)
    step[at] = length
    slopes = _slopes(problem, rules, {i: step}, length, settings)
    for slope, how in zip(slopes, ("", " while being recorded (create_graph=True)"), strict=True):
        if slope.wrong:
            raise GradientError(
                f"check_grad: {problem.title}, order {problem.order}: the gradient of "
                f"{problem.names[i]} at index {at} is {slope.rule:.9g} by the rules{how}, and "
                f"{slope.differences:.9g} by central differences (error "
                f"{abs(slope.rule - slope.differences):.3g}, tolerance {slope.tolerance:.3g})"
                + _kink(problem, i, at, step, length),
                i if problem.order == 1 else None,
            )
    return max(slope.error for slope in slopes)


def _kink(problem: Problem, i: int, at: tuple[int, ...], step: Array, length: float) -> str:
    """Return what to add to the message if the slopes on the two sides differ; else nothing."""
    x: Any = problem.inputs[i]
    right, noise = problem.change(problem.moved({i: step}), problem.inputs)
    left, _ = problem.change(problem.inputs, problem.moved({i: -step}))
    if abs(right - left) <= 1e-3 * max(abs(right), abs(left)) + 10 * noise:
        return ""
    return (
        f"; a kink (non-differentiable point) is suspected at {float(x._data[at]):.9g}: the slope "
        f"is {left / length:.6g} on its left and {right / length:.6g} on its right"
    )


def _refuse_single_precision(problem: Problem, gs: list[Array]) -> None:
    """Raise GradientError if a gradient was rounded to float32.

    Inputs and cotangents use all 53 bits of a float64, so a gradient has numbers of 24 bits alone
    only if it was rounded.
    """
    for i, g in zip(problem.real, gs, strict=True):
        numbers = g[(g != 0) & namespace(g).isfinite(g)]
        with np.errstate(over="ignore"):
            rounded = numbers.astype(np.float32)
        if numbers.size and bool((numbers == rounded).all()):
            raise GradientError(
                f"check_grad: {problem.title}, order {problem.order}: the gradient of "
                f"{problem.names[i]} was rounded to float32, though inputs and cotangents are "
                "float64",
                i if problem.order == 1 else None,
            )
