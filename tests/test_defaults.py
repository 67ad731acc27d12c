"""Every public default, as defaults.txt has it literally; and those of PyTorch.

A default that is changed on purpose is changed in defaults.txt as well.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOMS = [
    "minigan", "minigan.nn", "minigan.nn.functional", "minigan.nn.init", "minigan.nn.utils",
    "minigan.optim", "minigan.optim.lr_scheduler", "minigan.gan", "minigan.gan.objectives",
    "minigan.autoencoder", "minigan.models", "minigan.metrics", "minigan.parallel",
    "minigan.nn.utils.parametrizations", "minigan.geometry", "minigan.cuda", "minigan.check",
    "minigan.datasets", "minigan.theory",
]  # fmt: skip
# a module, not a package: what it imports is not its own
OWN = {"minigan.nn.utils.parametrizations": ["spectral_norm", "weight_norm"]}
WRITTEN = Path(__file__).with_name("defaults.txt").read_text(encoding="utf-8").splitlines()


def public(room: str) -> Iterator[tuple[str, Any]]:
    """Yield the names of a room's functions and classes, and what they stand for."""
    module = importlib.import_module(room)
    for name in OWN.get(room) or sorted(getattr(module, "__all__", vars(module))):
        value = getattr(module, name)
        ours = str(getattr(value, "__module__", "")).startswith("minigan")
        error = inspect.isclass(value) and issubclass(value, Exception)  # it has no signature
        if callable(value) and ours and not error and not name.startswith("_"):
            yield name, value


def text_of(value: Any) -> str:
    """Return a default as text: a class stands there by its name, an Objective by its `name`."""
    if inspect.isclass(value):
        return value.__name__
    return repr(value) if not hasattr(value, "name") else f"{type(value).__name__}({value.name!r})"


def call_of(function: Any) -> str:
    """Return the signature as text, without annotations."""
    parts, marked = [], False
    for p in inspect.signature(function).parameters.values():
        if p.kind is p.VAR_POSITIONAL:
            marked = True
        elif p.kind is p.KEYWORD_ONLY and not marked:
            parts, marked = [*parts, "*"], True
        default = "" if p.default is p.empty else f"={text_of(p.default)}"
        stars = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        parts.append(f"{stars}{p.name}{default}")
    return f"({', '.join(parts)})"


@pytest.mark.parametrize("room", ROOMS)
def test_defaults_are_those_written(room):
    found = [f"{room}.{name}{call_of(value)}" for name, value in public(room)]
    found = [line for line in found if "=" in line]
    here = [line for line in WRITTEN if line.partition("(")[0].rpartition(".")[0] == room]
    assert sorted(found) == sorted(here), "defaults.txt has the defaults; a new one is added there"


@pytest.mark.parametrize("room", ROOMS[1:7])
def test_defaults_are_those_of_pytorch(room):
    pytest.importorskip("torch")
    theirs = importlib.import_module(room.replace("minigan", "torch"))
    for name, value in public(room):
        try:
            parameters = inspect.signature(getattr(theirs, name)).parameters
        except (AttributeError, TypeError, ValueError):  # it is not there, or is written in C
            continue
        for key, p in inspect.signature(value).parameters.items():
            if key in parameters and (name, key) != ("Parameter", "data"):
                assert p.default == parameters[key].default, f"{room}.{name}: {key}"
