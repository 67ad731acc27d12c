"""What an op of a user's file is checked on: its examples, or inputs that are drawn for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.check.causes import usual_cause
from minigan.check.outcome import Failure
from minigan.check.reference import Reference, UnfitError
from minigan.check.session import Case, Halted, Session
from minigan.check.source import FileOp, Source

# Exceptions that other inputs would not prevent.
_ALWAYS = (
    "AttributeError", "EOFError", "ImportError", "KeyboardInterrupt", "MemoryError",
    "ModuleNotFoundError", "NameError", "NotImplementedError", "RecursionError", "SystemExit",
    "UnboundLocalError",
)  # fmt: skip


class UncheckedError(Exception):
    """There is nothing to check an op on; the text says why."""


def cases_of(
    session: Session,
    source: Source,
    op: FileOp,
    reference: Reference | None,
    rng: np.random.Generator,
) -> list[Case]:
    """Return the cases of an op, at least one.

    They are its examples; without these, what `reference` chooses, if the op is compared with a
    function; else random inputs. Raises UncheckedError if there are none, and Halted if the op
    raises or ends its process.
    """
    examples = session.ask("examples", op.name)
    if examples is not None:
        if not examples:
            raise UncheckedError("examples() is empty")
        return [Case.of(session, op, example, example["inputs"]) for example in examples]
    try:
        if reference is not None:
            return reference.cases(session, op, rng)
        made = session.ask("made", {"name": op.name, "settings": {}})
    except UnfitError as error:
        raise UncheckedError(str(error)) from error
    except Halted as halted:
        failure = halted.outcome.failure
        if failure is None or failure.kind != "TypeError":
            raise
        raise UncheckedError(f"define examples() ({failure.message})") from halted
    return [_trial(session, source, op, made, rng)]


def _trial(
    session: Session, source: Source, op: FileOp, made: dict[str, Any], rng: np.random.Generator
) -> Case:
    """Return a case with the first random inputs of which the op makes finite numbers.

    Raises as `cases_of` does.
    """
    reason, count = "", len(op.inputs) + op.variadic
    if not count:
        raise UncheckedError("forward has no inputs: its first parameter is self, then they follow")
    for draw in (rng.standard_normal, lambda shape: rng.uniform(0.5, 1.5, shape)):
        for shape in ((3, 4), (3, 3), (4,)):
            case = Case.of(session, op, made, [draw(shape) for _ in range(count)])
            try:
                ys = case.problem(rng).outputs([Tensor(x) for x in case.inputs])
            except Halted as halted:
                failure = halted.outcome.failure
                if failure is None or not _depends_on_shapes(failure, source, op):
                    raise
                text, _ = source.explained(halted.outcome, op)
                reason = reason or f"inputs of shape {shape}: {text}"
                continue
            except (AssertionError, TypeError, ValueError):
                return case  # the check will find it again, and say it
            if ys and all(bool(np.isfinite(y.numpy()).all()) for y in ys):
                return case
            why = "no finite numbers from random inputs" if ys else "forward returns no floats"
            reason = reason or why
    raise UncheckedError(f"define examples() ({reason})")


def _depends_on_shapes(failure: Failure, source: Source, op: FileOp) -> bool:
    """Return whether the op may work on inputs of other shapes."""
    return failure.kind not in _ALWAYS and not usual_cause(failure, str(source.path), op.inputs)
