"""Schedules that are a formula of the epoch."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from minigan.checks import integer, number
from minigan.optim.lr_scheduler.base import LRScheduler
from minigan.optim.optimizer import Optimizer

__all__ = [
    "StepLR", "MultiStepLR", "ExponentialLR", "LinearLR", "ConstantLR", "PolynomialLR",
    "CosineAnnealingLR", "LambdaLR", "MultiplicativeLR",
]  # fmt: skip


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
                f"{type(self).__name__}: lr_lambda={lr_lambda!r} must be a function, or one per "
                f"group ({groups})"
            )
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the rate of each group at epoch `last_epoch`."""
        pairs = zip(self.lr_lambdas, self.base_lrs, strict=True)
        return [base * f(self.last_epoch) for f, base in pairs]


class ConstantLR(LRScheduler):
    """lr = factor base in the first `total_iters` epochs, then base.

    Raises ValueError if factor is not in (0, 1] or total_iters is negative.

    >>> import minigan
    >>> optimizer = minigan.optim.SGD([minigan.zeros(1, requires_grad=True)], lr=8.0)
    >>> scheduler = ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> [optimizer.param_groups[0]["lr"] for _ in range(3) if scheduler.step() is None]
    [4.0, 8.0, 8.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1 / 3,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self.factor = number("ConstantLR", "factor", factor, math.nextafter(0, 1), 1.0)
        self.total_iters = integer("ConstantLR", "total_iters", total_iters, 0)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """Return the rate at an epoch; the class has the formula."""
        if epoch == 0:
            return lr * self.factor
        return lr / self.factor if epoch == self.total_iters else lr


class PolynomialLR(LRScheduler):
    """lr = base (1 - epoch / total_iters)^power, and 0 after total_iters epochs.

    Raises ValueError if total_iters is below 1, and TypeError if power is not a number.

    >>> import minigan
    >>> optimizer = minigan.optim.SGD([minigan.zeros(1, requires_grad=True)], lr=8.0)
    >>> scheduler = PolynomialLR(optimizer, total_iters=4)
    >>> [optimizer.param_groups[0]["lr"] for _ in range(5) if scheduler.step() is None]
    [6.0, 4.0, 2.0, 0.0, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        total_iters: int = 5,
        power: float = 1.0,
        last_epoch: int = -1,
    ) -> None:
        self.total_iters = integer("PolynomialLR", "total_iters", total_iters, 1)
        self.power = number("PolynomialLR", "power", power)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """Return the rate at an epoch; the class has the formula."""
        if epoch == 0 or epoch > self.total_iters:
            return lr
        before, now = (1 - t / self.total_iters for t in (epoch - 1, epoch))
        return float(lr * (now / before) ** self.power)


class MultiplicativeLR(LambdaLR):
    """lr <- lr f(epoch) at each epoch after the first, for one function, or one per group.

    Raises ValueError if there is not one function per group.

    >>> import minigan
    >>> optimizer = minigan.optim.SGD([minigan.zeros(1, requires_grad=True)], lr=8.0)
    >>> scheduler = MultiplicativeLR(optimizer, lambda epoch: 0.5); scheduler.step()
    >>> scheduler.get_last_lr()
    [4.0]
    """

    def get_lr(self) -> list[float]:
        """Return the rate of each group at epoch `last_epoch`."""
        rates = [group["lr"] for group in self.optimizer.param_groups]
        if self.last_epoch == 0:
            return rates
        return self._multiplied(rates)

    def restart(self) -> None:
        """Begin again at epoch 0, with the present rates times f(0), as PyTorch does."""
        self.last_epoch = 0
        self._set(self._multiplied([group["lr"] for group in self.optimizer.param_groups]))

    def _multiplied(self, rates: list[float]) -> list[float]:
        return [lr * f(self.last_epoch) for f, lr in zip(self.lr_lambdas, rates, strict=True)]
