"""Dropout: while training, numbers (or whole channels) are made 0 at random, and the rest larger to
make up for it.

The mask is drawn here and enters the graph as a constant, so that the op itself, a product, is
pure. `inplace` is accepted, so that PyTorch's lines run, but the input is left as it is.
(Srivastava et al. 2014.)
"""

from __future__ import annotations

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator, to_device
from minigan.checks import number
from minigan.functions.arguments import float_tensor


def dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Seed = None,
) -> Tensor:
    """Each number times 0 with probability p, else times 1 / (1 - p); the input itself where not
    training.

    Raises ValueError if p is not in [0, 1], TypeError for what is no float Tensor.

    >>> import minigan
    >>> dropout(minigan.ones(5), 0.5, generator=0)
    tensor([2., 2., 2., 0., 0.])
    """
    return _dropped(
        "dropout", input, p, training, generator, input.ndim if hasattr(input, "ndim") else 0
    )


def dropout1d(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Seed = None,
) -> Tensor:
    """Dropout of whole channels of input (N, C, L) or (C, L).

    Raises as `dropout`, and ValueError for other ranks.
    """
    return _channels("dropout1d", input, p, training, generator, {2: 1, 3: 2})


def dropout2d(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Seed = None,
) -> Tensor:
    """Dropout of whole channels of input (N, C, H, W) or, as in PyTorch, (N, C, L).

    Raises as `dropout1d`.
    """
    return _channels("dropout2d", input, p, training, generator, {3: 2, 4: 2})


def dropout3d(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Seed = None,
) -> Tensor:
    """Dropout of whole channels of input (N, C, D, H, W) or (C, D, H, W). Raises as `dropout1d`."""
    return _channels("dropout3d", input, p, training, generator, {4: 1, 5: 2})


def _channels(
    function: str, x: Tensor, p: float, training: bool, generator: Seed, leading: dict[int, int]
) -> Tensor:
    """One draw for all numbers that share the leading dimensions, whose count follows from the
    rank.
    """
    rank = float_tensor(function, "input", x).ndim
    if rank not in leading:
        legal = " or ".join(map(str, leading))
        raise ValueError(f"{function}: input has shape {x.shape}; it must have {legal} dimensions")
    return _dropped(function, x, p, training, generator, leading[rank])


def _dropped(
    function: str, x: Tensor, p: float, training: bool, generator: Seed, leading: int
) -> Tensor:
    x, p = float_tensor(function, "input", x), number(function, "p", p, 0.0, 1.0)
    if not training or p == 0:
        return x
    shape = x.shape[:leading] + (1,) * (x.ndim - leading)
    kept = as_generator(generator).random(shape, np.float32) >= p
    mask = kept.astype(x.dtype) * x.dtype.type(1 / (1 - p) if p < 1 else 0.0)
    return x * Tensor._wrap(to_device(mask, x.device))
