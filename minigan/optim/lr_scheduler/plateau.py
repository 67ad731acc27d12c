"""A schedule that lowers the rate when a measured number no longer improves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from minigan.checks import boolean, integer, number, one_of
from minigan.optim.lr_scheduler.base import LRScheduler, per_group, require_optimizer
from minigan.optim.optimizer import Optimizer

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(LRScheduler):
    """lr <- max(factor lr, min_lr) after more than `patience` epochs without an improvement.

    `step` receives the measured number. With mode="min" a number is an improvement if it is below
    best (1 - threshold), or best - threshold with threshold_mode="abs"; with mode="max" above
    best (1 + threshold), or best + threshold. After a reduction `cooldown` epochs are not counted.
    A change below `eps` is not made. `verbose` prints a line at each change.

    Raises ValueError if a mode is not known, factor is not below 1, or there is not one min_lr per
    group.

    >>> import minigan
    >>> optimizer = minigan.optim.SGD([minigan.zeros(1, requires_grad=True)], lr=8.0)
    >>> scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (3.0, 3.0, 3.0):
    ...     scheduler.step(loss)
    >>> scheduler.get_last_lr(), scheduler.num_bad_epochs
    ([4.0], 0)
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
        verbose: bool = False,
    ) -> None:
        name = type(self).__name__
        self.mode = one_of(name, "mode", mode, "min", "max")
        self.threshold_mode = one_of(name, "threshold_mode", threshold_mode, "rel", "abs")
        self.factor = number(name, "factor", factor, high=math.nextafter(1, 0))
        self.patience = integer(name, "patience", patience)
        self.threshold = number(name, "threshold", threshold)
        self.cooldown = integer(name, "cooldown", cooldown)
        self.eps = number(name, "eps", eps)
        self.verbose = boolean(name, "verbose", verbose)
        require_optimizer(name, optimizer)
        self.min_lrs = per_group(name, "min_lr", min_lr, optimizer.param_groups)
        self._reset()
        super().__init__(optimizer)

    def _reset(self) -> None:
        self.best = math.inf if self.mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = 0

    def get_lr(self) -> list[float]:
        """Return the present rate of each group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    @property
    def in_cooldown(self) -> bool:
        """Whether epochs are not counted, because the rate was lowered a short time ago."""
        return self.cooldown_counter > 0

    def is_better(self, a: float, best: float) -> bool:
        """Return whether a number is an improvement of the best number."""
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            return sign * a > sign * best * (1 + sign * self.threshold)
        return sign * a > sign * best + self.threshold

    def step(self, metrics: Any, epoch: Any = None) -> None:  # type: ignore[override]
        """Count an epoch with this measured number, and lower the rates if it is time.

        `epoch` replaces the number of the epoch, which is otherwise counted.
        Raises TypeError if metrics is not a number.
        """
        try:
            current = float(metrics)
        except (TypeError, ValueError):
            raise TypeError(
                f"{type(self).__name__}.step: metrics={metrics!r} must be a number, such as the "
                "validation loss of the epoch"
            ) from None
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self.is_better(current, self.best):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = self.get_lr()

    def _reduce(self) -> None:
        groups = self.optimizer.param_groups
        for i, (group, lowest) in enumerate(zip(groups, self.min_lrs, strict=True)):
            old, new = group["lr"], max(group["lr"] * self.factor, lowest)
            if old - new > self.eps:
                group["lr"] = new
                if self.verbose:
                    print(f"epoch {self.last_epoch}: learning rate of group {i} is now {new:.4e}")
