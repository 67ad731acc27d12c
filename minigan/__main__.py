"""`python -m minigan` is the command `minigan`."""

import signal
import sys

from minigan import cli


def main() -> int:
    """Run the command line; a polite request to end is obeyed as Ctrl-C is."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
