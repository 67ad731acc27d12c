"""Inputs of A1: functions, points and graphs, drawn for a student, and small ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from minigan.classroom.assignments.a1.models import gradient
from minigan.classroom.drawing import Generator, between, normal
from minigan.classroom.model import Array, Inputs

# ------------------------------------------------------------------------- functions of an array

_CUBIC = "lambda x: (x ** 3).sum()"
_WEIGHTED = "lambda x: (np.sin(x) * np.arange(1, x.size + 1).reshape(x.shape)).sum()"
_PRODUCT = "lambda x: float(np.prod(1 + x * x))"
_COUPLED = "lambda x: (x * np.roll(x, 1)).sum() + (x ** 3).sum()"
_QUARTIC = "lambda x: float((x.ravel() ** 4 * np.linspace(1, 2, x.size)).sum())"


def _scaled(text: str, factor: float) -> str:
    return text.replace("lambda x: ", f"lambda x: {factor!r} * ", 1)


def _shapes(generator: Generator) -> list[tuple[int, ...]]:
    a, b = between(generator, 2, 3), between(generator, 4, 5)
    return [(b,), (a, b), (b, a), (2, a, 3), (1,), (a, b), (b, a), (a, b)]


def numerical(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of numerical_gradient: shapes, orders in memory, and large eps."""
    shapes = _shapes(generator)
    layouts = ("C", "C", "F", "strided", "C", "reversed", "transposed", "C")
    functions = (_CUBIC, _WEIGHTED, _COUPLED, _CUBIC, _QUARTIC, _COUPLED, _WEIGHTED, _QUARTIC)
    steps = (None, 1e-5, None, 0.05, 0.1, None, 1e-4, 0.05)
    for f, shape, layout, eps in zip(functions, shapes, layouts, steps, strict=True):
        yield {"f": f, "x": _point(generator, shape), "eps": eps, "layout": layout}


def _point(generator: Generator, shape: tuple[int, ...]) -> Array:
    """Return an array of numbers between 0.5 and 1.5, of both signs."""
    return np.asarray(generator.uniform(0.5, 1.5, shape) * generator.choice([-1.0, 1.0], shape))


def small_numerical() -> Iterator[Inputs]:
    """Yield small inputs of numerical_gradient."""
    for f in ("lambda x: (x * x).sum()", _CUBIC, _COUPLED):
        for values in ([1.0], [2.0], [1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]]):
            for eps in (0.5, None):
                x = np.array(values)
                for layout in ("C", "F", "strided") if x.ndim == 2 else ("C", "strided"):
                    yield {"f": f, "x": x, "eps": eps, "layout": layout}


# ------------------------------------------------------------------------------ claimed gradients


def _case(f: str, x: Array, change: Array | float, **more: Any) -> Inputs:
    """Return an input of grad_check whose claimed gradient is changed by a part of the largest."""
    true = gradient(f, x, 1e-5)[0]
    claimed = true + change * np.abs(true).max()
    return {"f": f, "claimed": claimed, "x": x, **more}


def _one(generator: Generator, shape: tuple[int, ...], amount: float, where: str = "") -> Array:
    """Return an array of zeros with one entry: neither the first, the middle nor the last."""
    size = int(np.prod(shape))
    found = np.zeros(size)
    forbidden = (0, size // 2, size - 1)
    place = {"first": 0, "last": size - 1}.get(where)
    while place is None or (not where and place in forbidden):
        place = between(generator, 1, size - 2)
    found[place] = amount
    return found.reshape(shape)


def checks(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of grad_check: right gradients, and gradients with one wrong entry."""
    a, b = between(generator, 3, 4), between(generator, 5, 6)
    shape = (a, b)
    x = _point(generator, shape)
    zeros = x * (np.arange(x.size).reshape(shape) % 3 > 0)
    for factor in (1.0, 1e-6, 1e6):
        yield _case(_scaled(_CUBIC, factor), x, 0.0)
        yield _case(_scaled(_WEIGHTED, factor), x, _one(generator, shape, 0.02))
    yield _case(_CUBIC, zeros, 0.0)
    yield _case(_COUPLED, x, _one(generator, shape, 1e-3))
    yield _case(_COUPLED, x, _one(generator, shape, 0.5, "first"))
    yield _case(_WEIGHTED, x, _one(generator, shape, -0.5, "last"))
    balanced = _one(generator, shape, 0.1)
    yield _case(_CUBIC, x, balanced - 0.8 * balanced[::-1, ::-1])
    yield _case(_CUBIC, x, _one(generator, shape, 5e-4), eps=1e-5, tolerance=1e-3)
    yield _case(_CUBIC, x, _one(generator, shape, 3e-3), eps=1e-5, tolerance=1e-3)
    yield _case(_WEIGHTED, _point(generator, (between(generator, 6, 9),)), 0.0)
    yield _case(
        _COUPLED, x, -2.0 * gradient(_COUPLED, x)[0] / np.abs(gradient(_COUPLED, x)[0]).max()
    )


def small_checks() -> Iterator[Inputs]:
    """Yield small inputs of grad_check."""
    square = "lambda x: (x * x).sum()"
    for factor in (1.0, 1e-6, 1e6):
        f = _scaled(square, factor)
        for size in (2, 3, 5):
            x = np.arange(1.0, size + 1)
            yield _case(f, x, 0.0)
            for place in range(size):
                change = np.zeros(size)
                change[place] = 0.5
                yield _case(f, x, change)
            change = np.zeros(size)
            change[0], change[1] = 0.5, -0.5
            yield _case(f, x, change)
            yield _case(f, x, change[::-1].copy())


# ------------------------------------------------------------------------------------------ graphs

_GRAPHS = (
    "a = Value({0})\nbefore = a.grad\nb = Value({1})\nc = a * b + a\nc.backward()",
    "a = Value({0})\nb = a + a\nc = b + b\nc.backward()",
    "a = Value({0})\nb = a * {1}\nc = {2} + b\nd = c.tanh()\nd.backward()",
    "a = Value({0})\nb = a + {1}\nc = b * {2}\nd = b + c\ne = d * a\ne.backward()",
    "a = Value({0})\nb = a * a\nc = b * b\nd = c + b\ne = d.tanh()\nf = e * d\nf.backward()",
    "a = Value({0})\nb = Value({1})\nc = {2} * (a + b)\nd = c * a + b * c\nd.backward()",
    "a = Value({0})\nb = a\nfor i in range(30):\n    b = b + a * {1}\nb.backward()",
    "a = Value({0})\nb = a + 1\nc = b * 2\nd = c + b\ne = d + c\nf = e * b\nf.backward()",
)
_SMALL_GRAPHS = (
    "a = Value(2)\nbefore = a.grad\nb = a + 1\nb.backward()",
    "a = Value(2)\nb = 1 + a\nb.backward()",
    "a = Value(2)\nb = a * 3\nb.backward()",
    "a = Value(2)\nb = 3 * a\nb.backward()",
    "a = Value(2)\nb = Value(3)\nc = a + b\nc.backward()",
    "a = Value(2)\nb = Value(3)\nc = a * b\nc.backward()",
    "a = Value(0)\nb = a.tanh()\nb.backward()",
    "a = Value(1)\nb = a.tanh()\nb.backward()",
    "a = Value(1)\nb = a + a\nb.backward()",
    "a = Value(3)\nb = a * a\nb.backward()",
    "a = Value(1)\nb = a + a\nc = b + b\nc.backward()",
    "a = Value(1)\nb = a + 1\nc = b * 2\nd = b + c\nd.backward()",
    "a = Value(1)\nb = a + 1\nc = b * 2\nd = c + b\nd.backward()",
    "a = Value(1)\nb = a * 2\nc = b * a\nd = c + b\ne = d * c\ne.backward()",
    "a = Value(1)\nb = a + 1\nc = b * 2\nd = c + 3\ne = b * d\nf = e + c\nf.backward()",
    "a = Value(2)\nb = a + a\nc = b * b\nd = c + c\nd.backward()",
)


def graphs(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of the check of `Value`: programs with numbers of the student's own."""
    for text in _GRAPHS:
        numbers = [round(float(v), 2) for v in 0.3 + 0.4 * np.abs(normal(generator, 3))]
        yield {"program": text.format(*numbers)}


def small_graphs() -> Iterator[Inputs]:
    """Yield small programs."""
    for program in _SMALL_GRAPHS:
        yield {"program": program}
