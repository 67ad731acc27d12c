"""The ops of a user's file, checked one by one: `minigan check FILE.py`.

What a file may say of its ops: a class with a static or class method `examples()` is checked on
what it returns, a list whose entries are tuples of inputs (for `TheClass()`), or pairs (op, inputs)
for an op with settings:

    class Scale(Op):
        ...
        @staticmethod
        def examples():
            return [(Scale(2.0), (numpy.ones((3, 4)),)), (Scale(-1.0), (numpy.ones(5),))]

A class without `examples()` that is made without arguments is checked on random inputs of shapes
(3, 4), (3, 3) or (4,).

The file runs in a process of its own, and only numbers come back from there: whatever the file does
to its process, its gradients are judged in this one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from minigan.backend import Seed, as_generator
from minigan.check.cases import UncheckedError, cases_of
from minigan.check.gradients import Settings, check_problem
from minigan.check.problem import GradientError
from minigan.check.process import Limits
from minigan.check.reference import Reference, UnfitError
from minigan.check.rows import Row, plain
from minigan.check.session import Case, Halted, Session
from minigan.check.source import MOST_BYTES, FileOp, Source
from minigan.files import open_regular


class Homework:
    """A file of ops: iterate over it to check them, a `Row` as soon as it is known.

    `seconds` is the time that an op may take in all. `against` names a function of the library that
    each op must equal, or is a dict of such names by the names of ops. Afterwards `missing` names
    the limits that this system cannot set. Raises ValueError if there is no such file, if it is a
    pipe, a device, or larger than 8 MB, if its name does not end in .py, or if `against` names no
    function.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        order: int = 2,
        seconds: float = 10.0,
        against: str | Mapping[str, str] | None = None,
        generator: Seed = 0,
    ) -> None:
        self.path = Path(path)
        _require_python_file(self.path)
        if not 0 < seconds < float("inf"):
            raise ValueError(f"check: seconds={seconds!r} must be greater than 0")
        self.order, self.rng = order, as_generator(generator)
        named = {"": against} if isinstance(against, str) else dict(against or {})
        self.references = {op: Reference(name) for op, name in named.items()}
        limits = Limits(memory_mb=4096, cpu_seconds=600 + int(100 * seconds))
        self.session = Session(self.path.resolve(), seconds, limits)
        self.source = Source(self.path.resolve())

    @property
    def missing(self) -> tuple[str, ...]:
        """The limits that this system cannot set; known when the check has begun."""
        return self.session.missing

    def __iter__(self) -> Iterator[Row]:
        try:
            yield from self._rows()
        finally:
            self.session.close()

    def _rows(self) -> Iterator[Row]:
        """Yield the rows: of the file if it cannot be loaded, else of each op in it."""
        try:
            self.session.start()
            self.source.listed = {one.name: one for one in self.session.listed()}
            ops = self.session.load()
        except Halted as halted:
            yield from self._unloaded(halted)
            return
        there = {op.name for op in ops}
        for one in self.source.listed.values():
            if one.name not in there and not one.abstract:
                text = f"the class at line {one.line} is not there when the file has run"
                yield self._row(one.name, f"not checked: {text}")
        for name in self.references:
            if name and name not in there:
                yield self._row(name, "not checked: the file defines no op of this name")
        if not there and not self.source.listed:
            yield self._row(self.path.name, "not checked: it defines no subclass of minigan.Op")
        replaced = self._replaced()
        for op in ops:
            yield from self._op(op)
            replaced += self._replaced()
        if names := list(dict.fromkeys(replaced)):
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            text = f"it replaces {', '.join(names[:3])}{more}; leave the library as it is"
            yield self._row(self.path.name, f"WRONG: {text}")

    def _unloaded(self, halted: Halted) -> Iterator[Row]:
        """Yield the rows of a file that cannot be loaded: of the place, and of all its ops."""
        text, place = self.source.explained(halted.outcome)
        listed = self.source.listed.values()
        at_fault = next((one.name for one in listed if one.line == place.line), self.path.name)
        yield self._row(at_fault, f"not checked: {text}")
        for one in listed:
            if one.name != at_fault and not one.abstract:
                yield self._row(one.name, "not checked: the file does not run to its end")

    def _op(self, op: FileOp) -> Iterator[Row]:
        """Yield the rows of one op: one or two for each of its cases, or why there is none."""
        reference = self.references.get(op.name, self.references.get(""))
        started = time.perf_counter()
        try:
            self.session.begin()
            cases = cases_of(self.session, self.source, op, reference, self.rng)
        except UncheckedError as reason:
            yield self._row(op.name, f"not checked: {reason}", started=started)
        except Halted as halted:
            yield self._row(op.name, self._verdict(halted, op), started=started)
        except Exception as error:  # the file has replaced what answers there
            text = f"not checked: its process gave an answer without sense: {error}"
            yield self._row(op.name, text, started=started)
        else:
            for case in cases:
                yield self._checked(op, case)
                if reference is not None:
                    yield self._checked(op, case, reference)

    def _checked(self, op: FileOp, case: Case, reference: Reference | None = None) -> Row:
        """Return the row of a case: of its gradients, or of the comparison with a function."""
        started, error = time.perf_counter(), None
        try:
            if reference is None:
                error = self._error(case)
            else:
                error = reference.compare(case, self.rng)
            verdict = "right"
        except Halted as halted:
            verdict = self._verdict(halted, op)
        except GradientError as wrong:
            verdict = f"WRONG: {wrong}{self.source.about_rule(op, wrong.input)}"
        except (UncheckedError, UnfitError) as reason:
            verdict = f"not checked: {reason}"
        except Exception as refused:  # whatever the op has returned, its row says it
            verdict = f"WRONG: {type(refused).__name__}: {refused}"
        title = op.name if reference is None else f"{op.name} as {reference.name}"
        return self._row(title, verdict, case.shapes, error, started)

    def _error(self, case: Case) -> float:
        """Return the largest error of a case's gradients.

        Raises as `check_grad` does, Halted, and UncheckedError if there is no number to compare.
        """
        problem = case.problem(self.rng)
        problem.refuse_constants()
        problem.refuse_unsteady()
        ys = problem.outputs(problem.inputs)
        if not ys:
            raise UncheckedError("forward returns no floats, so there is no gradient to check")
        if not any(y.numel() for y in ys) or not any(x.numel() for x in problem.floats):
            raise UncheckedError("the inputs or the output hold no numbers; give other examples()")
        return check_problem(problem, self.order, Settings()).error

    def _replaced(self) -> list[str]:
        """Return what the file has replaced in the library, as far as its process can tell."""
        if not self.session.alive:
            return []
        try:
            self.session.begin()
            return [str(name) for name in self.session.ask("replaced", str(self.session.path))]
        except Halted:
            return []

    def _verdict(self, halted: Halted, op: FileOp) -> str:
        """Return the verdict on an op that has raised, or that has given no answer."""
        text, _ = self.source.explained(halted.outcome, op)
        return f"{'not checked' if halted.outcome.failure is None else 'WRONG'}: {text}"

    def _row(
        self,
        op: str,
        verdict: str,
        inputs: str = "",
        error: float | None = None,
        started: float | None = None,
    ) -> Row:
        """Return a row, with what was printed since the last one."""
        seconds = 0.0 if started is None else time.perf_counter() - started
        printed = self.session.take_printed()
        lines, text = tuple(printed.lines), plain(verdict, 2000)
        return Row(op, inputs, self.order, error, seconds, text, lines, printed.count)


def _require_python_file(path: Path) -> None:
    """Raise ValueError unless a path is a regular file of a fitting size that ends in .py."""
    try:
        with open_regular(path) as file:
            size = file.seek(0, os.SEEK_END)
    except (FileNotFoundError, NotADirectoryError):
        problem = f"there is no file {path}; give a Python file that defines ops"
    except IsADirectoryError:
        problem = f"{path} is a folder; give a Python file that defines ops"
    except PermissionError:
        problem = f"{path} cannot be read"
    except OSError as error:
        problem = f"{path}: {error.strerror}; give a Python file that defines ops"
    else:
        problem = f"{path} is larger than {MOST_BYTES >> 20} MB" if size > MOST_BYTES else ""
    if not problem and path.suffix != ".py":
        problem = f"{path} must end in .py"
    if problem:
        raise ValueError(f"check: {problem}")


def check_file(
    path: str | Path,
    *,
    order: int = 2,
    seconds: float = 10.0,
    against: str | Mapping[str, str] | None = None,
    generator: Seed = 0,
) -> Iterator[Row]:
    """Check every op that a Python file defines, and yield a row as soon as it is known.

    An op that cannot be checked has a row, too. `Homework` describes the arguments and errors.
    """
    homework = Homework(path, order=order, seconds=seconds, against=against, generator=generator)
    return iter(homework)
