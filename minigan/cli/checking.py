"""`minigan check`: its options, and what it prints."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from minigan.cli.errors import UsageError

_DESCRIPTION = """\
Check gradients to order two by central differences in float64: of all ops of
minigan, or of the ops that FILE.py defines, for example for homework.
"""

_CONTRACT = """\
the file
  An op is a class that derives from minigan.Op. Its forward(self, x, ...)
  receives NumPy arrays and returns one. Its rule backward_x(self, g, ...)
  receives tensors and returns the gradient of x as a tensor: g is the gradient
  of the output, and the other parameters are those that the rule names, inputs
  of forward or `out`, the output. So a rule is written with minigan's
  functions: x.cos(), not np.cos(x).
  A static method examples() may return a list of tuples of inputs, or of pairs
  (op, inputs) for an op with settings. Without it, the op is made without
  arguments and tried on random inputs of shapes (3, 4), (3, 3) and (4,).

the comparison
  Differences show whether the rules fit the op's own forward. Whether forward
  is right, --against shows: forward and rules must equal a function of minigan,
  on the examples, or on inputs and settings that are chosen for it. The op's
  attributes of the same names (stride, padding, ...) are passed to it.

the process
  The file runs in a process of its own, without a keyboard, and with limits on
  time, memory, the size of files and the number of processes. The first five
  lines that an op prints stand below its row. The gradients are compared
  outside of that process.

the exit code
  0  all ops of the file were checked and are right
  1  an op is wrong or was not checked
  2  there is no such file, or an option is wrong
"""


def add_check(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = _DESCRIPTION, _CONTRACT
    parser.add_argument(
        "path", nargs="?", type=Path, metavar="FILE.py", help="a file that defines ops"
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        metavar="S",
        help="the time that one op may take (default: 10)",
    )
    parser.add_argument(
        "--against",
        action="append",
        metavar="[OP=]FUNCTION",
        help="compare every op, or the op of this name, with a function of minigan, for example "
        "conv_transpose2d; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, not a table")
    parser.add_argument("--example", action="store_true", help="print an op to start from")
    parser.set_defaults(run=check)


def check(arguments: argparse.Namespace) -> int:
    """Check gradients; return the exit code, 1 if an op is wrong or was not checked."""
    from minigan import check

    if arguments.example:
        print(check.TEMPLATE, end="")
        return 0
    missing: tuple[str, ...] = ()
    if arguments.path is None:
        for flag in ("against", "seconds"):
            if getattr(arguments, flag) is not None:
                raise UsageError(f"--{flag} is for the ops of a file; name it: check FILE.py")
        rows = list(check.check_all())
    else:
        try:
            homework = check.Homework(
                arguments.path,
                seconds=arguments.seconds or 10.0,
                against=_by_op(arguments.against or []),
            )
        except ValueError as error:
            raise UsageError(str(error)) from error
        rows, missing = list(homework), homework.missing
    if arguments.json:
        file = None if arguments.path is None else str(arguments.path)
        print(check.rows_json(rows, file=file, not_limited=list(missing)))
    else:
        _print(check.format_rows(rows))
        if missing:
            print(f"note: this system sets no limits on: {', '.join(missing)}", file=sys.stderr)
    return 0 if rows and all(row.ok for row in rows) else 1


def _print(text: str) -> None:
    """Print a text; characters that the output cannot encode become question marks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def _by_op(words: list[str]) -> dict[str, str]:
    """Return the functions to compare with, by the names of ops; "" stands for every other op."""
    found: dict[str, str] = {}
    for word in words:
        op, _, function = word.rpartition("=")
        if op in found:
            raise UsageError(f"--against {word}: {op or 'every op'} has a function already")
        found[op] = function
    return found


def _seconds(text: str) -> float:
    """Return a time greater than 0."""
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"invalid number: {text!r}") from None
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} must be greater than 0")
    return seconds
