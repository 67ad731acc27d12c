"""What the players minimise, from the discriminator's logits: l for real images, m for generated ones.

D(X) = sigmoid(l), so log D(X) = logsigmoid(l) and log(1 - D(G(h))) = logsigmoid(-m), exact where D rounds to 0 or 1.
Both objectives share D's loss, -V(D, G) of Goodfellow et al. 2014, equation 1; at the optimal D it is
2 ln 2 - 2 JSD(data, model).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from minigan.nn import functional as F
from minigan.tensor import Tensor


@dataclass(frozen=True)
class Objective:
    """A pair of losses: `discriminator(real_logits, fake_logits)` and `generator(fake_logits)`, each a mean in nats."""

    name: str
    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


def _minus_value(real: Tensor, fake: Tensor) -> Tensor:
    """-V(D, G) = -E log D(X) - E log(1 - D(G(h)))."""
    return -F.logsigmoid(real).mean() - F.logsigmoid(-fake).mean()


minimax = Objective("minimax", _minus_value, lambda fake: F.logsigmoid(-fake).mean())
"""G minimises V itself, E log(1 - D(G(h))): its gradient vanishes where D is sure (equation 1)."""

non_saturating = Objective("non-saturating", _minus_value, lambda fake: -F.logsigmoid(fake).mean())
"""G maximises E log D(G(h)): the same fixed point, a gradient of 1 - D where minimax has D (section 3)."""

OBJECTIVES = {objective.name: objective for objective in (non_saturating, minimax)}
