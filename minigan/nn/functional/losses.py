"""Losses: one number that says how far predictions are from targets.

Every loss has `reduction`: "mean" (the default), "sum" or "none", which returns the losses in the
shape of the input. Losses of probabilities come in two forms. The form that takes logits stays
accurate where the other fails: sigmoid(40) is 1 in float64, while ln(1 - sigmoid(40)) is -40.

Signatures are those of torch.nn.functional; its older size_average and reduce say what to write.
Where PyTorch broadcasts a target with a warning, the shapes must be equal here.
"""

from __future__ import annotations

from minigan.autograd import FusedOp, Op, Tensor
from minigan.backend import Array, namespace
from minigan.checks import boolean, number
from minigan.functions.arguments import float_tensor
from minigan.functions.broadcasting import broadcast_to
from minigan.functions.choosing import clamp, where
from minigan.functions.elementwise import exp, log, log1p
from minigan.functions.reductions import sum
from minigan.functions.signs import abs
from minigan.functions.statistics import mean
from minigan.nn.functional.reduction import pair, reduced, weighted
from minigan.nn.functional.smooth_activations import logsigmoid
from minigan.nn.older import no_size_average

__all__ = [
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div",
    "binary_cross_entropy", "binary_cross_entropy_with_logits",
]  # fmt: skip


# -------------------------------------------------------------------------------- losses of numbers


class SquaredError(Op):
    """y = (x - t)^2."""

    def forward(self, x: Array, t: Array) -> Array:
        difference = x - t
        return difference * difference

    def backward_x(self, g: Tensor, x: Tensor, t: Tensor) -> Tensor:
        return g * (x - t) * 2.0  # (x - t) * 2.0 may overflow in float16

    def backward_t(self, g: Tensor, x: Tensor, t: Tensor) -> Tensor:
        return g * (t - x) * 2.0


_squared_error = SquaredError()


@no_size_average
def mse_loss(
    input: Tensor, target: Tensor, *, reduction: str = "mean", weight: Tensor | None = None
) -> Tensor:
    """Return the squared errors (x - t)^2, reduced; `weight` has the shape of the input.

    With a weight the mean is sum(weight (x - t)^2) / sum(weight). Raises ValueError if the shapes
    differ, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> mse_loss(minigan.tensor([1.0, 2.0]), minigan.tensor([0.0, 4.0]))
    tensor(2.5)
    """
    losses = _squared_error(*pair("mse_loss", input, target))
    return weighted("mse_loss", losses, weight, reduction)


@no_size_average
def l1_loss(
    input: Tensor, target: Tensor, *, reduction: str = "mean", weight: Tensor | None = None
) -> Tensor:
    """Return the absolute errors |x - t|, reduced. Weight and errors are those of `mse_loss`.

    >>> import minigan
    >>> l1_loss(minigan.tensor([1.0, 2.0]), minigan.tensor([0.0, 4.0]))
    tensor(1.5)
    """
    x, t = pair("l1_loss", input, target)
    return weighted("l1_loss", abs(x - t), weight, reduction)


def _huber(x: Tensor, t: Tensor, delta: float) -> Tensor:
    """Return d^2/2 where |d| = |x - t| <= delta, else delta |d| - delta^2/2.

    With c = d clamped to [-delta, delta] both are c (d - c/2).
    """
    d = x - t
    c = clamp(d, -delta, delta)
    return c * (d - c * 0.5)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """Return d^2/2 where |d| = |x - t| <= delta, else delta (|d| - delta/2), reduced (Huber 1964).

    With a weight the mean divides by the number of losses, as in PyTorch. Raises ValueError if
    delta is not positive or the shapes differ, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> huber_loss(minigan.tensor([1.0, 4.0]), minigan.zeros(2), "none")
    tensor([0.5, 3.5])
    """
    if number("huber_loss", "delta", delta, 0.0) == 0:
        raise ValueError("huber_loss: delta=0 must be > 0")
    losses = _huber(*pair("huber_loss", input, target), delta)
    if weight is not None and reduction == "mean":
        return mean(weighted("huber_loss", losses, weight, "none"))
    return weighted("huber_loss", losses, weight, reduction)


@no_size_average
def smooth_l1_loss(
    input: Tensor, target: Tensor, *, reduction: str = "mean", beta: float = 1.0
) -> Tensor:
    """Return d^2/(2 beta) where |d| = |x - t| < beta, else |d| - beta/2, reduced (Girshick 2015).

    Raises ValueError if beta is negative or the shapes differ, and TypeError if input is not a
    float Tensor.

    >>> import minigan
    >>> smooth_l1_loss(minigan.tensor([1.0, 4.0]), minigan.zeros(2), beta=2.0, reduction="none")
    tensor([0.25, 3.  ])
    """
    x, t = pair("smooth_l1_loss", input, target)
    if number("smooth_l1_loss", "beta", beta, 0.0) == 0:
        return reduced("smooth_l1_loss", abs(x - t), reduction)
    return reduced("smooth_l1_loss", _huber(x, t, beta) / beta, reduction)


# -------------------------------------------------------------------------- losses of probabilities


class BinaryCrossEntropy(Op):
    """y = -t ln p - (1 - t) ln(1 - p), with logarithms cut off at -100, so y is finite."""

    def forward(self, p: Array, t: Array) -> Array:
        xp = namespace(p)
        return (t - 1) * xp.maximum(xp.log1p(-p), -100) - t * xp.maximum(xp.log(p), -100)

    def backward_p(self, g: Tensor, p: Tensor, t: Tensor) -> Tensor:
        return g * ((p - t) / clamp(p * (1.0 - p), min=1e-12))

    def backward_t(self, g: Tensor, p: Tensor) -> Tensor:
        return g * (clamp(log1p(-p), min=-100.0) - clamp(log(p), min=-100.0))


class BinaryCrossEntropyWithLogits(FusedOp):
    """y = -w t ln sigmoid(x) - (1 - t) ln sigmoid(-x), accurate for every logit x.

    w is the weight of the positive terms. The derivative is (1 - t) sigmoid(x) - w t sigmoid(-x);
    its two terms do not cancel where t is 0 or 1.
    """

    def plain(self, x: Tensor, t: Tensor, w: Tensor | None) -> Tensor:
        positive = t * logsigmoid(x)
        return (t - 1.0) * logsigmoid(-x) - (positive if w is None else w * positive)

    def forward(self, x: Array, t: Array, w: Array | None) -> Array:
        xp = namespace(x)
        common = xp.log1p(xp.exp(-xp.abs(x)))
        positive = t * (common - xp.minimum(x, 0))
        return (1 - t) * (common + xp.maximum(x, 0)) + (positive if w is None else w * positive)

    def backward(
        self, g: Array, x: Array, t: Array, w: Array | None, wanted: tuple[bool, ...]
    ) -> list[Array | None]:
        xp, w = namespace(x), 1 if w is None else w
        a, b = xp.exp(xp.minimum(x, 0)), xp.exp(xp.minimum(-x, 0))
        total = a + b  # 1 + e^-|x|, so a / total is sigmoid(x) and b / total is sigmoid(-x)
        gx = g * (((1 - t) * a - w * t * b) / total) if wanted[0] else None
        if not (wanted[1] or wanted[2]):
            return [gx, None, None]
        common = xp.log1p(a * b)  # a b = e^-|x|
        positive, negative = common - xp.minimum(x, 0), common + xp.maximum(x, 0)
        return [gx, g * (w * positive - negative), g * t * positive]


_bce, _bce_with_logits = BinaryCrossEntropy(), BinaryCrossEntropyWithLogits()


def _binary(function: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    float_tensor(function, "target", target)
    return pair(function, input, target)


def _rescaled(function: str, losses: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    """Return the losses times a weight that broadcasts to them, reduced."""
    losses = losses if weight is None else losses * _like(function, "weight", weight, losses)
    return reduced(function, losses, reduction)


def _like(function: str, name: str, x: Tensor, y: Tensor) -> Tensor:
    """Return x broadcast to the shape of y, in the dtype of y."""
    try:
        return broadcast_to(float_tensor(function, name, x).to(y.dtype), y.shape)
    except ValueError:
        raise ValueError(
            f"{function}: {name} of shape {x.shape} must broadcast to the input's, {y.shape}"
        ) from None


@no_size_average
def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """Return -t ln p - (1 - t) ln(1 - p) for probabilities p and t, reduced.

    A logarithm below -100 counts as -100. `weight` broadcasts to the losses. Raises ValueError if
    the shapes differ or a number lies outside [0, 1], and TypeError if input or target is not a
    float Tensor.

    >>> import minigan
    >>> p, t = minigan.tensor([0.5, 0.0]), minigan.tensor([1.0, 1.0])
    >>> binary_cross_entropy(p, t, reduction="none")
    tensor([  0.6931472, 100.       ])
    """
    p, t = _binary("binary_cross_entropy", input, target)
    for name, x in (("input", p._data), ("target", t._data)):
        if x.size and not (x.min() >= 0 and x.max() <= 1):
            raise ValueError(f"binary_cross_entropy: {name} holds a number outside [0, 1]")
    return _rescaled("binary_cross_entropy", _bce(p, t), weight, reduction)


@no_size_average
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Return -w t ln sigmoid(x) - (1 - t) ln sigmoid(-x) for logits x, reduced; w is `pos_weight`.

    `weight` and `pos_weight` broadcast to the losses. Raises ValueError if the shapes do not fit,
    and TypeError if input or target is not a float Tensor.

    >>> import minigan
    >>> x, t = minigan.tensor([1e4, 1e4]), minigan.tensor([1.0, 0.0])
    >>> binary_cross_entropy_with_logits(x, t, reduction="none")
    tensor([    0., 10000.])
    """
    function = "binary_cross_entropy_with_logits"
    x, t = _binary(function, input, target)
    w = None if pos_weight is None else _like(function, "pos_weight", pos_weight, x)
    return _rescaled(function, _bce_with_logits(x, t, w), weight, reduction)


@no_size_average
def kl_div(
    input: Tensor, target: Tensor, *, reduction: str = "mean", log_target: bool = False
) -> Tensor:
    """Return t (ln t - x) for log-probabilities x and probabilities t, reduced.

    With `log_target` the target holds ln t. The sum of all losses is KL(t || e^x). The reduction
    "batchmean" divides it by the first size, and "mean" by the number of losses. Raises ValueError
    if the shapes differ, and TypeError if input is not a float Tensor.

    >>> import minigan
    >>> t = minigan.tensor([[0.5, 0.5]])
    >>> kl_div(t.log(), t, reduction="batchmean")
    tensor(0.)
    """
    x, t = pair("kl_div", input, target)
    if boolean("kl_div", "log_target", log_target):
        losses = exp(t) * (t - x)
    else:
        losses = t * (log(where(t == 0.0, 1.0, t)) - x)  # 0 ln 0 = 0
    if reduction != "batchmean":
        return reduced("kl_div", losses, reduction)
    return sum(losses) / float(x.shape[0]) if x.ndim else losses
