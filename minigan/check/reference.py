"""A function of the library that an op of a user's file must equal.

Differences show whether an op's rules fit its own forward. So a wrong forward passes if its rules
fit it. Here forward and rules are compared with the library's function, and a convolution must pass
the adjoint test. If they differ, `minigan.check.unlike` looks for the reason.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from minigan import functions
from minigan.autograd import Tensor, grad
from minigan.backend import Array
from minigan.check.adjoints import check_adjoint
from minigan.check.problem import GradientError
from minigan.check.session import Case, Halted, Session
from minigan.check.source import FileOp
from minigan.check.unlike import reason, simple_change
from minigan.check.wrong import equal
from minigan.nn import functional

Shapes = tuple[tuple[int, ...], ...]

_SHAPES: dict[str, Shapes] = {"linear": ((3, 4), (5, 4), (5,)), "matmul": ((3, 4), (4, 5))}
_CONV: Shapes = ((2, 2, 5, 4, 3), (3, 2, 3, 2, 2), (3,))  # x, w and bias in three dimensions
_CONV_TRANSPOSE: Shapes = ((2, 3, 2, 3, 2), (3, 2, 3, 2, 2), (2,))  # y, w and bias

# Settings to try if an op has them, and defaults that are tuples or integers.
_TUPLES = {"stride": (2, 3, 2), "padding": (0, 1, 0), "output_padding": (1, 2, 0)}
_TUPLES |= {"dilation": (2, 1, 1)}
_INTEGERS = {"stride": 2, "padding": 1, "output_padding": 1, "dilation": 2}


class UnfitError(ValueError):
    """The function that an op should be compared with does not take the op's inputs."""


class Reference:
    """A function of `minigan.nn.functional` or `minigan`. ValueError if there is none of this name.

    >>> Reference("conv_transpose2d").dimensions
    2
    """

    def __init__(self, name: str) -> None:
        function = getattr(functional, name, None) or getattr(functions, name, None)
        if not inspect.isfunction(function) or name.startswith("_"):
            known = {n for room in (functional, functions) for n in vars(room) if n[0] != "_"}
            near = difflib.get_close_matches(name, known, 3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise ValueError(f"check: minigan has no function {name!r} to compare with{hint}")
        self.name, self.function = name, function
        self.parameters = list(inspect.signature(function).parameters)
        found = re.fullmatch(r"conv(_transpose)?([123])d", name)
        self.dimensions = 0 if found is None else int(found[2])  # of a convolution
        self.transposed = found is not None and found[1] is not None

    # -------------------------------------------------------------------------------- what to try

    def cases(self, session: Session, op: FileOp, rng: np.random.Generator) -> list[Case]:
        """Return cases of an op without examples: inputs, and settings other than its defaults.

        Raises Halted if the op cannot be made without arguments.
        """
        first = self._case(session, op, {}, (), rng)
        tries = [self._case(session, op, {}, shapes, rng) for shapes in self._shapes(op)]
        tries = [case for case in tries if self._takes(case)]
        if not tries:
            count = len(op.inputs)
            text = f"{self.name} does not take inputs that fit this op, which has {count}"
            raise UnfitError(f"{text}; define examples()")
        chosen = next(filter(_runs, tries), tries[0])
        shapes = [x.shape for x in chosen.inputs if x is not None]
        found = [chosen]
        for settings in self._settings(first.settings):
            try:
                case = self._case(session, op, settings, shapes, rng)
            except Halted as halted:
                if halted.outcome.failure is None:
                    raise
                continue  # the op cannot have these settings
            found += [case] * self._takes(case)
        return found

    def _case(
        self,
        session: Session,
        op: FileOp,
        settings: dict[str, Any],
        shapes: Sequence[tuple[int, ...]],
        rng: np.random.Generator,
    ) -> Case:
        made = session.ask("made", {"name": op.name, "settings": settings})
        return Case.of(session, op, made, [self.drawn(shape, rng) for shape in shapes])

    def _shapes(self, op: FileOp) -> Iterator[Shapes]:
        """Yield shapes of the inputs, the most usual ones first."""
        count = len(op.inputs)
        if self.dimensions:
            chosen = _CONV_TRANSPOSE if self.transposed else _CONV
            x, w, bias = (shape[: 2 + self.dimensions] for shape in chosen)
            yield from ((x, w, bias)[:count], (x[1:], w, bias)[:count])
        elif self.name in _SHAPES:
            yield _SHAPES[self.name][:count]
        else:
            yield from (((3, 4),) * count, ((3, 3),) * count, ((4,),) * count)
            yield ((2, 3, 4, 6),) * count

    def _settings(self, defaults: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield settings to try: of those that the op has, one more each time."""
        settings: dict[str, Any] = {}
        for name in _INTEGERS:
            if name in defaults and name in self.parameters and self.dimensions:
                alone = isinstance(defaults[name], int)
                settings[name] = _INTEGERS[name] if alone else _TUPLES[name][: self.dimensions]
                yield dict(settings)

    def drawn(self, shape: Sequence[int], rng: np.random.Generator) -> Array:
        """Return random numbers: integers for a convolution, so that sums of products are exact."""
        if not self.dimensions:
            return rng.standard_normal(tuple(shape))
        return rng.choice([-1.0, 1.0], tuple(shape)) * rng.integers(1, 10, tuple(shape))

    # ---------------------------------------------------------------------------------- comparing

    def settings(self, case: Case) -> dict[str, Any]:
        """Return the settings of an op that the function has too, by name."""
        names = self.parameters[len(case.inputs) :]
        found = {name: case.settings[name] for name in names if name in case.settings}
        return {n: tuple(v) if isinstance(v, list) else v for n, v in found.items()}

    def right(self, inputs: Sequence[Array | None], case: Case) -> tuple[list[Tensor], Tensor]:
        """Return the inputs as leaves, and the function's value. UnfitError if it refuses them."""
        leaves = [
            None if x is None else Tensor(x, requires_grad=x.dtype.kind == "f") for x in inputs
        ]
        try:
            y = self.function(*leaves, **self.settings(case))
        except (TypeError, ValueError, IndexError, RuntimeError) as error:
            raise UnfitError(f"{self.name} does not take these inputs: {error}") from error
        if not isinstance(y, Tensor):
            raise UnfitError(f"{self.name} does not return one Tensor")
        return [x for x in leaves if x is not None and x.requires_grad], y

    def compare(self, case: Case, rng: np.random.Generator) -> float:
        """Compare an op with the function on a case and on random inputs of the same shapes.

        Returns the largest relative error. Raises GradientError if they differ, Halted if the op
        fails, and UnfitError if the function does not take these inputs.
        """
        again = tuple(
            x if x is None or x.dtype.kind != "f" else self.drawn(x.shape, rng) for x in case.inputs
        )
        tries = [case.inputs, *([again] if self._takes(case, again) else [])]
        answers = []
        for inputs in tries:
            outputs = case.outputs([None if x is None else Tensor._wrap(x) for x in inputs])
            answers.append(outputs[0] if len(outputs) == 1 else outputs)
        rights = [self.right(inputs, case)[1].numpy() for inputs in tries]
        for yours, right in zip(answers, rights, strict=True):
            if not equal(yours, right):
                settings = self.settings(case)
                why = reason(self.name, settings, tries, answers, rights)
                given = ", ".join(f"{name}={value}" for name, value in settings.items())
                name = f"{self.name}({given})" if given else self.name
                raise GradientError(f"forward {_difference(yours, right, name)}{why}")
        error = max(map(_error, answers, rights))
        if rights[0].dtype.kind == "f":
            error = max(error, *(self._compare_rules(case, inputs, rng) for inputs in tries))
        if self.dimensions:
            error = max(error, self._adjoint(case, rng))
        return error

    def _compare_rules(
        self, case: Case, inputs: Sequence[Array | None], rng: np.random.Generator
    ) -> float:
        """Compare the gradients for a random cotangent; return the largest relative error."""
        leaves, y = self.right(inputs, case)
        if not leaves or not y.requires_grad:
            return 0.0
        u = Tensor._wrap(np.asarray(rng.standard_normal(y.shape)))
        rights = grad(y, leaves, u, allow_unused=True)
        problem = case.problem(rng, inputs)
        yours = problem.gradients(problem.inputs, [u], False)
        error = 0.0
        for i, mine, leaf, right in zip(problem.real, yours, leaves, rights, strict=True):
            legal = np.zeros(leaf.shape) if right is None else right.numpy()
            if not equal(mine.numpy(), legal):
                text = f"the gradient of {problem.names[i]} "
                text += _difference(mine.numpy(), legal, f"that of {self.name}")
                why = simple_change([mine.numpy()], [legal])
                raise GradientError(text + (why and f"; {why}"), i)
            error = max(error, _error(mine.numpy(), legal))
        return error

    def _adjoint(self, case: Case, rng: np.random.Generator) -> float:
        """Test that the library's adjoint is the adjoint of the op; return the largest error."""
        x, w = case.inputs[:2]
        zeros = tuple(None if b is None else np.zeros_like(b) for b in case.inputs[2:])
        if x is None:
            return 0.0

        def forward(a: Array) -> Any:
            return case.outputs([None if t is None else Tensor._wrap(t) for t in (a, w, *zeros)])[0]

        def adjoint(u: Array) -> Any:
            leaves, y = self.right((x, w, *zeros), case)
            return grad(y, leaves[0], Tensor._wrap(u))[0]

        shape = self.right(case.inputs, case)[1].shape
        settings: dict[str, Any] = {"exact": False, "rtol": 1e-9, "draws": 2, "arrays": True}
        return check_adjoint(forward, adjoint, x.shape, shape, generator=rng, **settings).error

    def _takes(self, case: Case, inputs: Sequence[Array | None] | None = None) -> bool:
        """Return whether the function takes the inputs and gives finite numbers."""
        try:
            y = self.right(case.inputs if inputs is None else inputs, case)[1].numpy()
        except UnfitError:
            return False
        return bool(y.size and np.isfinite(y).all())


def _runs(case: Case) -> bool:
    """Return whether the op's forward takes the inputs. Raises Halted if its process ends."""
    try:
        case.outputs([None if x is None else Tensor._wrap(x) for x in case.inputs])
    except Halted as halted:
        if halted.outcome.failure is None:
            raise
        return False
    except ValueError:
        return True
    return True


def _difference(yours: Any, right: Array, name: str) -> str:
    """Return how two values differ: "differs from NAME: ...", with the largest difference."""
    if not isinstance(yours, np.ndarray) or yours.shape != right.shape:
        shapes = [list(map(np.shape, yours))] if isinstance(yours, list) else np.shape(yours)
        return f"differs from {name}: its shape is {shapes}, and {right.shape} is right"
    apart = np.abs(np.asarray(yours - right, dtype=float))
    at = np.unravel_index(int(np.nan_to_num(apart, nan=np.inf).argmax()), right.shape)
    index = tuple(map(int, at))
    return (
        f"differs from {name}: at index {index} it is {yours[at]:.9g}, and {right[at]:.9g} is right"
    )


def _error(yours: Any, right: Array) -> float:
    apart = np.abs(np.asarray(yours, float) - np.asarray(right, float)).max(initial=0.0)
    return float(apart / max(1.0, np.abs(right).max(initial=0.0)))
