"""What tests must leave as they found it, and what they may use: state of the process, memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

import minigan

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def state() -> dict[str, Any]:
    """Return the state of the process that a test must not change."""
    return {
        "folder": os.getcwd(),
        "threads of minigan": minigan.get_num_threads(),
        "gradients recorded": minigan.is_grad_enabled(),
        "np.geterr": np.geterr(),
        "np.get_printoptions": np.get_printoptions(),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS"),
    }


def restore(before: dict[str, Any]) -> None:
    """Bring the process back to a state, so that one test's fault does not fail the next."""
    os.chdir(before["folder"])
    minigan.set_num_threads(before["threads of minigan"])
    np.seterr(**before["np.geterr"])
    np.set_printoptions(**before["np.get_printoptions"])


@contextmanager
def little_memory(most: int = 1 << 28) -> Iterator[None]:
    """Raise AssertionError if the largest memory of the process so far rose by more than `most`."""
    before = largest_memory()
    yield
    assert largest_memory() - before <= most, "memory was filled"


def largest_memory() -> int:
    """Return the largest memory that the process has had, in bytes; 0 where it is not known."""
    if resource is None:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
