"""`minigan classroom grade` and `merge`: a class, also in shards, and its gradebook."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from minigan import classroom
from minigan.classroom import gradebook, merging, text
from minigan.classroom.model import Assignment
from minigan.classroom.report import Report, dumps
from minigan.cli.classroom_options import (
    add_assignment,
    add_language,
    add_student,
    positive,
    seconds,
    secret_in,
    shard,
)  # fmt: skip
from minigan.cli.errors import UsageError
from minigan.files import replacing
from minigan.jobs import JobError
from minigan.shards import Shard, ShardError

# ------------------------------------------------------------------------------------------ grade


def add_grade(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `grade`."""
    add_assignment(parser)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="submissions")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="keep a report of each submission, gradebook.csv, summary.txt and summary.html; a "
        "submission that has a report there is not run again",
    )
    add_student(parser, "the folder of a file called a2.py, else the file's name")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs", type=positive, default=1, metavar="N", help="how many at once (default: 1)"
    )
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="grade on the workers of this Dask scheduler, for example tcp://10.0.0.1:8786, "
        "instead of processes here (pip install distributed)",
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        metavar="S",
        help="wall seconds for one submission, a quarter of it for each part (default: 60; A4 240, "
        "A6 360, where parts train networks)",
    )
    parser.add_argument(
        "--memory",
        type=positive,
        default=1024,
        metavar="MB",
        help="address space of each part (default: 1024)",
    )
    parser.add_argument(
        "--shard",
        type=shard,
        default=Shard(),
        metavar="I/N",
        help="grade every N-th submission, beginning with the I-th: one of N independent jobs; "
        "`minigan classroom merge DIR` merges them",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON array of reports")
    add_language(parser)
    parser.set_defaults(run=grade)


def grade(arguments: argparse.Namespace) -> None:
    """Grade submissions, and write the gradebook and the summary."""
    a = arguments
    settings = classroom.Settings(
        a.timeout or a.assignment.seconds, a.memory, secret_in(a.secret_file), a.language
    )
    course = classroom.Course(
        a.assignment, a.files, settings, a.student, a.out, a.jobs, a.shard, a.scheduler
    )
    reports = []
    try:
        for report in course.grade():
            reports.append(report)
            if not a.json:
                _show(report, len(a.files), a.language)
    except (classroom.SubmissionError, JobError) as error:
        raise UsageError(str(error)) from error
    if a.json:
        _print_json(reports)
    elif len(a.files) > 1:
        print("\n" + gradebook.summary(a.assignment, reports, a.language))
    if a.out is not None:
        _keep(a.out, a.assignment, reports, a.language, a.shard)


def _print_json(reports: Sequence[Report]) -> None:
    print("[" + ",\n ".join(dumps(report.json()) for report in reports) + "]")


def _show(report: Report, count: int, language: str) -> None:
    if count == 1:
        print(text.report_text(report, language), flush=True)
        return
    found = dict.fromkeys(part.misconception for part in report.parts if part.misconception)
    found |= dict.fromkeys(gradebook.problems(report))
    keys = ", ".join(found)
    print(f"{report.student:<20} {report.score:>3} / {report.max}  {keys}".rstrip(), flush=True)


def _keep(
    out: Path, assignment: Assignment, reports: Sequence[Report], language: str, shard: Shard
) -> None:
    """Write the results of a class; those of a shard have its number in their names."""
    mark = "" if shard.total == 1 else f"-{shard.number}-of-{shard.total}"
    for name, data in (
        (f"gradebook{mark}.csv", gradebook.gradebook(assignment, reports)),
        (f"summary{mark}.txt", gradebook.summary(assignment, reports, language) + "\n"),
        (f"summary{mark}.html", gradebook.page(assignment, reports, language)),
    ):
        _write(out / name, data)


def _write(path: Path, data: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write_text(data, encoding="utf-8")


# ------------------------------------------------------------------------------------------ merge


def add_merge(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `merge`."""
    parser.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="DIR",
        help="the folder, or the folders, that `grade --shard I/N --out DIR` has written",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="the folder for the whole class: reports, gradebook.csv, summary.txt and summary.html "
        "(default: the first DIR)",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON array of reports")
    parser.set_defaults(run=merge)


def merge(arguments: argparse.Namespace) -> None:
    """Write the gradebook and the summary of a class that was graded in shards."""
    a = arguments
    try:
        found = merging.merge(a.folders)
    except ShardError as error:
        raise UsageError(str(error)) from error
    out: Path = a.out or a.folders[0]
    for report, place in zip(found.reports, found.places, strict=True):
        if place.parent != out:
            _write(out / place.name, dumps(report.json()) + "\n")
    _keep(out, found.assignment, found.reports, found.language, Shard())
    if a.json:
        _print_json(found.reports)
    else:
        print(gradebook.summary(found.assignment, found.reports, found.language))
