"""Many ops checked, a row each: all of minigan's, or those of a user's file.

What a file may say of its ops: a class with a static or class method `examples()` is checked on
what that returns, a list whose entries are tuples of inputs (for `TheClass()`), or pairs (op,
inputs) for an op with settings:

    class Scale(Op):
        ...
        @staticmethod
        def examples():
            return [(Scale(2.0), (numpy.ones((3, 4)),)), (Scale(-1.0), (numpy.ones(5),))]

A class without `examples()` that is made without arguments is tried on random inputs of shapes (3,
4), (3, 3) and (4,).
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from minigan.autograd import Op, no_grad
from minigan.backend import Seed, as_generator
from minigan.check.gradients import check_grad


@dataclass(frozen=True)
class Row:
    """The result of checking one op on one set of inputs."""

    op: str
    inputs: str  # their shapes
    order: int
    error: (
        float | None
    )  # the largest relative error seen; None where something is wrong or nothing was checked
    seconds: float
    verdict: str  # "right", "WRONG: ..." or "skipped: ..."

    @property
    def ok(self) -> bool:
        """Whether nothing wrong was found."""
        return not self.verdict.startswith("WRONG")


def check_all(*, order: int = 2, generator: Seed = 0) -> Iterator[Row]:
    """Check every op of minigan on its examples; a generator of rows, each as soon as it is known.

    >>> next(check_all()).verdict
    'right'
    """
    from minigan.check.examples import EXAMPLES

    rng = as_generator(generator)
    for example in EXAMPLES:
        yield _checked(example.op, example.function or example.op, example.inputs, order, rng)


def check_file(path: str | Path, *, order: int = 2, generator: Seed = 0) -> Iterator[Row]:
    """Import a Python file and check every Op class that it defines; a generator of rows.

    Raises ValueError if there is no such file, if it fails when imported, or if it defines no Op.
    """
    module = _imported(Path(path))
    kinds = [
        kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Op)
    ]
    own = [kind for kind in dict.fromkeys(kinds) if kind.__module__ == module.__name__]
    if not own:
        raise ValueError(f"check: {path} defines no subclass of minigan.Op")
    rng = as_generator(generator)
    return (row for kind in own for row in _of_class(kind, order, rng))


def format_rows(rows: Iterable[Row]) -> str:
    """The rows as a table, and a line that counts the verdicts."""
    rows = list(rows)
    cells = [("op", "inputs", "order", "error", "ms", "verdict")]
    for row in rows:
        error, ms = "-" if row.error is None else f"{row.error:.1e}", f"{1e3 * row.seconds:.0f}"
        cells.append((row.op, row.inputs, str(row.order), error, ms, row.verdict))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    widths[-1] = 0
    lines = [
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) for line in cells
    ]
    wrong, skipped = sum(not r.ok for r in rows), sum(r.verdict.startswith("skipped") for r in rows)
    lines.append(
        f"{len(rows)} checks: {len(rows) - wrong - skipped} right, {wrong} WRONG, {skipped} skipped"
    )
    return "\n".join(lines)


def _checked(
    op: Op, function: Callable[..., Any], inputs: Any, order: int, rng: np.random.Generator
) -> Row:
    start, error, verdict = time.perf_counter(), None, "right"
    try:
        error = check_grad(function, inputs, order=order, generator=rng).error
    except Exception as problem:  # a rule that crashes is as wrong as one that errs
        message = (
            str(problem)
            if isinstance(problem, AssertionError)
            else f"{type(problem).__name__}: {problem}"
        )
        verdict = f"WRONG: {message}"
    return Row(
        type(op).__name__, _shapes(inputs), order, error, time.perf_counter() - start, verdict
    )


def _shapes(inputs: Any) -> str:
    return " ".join(
        "None" if x is None else "x".join(map(str, np.shape(x))) or "()" for x in inputs
    )


def _of_class(kind: type[Op], order: int, rng: np.random.Generator) -> Iterator[Row]:
    """The rows of one class of a user's file."""
    verdict = ""
    try:
        if hasattr(kind, "examples"):
            examples = [_example(kind, entry) for entry in kind.examples()]
            verdict = "" if examples else "skipped: examples() is empty"
        else:
            examples, verdict = _trial(kind, rng)
    except Exception as problem:
        examples, verdict = [], f"WRONG: examples() raises {type(problem).__name__}: {problem}"
    for op, inputs in examples:
        yield _checked(op, op, inputs, order, rng)
    if verdict:
        yield Row(kind.__name__, "", order, None, 0.0, verdict)


def _example(kind: type[Op], entry: Any) -> tuple[Op, tuple[Any, ...]]:
    paired = isinstance(entry, tuple | list) and len(entry) == 2 and isinstance(entry[0], Op)
    op, inputs = entry if paired else (kind(), entry)
    return op, tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,)


def _trial(
    kind: type[Op], rng: np.random.Generator
) -> tuple[list[tuple[Op, tuple[Any, ...]]], str]:
    """A default instance with the first random inputs of which it makes finite numbers; or why
    there is none.
    """
    try:
        op = kind()
    except TypeError as problem:
        return [], f"skipped: define examples() ({problem})"
    reason = "no finite numbers from random inputs"
    for draw in (rng.standard_normal, lambda shape: rng.uniform(0.5, 1.5, shape)):
        for shape in ((3, 4), (3, 3), (4,)):
            inputs = tuple(draw(shape) for _ in range(len(op.names) + op.variadic))
            try:
                with no_grad():
                    y = op(*inputs)
            except Exception as problem:  # another shape may fit
                reason = f"inputs of shape {shape}: {type(problem).__name__}: {problem}"
                continue
            if y.dtype.kind == "f" and bool(np.isfinite(y.numpy()).all()):
                return [(op, inputs)], ""
    return [], f"skipped: define examples() ({reason})"


def _imported(path: Path) -> ModuleType:
    """The module made by running a file, whose neighbours it may import.

    ValueError if that fails.
    """
    if not path.is_file():
        raise ValueError(f"check: there is no file {path}")
    name = f"_checked_{path.stem}"
    spec = importlib.util.spec_from_loader(name, SourceFileLoader(name, str(path)))
    if spec is None or spec.loader is None:
        raise ValueError(f"check: {path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ValueError(
            f"check: {path} fails when imported: {type(error).__name__}: {error}"
        ) from error
    finally:
        sys.path.remove(str(path.resolve().parent))
        del sys.modules[name]
    return module
