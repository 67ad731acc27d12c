"""The six assignments. Each is a folder: `assignment` (data), its texts, stubs and solution."""

from __future__ import annotations

import importlib
from functools import cache

from minigan.classroom.model import Assignment

IDS = ("A1", "A2", "A3", "A4", "A5", "A6")


@cache
def assignment(id: str) -> Assignment:
    """Return an assignment by its number.

    Raises KeyError if there is no such assignment.

    >>> assignment("A2").max
    100
    """
    if id.upper() not in IDS:
        raise KeyError(id)
    module = importlib.import_module(f"minigan.classroom.assignments.{id.lower()}.assignment")
    found: Assignment = module.ASSIGNMENT
    return found
