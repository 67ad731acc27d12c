"""Options and arguments that several commands of `minigan classroom` share."""

from __future__ import annotations

import argparse
from pathlib import Path

from minigan import classroom
from minigan.classroom.model import LANGUAGES, Assignment
from minigan.cli.errors import UsageError
from minigan.files import read_regular
from minigan.shards import Shard


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add --language."""
    parser.add_argument(
        "--language", choices=LANGUAGES, default="en", help="the language (default: en)"
    )


def add_assignment(parser: argparse.ArgumentParser) -> None:
    """Add the argument A1..A6."""
    parser.add_argument("assignment", type=known, metavar="A1..A6", help="the assignment")


def known(name: str) -> Assignment:
    """Return the assignment of this name."""
    try:
        return classroom.assignment(name)
    except KeyError:
        legal = ", ".join(classroom.IDS)
        raise argparse.ArgumentTypeError(
            f"there is no assignment {name} (legal: {legal})"
        ) from None


def add_student(parser: argparse.ArgumentParser, default: str) -> None:
    """Add --student and --secret-file."""
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


def secret_in(path: Path | None) -> bytes:
    """Return the secret in a file. Raises UsageError if it is empty, OSError if it is no file."""
    if path is None:
        return b""
    secret = read_regular(path, 1 << 20).strip()
    if not secret:
        raise UsageError(f"--secret-file {path}: is empty; write a secret text into it")
    return secret


def positive(text: str) -> int:
    """Return an integer of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be an integer of at least 1")
    return int(text)


def seconds(text: str) -> float:
    """Return a number of seconds from 1 to a day."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number of seconds from 1 to 86400")
    return seconds


def shard(text: str) -> Shard:
    """Return the shard that is written I/N."""
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
