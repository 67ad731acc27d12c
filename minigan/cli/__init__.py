"""The command line: it reads the arguments, calls the rooms below, and prints the results.

An error of use or of a file is one line on stderr, and the exit code is 2. Ctrl-C saves the state
of a training, and the exit code is 130.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

from minigan import runs
from minigan.cli.errors import UsageError, in_one_line
from minigan.cli.options import parser


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command, by default that of `sys.argv`, and return the exit code."""
    try:
        arguments = parser().parse_args(argv)
        code = int(arguments.run(arguments) or 0)
        sys.stdout.flush()  # so that a failed write is reported here, not by Python at exit
        return code
    except KeyboardInterrupt:
        print("minigan: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _close_stdout()
        return 0
    except (UsageError, runs.RunError, OSError, MemoryError) as error:
        _close_stdout()
        print(f"minigan: error: {in_one_line(error)}", file=sys.stderr)
        return 2


def _close_stdout() -> None:
    """Close standard output if nothing can be written to it."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            sys.stdout.close()
