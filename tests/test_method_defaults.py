"""Every default of a public method, as method_defaults.txt has it literally."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from test_defaults import ROOMS, call_of, public

WRITTEN = Path(__file__).with_name("method_defaults.txt").read_text(encoding="utf-8").splitlines()


def found(room: str) -> list[str]:
    """Return the methods with defaults that the classes of a room define themselves."""
    lines = []
    for name, kind in public(room):
        if not inspect.isclass(kind):
            continue
        for key, value in vars(kind).items():
            function = getattr(value, "__func__", value)
            if inspect.isfunction(function) and not key.startswith("_") and key != "function":
                lines.append(f"{room}.{name}.{key}{call_of(function)}")
    return [line for line in lines if "=" in line]


@pytest.mark.parametrize("room", ROOMS)
def test_defaults_of_methods_are_those_written(room):
    names = {f"{room}.{name}." for name, kind in public(room) if inspect.isclass(kind)}
    here = [line for line in WRITTEN if line.startswith(tuple(names))] if names else []
    assert sorted(found(room)) == sorted(here), "a new default is added to method_defaults.txt"
