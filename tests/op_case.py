"""A case of an op: a call that minigan and PyTorch write in the same way, and its inputs."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Case(NamedTuple):
    name: str
    function: Callable[..., Any]
    inputs: tuple[np.ndarray, ...]
    order: int = 2  # how often it is differentiated


def _rng(*shape: int) -> np.random.Generator:
    return np.random.default_rng([7, *shape])


def real(*shape: int) -> np.ndarray:
    return _rng(*shape, 1).normal(size=shape) + 0.1


def positive(*shape: int) -> np.ndarray:
    return _rng(*shape, 2).uniform(0.4, 2.0, size=shape)


def ties(*shape: int) -> np.ndarray:
    return _rng(*shape, 3).integers(-2, 3, size=shape).astype(float)


def zeros(*shape: int) -> np.ndarray:
    return ties(*shape) * positive(*shape)
