"""One cycle: the rate rises and falls far below its start; the momentum falls and rises."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from minigan.checks import boolean, integer, number, one_of
from minigan.optim.lr_scheduler.base import LRScheduler, per_group, require_optimizer
from minigan.optim.optimizer import Optimizer
from minigan.optim.state import Group

__all__ = ["OneCycleLR"]

_TINY = math.nextafter(0, 1)


class OneCycleLR(LRScheduler):
    """The 1cycle policy (Smith & Topin 2018), with two phases over `total_steps` batches.

    In the first `pct_start` of the steps the rate goes from max_lr / div_factor to max_lr, in the
    rest down to max_lr / div_factor / final_div_factor. With `three_phase` it first returns to
    max_lr / div_factor, in as many steps as it rose. With `cycle_momentum` the momentum, or the
    first of the betas, goes from `max_momentum` to `base_momentum` and back at the same time. Each
    goes by half a cosine, or with anneal_strategy="linear" by a line.

    `step` is called after each batch. `total_steps` may be given as `epochs` and `steps_per_epoch`.
    Raises ValueError if a setting is not legal or the optimizer has no momentum to cycle; `step`
    raises ValueError after total_steps.

    >>> import minigan
    >>> optimizer = minigan.optim.SGD([minigan.zeros(1, requires_grad=True)], momentum=0.9)
    >>> scheduler = OneCycleLR(optimizer, max_lr=8.0, total_steps=5, pct_start=0.6,
    ...     anneal_strategy="linear", div_factor=4, final_div_factor=2)
    >>> [optimizer.param_groups[0]["lr"] for _ in range(4) if scheduler.step() is None]
    [5.0, 8.0, 4.5, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.85,
        max_momentum: float | Sequence[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        name = "OneCycleLR"
        require_optimizer(name, optimizer)
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError(f"{name}: give total_steps, or epochs and steps_per_epoch")
            total_steps = integer(name, "epochs", epochs, 1) * integer(
                name, "steps_per_epoch", steps_per_epoch, 1
            )
        self.total_steps = integer(name, "total_steps", total_steps, 1)
        self._anneal_func_type = one_of(name, "anneal_strategy", anneal_strategy, "cos", "linear")
        self.cycle_momentum = boolean(name, "cycle_momentum", cycle_momentum)
        self._schedule_phases = _phases(
            number(name, "pct_start", pct_start, 0.0, 1.0) * self.total_steps,
            self.total_steps,
            boolean(name, "three_phase", three_phase),
        )
        groups = optimizer.param_groups
        largest = per_group(name, "max_lr", max_lr, groups)
        divisors = (
            number(name, "div_factor", div_factor, _TINY),
            number(name, "final_div_factor", final_div_factor, _TINY),
        )
        ends = (
            per_group(name, "base_momentum", base_momentum, groups),
            per_group(name, "max_momentum", max_momentum, groups),
        )
        if self.cycle_momentum and not {"momentum", "betas"} & set(optimizer.defaults):
            raise ValueError(
                f"{name}: {type(optimizer).__name__} has no momentum and no betas; pass "
                "cycle_momentum=False"
            )
        self.use_beta1 = "betas" in optimizer.defaults
        if last_epoch == -1:
            for group, most, low, high in zip(groups, largest, *ends, strict=True):
                start = most / divisors[0]
                group |= {"initial_lr": start, "max_lr": most, "min_lr": start / divisors[1]}
                if self.cycle_momentum:
                    group |= {"base_momentum": low, "max_momentum": high}
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the rate of each group at step `last_epoch`, and set its momentum.

        Raises ValueError after total_steps.
        """
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"OneCycleLR.step: step {self.last_epoch} is beyond "
                f"total_steps={self.total_steps}; give a larger total_steps"
            )
        start = 0.0
        for phase in self._schedule_phases:
            end = phase["end_step"]
            if self.last_epoch <= end:
                break
            before, start = start, end
        else:  # step total_steps lies one beyond the last phase, and continues it, as in PyTorch
            start = before
        part = (self.last_epoch - start) / (end - start) if end != start else 1.0
        return [self._rate(group, phase, part) for group in self.optimizer.param_groups]

    def _rate(self, group: Group, phase: dict[str, Any], part: float) -> float:
        """Return the rate at a part of a phase, and set the momentum of the group."""
        if self.cycle_momentum:
            momentum = self._between(
                group[phase["start_momentum"]], group[phase["end_momentum"]], part
            )
            if self.use_beta1:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum
        return self._between(group[phase["start_lr"]], group[phase["end_lr"]], part)

    def _between(self, start: float, end: float, part: float) -> float:
        if self._anneal_func_type == "linear":
            return (end - start) * part + start
        return end + (start - end) / 2 * (math.cos(math.pi * part) + 1)


def _phases(rise: float, total: int, three: bool) -> list[dict[str, Any]]:
    """Return the phases as PyTorch's state has them: the last step, and the names of both ends."""
    ends = [rise - 1, 2 * rise - 2, total - 1] if three else [rise - 1, total - 1]
    rates = ["initial_lr", "max_lr", "initial_lr", "min_lr"] if three else [
        "initial_lr", "max_lr", "min_lr"
    ]  # fmt: skip
    momenta = ["max_momentum", "base_momentum", "max_momentum", "max_momentum"]
    return [
        {
            "end_step": end,
            "start_lr": rates[i],
            "end_lr": rates[i + 1],
            "start_momentum": momenta[i],
            "end_momentum": momenta[i + 1],
        }
        for i, end in enumerate(ends)
    ]
