"""Cross-entropy of several classes: -ln of the probability that is predicted for the right class.

The target may be a class index, a smoothed index or probabilities, with class weights or without.
All of these are one op, -sum_c q[c] ln softmax(x)[c], with suitable weights q. The classes are
dimension 1 of the input, or dimension 0 if it has only one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.autograd import FusedOp, Tensor
from minigan.backend import Array, namespace
from minigan.checks import DimError, integer, number
from minigan.functions.arguments import float_tensor, tensor_of
from minigan.functions.choosing import where
from minigan.functions.gathering import gather
from minigan.functions.operands import operands
from minigan.functions.reductions import sum
from minigan.functions.rounding import isfinite
from minigan.functions.shaping import reshape, unsqueeze
from minigan.functions.softmaxes import log_softmax
from minigan.nn.functional.reduction import reduced
from minigan.nn.older import no_size_average

__all__ = ["cross_entropy", "nll_loss"]


class SoftCrossEntropy(FusedOp):
    """y[n, ...] = -sum_c q[n, c, ...] ln softmax(x)[n, c, ...], where 0 ln 0 = 0."""

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
        gq = -g * xp.where(xp.isfinite(saved) | (q != 0), saved, 0) if wanted[1] else None
        return [gx, gq]


_soft_cross_entropy = SoftCrossEntropy()


@no_size_average
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return -w[t] ln softmax(x)[t] for logits x of shape (N, C, *X) or (C,), reduced.

    The target t holds class indices (N, *X), or probabilities in the shape of x. Positions whose
    index is `ignore_index` do not count. `weight` (C,) holds the class weights w; for indices the
    mean divides by the sum of w[t], for probabilities by the number of positions. The target is
    mixed with the uniform distribution: (1 - label_smoothing) t + label_smoothing / C (Szegedy et
    al. 2016, section 7).

    Raises ValueError if shapes do not fit or label_smoothing is not in [0, 1], IndexError (also a
    ValueError) if an index is not in 0..C-1, and TypeError for other dtypes.

    >>> import minigan
    >>> cross_entropy(minigan.tensor([[0.0, 1e4]]), minigan.tensor([0]))
    tensor(10000.)
    """
    function = "cross_entropy"
    s = number(function, "label_smoothing", label_smoothing, 0.0, 1.0)
    x, t, w = _by_class(function, input, target, weight)
    C = max(x.shape[1], 1)
    total: Any
    if t.dtype.kind == "f" and t.shape == x.shape:
        x, t = operands(function, x, t)
        q = ((t * (1.0 - s) + s / C) * w).to(x.dtype)
        losses, total = _soft_cross_entropy(x, q), x.numel() / C
    else:
        index, counts = _indices(function, x, t, ignore_index)
        wt = where(counts, reshape(w, -1)[index], 0.0)  # (N, *X)
        classes = Tensor._wrap(namespace(x._data).arange(x.shape[1], dtype=np.int64)).reshape(
            w.shape
        )
        q = where(unsqueeze(index, 1) == classes, unsqueeze(wt, 1) * (1.0 - s), 0.0)  # (N, C, *X)
        q = q + where(unsqueeze(counts, 1), w * (s / C), 0.0) if s else q
        losses = where(counts, _soft_cross_entropy(x, q), 0.0)  # 0 has no gradient, even if NaN
        total = sum(wt)
    return _averaged(function, losses if input.ndim > 1 else losses[0], total, reduction)


@no_size_average
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Tensor:
    """Return -w[t] x[t] for log-probabilities x of shape (N, C, *X) or (C,), reduced.

    Class indices t, weights, mean and errors are those of `cross_entropy`.

    >>> import minigan
    >>> nll_loss(minigan.tensor([[-0.5, -2.0]]), minigan.tensor([1]))
    tensor(2.)
    """
    x, t, w = _by_class("nll_loss", input, target, weight)
    index, counts = _indices("nll_loss", x, t, ignore_index)
    wt = where(counts, reshape(w, -1)[index], 0.0)  # (N, *X)
    losses = where(counts, -wt * gather(x, 1, unsqueeze(index, 1)).squeeze(1), 0.0)
    return _averaged("nll_loss", losses if input.ndim > 1 else losses[0], sum(wt), reduction)


def _averaged(function: str, losses: Tensor, total: Any, reduction: str) -> Tensor:
    return sum(losses) / total if reduction == "mean" else reduced(function, losses, reduction)


def _by_class(
    function: str, input: Tensor, target: Tensor, weight: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return logits (N, C, *X), the target with a batch axis, and the weights (1, C, 1, ...)."""
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
    """Return the class indices, with 0 where they are ignored, and where they are not ignored."""
    N, C, *X = x.shape
    if t.dtype.kind not in "iu" or t.shape != (N, *X):
        also = f", or floats of shape {x.shape}" if function == "cross_entropy" else ""
        wrong = TypeError if t.shape == (N, *X) else ValueError
        raise wrong(
            f"{function}: target of shape {t.shape} and dtype {t.dtype} does not fit input of "
            f"shape {x.shape} (legal: integers of shape {(N, *X)}{also})"
        )
    t = t.detach().long()  # small integers may not hold ignore_index
    counts = t != integer(function, "ignore_index", ignore_index)
    index = where(counts, t, 0)
    if t.numel() and not (int(index._data.min()) >= 0 and int(index._data.max()) < C):
        raise DimError(
            f"{function}: target holds a class that is not in 0..{C - 1} (nor "
            f"ignore_index={ignore_index})"
        )
    return index, counts
