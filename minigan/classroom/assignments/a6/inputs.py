"""Inputs of A6's training step."""

from __future__ import annotations

from collections.abc import Iterator

from minigan.classroom.drawing import Generator
from minigan.classroom.model import Inputs


def steps(generator: Generator) -> Iterator[Inputs]:
    """Draw networks, data and optimizers."""
    for optimizer, low in (("sgd", 0.1), ("adam", 0.01), ("sgd", 0.3), ("adam", 0.05)):
        rate = round(low * float(generator.uniform(1.0, 1.5)), 4)
        yield {"seed": int(generator.integers(1 << 30)), "optimizer": optimizer, "rate": rate}


def small_steps() -> Iterator[Inputs]:
    """Yield the detector's networks."""
    for seed in range(3):
        yield {"seed": seed, "optimizer": "sgd", "rate": 0.5}
        yield {"seed": seed, "optimizer": "adam", "rate": 0.05}
