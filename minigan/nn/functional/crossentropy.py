"""Cross-entropy of many classes: -ln of the probability that a prediction gives to the right class.

Whatever the target is (an index, a smoothed index, probabilities, with weights or none), the loss
is one op, -sum_c q_c ln softmax(x)_c, for the right weights q. Classes are dimension 1, or 0 where
there is but one.
"""

from __future__ import annotations

from typing import Any

from minigan.autograd import FusedOp, Tensor
from minigan.autograd.arguments import float_tensor, tensor_of
from minigan.backend import Array, namespace
from minigan.checks import DimError, integer, number
from minigan.functions.choosing import where
from minigan.functions.elementwise import isfinite
from minigan.functions.gathering import gather
from minigan.functions.operands import operands
from minigan.functions.reductions import sum
from minigan.functions.shaping import reshape, unsqueeze
from minigan.functions.softmaxes import log_softmax
from minigan.nn.functional.losses import reduced

__all__ = ["cross_entropy", "nll_loss"]


class SoftCrossEntropy(FusedOp):
    """y[n, ...] = -sum_c q[n, c, ...] ln softmax(x)[n, c, ...]; a class with q = 0 may have
    probability 0.
    """

    def plain(self, x: Tensor, q: Tensor) -> Tensor:
        logs = log_softmax(x, 1)
        return -sum(q * where(isfinite(logs) | (q != 0.0), logs, 0.0), 1)

    def forward(self, x: Array, q: Array) -> tuple[Array, Array]:
        xp = namespace(x)
        logs = x - x.max(1, keepdims=True) if x.size else x.copy()
        logs -= xp.log(xp.exp(logs).sum(1, keepdims=True, dtype=x.dtype))
        return -(q * xp.where(xp.isfinite(logs) | (q != 0), logs, 0)).sum(1, dtype=x.dtype), logs

    def backward(
        self, g: Array, x: Array, q: Array, saved: Array, wanted: tuple[bool, ...]
    ) -> list[Array | None]:
        xp, g = namespace(x), g[:, None]
        gx = g * (xp.exp(saved) * q.sum(1, keepdims=True, dtype=q.dtype) - q) if wanted[0] else None
        return [gx, -g * xp.where(xp.isfinite(saved) | (q != 0), saved, 0) if wanted[1] else None]


_soft_cross_entropy = SoftCrossEntropy()


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-w_t ln softmax(x)_t for logits x of shape (N, C, *X) or (C); the target is a class index or
    probabilities.

    Indices have the shape of x without C, and ignore_index marks those that do not count; the mean
    is by their weights w (C). Probabilities have the shape of x, and their mean is by the count.
    label_smoothing in [0, 1] is the share of the target that is spread evenly over the classes
    (Szegedy et al. 2016). Raises ValueError for shapes that do not fit, an IndexError (a ValueError
    too) for an index outside 0..C-1, TypeError for other dtypes.

    >>> import minigan
    >>> cross_entropy(minigan.tensor([[0.0, 1e4]]), minigan.tensor([0]))
    tensor(10000.)
    """
    function, smoothing = (
        "cross_entropy",
        number("cross_entropy", "label_smoothing", label_smoothing, 0.0, 1.0),
    )
    x, t, w = _by_class(function, input, target, weight)
    total: Any
    even = smoothing / max(x.shape[1], 1)
    if t.dtype.kind == "f" and t.shape == x.shape:
        x, t = operands(function, x, t)
        q = ((t * (1.0 - smoothing) + even) * w).to(x.dtype)
        losses, total = _soft_cross_entropy(x, q), x.numel() / max(x.shape[1], 1)
    else:
        places, counts = _indices(function, x, t, ignore_index)
        wt = where(counts, reshape(w, -1)[places], 0.0)  # (N, *X)
        classes = Tensor._wrap(namespace(x._data).arange(x.shape[1])).reshape(w.shape)
        q = where(
            unsqueeze(places, 1) == classes, unsqueeze(wt, 1) * (1.0 - smoothing), 0.0
        )  # (N, C, *X)
        q = q + where(unsqueeze(counts, 1), w * even, 0.0) if smoothing else q
        losses, total = (
            where(counts, _soft_cross_entropy(x, q), 0.0),
            sum(wt),
        )  # no gradient, even if the mean is NaN
    return _averaged(function, losses if input.ndim > 1 else losses[0], total, reduction)


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Tensor:
    """-w_t x_t for log-probabilities x of shape (N, C, *X) or (C) and class indices t.

    Raises as `cross_entropy`.
    """
    x, t, w = _by_class("nll_loss", input, target, weight)
    places, counts = _indices("nll_loss", x, t, ignore_index)
    wt = where(counts, reshape(w, -1)[places], 0.0)  # (N, *X)
    losses = where(counts, -wt * gather(x, 1, unsqueeze(places, 1)).squeeze(1), 0.0)
    return _averaged("nll_loss", losses if input.ndim > 1 else losses[0], sum(wt), reduction)


def _averaged(function: str, losses: Tensor, total: Any, reduction: str) -> Tensor:
    return sum(losses) / total if reduction == "mean" else reduced(function, losses, reduction)


def _by_class(
    function: str, input: Tensor, target: Tensor, weight: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Logits (N, C, *X), the target with a batch too, and the weights (1, C, 1...), ones if there
    are none.
    """
    x, t = float_tensor(function, "input", input), tensor_of(function, "target", target)
    if x.ndim == 0:
        raise ValueError(f"{function}: input has shape (); it must be (C) or (N, C, ...)")
    if x.ndim == 1:
        x, t = unsqueeze(x, 0), unsqueeze(t, 0)
    C = x.shape[1]
    ones = Tensor._wrap(namespace(x._data).ones(C, x.dtype))
    w = ones if weight is None else float_tensor(function, "weight", weight).to(x.dtype)
    if w.shape != (C,):
        raise ValueError(
            f"{function}: weight has shape {w.shape}; it must be ({C},), one number per class"
        )
    return x, t, reshape(w, (1, C, *[1] * (x.ndim - 2)))


def _indices(function: str, x: Tensor, t: Tensor, ignore_index: int) -> tuple[Tensor, Tensor]:
    """The class indices, 0 where ignored, and where they are not ignored."""
    N, C, *X = x.shape
    if t.dtype.kind not in "iu" or t.shape != (N, *X):
        also = f", or floats of shape {x.shape}" if function == "cross_entropy" else ""
        wrong = TypeError if t.shape == (N, *X) else ValueError
        raise wrong(
            f"{function}: target of shape {t.shape} and dtype {t.dtype} does not fit input of "
            f"shape {x.shape} "
            f"(legal: integers of shape {(N, *X)}{also})"
        )
    t = t.detach().long()  # small integers may not hold ignore_index
    counts = t != integer(function, "ignore_index", ignore_index)
    places = where(counts, t, 0)
    if t.numel() and not (int(places._data.min()) >= 0 and int(places._data.max()) < C):
        raise DimError(
            f"{function}: target holds a class that is not in 0..{C - 1} (nor "
            f"ignore_index={ignore_index})"
        )
    return places, counts
