"""Random tensors: every function draws from `generator`.

A generator is a numpy.random.Generator, a seed, or None for fresh entropy. By default the numbers
are float32. `device` ("cpu", "cuda", "cuda:N") and `requires_grad` are those of the new tensor. All
functions raise TypeError or ValueError if a size, dtype or generator is not legal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.autograd.dtypes import as_dtype, float32
from minigan.autograd.tensor import Tensor
from minigan.backend import Seed, as_generator, to_device
from minigan.checks import as_shape, integer, number
from minigan.functions.arguments import tensor_of
from minigan.functions.creation import made

__all__ = ["randn", "rand", "randint", "randperm", "randn_like", "rand_like", "bernoulli"]


def _drawn(
    function: str, size: Any, draw: Any, dtype: Any, device: str | None, requires_grad: bool
) -> Tensor:
    """Return draw(shape, dtype), drawn as float32 or float64, in the given dtype."""
    chosen = as_dtype(dtype or float32, function)
    if chosen.kind != "f":
        raise TypeError(f"{function}: dtype={chosen} must be a float")
    numbers = draw(as_shape(function, size), np.float64 if chosen.itemsize == 8 else np.float32)
    return made(numbers.astype(chosen, copy=False), requires_grad, device)


def randn(
    *sizes: Any,
    size: Any = (),
    generator: Seed = None,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return numbers drawn from N(0, 1). Sizes are given one by one, as a sequence, or as `size=`.

    >>> randn(2, 3, generator=0).shape
    (2, 3)
    """
    draw = as_generator(generator).standard_normal
    return _drawn("randn", sizes or (size,), draw, dtype, device, requires_grad)


def rand(
    *sizes: Any,
    size: Any = (),
    generator: Seed = None,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return numbers drawn uniformly from [0, 1). Sizes: one by one, a sequence, or `size=`.

    >>> bool((rand(2, 3, generator=0) < 1).all())
    True
    """
    draw = as_generator(generator).random
    return _drawn("rand", sizes or (size,), draw, dtype, device, requires_grad)


def randint(
    low: int,
    high: Any = None,
    size: Any = None,
    *,
    generator: Seed = None,
    device: str | None = None,
) -> Tensor:
    """Return int64 integers drawn uniformly from low <= i < high.

    `randint(high, size)` starts at 0. Raises ValueError unless low < high.

    >>> bool((randint(2, 5, (9,), generator=0) >= 2).all())
    True
    """
    if size is None:  # randint(high, size)
        low, high, size = 0, low, high
    if high is None or size is None:
        raise TypeError("randint: give randint(high, size) or randint(low, high, size)")
    low, high = integer("randint", "low", low), integer("randint", "high", high)
    if low >= high:
        raise ValueError(f"randint: low={low} must be < high={high}")
    numbers = as_generator(generator).integers(low, high, as_shape("randint", [size]))
    return made(numbers, False, device)


def randperm(n: int, *, generator: Seed = None, device: str | None = None) -> Tensor:
    """Return the integers 0..n-1 in random order, as int64.

    >>> sorted(randperm(4, generator=0).tolist())
    [0, 1, 2, 3]
    """
    (count,) = as_shape("randperm", ((n,),))
    return made(as_generator(generator).permutation(count), False, device)


def randn_like(
    input: Tensor,
    *,
    generator: Seed = None,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return numbers drawn from N(0, 1) in the shape, dtype and device of another tensor.

    >>> randn_like(Tensor([1.0, 2.0]), generator=0).shape
    (2,)
    """
    x = tensor_of("randn_like", "input", input)
    return randn(
        x.shape,
        generator=generator,
        dtype=dtype or x.dtype,
        device=x.device if device is None else device,
        requires_grad=requires_grad,
    )


def rand_like(
    input: Tensor,
    *,
    generator: Seed = None,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return numbers drawn uniformly from [0, 1) in the shape, dtype and device of another tensor.

    >>> rand_like(Tensor([1.0, 2.0]), generator=0).shape
    (2,)
    """
    x = tensor_of("rand_like", "input", input)
    return rand(
        x.shape,
        generator=generator,
        dtype=dtype or x.dtype,
        device=x.device if device is None else device,
        requires_grad=requires_grad,
    )


def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None) -> Tensor:
    """Return 1 with the probability in the input (or p), else 0, for each number of the input.

    The result is a constant in the input's dtype and device. Raises ValueError if a probability is
    not in [0, 1], and TypeError if the input is not float and p is not given.

    >>> bernoulli(Tensor([0.0, 1.0]), generator=0)
    tensor([0., 1.])
    """
    x = tensor_of("bernoulli", "input", input)
    if p is None and x.dtype.kind != "f":
        raise TypeError(f"bernoulli: input has dtype {x.dtype}; probabilities must be floats")
    chance = x._data if p is None else number("bernoulli", "p", p, 0.0, 1.0)
    if p is None and not ((x._data >= 0) & (x._data <= 1)).all():
        raise ValueError(
            "bernoulli: input holds numbers that are not probabilities (legal: 0 to 1)"
        )
    drawn = to_device(as_generator(generator).random(x.shape), x.device)
    return Tensor._wrap((drawn < chance).astype(x.dtype))
