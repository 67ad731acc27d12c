"""Measurements, each beside a rival in the same run: `python -m benchmarks --help` lists them.

They are no tests.
"""

import argparse

from minigan.shards import Shard


def count(text: str) -> int:
    """How many of something, as the command line says it: an integer of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} must be at least 1")
    return number


def shard(text: str) -> Shard:
    """A part of independent jobs, as the command line says it: I/N."""
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
