"""Several schedules, one after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from minigan.checks import integer
from minigan.optim.lr_scheduler.base import LRScheduler, require_optimizer
from minigan.optim.lr_scheduler.plateau import ReduceLROnPlateau
from minigan.optim.optimizer import Optimizer

__all__ = ["SequentialLR"]


class SequentialLR(LRScheduler):
    """The first scheduler until the first of `milestones`, then the second, and so on.

    At its milestone a scheduler begins at its epoch 0, with the initial rates. Raises TypeError or
    ValueError if the schedulers are not of this optimizer, or there is not one milestone between
    two of them. A ReduceLROnPlateau cannot be one of them: its `step` needs a measured number.

    >>> import minigan
    >>> optimizer = minigan.optim.SGD([minigan.zeros(1, requires_grad=True)], lr=8.0)
    >>> warm = minigan.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=9)
    >>> then = minigan.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler = SequentialLR(optimizer, [warm, then], milestones=[2])
    >>> [optimizer.param_groups[0]["lr"] for _ in range(4) if scheduler.step() is None]
    [4.0, 8.0, 4.0, 2.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[LRScheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        name = "SequentialLR"
        require_optimizer(name, optimizer)
        self._schedulers = _checked(name, optimizer, schedulers)
        if not isinstance(milestones, list | tuple) or len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"{name}: milestones={milestones!r} must be a list of {len(schedulers) - 1} "
                f"epochs, one between two of the {len(schedulers)} schedulers"
            )
        self._milestones = [integer(name, "milestones", epoch) for epoch in milestones]
        self.last_epoch = integer(name, "last_epoch", last_epoch, -1) + 1
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        self.undo()
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first._advance()
        self._last_lr = first.get_last_lr()

    def undo(self) -> None:
        """Take back the epoch that each scheduler counted when it was made."""
        for scheduler in self._schedulers:
            if isinstance(scheduler, SequentialLR):
                scheduler.undo()
            else:
                scheduler.last_epoch -= 1

    def _advance(self) -> None:
        self.last_epoch += 1
        i = bisect_right(self._milestones, self.last_epoch)
        if i and self._milestones[i - 1] == self.last_epoch:
            self._schedulers[i].restart()
        else:
            self._schedulers[i]._advance()
        self._last_lr = self._schedulers[i].get_last_lr()

    def state_dict(self) -> dict[str, Any]:
        """Return the epoch, the rates and the state of each scheduler."""
        state = {k: v for k, v in vars(self).items() if k not in ("optimizer", "_schedulers")}
        return state | {"_schedulers": [each.state_dict() for each in self._schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load a `state_dict`; the present rates are part of the optimizer's own state_dict."""
        vars(self).update({k: v for k, v in state_dict.items() if k != "_schedulers"})
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(state)


def _checked(
    name: str, optimizer: Optimizer, schedulers: Sequence[LRScheduler]
) -> list[LRScheduler]:
    """Return the schedulers. Raises TypeError or ValueError if one of them cannot be used."""
    if not isinstance(schedulers, list | tuple) or not schedulers:
        raise TypeError(f"{name}: schedulers={schedulers!r} must be a list of schedulers")
    for i, scheduler in enumerate(schedulers):
        if not isinstance(scheduler, LRScheduler):
            raise TypeError(f"{name}: schedulers[{i}]={scheduler!r} must be a scheduler")
        if isinstance(scheduler, ReduceLROnPlateau):
            raise ValueError(
                f"{name}: schedulers[{i}] is a ReduceLROnPlateau, whose step needs a measured "
                "number; call it yourself"
            )
        if scheduler.optimizer is not optimizer:
            raise ValueError(f"{name}: schedulers[{i}] is a scheduler of another optimizer")
    return list(schedulers)
