"""The command line: it reads the arguments, calls the rooms below, and prints the results.

Without a command the help is printed, and the exit code is 0. An error of use or of a file is one
line on stderr, and the exit code is 2. Ctrl-C saves the state of a training, and the exit code is
130. Output that nobody can read changes neither the work nor the exit code.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence

from minigan import is_grad_enabled, set_grad_enabled
from minigan.cli import rank
from minigan.cli.errors import report_of
from minigan.cli.options import parser
from minigan.cli.streams import lenient_streams
from minigan.threads import one_blas_thread


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command, by default that of `sys.argv`, and return the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    modes = is_grad_enabled(), one_blas_thread.users
    silent = words[:1] == ["train"] and rank.number() > 0
    with lenient_streams(silent):
        try:
            with rank.time_to_report(silent):
                arguments = parser().parse_args(words, Namespace(words=words))
            code = int(arguments.run(arguments) or 0)
            sys.stdout.flush()  # so that a failed write is reported here, not by Python at exit
        except BaseException as error:
            found = report_of(error)
            if found is None:
                raise
            code = _report(*found)
        if code == 130:
            _restore(*modes)
        return code


def _restore(grad: bool, users: int) -> None:
    """Restore the mode of gradients and the threads of BLAS as they were before the command.

    Ctrl-C may come in the very moment in which a context that changed them begins or ends.
    """
    set_grad_enabled(grad)
    one_blas_thread.restore(users)


def _report(text: str, code: int) -> int:
    """Print why the command ended, and return the exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        sys.stdout.close()
    print(f"minigan: {text}", file=sys.stderr)
    return code
