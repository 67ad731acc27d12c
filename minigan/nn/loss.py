"""Losses as layers: `loss(input, target)` is a number, the mean unless `reduction` is "sum" or
"none".
"""

from __future__ import annotations

from dataclasses import KW_ONLY

from minigan.autograd import Tensor
from minigan.checks import one_of
from minigan.nn import functional as F
from minigan.nn.function import Function


class _Loss(Function):
    """Its settings; weights among them are buffers, as in PyTorch."""

    def check(self) -> None:
        """The reduction is known, and weights are tensors."""
        one_of(type(self).__name__, "reduction", vars(self)["reduction"], "mean", "sum", "none")
        for name in {"weight", "pos_weight"} & set(self.settings):
            self.register_buffer(name, vars(self)[name])


class MSELoss(_Loss):
    """(x - target)^2."""

    function = F.mse_loss
    _: KW_ONLY
    reduction: str = "mean"


class L1Loss(_Loss):
    """|x - target|."""

    function = F.l1_loss
    _: KW_ONLY
    reduction: str = "mean"


class SmoothL1Loss(_Loss):
    """(x - target)^2 / (2 beta) up to a distance of beta, |x - target| - beta / 2 beyond (Girshick
    2015).
    """

    function = F.smooth_l1_loss
    _: KW_ONLY
    reduction: str = "mean"
    beta: float = 1.0


class HuberLoss(_Loss):
    """(x - target)^2 / 2 up to a distance of delta, delta (|x - target| - delta / 2) beyond (Huber
    1964).
    """

    function = F.huber_loss
    reduction: str = "mean"
    delta: float = 1.0


class BCELoss(_Loss):
    """-target ln x - (1 - target) ln(1 - x), for probabilities x; logarithms are cut off at
    -100.
    """

    function = F.binary_cross_entropy
    weight: Tensor | None = None
    _: KW_ONLY
    reduction: str = "mean"


class BCEWithLogitsLoss(_Loss):
    """BCELoss of sigmoid(x), without overflow; `pos_weight` multiplies the terms of target."""

    function = F.binary_cross_entropy_with_logits
    weight: Tensor | None = None
    _: KW_ONLY
    reduction: str = "mean"
    pos_weight: Tensor | None = None


class CrossEntropyLoss(_Loss):
    """-ln softmax(x)[target], for class indices or probabilities; see `F.cross_entropy`."""

    function = F.cross_entropy
    weight: Tensor | None = None
    _: KW_ONLY
    ignore_index: int = -100
    reduction: str = "mean"
    label_smoothing: float = 0.0


class NLLLoss(_Loss):
    """-x[target], for log probabilities x and class indices."""

    function = F.nll_loss
    weight: Tensor | None = None
    _: KW_ONLY
    ignore_index: int = -100
    reduction: str = "mean"


class KLDivLoss(_Loss):
    """target (ln target - x), for log probabilities x; with `log_target` the target is one too."""

    function = F.kl_div
    _: KW_ONLY
    reduction: str = "mean"
    log_target: bool = False

    def check(self) -> None:
        """One reduction more: "batchmean"."""
        one_of("KLDivLoss", "reduction", self.reduction, "mean", "batchmean", "sum", "none")
