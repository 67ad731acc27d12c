"""Reports and the list of assignments as text for a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from minigan.classroom import messages
from minigan.classroom.model import Assignment
from minigan.classroom.report import STATUSES, PartReport, Report

_WIDTH = 96
# a Chinese character, or a word, with the marks after it
_PIECES = re.compile(r"(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)[，。：；、）？]*\s*|\s+")


def report_text(report: Report, language: str = "en", only: Sequence[str] = ()) -> str:
    """Return a report as text: a line a part, and what is wrong below it.

    With `only`, the other parts are left out; the sum is always that of the whole report.
    """
    words = messages.words(language, "report")
    column = max(_columns(words[status]) for status in STATUSES)
    lines = []
    for part in report.parts:
        if only and part.id not in only:
            continue
        points = (
            f"{part.score:>3} / {part.max:<3}"
            if part.status != "manual"
            else f"  – / {part.max:<3}"
        )
        word = words[part.status]
        space = " " * (column - _columns(word) + 1)
        lines.append(f"{part.id:<6}{points} {word}{space}{part.title}")
        if part.status not in ("passed", "manual"):
            lines += _wrapped(part.message, "       ")
            lines += _smallest(part, words)
    lines.append(f"{report.assignment}: {report.score} / {report.max} {words['points']}")
    hidden = [part.id for part in report.parts if not part.visible]
    lines += report.notes
    if report.passed:
        lines.append(words["hidden"].format(parts=", ".join(hidden)) if hidden else words["same"])
    return "\n".join(lines)


def _columns(text: str) -> int:
    """Return the columns that a text takes in a terminal: two for a Chinese character."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def _wrapped(text: str, first: str = "", later: str | None = None) -> list[str]:
    """Return the lines of a text; a line may end after any Chinese character.

    `first` and `later` stand before the first line and the others.

    >>> _wrapped("input: x = 1", "  ")
    ['  input: x = 1']
    """
    later = first if later is None else later
    lines, line = [], first
    for piece in _PIECES.findall(text):
        if line.strip() and _columns(line + piece.rstrip()) > _WIDTH:
            lines.append(line.rstrip())
            line = later
        line += piece if line.strip() else piece.lstrip()
    return [*lines, line.rstrip()]


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
        lines += _wrapped(f"{name}{words['colon']}{text}", "         ", "           ")
    return lines


def _value(value: object) -> str:
    """Return a value in few characters: 2.0 as 2."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return value if isinstance(value, str) else str(value)


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
    lines = _wrapped(
        f"{id} {words['hint']} {level} {words['of']} {len(hints)}{words['colon']}{hints[level - 1]}"
    )
    if level < len(hints):
        lines.append(words["more"].format(part=id, level=level + 1))
    return "\n".join(lines)


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
