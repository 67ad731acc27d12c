"""Ctrl-C ends the command `minigan` with one line and the exit code 130, at any moment.

The package is imported before its `__main__` runs, and an import that is interrupted shows a
traceback. So `minigan` itself imports this module first. It changes nothing unless the program is
the command: `python -m minigan`, or the script of this name.
"""

import os
import signal
import sys
from types import FrameType

_signals = (signal.SIGINT, signal.SIGTERM)


def is_command() -> bool:
    """Return whether the program of this process is the command `minigan`, which is starting."""
    if sys.argv[:1] == ["-m"]:  # so it is while the package is looked for
        options = sys.orig_argv[: len(sys.orig_argv) - len(sys.argv) + 1]
        return options[-1].removeprefix("-m") == "minigan"
    name = os.path.basename(sys.argv[0]) if sys.argv else ""
    return name.removesuffix(".exe").removesuffix("-script.py") == "minigan"


def end_at_once() -> None:
    """Let Ctrl-C and SIGTERM end the process at once, unless they are ignored.

    That is right while nothing has begun, and when all is done.
    """
    _handle(_end)


def raise_once() -> None:
    """Let the first Ctrl-C or SIGTERM raise KeyboardInterrupt, and the next end the process."""
    _handle(_raise)


def _handle(handler: object) -> None:
    try:
        for number in _signals:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as with nohup
                signal.signal(number, handler)  # type: ignore[arg-type]
    except ValueError:  # only the main thread may handle signals
        pass


def _end(number: int, frame: FrameType | None) -> None:
    """Say that the command was interrupted, and end without any cleaning up."""
    try:
        os.write(2, b"minigan: interrupted\n")
    finally:
        os._exit(130)


def _raise(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt; the next signal ends the process, in which a line was printed."""
    _handle(lambda *_: os._exit(130))
    raise KeyboardInterrupt


if is_command():
    end_at_once()
