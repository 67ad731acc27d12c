"""In-place functions that draw: x.normal_(), x.uniform_(), x.bernoulli_(), x.random_().

`generator` is a numpy.random.Generator, a seed, or None for fresh entropy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.autograd.tensor import Tensor
from minigan.backend import as_generator
from minigan.checks import integer, number
from minigan.functions.inplace import copy_

__all__: list[str] = []  # methods of a Tensor only


def normal_(input: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Replace every number by one drawn from N(mean, std^2); return the tensor.

    Raises ValueError if std is negative.

    >>> bool((Tensor([0.0, 0.0]).normal_(generator=0) != 0).all())
    True
    """
    number("normal_", "mean", mean), number("normal_", "std", std, 0.0)
    return copy_(input, as_generator(generator).normal(mean, std, input.shape))


def uniform_(input: Tensor, a: float = 0.0, b: float = 1.0, *, generator: Any = None) -> Tensor:
    """Replace every number by one drawn uniformly from [a, b); return the tensor.

    Raises ValueError if a > b.

    >>> bool((Tensor([0.0, 0.0]).uniform_(2, 3, generator=0) >= 2).all())
    True
    """
    if number("uniform_", "b", b) < number("uniform_", "a", a):
        raise ValueError(f"uniform_: a={a} must be <= b={b}")
    return copy_(input, as_generator(generator).uniform(a, b, input.shape))


def bernoulli_(input: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Replace every number by 1 with probability p, else by 0; return the tensor.

    p is a number or a tensor of probabilities that broadcasts. Raises ValueError if one is not in
    [0, 1].

    >>> Tensor([5.0, 5.0]).bernoulli_(1.0)
    tensor([1., 1.])
    """
    chance = p.detach().cpu().numpy() if isinstance(p, Tensor) else number("bernoulli_", "p", p)
    if not np.all((np.asarray(chance) >= 0) & (np.asarray(chance) <= 1)):
        raise ValueError("bernoulli_: p must be a probability (legal: 0 to 1)")
    return copy_(input, as_generator(generator).random(input.shape) < chance)


def random_(
    input: Tensor, low: int = 0, high: int | None = None, *, generator: Any = None
) -> Tensor:
    """Replace every number by an integer drawn from low <= i < high; return the tensor.

    `x.random_(high)` starts at 0. Raises ValueError unless low < high.

    >>> bool((Tensor([9, 9]).random_(3, generator=0) < 3).all())
    True
    """
    if high is None:
        low, high = (0, low) if low else (0, _largest(input))
    low, high = integer("random_", "low", low), integer("random_", "high", high)
    if low >= high:
        raise ValueError(f"random_: low={low} must be < high={high}")
    return copy_(input, as_generator(generator).integers(low, high, input.shape, np.int64))


def _largest(x: Tensor) -> int:
    """Return the end of the range of integers that the dtype holds exactly."""
    if x.dtype.kind == "f":
        return int(2 ** (np.finfo(x.dtype).nmant + 1)) + 1
    return 2 if x.dtype.kind == "b" else int(min(np.iinfo(x.dtype).max, 2**62)) + 1


def exponential_(input: Tensor, lambd: float = 1.0, *, generator: Any = None) -> Tensor:
    """Replace every number by one drawn from the density lambd e^(-lambd x); return the tensor.

    Raises ValueError if lambd is not positive.

    >>> bool((Tensor([-1.0, -1.0]).exponential_(generator=0) >= 0).all())
    True
    """
    if not number("exponential_", "lambd", lambd) > 0:
        raise ValueError(f"exponential_: lambd={lambd} must be > 0")
    return copy_(input, as_generator(generator).exponential(1 / lambd, input.shape))
