"""Schedules of the learning rate: a scheduler sets the `lr` of each group of an optimizer.

It does so when it is made (epoch 0) and at each `step()`. As in PyTorch, the next rate is computed
from the present one, so several schedulers of one optimizer combine.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from minigan.checks import integer, number
from minigan.optim.optimizer import Optimizer


class LRScheduler:
    """The base of all schedulers; a subclass defines `next_lr`.

    `last_epoch` is the epoch before the first; another value than -1 continues a schedule. Raises
    TypeError if optimizer is not an Optimizer, and ValueError if a continued schedule has no
    initial rates.
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
        """Return the rate of each group at epoch `last_epoch`."""
        return [self.next_lr(group["lr"], base, self.last_epoch) for group, base in self._groups()]

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """Return the rate at an epoch, from the rate `lr` before it and the initial rate `base`."""
        raise NotImplementedError(f"{type(self).__name__} defines no next_lr")

    def get_last_lr(self) -> list[float]:
        """Return the rates that were set last."""
        return self._last_lr

    def step(self) -> None:
        """Increase the epoch by one, and set its rates."""
        self.last_epoch += 1
        rates = self.get_lr()
        for (group, _), lr in zip(self._groups(), rates, strict=True):
            group["lr"] = lr
        self._last_lr = rates

    def _groups(self) -> Iterable[tuple[dict[str, Any], float]]:
        return zip(self.optimizer.param_groups, self.base_lrs, strict=True)

    def state_dict(self) -> dict[str, Any]:
        """Return the epoch, the rates and the settings, without the optimizer and functions."""
        return {k: v for k, v in vars(self).items() if k not in ("optimizer", "lr_lambdas")}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load a `state_dict`; the present rates are part of the optimizer's own state_dict."""
        vars(self).update(state_dict)


class StepLR(LRScheduler):
    """lr <- gamma lr every `step_size` epochs.

    Raises TypeError or ValueError if step_size is not a positive integer or gamma not a number.

    >>> import minigan
    >>> optimizer = minigan.optim.SGD([minigan.zeros(1, requires_grad=True)], lr=8.0)
    >>> scheduler = StepLR(optimizer, step_size=2, gamma=0.5)
    >>> [optimizer.param_groups[0]["lr"] for _ in range(5) if scheduler.step() is None]
    [8.0, 4.0, 4.0, 2.0, 2.0]
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = integer("StepLR", "step_size", step_size, 1)
        self.gamma = number("StepLR", "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """Return the rate at an epoch; the class has the formula."""
        return lr * self.gamma if epoch and epoch % self.step_size == 0 else lr


class MultiStepLR(LRScheduler):
    """lr <- gamma lr at each epoch of `milestones`.

    Raises TypeError if milestones are not integers or gamma is not a number.
    """

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
        epochs = [integer("MultiStepLR", "milestones", epoch) for epoch in milestones]
        self.milestones = Counter(epochs)
        self.gamma = number("MultiStepLR", "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """Return the rate at an epoch; the class has the formula."""
        return lr * self.gamma ** self.milestones[epoch]


class ExponentialLR(LRScheduler):
    """lr <- gamma lr at every epoch. Raises TypeError if gamma is not a number.

    >>> import minigan
    >>> optimizer = minigan.optim.SGD([minigan.zeros(1, requires_grad=True)], lr=8.0)
    >>> scheduler = ExponentialLR(optimizer, gamma=0.5); scheduler.step()
    >>> scheduler.get_last_lr()
    [4.0]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = number("ExponentialLR", "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """Return the rate at an epoch; the class has the formula."""
        return lr * self.gamma if epoch else lr


class LinearLR(LRScheduler):
    """lr = f(epoch) base, where f goes linearly from start_factor to end_factor in total_iters.

    Raises ValueError if start_factor is not in (0, 1], end_factor not in [0, 1] or total_iters
    below 1.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self.start_factor = number("LinearLR", "start_factor", start_factor, 0.0, 1.0)
        self.end_factor = number("LinearLR", "end_factor", end_factor, 0.0, 1.0)
        if self.start_factor == 0:
            raise ValueError("LinearLR: start_factor=0 must be > 0")
        self.total_iters = integer("LinearLR", "total_iters", total_iters, 1)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """Return the rate at an epoch; the class has the formula."""
        if epoch > self.total_iters:
            return lr
        return lr * self._factor(epoch) / (self._factor(epoch - 1) if epoch else 1)

    def _factor(self, epoch: int) -> float:
        return self.start_factor + (self.end_factor - self.start_factor) * epoch / self.total_iters


class CosineAnnealingLR(LRScheduler):
    """lr = eta_min + (base - eta_min) (1 + cos(pi epoch / T_max)) / 2.

    (Loshchilov & Hutter 2017, eq. 5.) After T_max epochs the rate rises again. Raises TypeError or
    ValueError if T_max is not a positive integer or eta_min is not a number.

    >>> import minigan
    >>> optimizer = minigan.optim.SGD([minigan.zeros(1, requires_grad=True)], lr=8.0)
    >>> scheduler = CosineAnnealingLR(optimizer, T_max=2)
    >>> [optimizer.param_groups[0]["lr"] for _ in range(2) if scheduler.step() is None]
    [4.0, 0.0]
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_max = integer("CosineAnnealingLR", "T_max", T_max, 1)
        self.eta_min = number("CosineAnnealingLR", "eta_min", eta_min)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """Return the rate at an epoch; the class has the formula."""
        if epoch == 0:
            return lr
        if (epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # the rate before was eta_min
            return lr + (base - self.eta_min) * (1 - math.cos(math.pi / self.T_max)) / 2
        before, now = (1 + math.cos(math.pi * t / self.T_max) for t in (epoch - 1, epoch))
        return now / before * (lr - self.eta_min) + self.eta_min


class LambdaLR(LRScheduler):
    """lr = base f(epoch), for one function f, or one function per group.

    Raises ValueError if there is not one function per group.

    >>> import minigan
    >>> optimizer = minigan.optim.SGD([minigan.zeros(1, requires_grad=True)], lr=8.0)
    >>> scheduler = LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch)); scheduler.step()
    >>> scheduler.get_last_lr()
    [4.0]
    """

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
        """Return the rate of each group at epoch `last_epoch`."""
        pairs = zip(self.lr_lambdas, self.base_lrs, strict=True)
        return [base * f(self.last_epoch) for f, base in pairs]
