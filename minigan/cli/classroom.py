"""`minigan classroom`: its options, and what it prints."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from minigan import classroom
from minigan.classroom import gradebook, handout, submissions, text, writers
from minigan.classroom.model import LANGUAGES, Assignment
from minigan.classroom.report import Report, dumps
from minigan.classroom.writers import TARGETS
from minigan.cli.errors import UsageError
from minigan.cli.parsing import Parser
from minigan.files import replacing

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
        ("grade", _grade, "grade submissions, each in a process with limits"),
        ("build", _build, "write an assignment's folder for a platform"),
        ("doctor", _doctor, "grade the reference and the stub through a built folder"),
        ("selftest", _selftest, "check the assignments on solutions whose points are known"),
    ):
        add(choices.add_parser(name, help=help, description=help[0].upper() + help[1:] + "."))


# ---------------------------------------------------------------------------------------- options


def _language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--language", choices=LANGUAGES, default="en", help="the language (default: en)"
    )


def _assignment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", type=_known, metavar="A1..A6", help="the assignment")


def _known(name: str) -> Assignment:
    try:
        return classroom.assignment(name)
    except KeyError:
        legal = ", ".join(classroom.IDS)
        raise argparse.ArgumentTypeError(
            f"there is no assignment {name} (legal: {legal})"
        ) from None


def _student(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--student", metavar="ID", help=f"whose numbers it has (default: {default})"
    )
    parser.add_argument(
        "--secret-file",
        type=Path,
        metavar="F",
        help="a file with the secret that the numbers of each student follow from; by default "
        "everyone has the same",
    )


def _secret(path: Path | None) -> bytes:
    """Return the secret in a file. Raises UsageError if the file is empty."""
    if path is None:
        return b""
    secret = path.read_bytes().strip()
    if not secret:
        raise UsageError(f"--secret-file {path}: is empty; write a secret text into it")
    return secret


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be an integer of at least 1")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number of seconds from 1 to 86400")
    return seconds


def _shard(text: str) -> tuple[int, int]:
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise argparse.ArgumentTypeError(f"{text!r} must be I/N with 1 <= I <= N, as in 2/8")
    return int(number), int(count)


# ---------------------------------------------------------------------------------- list and new


def _list(parser: argparse.ArgumentParser) -> None:
    _language(parser)
    parser.set_defaults(run=list_assignments)


def list_assignments(arguments: argparse.Namespace) -> None:
    """Print the assignments."""
    found = [classroom.assignment(id) for id in classroom.IDS]
    print(text.list_text(found, arguments.language))


def _new(parser: argparse.ArgumentParser) -> None:
    _assignment(parser)
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="the folder (default: this one)"
    )
    _student(parser, "no one's")
    _language(parser)
    parser.set_defaults(run=new)


def new(arguments: argparse.Namespace) -> None:
    """Write a student's files."""
    a = arguments
    written = handout.write(
        a.assignment, a.out, a.student or "", _secret(a.secret_file), a.language
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
    _language(parser)
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
    """Return the assignment that a submission names. Raises UsageError if it names none."""
    id = submissions.assignment_of(submission)
    if id not in classroom.IDS:
        legal = ", ".join(classroom.IDS)
        raise UsageError(
            f"{submission.path}: its first line must name the assignment, for example "
            f"# assignment: A2 (legal: {legal})"
        )
    return classroom.assignment(id)


# ------------------------------------------------------------------------------------------ grade


def _grade(parser: argparse.ArgumentParser) -> None:
    _assignment(parser)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="submissions")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="keep a report of each submission, gradebook.csv, summary.txt and summary.html; a "
        "submission that has a report there is not run again",
    )
    _student(parser, "the folder of a file called a2.py, else the file's name")
    parser.add_argument(
        "--jobs", type=_positive, default=1, metavar="N", help="how many at once (default: 1)"
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        metavar="S",
        help="wall seconds for one submission, a quarter of it for each part (default: 60; A4 240, "
        "A6 360, where parts train networks)",
    )
    parser.add_argument(
        "--memory",
        type=_positive,
        default=1024,
        metavar="MB",
        help="address space of each part (default: 1024)",
    )
    parser.add_argument(
        "--shard",
        type=_shard,
        default=(1, 1),
        metavar="I/N",
        help="grade every N-th submission, beginning with the I-th: one of N independent jobs",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON array of reports")
    _language(parser)
    parser.set_defaults(run=grade)


def grade(arguments: argparse.Namespace) -> None:
    """Grade submissions, and write the gradebook and the summary."""
    a = arguments
    settings = classroom.Settings(
        a.timeout or a.assignment.seconds, a.memory, _secret(a.secret_file), a.language
    )
    course = classroom.Course(a.assignment, a.files, settings, a.student, a.out, a.jobs, a.shard)
    reports = []
    try:
        for report in course.grade():
            reports.append(report)
            if not a.json:
                _show(report, len(a.files), a.language)
    except classroom.SubmissionError as error:
        raise UsageError(str(error)) from error
    if a.json:
        print("[" + ",\n ".join(dumps(report.json()) for report in reports) + "]")
    elif len(a.files) > 1:
        print("\n" + gradebook.summary(a.assignment, reports, a.language))
    if a.out is not None:
        _keep(course, reports, a.language)


def _show(report: Report, count: int, language: str) -> None:
    if count == 1:
        print(text.report_text(report, language), flush=True)
        return
    found = dict.fromkeys(part.misconception for part in report.parts if part.misconception)
    found |= dict.fromkeys(gradebook.problems(report))
    keys = ", ".join(found)
    print(f"{report.student:<20} {report.score:>3} / {report.max}  {keys}".rstrip(), flush=True)


def _keep(course: classroom.Course, reports: list[Report], language: str) -> None:
    """Write the results of a class; those of a shard have its number in their names."""
    assert course.out is not None
    number, count = course.shard
    mark = "" if count == 1 else f"-{number}-of-{count}"
    kept = [replace(report, file=str(report.file)) for report in reports]
    for name, data in (
        (f"gradebook{mark}.csv", gradebook.gradebook(course.assignment, kept)),
        (f"summary{mark}.txt", gradebook.summary(course.assignment, kept, language) + "\n"),
        (f"summary{mark}.html", gradebook.page(course.assignment, kept, language)),
    ):
        course.out.mkdir(parents=True, exist_ok=True)
        with replacing(course.out / name) as file:
            file.write_text(data, encoding="utf-8")


# ------------------------------------------------------------------------------- build and doctor


def _build(parser: argparse.ArgumentParser) -> None:
    _assignment(parser)
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
    _language(parser)
    parser.set_defaults(run=build)


def build(arguments: argparse.Namespace) -> None:
    """Write the folder of an assignment for a platform."""
    a = arguments
    out = a.out or Path(f"{a.assignment.name}-{a.target}")
    for path in writers.build(a.assignment, a.target, out, _secret(a.secret_file), a.language):
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
        type=_known,
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
