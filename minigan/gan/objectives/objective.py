"""An objective: the losses of D, G and an encoder on one sample, as functions of D's output there.

The output of D is l on a real sample and m on a fake one. Four functions define a game:

    D lowers  E real(l) + E fake(m)
    G lowers  E fool(m)
    E lowers  E hide(l), if there is an encoder E: its pairs are to look like generated ones

A penalty may be added to the loss of D, or its weights may be clipped. What is known about the best
D, and about what G lowers against it, stands beside the losses.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from minigan import nn
from minigan.autograd import Tensor, no_grad
from minigan.checks import integer, number
from minigan.gan.objectives.penalties import Penalty

Array = np.ndarray[Any, Any]
PerSample = Callable[[Tensor], Tensor]
OfProbabilities = Callable[[Array, Array], Array]  # of p (the data) and q (the model), (..., K)


@dataclass(frozen=True)
class Optimum:
    """What is known if D may be any function; p and q are the probabilities of data and model.

    `output` is the best output of D for each outcome, and `loss` is the loss of D with it. `lowers`
    is what G lowers against this D: the function whose gradient in q is that of G's loss with D
    held fixed, up to a constant.
    """

    output: OfProbabilities
    loss: OfProbabilities
    lowers: OfProbabilities


@dataclass(frozen=True)
class Objective:
    """The losses of a game on one sample, as functions of D's output (N,), with their source.

    Losses are means over samples. `minimises` says in words what G lowers against the best D;
    `optimum` says it in functions, if the best D is a function of the two probabilities.
    `critic_steps` is the number of D's updates for each update of G. `logistic` means that D's
    output is a logit, D(x) = sigmoid(l), and that the loss of D, without a penalty, is -V(D, G).
    `unit` is the unit of the losses, "" if they have none.
    """

    name: str
    paper: str
    minimises: str
    real: PerSample
    fake: PerSample
    fool: PerSample
    hide: PerSample | None = None
    optimum: Optimum | None = None
    penalty: Penalty | None = None
    clip: float | None = None
    critic_steps: int = 1
    logistic: bool = False
    unit: str = ""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return the loss of D, without its penalty, from its outputs (N,) on real and fake."""
        return self.real(real).mean() + self.fake(fake).mean()

    def generator(self, fake: Tensor) -> Tensor:
        """Return the loss of G from D's outputs (N,) on fake samples."""
        return self.fool(fake).mean()

    def encoder(self, real: Tensor) -> Tensor:
        """Return the loss of an encoder E from D's outputs (N,) on pairs (x, E(x)).

        Without `hide` it is fool(-l): real and fake change places if the sign of D's output does.
        """
        return (self.fool(-real) if self.hide is None else self.hide(real)).mean()

    @no_grad()
    def constrain(self, D: nn.Module) -> None:
        """Clip each weight of D to [-clip, clip], if there is a clip."""
        if self.clip is not None:
            for weight in D.parameters():
                weight.clamp_(-self.clip, self.clip)

    def tuned(
        self,
        critic_steps: int | None = None,
        penalty: float | None = None,
        clip: float | None = None,
    ) -> Objective:
        """Return the objective with other settings; None leaves a setting as it is.

        `penalty` is the weight of the penalty. Raises ValueError for numbers that are not positive,
        and for a penalty or a clip if the objective has none.

        >>> from minigan.gan import OBJECTIVES
        >>> OBJECTIVES["wgan-gp"].tuned(critic_steps=2).critic_steps
        2
        """
        steps = self.critic_steps if critic_steps is None else critic_steps
        for name, value in (("penalty", penalty), ("clip", clip)):
            if value is not None and getattr(self, name) is None:
                raise ValueError(f"tuned: {name}={value}: {self.name} has no {name}")
            if value is not None and not 0 < number("tuned", name, value) < math.inf:
                raise ValueError(f"tuned: {name}={value} must be finite and > 0")
        changed = self.penalty
        if penalty is not None and changed is not None:
            changed = replace(changed, weight=penalty)
        return replace(
            self,
            critic_steps=integer("tuned", "critic_steps", steps, least=1),
            penalty=changed,
            clip=self.clip if clip is None else float(clip),
        )
