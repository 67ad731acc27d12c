"""The parser of all commands, and readers of arguments that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, NoReturn

from minigan.cli.errors import UsageError


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError where argparse would exit, and suggests what was meant.

    Options are not abbreviated: a new option never changes what a command means.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with the message and the command that shows the help."""
        raise UsageError(f"{message} (see {self.prog} --help)")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Return the arguments; those that no option takes are an error of this parser."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            unknown = [word for word in rest if word.startswith("-")] or rest
            options = [flag for action in self._actions for flag in action.option_strings]
            self.error(f"unrecognized arguments: {' '.join(rest)}{meant(unknown[0], options)}")
        return found, rest

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Raise ArgumentError unless the value is one of the choices of an argument."""
        if action.choices is not None and value not in action.choices:
            legal = [str(choice) for choice in action.choices]
            raise argparse.ArgumentError(
                action,
                f"invalid choice: {value!r}{meant(value, legal)} (legal: {', '.join(legal)})",
            )


def meant(word: str, legal: Iterable[str]) -> str:
    """Return "; did you mean ...?" with the legal word that is like a misspelt one, or "".

    >>> meant("trian", ["train", "sample"]), meant("x", ["train"])
    ("; did you mean 'train'?", '')
    """
    near = get_close_matches(word.split("=")[0], list(legal), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def commands_of(parser: argparse.ArgumentParser, kind: str, required: bool = True) -> Any:
    """Return what the parsers of commands, or of models or operations, are added to."""
    return parser.add_subparsers(
        title=f"{kind}s", required=required, metavar=kind.upper(), parser_class=Parser
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
