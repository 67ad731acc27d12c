"""The parser of all commands, and readers of arguments that several commands share."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from minigan.cli.errors import UsageError


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError where argparse would exit."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with the message and the command that shows the help."""
        raise UsageError(f"{message} (see {self.prog} --help)")


def commands_of(parser: argparse.ArgumentParser, kind: str) -> Any:
    """Return what the parsers of commands, or of models or operations, are added to."""
    return parser.add_subparsers(
        title=f"{kind}s", required=True, metavar=kind.upper(), parser_class=Parser
    )


def add_run(parser: argparse.ArgumentParser) -> None:
    """Add the argument RUN."""
    parser.add_argument("path", metavar="RUN", help="a run directory")


def add_integer(parser: argparse.ArgumentParser, flag: str, default: int, text: str) -> None:
    """Add an option that is an integer, with its default in the help."""
    kind = int if flag == "--seed" else count
    parser.add_argument(
        flag, type=kind, default=default, metavar="I", help=f"{text} (default: {default})"
    )


def count(text: str) -> int:
    """Return an integer that may be the size of an array.

    From 2^40 on, NumPy raises other errors than MemoryError.
    """
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"invalid int value: {text!r}") from None
    if abs(number) >= 2**40:
        raise argparse.ArgumentTypeError(f"{text} is too large (legal: less than 2^40)")
    return number


def pair(text: str) -> tuple[int, int]:
    """Return the height and width of `5` or `5x7`."""
    try:
        height, width = map(int, text.lower().split("x") if "x" in text.lower() else (text, text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither an integer nor HxW, as in 5x7"
        ) from None
    return height, width
