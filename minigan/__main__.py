"""`python -m minigan` is the command `minigan`."""

import os
import signal
import sys
from contextlib import suppress


def main() -> int:
    """Run the command line and return the exit code.

    SIGTERM is treated as Ctrl-C, also while the package is imported.
    """
    os.environ.pop("MPLBACKEND", None)  # no window is opened; a wrong name would stop matplotlib
    with suppress(ValueError):  # only the main thread may handle signals
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from minigan import cli
        from minigan.cli.streams import occupy_standard_files

        occupy_standard_files()
        return cli.main()
    except KeyboardInterrupt:
        print("minigan: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
