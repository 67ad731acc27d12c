"""`minigan classroom`: its options, and what it prints."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from minigan import classroom
from minigan.classroom import handout, submissions, text, writers
from minigan.classroom.model import Assignment
from minigan.classroom.report import dumps
from minigan.classroom.writers import TARGETS
from minigan.cli.classroom_options import (
    add_assignment,
    add_language,
    add_student,
    known,
    secret_in,
)  # fmt: skip
from minigan.cli.errors import UsageError
from minigan.cli.grading import add_grade, add_merge
from minigan.cli.parsing import Parser

_DESCRIPTION = """\
Assignments about transposed convolutions, auto-encoders and GANs: stubs and
tasks for a student, a check for the student, and a grader for a class.
"""


def add_classroom(parser: argparse.ArgumentParser) -> None:
    """Add the commands of the classroom."""
    parser.description = _DESCRIPTION
    choices = parser.add_subparsers(
        title="commands", required=True, metavar="COMMAND", parser_class=Parser
    )
    for name, add, help in (
        ("list", _list, "list the assignments with their parts, points and minutes"),
        ("new", _new, "write the stubs, the tasks and the tests of an assignment"),
        ("check", _check, "check your own solution, with hints"),
        ("grade", add_grade, "grade submissions, each in a process with limits"),
        ("merge", add_merge, "merge the shards of a class into one gradebook"),
        ("build", _build, "write an assignment's folder for a platform"),
        ("doctor", _doctor, "grade the reference and the stub through a built folder"),
        ("selftest", _selftest, "check the assignments on solutions whose points are known"),
    ):
        add(choices.add_parser(name, help=help, description=help[0].upper() + help[1:] + "."))


# ---------------------------------------------------------------------------------- list and new


def _list(parser: argparse.ArgumentParser) -> None:
    add_language(parser)
    parser.set_defaults(run=list_assignments)


def list_assignments(arguments: argparse.Namespace) -> None:
    """Print the assignments."""
    found = [classroom.assignment(id) for id in classroom.IDS]
    print(text.list_text(found, arguments.language))


def _new(parser: argparse.ArgumentParser) -> None:
    add_assignment(parser)
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="the folder (default: this one)"
    )
    add_student(parser, "no one's")
    add_language(parser)
    parser.set_defaults(run=new)


def new(arguments: argparse.Namespace) -> None:
    """Write a student's files."""
    a = arguments
    written = handout.write(
        a.assignment, a.out, a.student or "", secret_in(a.secret_file), a.language
    )
    for path in written:
        print(path)


# ------------------------------------------------------------------------------------------ check


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a .py file or a notebook")
    parser.add_argument(
        "--part", action="append", metavar="P", help="check this part only, for example 2.1"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--hint",
        action="append",
        metavar="P",
        help="show this part only, with a hint; 2.1:2 and 2.1:3 say more",
    )
    add_language(parser)
    parser.set_defaults(run=check)


def check(arguments: argparse.Namespace) -> int:
    """Check a student's file; return the exit code, 1 if something is wrong."""
    a = arguments
    submission = _read(a.file)
    assignment = _named(submission)
    ids = [part.id for part in assignment.parts]
    for id in a.part or ():
        if id not in ids:
            raise UsageError(f"--part {id}: {assignment.id} has the parts {', '.join(ids)}")
    try:
        for wanted in a.hint or ():
            out = sys.stderr if a.json else sys.stdout
            print(text.hint_text(assignment, wanted, a.language), end="\n\n", file=out)
    except ValueError as error:
        raise UsageError(str(error)) from error
    settings = classroom.Settings(
        assignment.seconds, language=a.language, use="check", parts=tuple(a.part or ())
    )
    with classroom.Grader(assignment, settings) as grader:
        report = grader.grade(submission)
    only = [wanted.partition(":")[0] for wanted in a.hint or ()]
    shown = () if set(only) - {part.id for part in report.parts} else only
    print(dumps(report.json()) if a.json else text.report_text(report, a.language, shown))
    return 0 if report.passed else 1


def _read(path: Path) -> submissions.Submission:
    try:
        return submissions.read(path)
    except classroom.SubmissionError as error:
        raise UsageError(str(error)) from error


def _named(submission: submissions.Submission) -> Assignment:
    """Return the assignment that a submission names.

    Raises UsageError if it names none, or cannot be read.
    """
    if submission.problem:
        raise UsageError(f"{submission.path}: {submission.problem}")
    id = submissions.assignment_of(submission)
    if id not in classroom.IDS:
        legal = ", ".join(classroom.IDS)
        raise UsageError(
            f"{submission.path}: its first line must name the assignment, for example "
            f"# assignment: A2 (legal: {legal})"
        )
    return classroom.assignment(id)


# ------------------------------------------------------------------------------- build and doctor


def _build(parser: argparse.ArgumentParser) -> None:
    add_assignment(parser)
    parser.add_argument("--for", dest="target", choices=TARGETS, required=True, help="the platform")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="a new or empty folder (default: for example a2-gradescope)",
    )
    parser.add_argument(
        "--secret-file",
        type=Path,
        metavar="F",
        help="the secret for the numbers of each student; it is put where students cannot read it, "
        "and nowhere else",
    )
    add_language(parser)
    parser.set_defaults(run=build)


def build(arguments: argparse.Namespace) -> None:
    """Write the folder of an assignment for a platform."""
    a = arguments
    out = a.out or Path(f"{a.assignment.name}-{a.target}")
    for path in writers.build(a.assignment, a.target, out, secret_in(a.secret_file), a.language):
        print(path)


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder written by build")
    parser.set_defaults(run=doctor)


def doctor(arguments: argparse.Namespace) -> int:
    """Examine a built folder; return the exit code, 1 if something is missing."""
    from minigan.classroom.writers.doctor import examine

    try:
        found = examine(arguments.folder)
    except ValueError as error:
        raise UsageError(str(error)) from error
    print(found.text)
    return 1 if found.problems else 0


# --------------------------------------------------------------------------------------- selftest


def _selftest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "assignments",
        nargs="*",
        type=known,
        metavar="A1..A6",
        help="the assignments (default: all)",
    )
    parser.add_argument("--quick", action="store_true", help="leave out the parts that train")
    parser.set_defaults(run=selftest)


def selftest(arguments: argparse.Namespace) -> int:
    """Check the assignments; return the exit code, 1 if one has a fault."""
    from minigan.classroom.selftest import selftest

    chosen = arguments.assignments or [classroom.assignment(id) for id in classroom.IDS]
    faults = 0
    for assignment in chosen:
        found = selftest(assignment, arguments.quick)
        faults += bool(found.problems)
        print(found.text, flush=True)
    return 1 if faults else 0
