"""A generator on a line whose density is known: an affine map of a Gaussian, or a smooth one that
only rises or falls.

Then JSD(P, G) is a number, and has a gradient in G's weights: at D* the value V = 2 JSD - 2 ln 2
does not change with D, so that the gradient is that of E_h log(1 - D*(G(h))) / 2 with D* held where
it is (the envelope theorem).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minigan import nn
from minigan.autograd import Tensor, grad, no_grad
from minigan.functions import tensor
from minigan.theory import Distribution, Gaussian, Pushforward, affine, optimal_logit

Array = NDArray[np.float64]
_NODES = np.linspace(
    -8, 8, 2001
)  # equal steps are exact to rounding for what a Gaussian ends on both sides
_WEIGHTS = Gaussian().density(_NODES) * (_NODES[1] - _NODES[0])


def density_of(G: nn.Module, std: float = 1.0) -> Pushforward:
    """The distribution of G(h) for h from N(0, std^2), G in float64: a Linear to one number, or a
    map of one number.

    Raises ValueError where G is constant, not monotone, or a Linear to several numbers.

    >>> density_of(nn.Linear(3, 1, generator=0).double()).cuts().shape
    (7,)
    """
    base = Gaussian(0, std)
    if isinstance(G, nn.Linear) and G.out_features != 1:
        raise ValueError(f"density_of: a Linear to {G.out_features} numbers (legal: to one)")
    if isinstance(G, nn.Linear):
        return affine(float(np.linalg.norm(G.weight.numpy())), _shift(G), base)

    @no_grad()
    def forward(t: Array) -> Array:
        values: Array = G(tensor(t[:, None])).numpy()[:, 0]  # (K,) -> (K, 1)
        return values

    def slope(t: Array) -> Array:
        h = tensor(t[:, None], requires_grad=True)  # (K, 1)
        (slopes,) = _gradients(G(h).sum(), [h])
        return slopes[:, 0]

    return Pushforward(forward, slope, base=base)


def jsd_gradient(G: nn.Module, P: Distribution, std: float = 1.0) -> Array:
    """The gradient of JSD(P, G) in all of G's parameters, one after the other, G in float64 and as
    in `density_of`.

    For h of several numbers, a Linear sees them only along its weights, and on average what lies
    across is 0.
    """
    model = density_of(G, std)
    if isinstance(G, nn.Linear):
        direction = G.weight.numpy()[0] / np.linalg.norm(G.weight.numpy())
    else:
        direction = np.ones(1)
    x = G(tensor(std * _NODES[:, None] * direction))  # (K, latent) -> (K, 1)
    at, step = x.numpy()[:, 0], 1e-5 * float(np.diff(P.cuts()[[0, -1]])[0])
    logit = optimal_logit(P, model)
    slope = (logit(at + step) - logit(at - step)) / (2 * step)
    generated = 1 / (
        1 + np.exp(-np.clip(logit(at), -700, 700))
    )  # D*: how much of log(1 - D*) is the logit's
    cotangent = -_WEIGHTS * generated * slope / 2
    return np.concatenate(
        [g.ravel() for g in _gradients(x, list(G.parameters()), tensor(cotangent[:, None]))]
    )


def _shift(G: nn.Linear) -> float:
    return 0.0 if G.bias is None else float(G.bias.numpy()[0])


def _gradients(y: Tensor, inputs: list[Tensor], cotangent: Tensor | None = None) -> list[Array]:
    found = grad(y, inputs, cotangent, allow_unused=True)
    return [
        np.zeros(x.shape) if g is None else g.numpy() for x, g in zip(inputs, found, strict=True)
    ]
