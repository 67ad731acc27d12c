"""The exponential moving average of a model's weights.

In the late steps of a game the weights of G often circle around a point; their average is near that
point. After each update

    average <- decay * average + (1 - decay) * weights

(Yazici et al. 2018). After n updates the decay is at most (1 + n) / (10 + n), so that
the random initial weights are soon forgotten.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from minigan import nn
from minigan.autograd import no_grad
from minigan.checks import number


class Average:
    """The moving average of the parameters and buffers of a model; `average.model` is a model too.

    Raises ValueError if decay is not in [0, 1).

    >>> model = nn.Linear(1, 1, bias=False, generator=0)
    >>> average, model.weight.data = Average(model, decay=0.99), model.weight * 0
    >>> average.update()
    >>> bool((average.model.weight.abs() > 0).all())
    True
    """

    def __init__(self, model: nn.Module, decay: float = 0.99) -> None:
        if not 0 <= number("Average", "decay", decay) < 1:
            raise ValueError(f"Average: decay={decay} must be in [0, 1)")
        self.source, self.decay, self.updates = model, decay, 0
        self.model = deepcopy(model).requires_grad_(False)

    @no_grad()
    def update(self) -> None:
        """Add the current weights of the model to the average."""
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
        """Return the averaged weights and the number of updates."""
        return {"model": self.model.state_dict(), "updates": self.updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state that `state_dict` returned."""
        self.model.load_state_dict(state["model"])
        self.updates = state["updates"]
