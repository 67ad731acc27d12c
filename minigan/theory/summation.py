"""The same summand is summed over outcomes for arrays, and integrated over x for distributions.

A sum is an array and exact up to rounding. For distributions the result is an `Integral`, a value
and its error; if they are discrete, it is a sum too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigan.theory import validation
from minigan.theory.families import Distribution, total
from minigan.theory.quadrature import Integral
from minigan.theory.summands import Array, log


def as_distributions(function: str, **arguments: Any) -> list[Distribution]:
    """Return the arguments if all of them are Distributions, and [] if none of them is.

    Raises TypeError if only some of them are.

    >>> as_distributions("kl", p=[0.5, 0.5], q=[1, 0])
    []
    """
    found = [value for value in arguments.values() if isinstance(value, Distribution)]
    if found and len(found) < len(arguments):
        types = " and ".join(f"{name} is a {type(x).__name__}" for name, x in arguments.items())
        raise TypeError(
            f"{function}: {types} (legal: arrays of probabilities alone, or Distributions alone)"
        )
    return found


def summed(
    function: str,
    summand: Callable[..., Array],
    low: float = -math.inf,
    high: float = math.inf,
    **arguments: Any,
) -> Array | Integral:
    """Return the sum of summand(log p, log q) over outcomes (...), or its Integral over x.

    `low` and `high` are bounds of the exact sum: rounding may pass them by 1e-17, so the sum is
    clipped. Raises ValueError if an array does not hold probabilities.

    >>> summed("entropy", lambda lp: -np.exp(lp) * lp, p=[0.5, 0.5]).round(6)
    np.float64(0.693147)
    """
    if sides := as_distributions(function, **arguments):
        return total(lambda x: summand(*(side.log_density(x) for side in sides)), *sides)
    logs = map(log, validation.probabilities(function, **arguments))
    with np.errstate(over="ignore"):  # an infinite divergence is legal
        sums: Array = summand(*logs).sum(axis=-1) + 0.0  # no -0.0
    return sums.clip(low, high)
