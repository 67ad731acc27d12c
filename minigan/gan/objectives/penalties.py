"""Penalties on the gradient of D's output with respect to its input, for each sample.

The gradient is recorded like any other computation (`create_graph=True`), so the penalty has
gradients with respect to D's weights; they are derivatives of second order. If D has batch norm,
its output on one sample depends on the others, and there is no gradient of one sample: use another
normalization.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from minigan.autograd import Tensor, grad
from minigan.backend import Seed, as_generator
from minigan.functions import tensor

Critic = Callable[[Tensor], Tensor]


def input_gradients(D: Critic, x: Tensor) -> Tensor:
    """Return the gradient of each output of D (N,) in its own sample of x (N, ...): (N, entries).

    The gradients are part of the graph.

    >>> from minigan import ones
    >>> input_gradients(lambda x: (x**2).sum(dim=1), ones(2, 3)).tolist()
    [[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]]
    """
    x = x.detach()
    x.requires_grad = True
    output = D(x)
    gradient = cast(Tensor, grad(output.sum(), x, create_graph=True)[0])
    return gradient.reshape(len(x), -1)  # (N, ...) -> (N, entries)


@dataclass(frozen=True)
class Penalty(ABC):
    """A term of D's loss that depends on D itself: a function of D and of real and fake samples.

    Random numbers are drawn from the generator, on the CPU.
    """

    weight: float = 10.0

    @abstractmethod
    def __call__(self, D: Critic, real: Tensor, fake: Tensor, generator: Seed = None) -> Tensor:
        """Return the weighted penalty of D, a mean over samples; real and fake are (N, ...)."""


@dataclass(frozen=True)
class GradientPenalty(Penalty):
    """weight E (|grad D(x)| - 1)^2, with x on the line between a real sample and a fake one.

    x = t real + (1 - t) fake, with one t for each pair, uniform in [0, 1]. The norm is over all
    entries of one sample (Gulrajani et al. 2017, equation 3). It is 0 for a linear critic whose
    weights have norm 1.

    >>> from minigan import ones, zeros
    >>> GradientPenalty(10.0)(lambda x: 3 * x.sum(dim=1), ones(2, 1), zeros(2, 1)).item()
    40.0
    """

    def __call__(self, D: Critic, real: Tensor, fake: Tensor, generator: Seed = None) -> Tensor:
        """Return the penalty. Raises ValueError if real and fake differ in shape."""
        if real.shape != fake.shape:
            raise ValueError(
                f"GradientPenalty: real has shape {real.shape} and fake {fake.shape}; they must "
                "be equal"
            )
        draws = as_generator(generator).random((len(real), *[1] * (real.ndim - 1)))
        t = tensor(draws, dtype=real.dtype, device=real.device)
        norms = input_gradients(D, t * real + (1 - t) * fake).norm(dim=1)
        return self.weight * ((norms - 1) ** 2).mean()


@dataclass(frozen=True)
class R1(Penalty):
    """weight/2 E |grad D(x)|^2 over real samples: the gradient of D is to be 0 at the data.

    Source: Mescheder, Geiger & Nowozin 2018, equation 9.

    >>> from minigan import ones, zeros
    >>> R1(10.0)(lambda x: 3 * x.sum(dim=1), ones(2, 1), zeros(2, 1)).item()
    45.0
    """

    def __call__(self, D: Critic, real: Tensor, fake: Tensor, generator: Seed = None) -> Tensor:
        """Return the penalty, which depends on the real samples only."""
        return self.weight / 2 * (input_gradients(D, real) ** 2).sum(dim=1).mean()
