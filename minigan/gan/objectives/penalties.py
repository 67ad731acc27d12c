"""What a critic pays for its slope: penalties on the gradient of D's output in D's input, sample by
sample.

The gradient is recorded like any other computation (`create_graph=True`), so the penalty has
gradients in D's weights: derivatives of the second order. A D that mixes the samples of a batch, as
batch norm does, has no slope per sample.
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
    """The gradient of each of D's outputs (N,) in its own sample of x (N, ...), as rows (N,
    entries), in the graph.
    """
    x = x.detach()
    x.requires_grad = True
    output = D(x)
    gradient = cast(Tensor, grad(output.sum(), x, create_graph=True)[0])
    return gradient.reshape(len(x), -1)  # (N, ...) -> (N, entries)


@dataclass(frozen=True)
class Penalty(ABC):
    """A term of D's loss from D itself and its batches; what it draws, it draws from the generator,
    on the CPU.
    """

    weight: float = 10.0

    @abstractmethod
    def __call__(self, D: Critic, real: Tensor, fake: Tensor, generator: Seed = None) -> Tensor:
        """The weighted penalty of D, a mean over the samples of real and fake, each (N, ...)."""


@dataclass(frozen=True)
class GradientPenalty(Penalty):
    """weight E (|grad D(x)| - 1)^2, x between a real sample and a fake one: a slope of 1, where it
    matters.

    x = t real + (1 - t) fake with t even in [0, 1], one t for each pair; the norm is over all
    entries of one sample (Gulrajani et al. 2017, equation 3). It is 0 for a linear critic whose
    weights have norm 1.
    """

    def __call__(self, D: Critic, real: Tensor, fake: Tensor, generator: Seed = None) -> Tensor:
        """The penalty; raises ValueError if real and fake differ in shape."""
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
    """weight/2 E |grad D(x)|^2 over real samples: D is to be flat where the data are (Mescheder et
    al. 2018, eq. 9).
    """

    def __call__(self, D: Critic, real: Tensor, fake: Tensor, generator: Seed = None) -> Tensor:
        """The penalty, of real samples alone."""
        return self.weight / 2 * (input_gradients(D, real) ** 2).sum(dim=1).mean()
