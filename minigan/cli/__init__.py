"""The command line: it reads the arguments, calls the rooms below, and prints the results.

Without a command the help is printed, and the exit code is 0. An error of use or of a file is one
line on stderr, and the exit code is 2. Ctrl-C saves the state of a training, and the exit code is
130. Output that nobody can read changes neither the work nor the exit code.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from minigan import runs
from minigan.cli.errors import UsageError, in_one_line
from minigan.cli.options import parser
from minigan.cli.streams import lenient_streams


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command, by default that of `sys.argv`, and return the exit code."""
    with lenient_streams():
        try:
            arguments = parser().parse_args(argv)
            code = int(arguments.run(arguments) or 0)
            sys.stdout.flush()  # so that a failed write is reported here, not by Python at exit
            return code
        except KeyboardInterrupt:
            return _report("interrupted", 130)
        except (UsageError, runs.RunError, OSError, MemoryError) as error:
            return _report(f"error: {in_one_line(error)}", 2)
        except ValueError as error:
            if not isinstance(error.__cause__, MemoryError):
                raise
            return _report(f"error: not enough memory: {error}", 2)


def _report(text: str, code: int) -> int:
    """Print why the command ended, and return the exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        sys.stdout.close()
    print(f"minigan: {text}", file=sys.stderr)
    return code
