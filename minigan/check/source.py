"""A user's file as text: where something failed in it, and what to say about that."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from minigan.check.causes import usual_cause
from minigan.check.outcome import Frame, Outcome

MOST_BYTES = 8 << 20  # of a user's file


class FileOp(NamedTuple):
    """An op that a file has when it has run."""

    name: str
    inputs: tuple[str, ...]  # the names of forward's inputs
    variadic: bool  # the last input stands for any number of them


class Listed(NamedTuple):
    """A class of ops as the text of a file defines it."""

    name: str
    line: int
    lines: dict[str, int]  # of the functions in it
    silent: list[str]  # those of them that return nothing
    abstract: bool  # it has no forward, and others derive from it


class Place(NamedTuple):
    """A place in a file: the line (0 if it is unknown) and the function, forward or a rule."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        """ " (FILE, line N, in FUNCTION)", as a message ends; empty if the line is unknown."""
        within = f", in {self.function}" if self.function else ""
        return f" ({self.file}, line {self.line}{within})" if self.line else ""


class Source:
    """The text of a file, as far as messages need it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.listed: dict[str, Listed] = {}  # by name

    def explained(self, outcome: Outcome, op: FileOp | None = None) -> tuple[str, Place]:
        """Return what happened in a call, where, and the usual cause, as a text; and the place."""
        failure = outcome.failure
        if failure is None:
            place = self._place(outcome.where[::-1])
            return f"{outcome.text}{place}", place
        place = self._place(failure.frames)
        if not place.line and op is not None:
            rule = re.search(r"the rule for input (\w+)", failure.message)
            place = self.place(op, f"backward_{rule[1]}") if rule else place
        text = f"{failure.kind}: {failure.message}".removesuffix(": ") + str(place)
        cause = usual_cause(failure, str(self.path), () if op is None else op.inputs)
        return f"{text}; {cause}" if cause else text, place

    def about_rule(self, op: FileOp, input: int | None) -> str:
        """Return the place of a wrong rule, and whether it lacks a return, as a text.

        It is the rule of an input, or the only one that the op has; else the text is empty.
        """
        if op.name not in self.listed or not op.inputs:
            return ""
        listed = self.listed[op.name]
        rules = [name for name in listed.lines if name.startswith("backward")]
        if input is not None:
            own = f"backward_{op.inputs[min(input, len(op.inputs) - 1)]}"
            rules = [name for name in rules if name in (own, "backward")]
        if len(rules) != 1:
            return ""
        lacks = f"; {rules[0]} lacks a return" if rules[0] in listed.silent else ""
        return f"{self.place(op, rules[0])}{lacks}"

    def place(self, op: FileOp, function: str) -> Place:
        """Return where a function of an op begins."""
        lines = self.listed[op.name].lines if op.name in self.listed else {}
        return Place(self.path.name, lines.get(function, 0), function)

    def _place(self, frames: tuple[Frame, ...]) -> Place:
        """Return the last line of the file in a traceback, and its function that was called first.

        That function is forward or a rule; the line may be in a helper of it.
        """
        own = [frame for frame in frames if frame.file == str(self.path)]
        functions = [frame.function for frame in own if frame.function[:1] not in ("", "<")]
        return Place(self.path.name, own[-1].line if own else 0, functions[0] if functions else "")
