"""Losses that ask for a margin, and losses that are -ln of a density, as layers.

The formulas stand in `minigan.nn.functional.margin_losses` and `likelihood_losses`.
"""

from __future__ import annotations

from dataclasses import KW_ONLY

from minigan.autograd import Tensor
from minigan.nn import functional as F
from minigan.nn.loss import Loss

__all__ = [
    "MarginRankingLoss", "HingeEmbeddingLoss", "CosineEmbeddingLoss", "TripletMarginLoss",
    "SoftMarginLoss", "MultiLabelSoftMarginLoss", "GaussianNLLLoss", "PoissonNLLLoss",
]  # fmt: skip


class MarginRankingLoss(Loss):
    """max(0, margin - y (x1 - x2)) for scores x1, x2 and labels y of 1 or -1.

    >>> import minigan
    >>> MarginRankingLoss(0.5)(minigan.ones(1), minigan.zeros(1), minigan.tensor([-1]))
    tensor(1.5)
    """

    function = F.margin_ranking_loss
    margin: float = 0.0
    _: KW_ONLY
    reduction: str = "mean"


class HingeEmbeddingLoss(Loss):
    """x where the label is 1, and max(0, margin - x) where it is -1; x is a distance."""

    function = F.hinge_embedding_loss
    margin: float = 1.0
    _: KW_ONLY
    reduction: str = "mean"


class CosineEmbeddingLoss(Loss):
    """1 - cos(x1, x2) where the label is 1, and max(0, cos(x1, x2) - margin) where it is -1."""

    function = F.cosine_embedding_loss
    margin: float = 0.0
    _: KW_ONLY
    reduction: str = "mean"


class TripletMarginLoss(Loss):
    """max(0, margin + |a - p| - |a - n|) for anchors, positives and negatives.

    >>> import minigan
    >>> a, n = minigan.zeros(1, 2), minigan.tensor([[0.0, 0.75]])
    >>> TripletMarginLoss(eps=0.0)(a, a, n)
    tensor(0.25)
    """

    function = F.triplet_margin_loss
    margin: float = 1.0
    p: float = 2.0
    eps: float = 1e-6
    swap: bool = False
    _: KW_ONLY
    reduction: str = "mean"


class SoftMarginLoss(Loss):
    """ln(1 + e^(-y x)) for scores x and labels y of 1 or -1."""

    function = F.soft_margin_loss
    _: KW_ONLY
    reduction: str = "mean"


class MultiLabelSoftMarginLoss(Loss):
    """The mean over the classes of the binary cross-entropies of logits (N, C)."""

    function = F.multilabel_soft_margin_loss
    weight: Tensor | None = None
    _: KW_ONLY
    reduction: str = "mean"


class GaussianNLLLoss(Loss):
    """(ln v + (x - t)^2 / v) / 2 for means x, targets t and variances v.

    >>> import minigan
    >>> GaussianNLLLoss()(minigan.tensor([3.0]), minigan.tensor([1.0]), minigan.ones(1))
    tensor(2.)
    """

    function = F.gaussian_nll_loss
    _: KW_ONLY
    full: bool = False
    eps: float = 1e-6
    reduction: str = "mean"


class PoissonNLLLoss(Loss):
    """e^x - t x for the logarithms x of rates and counts t; with log_input=False x are rates."""

    function = F.poisson_nll_loss
    log_input: bool = True
    full: bool = False
    _: KW_ONLY
    eps: float = 1e-8
    reduction: str = "mean"
