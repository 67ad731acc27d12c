"""The base of schedules: a scheduler sets the `lr` of each group of an optimizer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from minigan.checks import integer, number
from minigan.optim.optimizer import Optimizer
from minigan.optim.state import Group

__all__ = ["LRScheduler"]


def require_optimizer(name: str, optimizer: Any) -> None:
    """Raise TypeError if it is not an Optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{name}: optimizer must be an Optimizer, not {type(optimizer).__name__}")


def per_group(name: str, argument: str, value: Any, groups: Sequence[Group]) -> list[float]:
    """Return one number for each group; a single number is used for every group.

    Raises ValueError if there is another number of numbers, and TypeError if one is not a number.
    """
    values = list(value) if isinstance(value, list | tuple) else [value] * len(groups)
    if len(values) != len(groups):
        raise ValueError(
            f"{name}: {argument}={value!r} must be a number, or one number per group "
            f"({len(groups)})"
        )
    return [number(name, argument, each) for each in values]


class LRScheduler:
    """The base of all schedulers; a subclass defines `next_lr`.

    `last_epoch` is the epoch before the first; another value than -1 continues a schedule. The
    initial rate of a group is its `lr` when its first scheduler is made. Raises
    TypeError if optimizer is not an Optimizer or last_epoch is not an integer, and ValueError if a
    continued schedule has no
    initial rates.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        require_optimizer(type(self).__name__, optimizer)
        integer(type(self).__name__, "last_epoch", last_epoch, -1)
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise ValueError(
                    f"{type(self).__name__}: last_epoch={last_epoch} needs 'initial_lr' in every "
                    "group"
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._advance()

    def get_lr(self) -> list[float]:
        """Return the rate of each group at epoch `last_epoch`."""
        return [self.next_lr(group["lr"], base, self.last_epoch) for group, base in self._groups()]

    def next_lr(self, lr: float, base: float, epoch: int) -> float:
        """Return the rate at an epoch, from the rate `lr` before it and the initial rate `base`."""
        raise NotImplementedError(f"{type(self).__name__} defines no next_lr")

    def get_last_lr(self) -> list[float]:
        """Return the rates that were set last."""
        return self._last_lr

    def step(self, epoch: None = None) -> None:
        """Increase the epoch by one, and set its rates.

        Raises TypeError if an epoch is given, which PyTorch's older programs do.
        """
        if epoch is not None:
            raise TypeError(
                f"{type(self).__name__}.step: epoch={epoch!r} is not supported; call step() once "
                "at the end of each epoch"
            )
        self._advance()

    def restart(self) -> None:
        """Begin again at epoch 0, with the initial rates."""
        for group, base in self._groups():
            group["lr"] = base
        self.last_epoch = -1
        self._advance()

    def _advance(self) -> None:
        self.last_epoch += 1
        self._set(self.get_lr())

    def _set(self, rates: list[float]) -> None:
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
