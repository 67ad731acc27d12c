"""What is said about one part of a submission: sentences and verdicts, in the report's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from minigan.classroom import messages
from minigan.classroom.model import Assignment, Function, Part
from minigan.classroom.sandbox.launcher import Ended, Error
from minigan.classroom.submissions import Submission
from minigan.classroom.verdicts import Settings, Verdict

USED = "used"  # the kind of a verdict about something that a part must not use


@dataclass
class Telling:
    """Sentences about one part; `problems` is what statements outside functions raised."""

    assignment: Assignment
    part: Part
    submission: Submission
    settings: Settings

    def __post_init__(self) -> None:
        self.problems: tuple[Error, ...] = ()

    def say(self, key: str, **values: Any) -> str:
        """Return a message in the language of the report."""
        return messages.say(key, self.settings.language, **values)

    def idea(self, name: str, key: str) -> str:
        """Return the sentence about a misconception, with the chapter that shows it."""
        language = self.settings.language
        text = self.assignment.text(language, "misconceptions", key)
        chapter, _, anchor = self.assignment.steps.get(key, "").partition("#")
        if not chapter:
            return self.say("misconception", name=name, sentence=text)
        where = self.say("step", chapter=chapter, anchor=anchor)
        return self.say("misconception-step", name=name, sentence=text, step=where)

    def raised(self, name: str, error: Error) -> Verdict:
        """Return the verdict about an exception."""
        if error.type == "NotImplementedError":
            return Verdict(0, "missing", self.say("todo", name=name))
        if error.type in ("ModuleNotFoundError", "ImportError") and "minigan" in error.text:
            return Verdict(0, "error", self.say("library", name=name, what="minigan"))
        if error.type == "MemoryError":
            return Verdict(0, "memory", self.say("memory", name=name))
        key = "raised" if self.part.visible else "raised-hidden"
        text = self.say(key, name=name, **self.words(error))
        if error.type == "NameError" and self.problems:  # what defines the name did not run
            before = self.say("does-not-load", **self.words(self.problems[0]))
            text = self.say("after", first=text.rstrip(".。"), second=before)
        return Verdict(0, "error", text)

    def not_called(self, function: Function, error: Error) -> Verdict | None:
        """Return the verdict about a function that does not take the arguments of the task."""
        if function.driver or error.type != "TypeError" or error.line is not None:
            return None
        signature = self.assignment.text("en", "functions", function.name, "signature")
        values = {"name": function.name, "signature": signature, "text": one_line(error.text)}
        return Verdict(0, "error", self.say("not-called", **values))

    def words(self, error: Error) -> dict[str, str]:
        """Return what a message says about an exception."""
        where = self.where(error)
        return {"type": error.type, "text": one_line(error.text), "where": where}

    def where(self, error: Error) -> str:
        """Return the line that an exception came from, in words."""
        if error.line is None:
            return self.say("nowhere")
        label = error.label or self.submission.path.name
        return self.say("line", line=error.line, label=label)

    def ended(self, name: str, ended: Ended) -> Verdict:
        """Return the verdict about a process that ended."""
        if ended.status == "timeout":
            return Verdict(0, "timeout", self.say("timeout", name=name))
        kind, _, code = ended.how.partition(" ")
        key = {"exit": "exited", "signal": "killed"}.get(kind, "forged")
        return Verdict(0, "error", self.say(key, name=name, code=code))

    def used(self, name: str, uses: Sequence[str]) -> Verdict:
        """Return the verdict about what a part must not use."""
        for use in uses:
            if use.startswith("library minigan"):
                what = use.removeprefix("library ")
                return Verdict(0, "failed", self.say("library", name=name, what=what), kind=USED)
        for use in ("library process", "library files"):
            if use in uses:
                return Verdict(0, "failed", self.say(use, name=name), kind=USED)
        known = messages.words(self.settings.language, "uses")
        what = known[next((use for use in uses if use in known and use != "file"), "file")]
        return Verdict(0, "failed", self.say("forbidden", name=name, what=what), kind=USED)


def one_line(text: str) -> str:
    """Return the text in one line, cut after 200 characters.

    >>> one_line("a\\n  b")
    'a b'
    """
    return re.sub(r"\s+", " ", text).strip()[:200]
