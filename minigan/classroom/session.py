"""One part of a submission while it is graded: calls, comparisons, explanations.

If an answer is wrong, the same process is asked for more: the answers by which misconceptions are
told apart, and the smallest input that fails.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from minigan.classroom import messages, variants
from minigan.classroom.comparison import mismatch
from minigan.classroom.detector import RAISED, Observation, answer, copied, detect
from minigan.classroom.model import Function, Inputs, Raises
from minigan.classroom.sandbox.launcher import Answer, Ended, Sandbox
from minigan.classroom.sandbox.launcher import Part as Process
from minigan.classroom.shrinking import smallest
from minigan.classroom.telling import USED, Telling, one_line
from minigan.classroom.verdicts import Hung, Stop, Verdict

_PROBES = 80  # inputs for the detector, at most
_SHRINKING = 3.0  # seconds for the smallest failing input, at most


@dataclass
class Session(Telling):
    """One part, or one function of it; it ends at `end` (time.monotonic)."""

    sandbox: Sandbox
    end: float

    @property
    def seconds(self) -> float:
        """The seconds that are left."""
        return self.end - time.monotonic()

    def generator(self, name: str = "") -> np.random.Generator:
        """Return the generator of this student's inputs."""
        settings = self.settings
        secret = variants.PUBLIC if settings.use == "check" else settings.secret
        names = self.submission.student, self.assignment.id, f"{self.part.id} {name}"
        return variants.generator(secret, *names, settings.use)

    # ------------------------------------------------------------------------------------- process

    def open(self) -> Process:
        """Return a new process of the submission. Raises Ended."""
        given = ["conv2d"] * self.assignment.conv2d + ["library conv2d"] * self.part.conv2d
        return self.sandbox.open(self.submission.sources, self.seconds, given)

    def started(self, name: str) -> Process:
        """Return a process that has loaded a function. Raises Stop if there is no such function."""
        try:
            process = self.open()
        except Ended as ended:
            if ended.status == "timeout":
                raise Hung(Verdict(0, "timeout", self.say("timeout-load"))) from None
            raise Stop(self.ended(name, ended)) from None
        self.problems = process.loaded.errors
        if name in process.loaded.names:
            return process
        process.close()
        for error in self.problems:
            raise Stop(Verdict(0, "error", self.say("does-not-load", **self.words(error))))
        signature = self.assignment.text("en", "functions", name, "signature")
        raise Stop(Verdict(0, "missing", self.say("missing", name=name, signature=signature)))

    def ask(
        self, function: Function, process: Process, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Answer:
        """Call the submission's function, or run its driver."""
        if function.driver:
            return process.drive(function.driver, *args, **kwargs)
        return process.call(function.name, *args, **kwargs)

    # ------------------------------------------------------------------------------------ judging

    def function(self, function: Function) -> Verdict:
        """Return what a function earns. Raises Stop with its verdict if it cannot be called."""
        with self.started(function.name) as process:
            try:
                self.draws(function, process)
            except Stop as stop:
                return self.explained(function, process, stop.verdict)
            except Ended as ended:
                return self.ended(function.name, ended)
        return Verdict(function.points, "passed", self.say("passed"))

    def draws(self, function: Function, process: Process) -> None:
        """Compare the answers to the drawn inputs. Raises Stop at the first one that is wrong."""
        generator = self.generator(function.name)
        for inputs in list(function.draw(generator)):
            args, kwargs = _call(function, inputs, generator)
            reply = self.ask(function, process, args, kwargs)
            verdict = self.judged(function, inputs, reply)
            if verdict is not None:
                raise Stop(replace(verdict, failed=(inputs,)))

    def judged(self, function: Function, inputs: Inputs, reply: Answer) -> Verdict | None:
        """Return the verdict about one answer, None if it is right."""
        if reply.uses:
            return self.used(function.name, reply.uses)
        right = _right(function, inputs)
        if reply.error is not None:
            if isinstance(right, Raises) and right.error.__name__ in reply.error.bases:
                return None
            return self.not_called(function, reply.error) or self.raised(function.name, reply.error)
        value = function.view(reply.value, inputs)
        if function.judge is not None:
            found = function.judge(value, right)
        else:
            found = mismatch(value, right, function.floor)
        if found is None:
            return None
        if not self.part.visible:
            return Verdict(0, "failed", self.say("wrong-hidden", name=function.name))
        how = messages.how(found.kind, self.settings.language, **found.values)
        text = self.say("wrong", name=function.name, how=how)
        return Verdict(0, "failed", text, function.kinds.get(found.kind), kind=found.kind)

    # ------------------------------------------------------------------------------- explanations

    def explained(self, function: Function, process: Process, verdict: Verdict) -> Verdict:
        """Return a verdict with the misconception and the smallest failing input."""
        if verdict.status not in ("failed", "error") or not verdict.failed or verdict.kind == USED:
            return verdict
        try:
            half = time.monotonic() + self.seconds / 2
            key, corner, seen = verdict.misconception, False, list[Observation]()
            if key is None:
                seen = self.observed(function, process, half)
                key = detect(function, seen)
            wrong = [observation for observation in seen if observation.wrong]
            if key is not None:
                verdict = replace(verdict, misconception=key, message=self.idea(function.name, key))
            elif wrong and all(observation.corner for observation in wrong):
                text = self.assignment.text(self.settings.language, "corners", function.name)
                verdict, corner = replace(verdict, message=f"`{function.name}`: {text}"), True
            if self.part.visible:
                by_value = key is not None and bool(seen)
                found, reply = self.smallest(function, process, verdict, by_value)
                verdict = replace(verdict, smallest=self.shown(function, found, reply))
                if key is None and not corner:
                    again = self.judged(function, found, reply)
                    verdict = replace(verdict, message=self.agreeing(verdict, again))
        except Ended:
            pass  # what is known so far is told
        return verdict

    def agreeing(self, verdict: Verdict, again: Verdict | None) -> str:
        """Return a message about the smallest failing input, which is the one that is shown."""
        if again is None:
            return verdict.message
        if verdict.status == "error" and again.status == "failed":
            first = again.message.rstrip(".。")
            return self.say("also-raised", first=first, second=verdict.message)
        return again.message

    def observed(self, function: Function, process: Process, end: float) -> list[Observation]:
        """Return the submission's answers to the inputs of the detector."""
        found: list[Observation] = []
        for inputs in (function.probes or function.small)():
            if len(found) == _PROBES or time.monotonic() > end:
                break
            reply = self.ask(function, process, list(copied(inputs).values()), {})
            found.append(self.observation(function, inputs, reply))
        return found

    def observation(self, function: Function, inputs: Inputs, reply: Answer) -> Observation:
        """Return what the detector sees of one answer."""
        yours = RAISED
        if reply.error is None:
            yours = function.seen(function.view(reply.value, inputs), inputs)
        right = answer(function.right, inputs, function.seen)
        return Observation(inputs, yours, right, function.corner(inputs), function.floor)

    def smallest(
        self, function: Function, process: Process, verdict: Verdict, by_value: bool
    ) -> tuple[Inputs, Answer]:
        """Return the smallest failing input and the answer to it.

        With `by_value` an answer of another type with the right numbers is no failure.
        """

        def fails(inputs: Inputs) -> bool:
            reply = self.ask(function, process, list(copied(inputs).values()), {})
            if by_value:
                return self.observation(function, inputs, reply).wrong
            return self.judged(function, inputs, reply) is not None

        end = time.monotonic() + min(self.seconds / 2, _SHRINKING)
        # where any numbers fail, ones are easier to follow than zeros
        simpler = (0.0, 1.0) if verdict.kind in ("values", "value") else (1.0,)
        numbers = simpler if function.simplify else ()
        found = smallest(function.small(), fails, end, verdict.failed[0], numbers)
        return found, self.ask(function, process, list(copied(found).values()), {})

    def shown(self, function: Function, found: Inputs, reply: Answer) -> dict[str, Any]:
        """Return an input with both answers, as a report shows it."""
        error, right, value = reply.error, _right(function, found), None
        if error is None:
            value = function.view(reply.value, found)
        return {
            "input": found,
            "yours": f"{error.type}: {one_line(error.text)}" if error else _told(function, value),
            "right": right.error.__name__ if isinstance(right, Raises) else _told(function, right),
        }


def _told(function: Function, value: Any) -> Any:
    """Return an answer as a report shows it; one of an unexpected type as it is."""
    try:
        return function.told(value)
    except (TypeError, LookupError):
        return value


def _right(function: Function, inputs: Inputs) -> Any:
    """Return the right answer, Raises(ValueError) if that is an exception."""
    try:
        with np.errstate(all="ignore"):
            return function.right(**copied(inputs))
    except ValueError:
        return Raises(ValueError)


def _call(
    function: Function, inputs: Inputs, generator: np.random.Generator
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a call: some by position, others by name, some defaults left out."""
    names = list(inputs)
    count = int(generator.integers(len(names) + 1))
    omit = bool(generator.integers(2))
    args = [inputs[name] for name in names[:count]]
    kwargs = {name: inputs[name] for name in names[count:]}
    if omit and not function.driver:
        parameters = function.parameters
        kwargs = {k: v for k, v in kwargs.items() if not _equal(v, parameters[k].default)}
    return args, kwargs


def _equal(value: Any, default: Any) -> bool:
    return not isinstance(value, np.ndarray) and type(value) is type(default) and value == default
