"""`grade`: one submission, one report.

Each part runs in a process of its own. Inputs go in and values come out; they are compared here, in
a process that the submission cannot reach.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from minigan.classroom import messages
from minigan.classroom.model import Assignment, Function, Part
from minigan.classroom.report import PartReport, Report
from minigan.classroom.sandbox.launcher import Ended, Sandbox
from minigan.classroom.session import Session
from minigan.classroom.submissions import Submission
from minigan.classroom.verdicts import Hung, Settings, Stop, Verdict, combined, told_first

_LEAST_SECONDS = 0.2  # a part does not begin with less time


class Grader:
    """Grades submissions of one assignment, one after the other, with the same sandbox.

    `without` names protections that the sandbox leaves out, for tests.
    """

    def __init__(
        self, assignment: Assignment, settings: Settings | None = None, without: Sequence[str] = ()
    ) -> None:
        self.assignment = assignment
        self.settings = settings or Settings(seconds=assignment.seconds)
        self._without, self._sandboxes = without, dict[bool, Sandbox]()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox's processes."""
        for sandbox in self._sandboxes.values():
            sandbox.close()
        self._sandboxes.clear()

    def sandbox(self, library: bool) -> Sandbox:
        """Return the sandbox in which the library is, or is not, to be found."""
        if library not in self._sandboxes:
            self._sandboxes[library] = Sandbox(self.settings.memory_mb, library, self._without)
        return self._sandboxes[library]

    def grade(self, submission: Submission) -> Report:
        """Return the report of one submission, whatever it does."""
        if not submission.problem:
            for part in self.assignment.parts:
                if wanted(part, self.settings) and not part.manual:
                    self.sandbox(part.library).start()
        return _Grading(self, submission).report()

    def notes(self) -> list[str]:
        """Return sentences about what this system does not enforce."""
        force = set[str]().union(*(sandbox.force for sandbox in self._sandboxes.values()))
        if not force:
            return []  # no process was started
        language = self.settings.language
        missing = [
            text
            for name, text in messages.words(language, "protections").items()
            if name not in force and not (name in ("processes", "network") and "calls" in force)
        ]
        separator = {"en": ", ", "zh": "、"}[language]
        text = messages.say("not-enforced", language, what=separator.join(missing))
        return [text] if missing else []


def wanted(part: Part, settings: Settings) -> bool:
    """Return whether a part is to be graded."""
    chosen = not settings.parts or part.id in settings.parts
    return chosen and not (settings.quick and part.trains)


class _Grading:
    """One submission while it is graded."""

    def __init__(self, grader: Grader, submission: Submission) -> None:
        self.grader, self.submission = grader, submission
        self.assignment, self.settings = grader.assignment, grader.settings
        self.deadline = time.monotonic() + self.settings.seconds
        self.hung = False  # the file does not finish loading
        self.verdicts: dict[str, Verdict] = {}  # of functions, by name

    def report(self) -> Report:
        """Return the report."""
        chosen = [part for part in self.assignment.parts if wanted(part, self.settings)]
        found = [self._part(part) for part in chosen]
        found = [self._told(*pair) for pair in zip(chosen, found, strict=True)]
        automatic = [part for part in found if part.status != "manual"]
        return Report(
            assignment=self.assignment.id,
            file=str(self.submission.path),
            student=self.submission.student,
            score=sum(part.score for part in automatic),
            max=sum(part.max for part in automatic),
            manual=sum(part.max for part in found if part.status == "manual"),
            parts=found,
            notes=self.grader.notes(),
        )

    def _say(self, key: str, **values: Any) -> str:
        return messages.say(key, self.settings.language, **values)

    def _session(self, part: Part, end: float) -> Session:
        sandbox = self.grader.sandbox(part.library)
        return Session(self.assignment, part, self.submission, self.settings, sandbox, end)

    # -------------------------------------------------------------------------------------- parts

    def _part(self, part: Part) -> PartReport:
        title = self.assignment.text(self.settings.language, "parts", part.id, "title")
        if part.manual:
            verdict = Verdict(0, "manual", self._say("manual"))
        else:
            verdict = self._automatic(part)
        shown = verdict.smallest if part.visible else None
        return PartReport(
            part.id, title, verdict.points, part.points, part.visible, verdict.status,
            verdict.message, verdict.misconception, shown,
        )  # fmt: skip

    def _automatic(self, part: Part) -> Verdict:
        if self.submission.problem:
            return Verdict(0, "error", self._say("unreadable", what=self.submission.problem))
        if self.hung:
            return Verdict(0, "timeout", self._say("timeout-load"))
        end = self._end()
        if end - time.monotonic() < _LEAST_SECONDS:
            return Verdict(0, "timeout", self._say("no-time"))
        if part.special is not None:
            return self._settled(part.id, part.special, self._session(part, end))
        return self._functions(part, end)

    def _settled(self, name: str, grade: Callable[..., Verdict], *args: Any) -> Verdict:
        """Return a verdict, also where it is settled early or an answer makes no sense."""
        try:
            return grade(*args)
        except Stop as stop:
            self.hung = self.hung or isinstance(stop, Hung)
            return stop.verdict
        except Ended as ended:
            return Verdict(0, ended.status, self._say("forged", name=name))
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
            # an answer of a driver that the submission has tampered with
            return Verdict(0, "error", self._say("forged", name=name))

    def _end(self) -> float:
        """Return when a part that begins now must end: it has a quarter of the whole time."""
        return min(self.deadline, time.monotonic() + self.settings.seconds / 4)

    def _functions(self, part: Part, end: float) -> Verdict:
        for number, function in enumerate(part.functions):
            left = (end - time.monotonic()) / (len(part.functions) - number)
            session = self._session(part, time.monotonic() + max(left, _LEAST_SECONDS))
            verdict = self._settled(function.name, session.function, function)
            self.verdicts[function.key] = verdict
            if self.hung:
                return verdict
        found = [self.verdicts[function.key] for function in part.functions]
        return combined(found, self._say("passed"))

    # --------------------------------------------------------------------------- earlier functions

    def _told(self, part: Part, report: PartReport) -> PartReport:
        """Say so if a function fails only because of the student's own earlier functions.

        The report is then about the functions that are wrong themselves, if there are any.
        """
        if report.status not in ("failed", "error", "missing"):
            return report
        judged = [(function, self.verdicts.get(function.key)) for function in part.functions]
        wrong = [(f, v) for f, v in judged if v is not None and v.status != "passed"]
        causes = {f.key: self._cause(part, f) for f, v in wrong if v.failed}
        own = [(f, v) for f, v in wrong if not causes.get(f.key)]
        if own:
            function, verdict = own[told_first([v for _, v in own])]
            message = verdict.message
        elif wrong:
            function, verdict = wrong[0]
            message = self._because(function, causes[function.key])
        else:
            return report
        for other, found in wrong:
            if other.name != function.name:
                message = self._also(message, other, found, causes.get(other.key, ""))
        shown = verdict.smallest if part.visible else None
        return replace(report, status=verdict.status, message=message, smallest=shown,
                       misconception=verdict.misconception)  # fmt: skip

    def _because(self, function: Function, earlier: str) -> str:
        where = next(
            part.id for part in self.assignment.parts for f in part.functions if f.name == earlier
        )
        return self._say("earlier", name=function.name, earlier=earlier, part=where)

    def _also(self, message: str, function: Function, verdict: Verdict, cause: str) -> str:
        """Return a message that names one more function of the part that is not right."""
        key = "also-earlier" if cause else "also-todo" if verdict.status == "missing" else "also"
        first = message.rstrip(".。")
        return self._say(key, first=first, name=function.name, earlier=cause)

    def _cause(self, part: Part, function: Function) -> str:
        """Return the name of the earlier function because of which alone this one fails."""
        wrong = self._wrong_before(function)
        if not wrong or not self._right_with(part, function, wrong):
            return ""
        for name in reversed(wrong):
            if len(wrong) == 1 or self._right_with(part, function, {name: wrong[name]}):
                return name
        return next(iter(wrong))

    def _wrong_before(self, function: Function) -> dict[str, Function]:
        """Return the earlier functions that are wrong and that the submission names twice."""
        found: dict[str, Function] = {}
        for part in self.assignment.parts:
            for earlier in part.functions:
                if earlier.name == function.name:
                    return found
                uses = len(re.findall(rf"\b{earlier.name}\b", self.submission.text)) > 1
                if not uses or (earlier.driver and not earlier.standby):
                    continue
                verdict = self._verdict(part, earlier)
                if verdict is not None and verdict.status in ("failed", "error", "missing"):
                    found[earlier.name] = earlier
        return found

    def _verdict(self, part: Part, function: Function) -> Verdict | None:
        """Return the verdict about a function, also if its part was not asked for."""
        if function.key not in self.verdicts and self.settings.parts and not part.trains:
            session = self._session(part, self._end())
            if session.seconds >= _LEAST_SECONDS:
                verdict = self._settled(function.name, session.function, function)
                self.verdicts[function.key] = verdict
        return self.verdicts.get(function.key)

    def _right_with(self, part: Part, function: Function, earlier: Mapping[str, Function]) -> bool:
        """Return whether a function is right once the earlier ones are.

        The answers of the earlier functions come from here. All points are settled by then.
        """
        session = self._session(part, self._end())
        if session.seconds < _LEAST_SECONDS:
            return False

        def answers(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
            return earlier[name].right(*args, **kwargs)

        try:
            with session.open() as process:
                process.replace({name: f.standby for name, f in earlier.items()}, answers)
                session.draws(function, process)
        except (Stop, Ended):
            return False
        return True
