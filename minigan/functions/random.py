"""Random tensors. Every function draws from `generator`: a Generator, a seed, or None (fresh)."""

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
    """Numbers from N(0, 1), float32 unless told, drawn from `generator` (a Generator, a seed, or
    None: fresh).
    """
    rng = as_generator(generator)
    return _drawn(
        "randn",
        sizes or (size,),
        lambda n, d: rng.standard_normal(n, d),
        dtype,
        device,
        requires_grad,
    )


def rand(
    *sizes: Any,
    size: Any = (),
    generator: Seed = None,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers evenly from [0, 1), float32 unless told, drawn from `generator` (a Generator, a seed,
    or None: fresh).
    """
    rng = as_generator(generator)
    return _drawn(
        "rand", sizes or (size,), lambda n, d: rng.random(n, d), dtype, device, requires_grad
    )


def randint(
    low: int,
    high: Any = None,
    size: Any = None,
    *,
    generator: Seed = None,
    device: str | None = None,
) -> Tensor:
    """Integers low <= i < high, int64; `randint(high, size)` starts at 0."""
    if size is None:  # randint(high, size)
        low, high, size = 0, low, high
    if high is None or size is None:
        raise TypeError("randint: give randint(high, size) or randint(low, high, size)")
    low, high = integer("randint", "low", low), integer("randint", "high", high)
    if low >= high:
        raise ValueError(f"randint: low={low} must be < high={high}")
    return made(
        as_generator(generator).integers(low, high, as_shape("randint", [size])), False, device
    )


def randperm(n: int, *, generator: Seed = None, device: str | None = None) -> Tensor:
    """0..n-1 in random order."""
    return made(
        as_generator(generator).permutation(as_shape("randperm", ((n,),))[0]), False, device
    )


def randn_like(
    input: Tensor,
    *,
    generator: Seed = None,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from N(0, 1) in the shape, dtype and place of another tensor."""
    x = tensor_of("randn_like", "input", input)
    place = x.device if device is None else device
    return randn(
        x.shape,
        generator=generator,
        dtype=dtype or x.dtype,
        device=place,
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
    """Numbers evenly from [0, 1) in the shape, dtype and place of another tensor."""
    x = tensor_of("rand_like", "input", input)
    place = x.device if device is None else device
    return rand(
        x.shape,
        generator=generator,
        dtype=dtype or x.dtype,
        device=place,
        requires_grad=requires_grad,
    )


def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that stands in the input (or p), else 0: a constant in its dtype and
    place.

    Drawn from `generator` (a Generator, a seed, or None: fresh). Raises ValueError for what is no
    probability.
    """
    x = tensor_of("bernoulli", "input", input)
    if p is None and x.dtype.kind != "f":
        raise TypeError(f"bernoulli: input has dtype {x.dtype}; probabilities are floats")
    chance = x._data if p is None else number("bernoulli", "p", p, 0.0, 1.0)
    if p is None and not ((x._data >= 0) & (x._data <= 1)).all():
        raise ValueError("bernoulli: input holds numbers that are no probabilities (legal: 0..1)")
    drawn = to_device(as_generator(generator).random(x.shape), x.device)
    return Tensor._wrap((drawn < chance).astype(x.dtype))
