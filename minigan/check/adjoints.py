"""The adjoint test: two linear maps A and A* are adjoint if <A x, y> = <x, A* y> for all x and y.

Random integers show it without rounding, if the maps only add and multiply.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minigan.autograd import Tensor
from minigan.backend import Array, Seed, as_generator, to_numpy
from minigan.check.gradients import Checked
from minigan.check.problem import GradientError


def check_adjoint(
    forward: Callable[..., Any],
    adjoint: Callable[..., Any],
    x_shape: Sequence[int],
    y_shape: Sequence[int],
    *,
    exact: bool = True,
    rtol: float = 1e-12,
    draws: int = 3,
    arrays: bool = False,
    generator: Seed = 0,
) -> Checked:
    """Check that <forward(x), y> = <x, adjoint(y)> for random x and y, `draws` times.

    The maps take and return float64 Tensors of shapes `x_shape` and `y_shape`, or NumPy arrays if
    `arrays=True`. With `exact=True` x and y hold integers, whose sums float64 holds exactly, and
    the sides must be equal: for maps that only add and multiply by integers. With `exact=False`
    they are normal, and the sides may differ by rtol * sum |forward(x) y|.

    Raises GradientError if the sides differ, or if a map returns another shape.

    >>> import minigan
    >>> check_adjoint(lambda x: x.expand(3, 2), lambda y: y.sum(0), (2,), (3, 2)).error
    0.0
    """
    rng, worst = as_generator(generator), 0.0

    def draw(shape: Sequence[int]) -> Array:
        if not exact:
            return rng.standard_normal(tuple(shape))
        return rng.integers(1, 10, tuple(shape)) * rng.choice([-1.0, 1.0], tuple(shape))

    for _ in range(draws):
        x, y = draw(x_shape), draw(y_shape)
        Ax, Ay = (_array(f(a if arrays else Tensor(a))) for f, a in ((forward, x), (adjoint, y)))
        for name, found, legal in (("forward(x)", Ax, y), ("adjoint(y)", Ay, x)):
            if found.shape != legal.shape:
                raise GradientError(
                    f"check_adjoint: {name} has shape {found.shape}; it must be {legal.shape}"
                )
        left, right = float((Ax * y).sum()), float((x * Ay).sum())
        if not abs(left - right) <= (0.0 if exact else rtol * float(abs(Ax * y).sum())):
            raise GradientError(
                f"check_adjoint: <A x, y> = {left!r}, but <x, A* y> = {right!r}: the maps are not "
                "adjoint"
            )
        worst = max(worst, abs(left - right))
    return Checked(1, draws, worst)


def _array(value: Any) -> Array:
    return value.detach().numpy() if isinstance(value, Tensor) else to_numpy(value)
