"""Measurements, each beside a rival in the same run: `python -m benchmarks --help` lists them.

They are no tests.
"""

import argparse


def count(text: str) -> int:
    """How many of something, as the command line says it: an integer of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} must be at least 1")
    return number
