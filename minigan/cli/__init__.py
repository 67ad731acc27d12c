"""The command line: `options` reads it, `commands` carry it out, by what lives in the rooms below.

Errors of use and of files are one line on stderr and exit code 2; Ctrl-C ends with 130, after the
state is saved.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

from minigan import runs
from minigan.cli.errors import UsageError, in_one_line
from minigan.cli.options import parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    try:
        arguments = parser().parse_args(argv)
        code = int(arguments.run(arguments) or 0)
        # what cannot be written is an error here, not a complaint of Python's at exit
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("minigan: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _give_up_stdout()
        return 0
    except (UsageError, runs.RunError, OSError, MemoryError) as error:
        _give_up_stdout()
        print(f"minigan: error: {in_one_line(error)}", file=sys.stderr)
        return 2


def _give_up_stdout() -> None:
    """Close standard output if nothing can be written to it."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            sys.stdout.close()
