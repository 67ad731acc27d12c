"""Reports and the list of assignments as text for a terminal."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence

from minigan.classroom import messages
from minigan.classroom.model import Assignment
from minigan.classroom.report import PartReport, Report

_WIDTH = 96


def report_text(report: Report, language: str = "en") -> str:
    """Return a report as text: a line a part, and what is wrong below it."""
    words = messages.words(language, "report")
    lines = []
    for part in report.parts:
        points = (
            f"{part.score:>3} / {part.max:<3}"
            if part.status != "manual"
            else f"  – / {part.max:<3}"
        )
        lines.append(f"{part.id:<6}{points} {words[part.status]:<9} {part.title}")
        if part.status not in ("passed", "manual"):
            lines += textwrap.wrap(part.message, _WIDTH, initial_indent="       ",
                                   subsequent_indent="       ")  # fmt: skip
            lines += _smallest(part, words)
    lines.append(f"{report.assignment}: {report.score} / {report.max} {words['points']}")
    hidden = [part.id for part in report.parts if not part.visible]
    lines += report.notes
    if report.passed:
        lines.append(words["hidden"].format(parts=", ".join(hidden)) if hidden else words["same"])
    return "\n".join(lines)


def _smallest(part: PartReport, words: dict[str, str]) -> list[str]:
    found = part.json()["smallest"]
    if found is None:
        return []
    inputs = ", ".join(f"{name} = {_value(value)}" for name, value in found["input"].items())
    rows = [(words["input"], inputs), (words["yours"], _value(found["yours"])),
            (words["right"], _value(found["right"]))]  # fmt: skip
    if rows[1][1] == rows[2][1]:
        rows[1] = (rows[1][0], f"{rows[1][1]}  {words['type-only']}")
    lines = [f"       {words['smallest']}"]
    for name, text in rows:
        lines += textwrap.wrap(f"{name}: {text}", _WIDTH, initial_indent="         ",
                               subsequent_indent="           ")  # fmt: skip
    return lines


def _value(value: object) -> str:
    """Return a value in few characters: 2.0 as 2."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return value if isinstance(value, str) else json.dumps(value)


def hint_text(assignment: Assignment, wanted: str, language: str = "en") -> str:
    """Return a hint: of "2.1" the first, of "2.1:3" the third.

    Raises ValueError if there is none.
    """
    id, _, number = wanted.partition(":")
    ids = [part.id for part in assignment.parts]
    if id not in ids or (number and number not in ("1", "2", "3")):
        raise ValueError(f"--hint {wanted}: write one of {', '.join(ids)}, or {ids[0]}:2 for more")
    words, level = messages.words(language, "report"), int(number or 1)
    hints: Sequence[str] = assignment.text(language, "parts", id, "hints")
    lines = textwrap.wrap(
        f"{words['hint']} {level} {words['of']} {len(hints)}: {hints[level - 1]}", _WIDTH
    )
    if level < len(hints):
        lines.append(words["more"].format(part=id, level=level + 1))
    return f"{id} " + "\n".join(lines)


def list_text(assignments: Sequence[Assignment], language: str = "en") -> str:
    """Return a table of assignments and their parts."""
    words, lines = messages.words(language, "report"), []
    for one in assignments:
        minutes = sum(part.minutes for part in one.parts)
        chapters = ", ".join(one.chapters)
        title = one.text(language, "title")
        points = f"{one.max} + {one.manual}" if one.manual else str(one.max)
        time = f"{minutes} {words['minutes']}"
        lines.append(f"{one.id}  {title}  ({points} {words['points']}, {time}; {chapters})")
        for part in one.parts:
            name = one.text(language, "parts", part.id, "title")
            manual = f"  {words['manual']}" if part.manual else ""
            stars = "★" * part.difficulty
            time = f"{part.minutes:>3} {words['minutes']}"
            lines.append(f"  {part.id:<6}{part.points:>3}  {stars:<4}{time}  {name}{manual}")
    return "\n".join(lines)
