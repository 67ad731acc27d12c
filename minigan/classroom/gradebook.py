"""The results of a class: a table for a spreadsheet, and a summary by misconception."""

from __future__ import annotations

import csv
import html
import io
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from string import Template
from typing import Any

from minigan.classroom import messages
from minigan.classroom.model import Assignment
from minigan.classroom.report import Report

_FORMULAS = ("=", "+", "-", "@")


def cell(value: Any) -> str:
    """Return the text of a cell; a spreadsheet must not take it for a formula.

    >>> cell("=1+1"), cell(7)
    ("'=1+1", '7')
    """
    text = re.sub(r"[\x00-\x1f]", " ", str(value))
    return "'" + text if text.startswith(_FORMULAS) else text


def gradebook(assignment: Assignment, reports: Sequence[Report]) -> str:
    """Return the results as CSV: a line of titles, and a line for each submission."""
    titles = ["student", "file", "score", "max"]
    for part in assignment.parts:
        manual = " (by a person)" if part.manual else ""
        titles.append(f"{part.id} of {part.points}{manual}")
    titles += ["misconceptions", "problems"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(titles)
    for report in reports:
        scores = {part.id: part for part in report.parts}
        row: list[Any] = [report.student, report.file, report.score, report.max]
        for part in assignment.parts:
            found = scores.get(part.id)
            row.append("" if found is None or part.manual else found.score)
        keys = [f"{part.id} {part.misconception}" for part in report.parts if part.misconception]
        bad = "; ".join(problems(report))
        writer.writerow([cell(value) for value in [*row, "; ".join(keys), bad]])
    return out.getvalue()


def problems(report: Report) -> list[str]:
    """Return the parts that raised, or that needed too much time or memory.

    >>> part = {"title": "", "score": 0, "max": 16, "visible": True, "message": ""}
    >>> parts = [{"id": "2.1", "status": "timeout", **part}]
    >>> problems(Report.read({"assignment": "A2", "file": "", "student": "", "score": 0, "max": 16,
    ...                       "manual": 0, "parts": parts}))
    ['2.1 timeout']
    """
    bad = ("error", "timeout", "memory")
    return [f"{part.id} {part.status}" for part in report.parts if part.status in bad]


def misconceptions(reports: Sequence[Report]) -> list[tuple[int, str, list[str]]]:
    """Return (how many submissions, key, parts) of each misconception, the most frequent first."""
    count: Counter[str] = Counter()
    parts: dict[str, set[str]] = {}
    for report in reports:
        for part in report.parts:
            if part.misconception:
                parts.setdefault(part.misconception, set()).add(part.id)
        count.update({part.misconception for part in report.parts if part.misconception})
    found = [(number, key, sorted(parts[key])) for key, number in count.items()]
    return sorted(found, key=lambda item: (-item[0], item[1]))


def summary(assignment: Assignment, reports: Sequence[Report], language: str = "en") -> str:
    """Return the summary of a class as text."""
    words = messages.words(language, "class")
    if not reports:
        return words["none"]
    scores = [report.score for report in reports]
    title = f"{assignment.id}: {assignment.text(language, 'title')}"
    numbers = {"count": len(scores), "mean": statistics.mean(scores), "low": min(scores),
               "median": statistics.median(scores), "high": max(scores),
               "max": assignment.max}  # fmt: skip
    lines = [title, words["scores"].format(**numbers), "", words["parts"]]
    for part, mean, right in _parts(assignment, reports):
        name = assignment.text(language, "parts", part.id, "title")
        lines.append(f"  {part.id:<5}{mean:5.1f} / {part.points:<4}{right:>5}  {name}")
    lines += ["", words["ideas"]]
    for number, key, parts in misconceptions(reports):
        text = assignment.text(language, "misconceptions", key)
        lines.append(f"  {number} {words['of']} {len(reports)}: {key} ({', '.join(parts)}): {text}")
    if not misconceptions(reports):
        lines.append(f"  {words['no-ideas']}")
    for note in sorted({note for report in reports for note in report.notes}):
        lines += ["", note]
    return "\n".join(lines)


def _parts(assignment: Assignment, reports: Sequence[Report]) -> list[tuple[Any, float, int]]:
    """Return (part, mean points, how many have all points) of the automatic parts."""
    found = []
    for part in assignment.parts:
        mine = [p.score for report in reports for p in report.parts if p.id == part.id]
        if mine and not part.manual:
            found.append((part, statistics.mean(mine), sum(s == part.points for s in mine)))
    return found


def page(assignment: Assignment, reports: Sequence[Report], language: str = "en") -> str:
    """Return the summary of a class as one HTML page that needs nothing else."""
    words, text = messages.words(language, "class"), html.escape
    title = text(f"{assignment.id}: {assignment.text(language, 'title')}")
    head, *_ = summary(assignment, reports, language).split("\n\n")
    parts = "".join(
        f"<tr><th>{part.id}</th><td>{text(assignment.text(language, 'parts', part.id, 'title'))}"
        f"</td><td>{_bar(mean / part.points)}</td><td>{mean:.1f} / {part.points}</td>"
        f"<td>{right}</td></tr>"
        for part, mean, right in _parts(assignment, reports)
    )
    ideas = "".join(
        f"<tr><th>{number} {words['of']} {len(reports)}</th><td>{_bar(number / len(reports))}</td>"
        f"<td><code>{text(key)}</code><br>"
        f"{text(assignment.text(language, 'misconceptions', key))}</td>"
        f"<td>{', '.join(where)}</td></tr>"
        for number, key, where in misconceptions(reports)
    )
    rows = "".join(
        f"<tr><td>{text(report.student)}</td><td>{report.score} / {report.max}</td>"
        f"<td>{_bar(report.score / max(1, report.max))}</td>"
        f"<td>{text(', '.join(p.misconception for p in report.parts if p.misconception))}</td></tr>"
        for report in reports
    )
    notes = "".join(
        f"<p>{text(note)}</p>" for note in sorted({n for r in reports for n in r.notes})
    )
    names = {name: words[name] for name in ("part", "points", "right", "idea", "student")}
    ideas = ideas or f"<tr><td>{words['no-ideas']}</td></tr>"
    told = text("\n".join(head.splitlines()[1:]))
    template = files("minigan.classroom").joinpath("texts", "summary.html")
    return Template(template.read_text(encoding="utf-8")).substitute(
        names, language=language, title=title, head=told, parts=parts, ideas=ideas, rows=rows,
        notes=notes,
    )  # fmt: skip


def _bar(share: float) -> str:
    percent = round(100 * min(1.0, max(0.0, share)))
    inner = f'<i style="width:{percent}%"></i>'
    return f'<span class="bar" role="img" aria-label="{percent} %">{inner}</span>'
