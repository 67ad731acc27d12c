"""An objective is what each player loses on one sample, as a function of D's output there: l on
data, m on a fake.

Four such functions make a game. D lowers E real(l) + E fake(m). G lowers E fool(m). An encoder E,
where there is one (BiGAN), wants its pairs taken for generated ones, and lowers E hide(l). A
penalty is added to D's loss, a clip bounds its weights. What is known of the best D, and of what G
lowers when it plays against it, stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from minigan import nn
from minigan.autograd import Tensor, no_grad
from minigan.gan.objectives.penalties import Penalty

Array = np.ndarray[Any, Any]
PerSample = Callable[[Tensor], Tensor]
OfDensities = Callable[
    [Array, Array], Array
]  # p of the data and q of the model, the last axis their outcomes


@dataclass(frozen=True)
class Optimum:
    """What is known where D may be any function, from the probabilities p of the data and q of the
    model.

    `output` is D's best output for each outcome, `loss` what D loses with it, and `lowers` what G
    lowers against it: the divergence whose gradient in q is that of G's loss, with D held where it
    is, up to a constant.
    """

    output: OfDensities
    loss: OfDensities
    lowers: OfDensities


@dataclass(frozen=True)
class Objective:
    """What the players lose on each sample, from D's output there, with its source; losses are
    means over samples.

    `minimises` says in words what G lowers against the best D, `optimum` in functions, where the
    best D is a function of the two densities. `critic_steps` is the number of D's updates before
    each one of G. `logistic` says that D's output is a logit, D(x) = sigmoid(l), and that D's loss,
    without a penalty, is -V(D, G). `unit` is the unit of the losses, "" if they have none.
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
        """D's loss without its penalty, from its outputs on data and on fakes, each (N,)."""
        return self.real(real).mean() + self.fake(fake).mean()

    def generator(self, fake: Tensor) -> Tensor:
        """G's loss, from D's outputs (N,) on fakes."""
        return self.fool(fake).mean()

    def encoder(self, real: Tensor) -> Tensor:
        """The loss of an encoder, from D's outputs (N,) on pairs (x, E(x)); a logit's sign says
        data or fake.
        """
        return (self.fool(-real) if self.hide is None else self.hide(real)).mean()

    @no_grad()
    def constrain(self, D: nn.Module) -> None:
        """Put each weight of D into [-clip, clip], if there is a clip."""
        if self.clip is not None:
            for weight in D.parameters():
                weight.clamp_(-self.clip, self.clip)

    def tuned(
        self,
        critic_steps: int | None = None,
        penalty: float | None = None,
        clip: float | None = None,
    ) -> Objective:
        """The same objective with other settings; None leaves one as it is.

        Raises ValueError for numbers that are not positive, and for a penalty or a clip where there
        is none to set.

        >>> from minigan.gan import OBJECTIVES
        >>> OBJECTIVES["wgan-gp"].tuned(critic_steps=2).critic_steps
        2
        """
        steps = self.critic_steps if critic_steps is None else critic_steps
        if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
            raise ValueError(f"tuned: critic_steps={steps!r} must be an integer of at least 1")
        for name, value in (("penalty", penalty), ("clip", clip)):
            if value is not None and getattr(self, name) is None:
                raise ValueError(f"tuned: {name}={value}: {self.name} has none")
            if value is not None and not 0 < value < np.inf:
                raise ValueError(f"tuned: {name}={value} must be a number > 0")
        return replace(
            self,
            critic_steps=steps,
            penalty=self.penalty
            if penalty is None or self.penalty is None
            else replace(self.penalty, weight=penalty),
            clip=self.clip if clip is None else float(clip),
        )
