"""The parent's side of `minigan check FILE.py`: it asks a child process for the file's numbers.

The child runs the file and answers by the functions of `minigan.check.submission`; a child that has
ended is replaced. All questions about one op together have a time limit.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import Array
from minigan.check.problem import GradientError, Inputs, Problem
from minigan.check.process import Child, Limits, Outcome
from minigan.check.rows import plain, shapes
from minigan.check.source import FileOp, Listed

_ROOM = "minigan.check.submission"
_LINES = 5  # of what is printed, how many are kept


class Halted(Exception):
    """The child raised an exception or gave no answer; `outcome` says which."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.text)
        self.outcome = outcome


@dataclass
class Printed:
    """What a file prints: the first lines, and how many there were."""

    lines: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, outcome: Outcome) -> None:
        """Add what was printed during a call."""
        room = _LINES - len(self.lines)
        self.lines += [plain(line) for line in outcome.output.splitlines()[:room]]
        self.count += outcome.lines


class Session:
    """A file in a process of its own: `begin` an op, then `ask` for its numbers."""

    def __init__(self, path: Path, seconds: float, limits: Limits) -> None:
        self.path, self.seconds, self.limits = path, seconds, limits
        self.missing: tuple[str, ...] = ()  # the limits that this system does not have
        self.printed = Printed()
        self._child: Child | None = None
        self._deadline = 0.0

    @property
    def alive(self) -> bool:
        """Whether there is a process to ask."""
        return self._child is not None and self._child.alive

    def begin(self) -> None:
        """Begin an op: the next questions may take `seconds` in all.

        Raises Halted if the process has ended and the file cannot be loaded again.
        """
        if not self.alive:
            self.start()
            printed = self.take_printed()
            self.load()
            self.printed = printed  # what the file prints when it runs again was shown before
        self._deadline = time.monotonic() + self.seconds

    def start(self) -> None:
        """Start a process for the file."""
        self.close()
        self._child = Child(limits=self.limits, folder=Path.cwd())
        self.missing = self._child.missing
        self._deadline = time.monotonic() + max(60.0, self.seconds)  # NumPy is imported first
        self.ask("replaced", str(self.path))
        self._deadline = time.monotonic() + self.seconds

    def listed(self) -> list[Listed]:
        """Return the classes of ops in the text of the file. Raises Halted if it is not Python."""
        return [Listed(**one) for one in self.ask("listed", str(self.path))]

    def load(self) -> list[FileOp]:
        """Return the ops that the file has when it has run. Raises Halted if it does not end."""
        self._deadline = time.monotonic() + self.seconds
        try:
            found = [
                FileOp(str(n), tuple(i), bool(v)) for n, i, v in self.ask("load", str(self.path))
            ]
        except (TypeError, ValueError):
            raise Halted(Outcome("ended", reason="its answer cannot be read")) from None
        return found

    def ask(self, question: str, payload: Any = None) -> Any:
        """Return the answer of a function of `minigan.check.submission`. Raises Halted."""
        if self._child is None or not self._child.alive:
            raise Halted(Outcome("ended", reason="its process has ended"))
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Halted(Outcome("timeout", seconds=self.seconds))
        outcome = self._child.call(f"{_ROOM}:{question}", payload, left)
        self.printed.add(outcome)
        if outcome.status != "done":
            raise Halted(replace(outcome, seconds=self.seconds))
        return outcome.value

    def take_printed(self) -> Printed:
        """Return what was printed since the last time."""
        printed, self.printed = self.printed, Printed()
        return printed

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.close()


@dataclass(frozen=True)
class Case:
    """An op of the file with settings of its own, and inputs for it."""

    session: Session
    number: int
    title: str
    settings: dict[str, Any]
    names: tuple[str, ...]  # of the inputs
    inputs: tuple[Array | None, ...]

    @staticmethod
    def of(session: Session, op: FileOp, made: dict[str, Any], inputs: Sequence[Any]) -> Case:
        """Return the case of an op that the session has made. Raises Halted."""
        try:
            number, title, settings = made["case"], str(made["title"]), dict(made["settings"])
        except (KeyError, TypeError, ValueError):
            raise Halted(Outcome("ended", reason="its answer cannot be read")) from None
        return Case(session, number, title, settings, op.inputs, tuple(inputs))

    @property
    def shapes(self) -> str:
        """The shapes of the inputs, as a table shows them."""
        return shapes(self.inputs)

    def problem(
        self, rng: np.random.Generator, inputs: Sequence[Array | None] | None = None
    ) -> RemoteProblem:
        """Return the gradient of the op as a problem, at the inputs of the case by default."""
        chosen = self.inputs if inputs is None else inputs
        tensors = tuple(None if x is None else Tensor._wrap(np.array(x)) for x in chosen)
        names = tuple(
            f"input {i}" + (f" ({self.names[i]})" if i < len(self.names) else "")
            for i in range(len(tensors))
        )
        return RemoteProblem(_unreachable, tensors, names, self.title, 1, rng, self)

    def outputs(self, inputs: Inputs, counts: tuple[int, ...] | None = None) -> list[Any]:
        """Return the outputs of the op at some inputs, or those of its gradients."""
        sent = {"case": self.number, "counts": counts or (len(inputs),), "inputs": _arrays(inputs)}
        answer = self.session.ask("outputs", sent)
        if changed := answer["changed"]:
            raise ValueError(f"{self.title} changes input {changed[0]} in place, or it holds NaN")
        return list(answer["outputs"])


@dataclass(frozen=True)
class RemoteProblem(Problem):
    """A problem whose function and rules run in another process; the rest is computed here."""

    case: Case
    counts: tuple[int, ...] = ()  # how many inputs the problems of the lower orders have

    @property
    def derivative(self) -> RemoteProblem:
        """The problem one order up: the gradient as a function of the inputs and the cotangents."""
        inputs = (*self.inputs, *self.cotangents)
        names = (*self.names, *(f"cotangent {i}" for i in range(len(self.cotangents))))
        counts = (*self.counts, len(self.inputs))
        return replace(self, inputs=inputs, names=names, order=self.order + 1, counts=counts)

    def evaluate(self, inputs: Inputs) -> list[Any]:
        """Return all outputs at some inputs. Raises Halted if there is no answer."""
        arrays = self.case.outputs(inputs, (*self.counts, len(inputs)))
        if not all(isinstance(y, np.ndarray) for y in arrays):
            raise ValueError(f"{self.title} returns something that is not an array")
        return [Tensor._wrap(y) for y in arrays]

    def gradients(self, inputs: Inputs, us: Sequence[Tensor], record: bool) -> list[Tensor]:
        """Return the gradient of each input of floats by the rules. Raises Halted."""
        sent = {"case": self.case.number, "counts": (*self.counts, len(inputs)), "record": record}
        sent |= {"inputs": _arrays(inputs), "cotangents": _arrays(us)}
        found = self.case.session.ask("gradients", sent)
        wanted: list[Any] = [inputs[i] for i in self.real]
        if [np.shape(g) for g in found] != [x.shape for x in wanted]:
            raise GradientError(f"{self.title}: a gradient has not the shape of its input")
        return [Tensor._wrap(np.asarray(g, np.float64)) for g in found]


def _arrays(tensors: Sequence[Tensor | None]) -> list[Array | None]:
    return [None if x is None else x.numpy() for x in tensors]


def _unreachable(*_: Any) -> None:
    raise RuntimeError("this function is called in another process only")
