"""Random tensors: every function draws from `generator`.

A generator is a numpy.random.Generator, a seed, or None for fresh entropy. By default the numbers
are float32. `device` ("cpu", "cuda", "cuda:N") and `requires_grad` are those of the new tensor. All
functions raise TypeError or ValueError if a size, dtype or generator is not legal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.autograd.dtypes import as_dtype, float32, int64
from minigan.autograd.modes import no_grad
from minigan.autograd.tensor import Tensor
from minigan.backend import Seed, as_generator, to_device, to_numpy
from minigan.checks import allocated, as_shape, boolean, integer, number
from minigan.functions.arguments import tensor_of
from minigan.functions.broadcasting import broadcast_shapes
from minigan.functions.creation import made

__all__ = [
    "randn", "rand", "randint", "randint_like", "randperm", "normal", "multinomial", "randn_like",
    "rand_like", "bernoulli",
]  # fmt: skip


def _drawn(
    function: str, size: Any, draw: Any, dtype: Any, device: str | None, requires_grad: bool
) -> Tensor:
    """Return draw(shape, dtype), drawn as float32 or float64, in the given dtype."""
    chosen = as_dtype(dtype or float32, function)
    if chosen.kind != "f":
        raise TypeError(f"{function}: dtype={chosen} must be a float")
    shape, kind = as_shape(function, size), np.float64 if chosen.itemsize == 8 else np.float32
    numbers = allocated(function, shape, lambda: draw(shape, kind))
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
    low: Any = None,
    high: Any = None,
    size: Any = None,
    *,
    generator: Seed = None,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return integers drawn uniformly from low <= i < high, as int64.

    `randint(high, size)` and `randint(high, size=size)` start at 0. Raises ValueError unless
    low < high.

    >>> bool((randint(2, 5, (9,), generator=0) >= 2).all())
    True
    """
    if size is None and isinstance(high, list | tuple):  # randint(high, size)
        high, size = None, high
    if high is None:
        low, high = None, low
    low = 0 if low is None else low
    if high is None or size is None:
        raise TypeError("randint: give randint(high, size) or randint(low, high, size)")
    low, high = integer("randint", "low", low), integer("randint", "high", high)
    if low >= high:
        raise ValueError(f"randint: low={low} must be < high={high}")
    shape, rng = as_shape("randint", [size]), as_generator(generator)
    numbers = allocated("randint", shape, lambda: rng.integers(low, high, shape, np.int64))
    chosen = int64 if dtype is None else as_dtype(dtype, "randint")
    return made(numbers.astype(chosen, copy=False), requires_grad, device)


def randint_like(
    input: Tensor, low: Any = None, high: Any = None, *, generator: Seed = None, dtype: Any = None
) -> Tensor:
    """Return integers drawn as by `randint` in the shape, dtype and device of another tensor.

    >>> randint_like(Tensor([1, 2]), 5, generator=0).shape
    (2,)
    """
    x = tensor_of("randint_like", "input", input)
    kind = x.dtype if dtype is None else dtype
    return randint(low, high, x.shape, generator=generator, dtype=kind, device=x.device)


def normal(
    mean: Any,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Seed = None,
    dtype: Any = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return numbers drawn from N(mean, std^2), as a constant.

    Mean and std are tensors that broadcast, whose shape the result has; or numbers, and then the
    size must be given. Raises ValueError if a std is negative.

    >>> normal(0.0, 1.0, (2, 3), generator=0).shape, normal(Tensor([0.0, 9.0]), generator=0).shape
    ((2, 3), (2,))
    """
    tensors = [x.detach() for x in (mean, std) if isinstance(x, Tensor)]
    if size is None and not tensors:
        raise TypeError("normal: two numbers need a size, as in normal(0.0, 1.0, (2, 3))")
    least = std.numel() and float(std.min()) if isinstance(std, Tensor) else std
    number("normal", "std", least, 0.0)
    if size is None:
        size = broadcast_shapes("normal", *(x.shape for x in tensors))
    if tensors:
        dtype, device = dtype or tensors[0].dtype, device or tensors[0].device
    drawn = randn(size, generator=generator, dtype=dtype, device=device)
    with no_grad():
        y: Tensor = drawn * std + mean
    return y.requires_grad_(requires_grad)


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Seed = None
) -> Tensor:
    """Return indices drawn with probabilities in proportion to the weights of a vector, as int64.

    Each row of a matrix is such a vector; the result has num_samples columns. Raises ValueError if
    a weight is negative or not finite, a row has no positive weight, or without replacement there
    are fewer positive weights than samples.

    >>> multinomial(Tensor([0.0, 3.0]), 4, replacement=True, generator=0)
    tensor([1, 1, 1, 1])
    """
    x = tensor_of("multinomial", "input", input)
    count = integer("multinomial", "num_samples", num_samples, 1)
    if x.ndim not in (1, 2) or x.dtype.kind != "f":
        raise ValueError(
            f"multinomial: input has shape {x.shape} and dtype {x.dtype}; it must be a vector or a "
            "matrix of floats"
        )
    w = to_numpy(x._data).astype(np.float64).reshape(-1, x.shape[-1])
    needed = 1 if boolean("multinomial", "replacement", replacement) else count
    if not (np.isfinite(w) & (w >= 0)).all() or ((w > 0).sum(1) < needed).any():
        raise ValueError(
            f"multinomial: weights must be finite, not negative, and at least {needed} of each "
            "row positive"
        )
    rng = as_generator(generator)
    if replacement:
        levels = (w / w.sum(1, keepdims=True)).cumsum(1)
        levels /= levels[:, -1:]
        places = (rng.random((len(w), count, 1)) >= levels[:, None, :]).sum(2)
    else:  # the first of exponential waiting times with these rates
        with np.errstate(divide="ignore"):
            places = (rng.exponential(size=w.shape) / w).argsort(1, kind="stable")[:, :count]
    return made(places.astype(np.int64).reshape(*x.shape[:-1], count), False, x.device)


def randperm(n: int, *, generator: Seed = None, device: str | None = None) -> Tensor:
    """Return the integers 0..n-1 in random order, as int64.

    >>> sorted(randperm(4, generator=0).tolist())
    [0, 1, 2, 3]
    """
    (count,) = as_shape("randperm", ((n,),))
    rng = as_generator(generator)
    order = allocated("randperm", (count,), lambda: rng.permutation(count))
    return made(order.astype(np.int64, copy=False), False, device)


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
