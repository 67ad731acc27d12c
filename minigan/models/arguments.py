"""Argument checks of models: sizes, flags, and functions that make a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigan.checks import boolean, integer


def check_sizes(model: str, *, hidden: Any = (), **sizes: Any) -> None:
    """Raise TypeError or ValueError if a size is not an integer of at least 1.

    `hidden` is a sequence of sizes.

    >>> check_sizes("Classifier", size=28, hidden=(64, 32))
    """
    for name, value in sizes.items():
        integer(model, name, value, least=1)
    if isinstance(hidden, str) or not isinstance(hidden, Sequence):
        raise TypeError(f"{model}: hidden={hidden!r} must be a sequence of sizes, such as (64, 32)")
    for i, value in enumerate(hidden):
        integer(model, f"hidden[{i}]", value, least=1)


def check_flags(model: str, **flags: Any) -> None:
    """Raise TypeError if a flag is not True or False.

    >>> check_flags("Classifier", norm=True)
    """
    for name, value in flags.items():
        boolean(model, name, value)


def check_layer(model: str, name: str, make: Any) -> None:
    """Raise TypeError if `make` is not a function that makes a layer.

    >>> from minigan import nn
    >>> check_layer("MLPGenerator", "activation", nn.Tanh)
    """
    if not callable(make):
        raise TypeError(f"{model}: {name}={make!r} must make a layer, such as nn.ReLU")
