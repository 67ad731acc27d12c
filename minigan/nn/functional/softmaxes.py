"""Softmax along a dimension, its logarithm, its mirror softmin, and samples of its classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan import functions
from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator, to_device
from minigan.checks import as_dim, boolean, number
from minigan.functions.arguments import float_tensor

__all__ = ["softmax", "log_softmax", "softmin", "gumbel_softmax"]


def _dim(function: str, dim: int | None) -> int:
    """Return dim. Raises TypeError that says what to write if it is None."""
    if dim is None:
        raise TypeError(
            f"{function}: dim is missing; write F.{function}(x, dim=1) for the classes of rows "
            "(N, C), or dim=-1 for the last dimension"
        )
    return dim


def softmax(input: Tensor, dim: int | None = None, *, dtype: Any = None) -> Tensor:
    """Return e^x / sum e^x along dim: positive numbers whose sum is 1.

    `dtype` casts the input first. Raises TypeError if the input is not a float tensor or dim is
    missing, and IndexError if dim is out of range.

    >>> import minigan
    >>> softmax(minigan.zeros(1, 4), dim=1)
    tensor([[0.25, 0.25, 0.25, 0.25]])
    """
    return functions.softmax(input, _dim("softmax", dim), dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, *, dtype: Any = None) -> Tensor:
    """Return the logarithm of softmax along dim, without underflow. Raises as `softmax` does.

    >>> import minigan
    >>> log_softmax(minigan.tensor([0.0, -1000.0]), dim=0)
    tensor([    0., -1000.])
    """
    return functions.log_softmax(input, _dim("log_softmax", dim), dtype=dtype)


def softmin(input: Tensor, dim: int | None = None, *, dtype: Any = None) -> Tensor:
    """Return softmax(-x) along dim. Raises as `softmax` does.

    >>> import minigan
    >>> softmin(minigan.tensor([0.0, 1000.0]), dim=0)
    tensor([1., 0.])
    """
    x = float_tensor("softmin", "input", input)
    return functions.softmax(-x, _dim("softmin", dim), dtype=dtype)


def gumbel_softmax(
    logits: Tensor,
    tau: float = 1.0,
    hard: bool = False,
    eps: float = 1e-10,
    dim: int = -1,
    *,
    generator: Seed = None,
) -> Tensor:
    """Return softmax((x + noise) / tau) along dim, with noise of the Gumbel distribution.

    The largest number is then at class c with probability softmax(x)[c]. With `hard` the result is
    one there and zero elsewhere; its gradient is that of the soft result. (Jang et al. 2017, eq.
    2.) The noise is drawn from `generator`; `eps` is not used, as in PyTorch. Raises ValueError if
    tau is not positive, IndexError if dim is out of range, and TypeError if logits is not a float
    Tensor.

    >>> import minigan
    >>> gumbel_softmax(minigan.tensor([0.0, 100.0, 0.0]), hard=True)
    tensor([0., 1., 0.])
    """
    name = "gumbel_softmax"
    x, dim = float_tensor(name, "logits", logits), as_dim(name, dim, logits.ndim)
    if number(name, "tau", tau, 0.0) == 0:
        raise ValueError("gumbel_softmax: tau=0 must be > 0")
    drawn = -np.log(as_generator(generator).standard_exponential(x.shape))
    noise = Tensor._wrap(to_device(drawn.astype(x.dtype), x.device))
    soft = functions.softmax((x + noise) / tau, dim)
    if not boolean(name, "hard", hard):
        return soft
    chosen = soft.detach().argmax(dim, keepdim=True)
    ones = functions.zeros_like(soft.detach()).scatter_(dim, chosen, 1.0)
    return ones - soft.detach() + soft
