"""An exponential moving average of a model's weights: the late steps of a game circle, their mean
does not.

average <- decay * average + (1 - decay) * weights after each update (Yazici et al. 2018). Early on
the decay is smaller, (1 + n) / (10 + n) after n updates, so that the random start is soon
forgotten.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from minigan import nn
from minigan.autograd import no_grad


class Average:
    """The moving average of a model, itself a model: `average.model`.

    Buffers are averaged as parameters are.

    Raises ValueError if decay is not in [0, 1).
    """

    def __init__(self, model: nn.Module, decay: float = 0.99) -> None:
        if not 0 <= decay < 1:
            raise ValueError(f"Average: decay={decay} must be in [0, 1)")
        self.source, self.decay, self.updates = model, decay, 0
        self.model = deepcopy(model).requires_grad_(False)

    @no_grad()
    def update(self) -> None:
        """Take in the model's present weights."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        pairs = [
            *zip(self.model.parameters(), self.source.parameters(), strict=True),
            *zip(self.model.buffers(), self.source.buffers(), strict=True),
        ]
        for mean, new in pairs:
            if mean.is_floating_point():
                mean.mul_(decay).add_(new, alpha=1 - decay)
            else:
                mean.copy_(new)

    def state_dict(self) -> dict[str, Any]:
        """The averaged weights and the number of updates."""
        return {"model": self.model.state_dict(), "updates": self.updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state that `state_dict` returned."""
        self.model.load_state_dict(state["model"])
        self.updates = state["updates"]
