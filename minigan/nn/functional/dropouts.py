"""Dropout: in training, random numbers or channels become 0, and the others are scaled up.

(Srivastava et al. 2014.) The mask is drawn here and enters the graph as a constant, so the op is an
ordinary product. `generator` is a numpy.random.Generator, a seed, or None for fresh entropy.
`inplace` is accepted so that PyTorch's lines run, but the input is never modified.
"""

from __future__ import annotations

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator, to_device
from minigan.checks import boolean, number
from minigan.functions.arguments import float_tensor

__all__ = ["dropout", "dropout1d", "dropout2d", "dropout3d"]


def dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Seed = None,
) -> Tensor:
    """Return the input with each number multiplied by 0 with probability p, else by 1 / (1 - p).

    With training=False the input itself is returned. Raises ValueError if p is not in [0, 1], and
    TypeError if input is not a float Tensor.

    >>> import minigan
    >>> dropout(minigan.ones(5), 0.5, generator=0)
    tensor([2., 2., 2., 0., 0.])
    """
    return _dropped("dropout", input, p, training, inplace, generator, getattr(input, "ndim", 0))


def dropout1d(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Seed = None,
) -> Tensor:
    """Return input (N, C, L) or (C, L) with whole channels dropped, each with probability p.

    Raises as `dropout`, and ValueError for another number of dimensions.

    >>> import minigan
    >>> dropout1d(minigan.ones(3, 2), 0.5, generator=0).tolist()
    [[2.0, 2.0], [2.0, 2.0], [2.0, 2.0]]
    """
    return _channels("dropout1d", input, p, training, inplace, generator, {2: 1, 3: 2})


def dropout2d(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Seed = None,
) -> Tensor:
    """Return input (N, C, H, W) with whole channels dropped, each with probability p.

    As in PyTorch, a 3-D input is (N, C, L). Raises as `dropout1d`.

    >>> import minigan
    >>> dropout2d(minigan.ones(1, 5, 1, 1), 0.5, generator=0).flatten()
    tensor([2., 2., 2., 0., 0.])
    """
    return _channels("dropout2d", input, p, training, inplace, generator, {3: 2, 4: 2})


def dropout3d(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Seed = None,
) -> Tensor:
    """Return input (N, C, D, H, W) or (C, D, H, W) with whole channels dropped with probability p.

    Raises as `dropout1d`.

    >>> import minigan
    >>> dropout3d(minigan.ones(5, 1, 1, 1), 0.5, generator=0).flatten()
    tensor([2., 2., 2., 0., 0.])
    """
    return _channels("dropout3d", input, p, training, inplace, generator, {4: 1, 5: 2})


def _channels(
    function: str,
    x: Tensor,
    p: float,
    training: bool,
    inplace: bool,
    generator: Seed,
    drawn: dict[int, int],
) -> Tensor:
    """Return x with one draw for each channel; `drawn` has, by rank, the number of drawn axes."""
    rank = float_tensor(function, "input", x).ndim
    if rank not in drawn:
        legal = " or ".join(map(str, drawn))
        raise ValueError(f"{function}: input has shape {x.shape}; it must have {legal} dimensions")
    return _dropped(function, x, p, training, inplace, generator, drawn[rank])


def _dropped(
    function: str, x: Tensor, p: float, training: bool, inplace: bool, generator: Seed, drawn: int
) -> Tensor:
    """Return x times a mask that is drawn for the first `drawn` axes."""
    x, p = float_tensor(function, "input", x), number(function, "p", p, 0.0, 1.0)
    boolean(function, "inplace", inplace)
    if not boolean(function, "training", training) or p == 0:
        return x
    shape = x.shape[:drawn] + (1,) * (x.ndim - drawn)
    kept = as_generator(generator).random(shape, np.float32) >= p
    mask = kept.astype(x.dtype) * x.dtype.type(1 / (1 - p) if p < 1 else 0.0)
    return x * Tensor._wrap(to_device(mask, x.device))
