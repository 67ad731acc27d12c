"""Losses as layers: `loss(input, target)` is one number.

The reduction is the mean by default; it may also be "sum" or "none". The formulas stand in
`minigan.nn.functional.losses` and `crossentropy`.
"""

from __future__ import annotations

from dataclasses import KW_ONLY

from minigan.autograd import Tensor
from minigan.checks import one_of
from minigan.nn import functional as F
from minigan.nn.function import Function
from minigan.nn.older import no_size_average

__all__ = [
    "MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss",
    "CrossEntropyLoss", "NLLLoss", "KLDivLoss",
]  # fmt: skip


class Loss(Function):
    """The base of losses; a weight is a buffer, as in PyTorch."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__init__ = no_size_average(cls.__init__)  # type: ignore[method-assign]

    def extra_repr(self) -> str:
        """Return the settings that do not have their defaults as text."""
        return ", ".join(
            f"{name}={value!r}"
            for name in self.settings
            if not isinstance(value := getattr(self, name), Tensor)
            and value != getattr(type(self), name, None)
        )

    def check(self) -> None:
        """Raise ValueError for another reduction, and TypeError if a weight is not a Tensor."""
        one_of(type(self).__name__, "reduction", vars(self)["reduction"], "mean", "sum", "none")
        for name in ("weight", "pos_weight"):
            if name in self.settings:
                self.register_buffer(name, vars(self)[name])


class MSELoss(Loss):
    """(x - target)^2.

    >>> import minigan
    >>> MSELoss()(minigan.tensor([1.0, 2.0]), minigan.tensor([0.0, 4.0]))
    tensor(2.5)
    """

    function = F.mse_loss
    _: KW_ONLY
    reduction: str = "mean"


class L1Loss(Loss):
    """|x - target|."""

    function = F.l1_loss
    _: KW_ONLY
    reduction: str = "mean"


class SmoothL1Loss(Loss):
    """d^2 / (2 beta) where |d| = |x - target| < beta, else |d| - beta / 2 (Girshick 2015)."""

    function = F.smooth_l1_loss
    _: KW_ONLY
    reduction: str = "mean"
    beta: float = 1.0


class HuberLoss(Loss):
    """d^2 / 2 where |d| = |x - target| <= delta, else delta (|d| - delta / 2) (Huber 1964)."""

    function = F.huber_loss
    reduction: str = "mean"
    delta: float = 1.0


class BCELoss(Loss):
    """-t ln x - (1 - t) ln(1 - x) for probabilities x; logarithms are cut off at -100."""

    function = F.binary_cross_entropy
    weight: Tensor | None = None
    _: KW_ONLY
    reduction: str = "mean"


class BCEWithLogitsLoss(Loss):
    """BCELoss of sigmoid(x), without overflow; `pos_weight` multiplies the first term.

    >>> import minigan
    >>> BCEWithLogitsLoss()(minigan.tensor([1e4]), minigan.tensor([0.0]))
    tensor(10000.)
    """

    function = F.binary_cross_entropy_with_logits
    weight: Tensor | None = None
    _: KW_ONLY
    reduction: str = "mean"
    pos_weight: Tensor | None = None


class CrossEntropyLoss(Loss):
    """-ln softmax(x)[target] for logits x (N, C, ...); the target is indices or probabilities.

    >>> import minigan
    >>> CrossEntropyLoss()(minigan.tensor([[0.0, 1e4]]), minigan.tensor([0]))
    tensor(10000.)
    """

    function = F.cross_entropy
    weight: Tensor | None = None
    _: KW_ONLY
    ignore_index: int = -100
    reduction: str = "mean"
    label_smoothing: float = 0.0


class NLLLoss(Loss):
    """-x[target] for log-probabilities x (N, C, ...) and class indices."""

    function = F.nll_loss
    weight: Tensor | None = None
    _: KW_ONLY
    ignore_index: int = -100
    reduction: str = "mean"


class KLDivLoss(Loss):
    """t (ln t - x) for log-probabilities x; with `log_target` the target holds ln t."""

    function = F.kl_div
    _: KW_ONLY
    reduction: str = "mean"
    log_target: bool = False

    def check(self) -> None:
        """Raise ValueError for another reduction; "batchmean" is legal too."""
        one_of("KLDivLoss", "reduction", self.reduction, "mean", "batchmean", "sum", "none")
