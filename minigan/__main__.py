"""`python -m minigan` is the command `minigan`."""

import os
import sys
from typing import Any

from minigan import interrupts


def main() -> int:
    """Run the command line and return the exit code.

    Ctrl-C and SIGTERM end it with one line and the exit code 130, also while the package is
    imported and while Python ends.
    """
    interrupts.end_at_once()
    os.environ.pop("MPLBACKEND", None)  # no window is opened; a wrong name would stop matplotlib
    try:
        from minigan import cli
        from minigan.cli.streams import occupy_standard_files

        occupy_standard_files()
        sys.unraisablehook = _unraisable
        interrupts.raise_once()
        code = cli.main()
    except KeyboardInterrupt:
        print("minigan: interrupted", file=sys.stderr)
        return 130
    interrupts.end_at_once()
    return code


def _unraisable(found: Any) -> None:
    """End the command if Ctrl-C came where Python cannot raise errors, as in a destructor."""
    if isinstance(found.exc_value, KeyboardInterrupt):
        os.write(2, b"minigan: interrupted\n")
        os._exit(130)
    sys.__unraisablehook__(found)


if __name__ == "__main__":
    sys.exit(main())
