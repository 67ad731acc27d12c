"""Learning rates over time: a scheduler sets the `lr` of each group of an optimizer, once per
`step()`.

`get_lr` gives the next rates from the present ones, as in PyTorch, so schedulers of one optimizer
combine.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from minigan.checks import integer, number
from minigan.optim.optimizer import Optimizer


class LRScheduler:
    """The base of all schedulers: at epoch 0, when it is made, it sets the first rates; `step()`
    goes on by one.

    Raises TypeError for what is no optimizer.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(
                f"{type(self).__name__}: optimizer must be an Optimizer, not "
                f"{type(optimizer).__name__}"
            )
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            if last_epoch == -1:
                group["initial_lr"] = group["lr"]
            elif "initial_lr" not in group:
                raise ValueError(
                    f"{type(self).__name__}: last_epoch={last_epoch} needs 'initial_lr' in every "
                    "group"
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self.step()

    def get_lr(self) -> list[float]:
        """The rates of epoch `last_epoch`, from the present ones."""
        return [self.next_lr(group["lr"], base, self.last_epoch) for group, base in self._groups()]

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """One group's rate at an epoch, from the rate before it (at epoch 0: the first) and the
        rate at the start.
        """
        raise NotImplementedError(f"{type(self).__name__} defines no next_lr")

    def get_last_lr(self) -> list[float]:
        """The rates that were set last."""
        return self._last_lr

    def step(self) -> None:
        """Go on to the next epoch, and set its rates."""
        self.last_epoch += 1
        rates = self.get_lr()
        for (group, _), lr in zip(self._groups(), rates, strict=True):
            group["lr"] = lr
        self._last_lr = rates

    def _groups(self) -> Iterable[tuple[dict[str, Any], float]]:
        return zip(self.optimizer.param_groups, self.base_lrs, strict=True)

    def state_dict(self) -> dict[str, Any]:
        """What changes, and the settings; not the optimizer, nor functions."""
        return {k: v for k, v in vars(self).items() if k not in ("optimizer", "lr_lambdas")}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take them back; the optimizer's own state_dict has the present rates."""
        vars(self).update(state_dict)


class StepLR(LRScheduler):
    """lr <- gamma lr every `step_size` epochs."""

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size, self.gamma = (
            _epochs("StepLR", "step_size", step_size),
            number("StepLR", "gamma", gamma),
        )
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """See the class."""
        return lr * self.gamma if epoch and epoch % self.step_size == 0 else lr


class MultiStepLR(LRScheduler):
    """lr <- gamma lr at each epoch of `milestones`."""

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        if not isinstance(milestones, Iterable):
            raise TypeError(
                f"MultiStepLR: milestones={milestones!r} must be a sequence of integers"
            )
        self.milestones = Counter(
            integer("MultiStepLR", "milestones", epoch) for epoch in milestones
        )
        self.gamma = number("MultiStepLR", "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """See the class."""
        return lr * self.gamma ** self.milestones[epoch]


class ExponentialLR(LRScheduler):
    """lr <- gamma lr at every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = number("ExponentialLR", "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """See the class."""
        return lr * self.gamma if epoch else lr


class LinearLR(LRScheduler):
    """lr = base (start_factor + (end_factor - start_factor) min(epoch, total_iters) /
    total_iters).
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(f"LinearLR: start_factor={start_factor} must be in (0, 1]")
        if not 0 <= end_factor <= 1:
            raise ValueError(f"LinearLR: end_factor={end_factor} must be in [0, 1]")
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = _epochs("LinearLR", "total_iters", total_iters)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """See the class."""
        if epoch > self.total_iters:
            return lr
        return lr * self._factor(epoch) / (self._factor(epoch - 1) if epoch else 1)

    def _factor(self, epoch: int) -> float:
        return self.start_factor + (self.end_factor - self.start_factor) * epoch / self.total_iters


class CosineAnnealingLR(LRScheduler):
    """lr = eta_min + (base - eta_min) (1 + cos(pi epoch / T_max)) / 2 (Loshchilov & Hutter 2017,
    eq. 5).
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_max = _epochs("CosineAnnealingLR", "T_max", T_max)
        self.eta_min = number("CosineAnnealingLR", "eta_min", eta_min)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """See the class; from the lowest point it goes up again."""
        if epoch == 0:
            return lr
        if (epoch - 1 - self.T_max) % (2 * self.T_max) == 0:
            return lr + (base - self.eta_min) * (1 - math.cos(math.pi / self.T_max)) / 2
        before, now = (1 + math.cos(math.pi * t / self.T_max) for t in (epoch - 1, epoch))
        return now / before * (lr - self.eta_min) + self.eta_min


class LambdaLR(LRScheduler):
    """lr = base f(epoch), for one function, or one per group."""

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        groups = len(getattr(optimizer, "param_groups", ()))
        self.lr_lambdas = (
            list(lr_lambda) if isinstance(lr_lambda, Sequence) else [lr_lambda] * groups
        )
        if len(self.lr_lambdas) != groups or not all(map(callable, self.lr_lambdas)):
            raise ValueError(
                f"LambdaLR: lr_lambda={lr_lambda!r} must be a function, or one per group ({groups})"
            )
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """See the class."""
        return [
            base * f(self.last_epoch)
            for f, base in zip(self.lr_lambdas, self.base_lrs, strict=True)
        ]


def _epochs(function: str, name: str, value: int) -> int:
    if integer(function, name, value) < 1:
        raise ValueError(f"{function}: {name}={value} must be at least 1")
    return value
