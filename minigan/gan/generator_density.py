"""The density of a generator in one dimension, if it is affine or a smooth monotone map.

Then JSD(P, G) can be computed, and so can its gradient with respect to G's weights. At D* the value
V = 2 JSD - 2 ln 2 has derivative 0 in D. So the gradient of JSD is that of
E_h log(1 - D*(G(h))) / 2 with D* held fixed (the envelope theorem).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minigan import nn
from minigan.autograd import Tensor, grad, no_grad
from minigan.functions import tensor
from minigan.theory import Distribution, Gaussian, Pushforward, affine, optimal_logit

Array = NDArray[np.float64]
# the trapezoidal rule is exact up to rounding for a smooth function times a Gaussian
_NODES = np.linspace(-8, 8, 2001)
_WEIGHTS = Gaussian().density(_NODES) * (_NODES[1] - _NODES[0])


def density_of(G: nn.Module, std: float = 1.0) -> Pushforward:
    """Return the distribution of G(h) for h from N(0, std^2).

    G, in float64, is a Linear to one number, or a monotone map of one number (N, 1) -> (N, 1).
    Raises ValueError if G is constant, not monotone, or a Linear to several numbers.

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
    """Return the gradient of JSD(P, G) with respect to all parameters of G, as one vector.

    G is as in `density_of`. A Linear of several numbers depends on h only along its weights; the
    components across them have mean 0.

    >>> G = nn.Linear(1, 1, generator=0).double()
    >>> G.weight.data, G.bias.data = np.array([[1.0]]), np.array([2.0])  # samples of N(2, 1)
    >>> jsd_gradient(G, Gaussian())[1] > 0  # a smaller bias is nearer to N(0, 1)
    np.True_
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
    best = 1 / (1 + np.exp(-np.clip(logit(at), -700, 700)))  # D*
    cotangent = -_WEIGHTS * best * slope / 2  # d log(1 - D*) = -D* d logit
    return np.concatenate(
        [g.ravel() for g in _gradients(x, list(G.parameters()), tensor(cotangent[:, None]))]
    )


def _shift(G: nn.Linear) -> float:
    """Return the bias of G, 0 if it has none."""
    return 0.0 if G.bias is None else float(G.bias.numpy()[0])


def _gradients(y: Tensor, inputs: list[Tensor], cotangent: Tensor | None = None) -> list[Array]:
    """Return the gradients of y with respect to the inputs, 0 where y does not depend on one."""
    found = grad(y, inputs, cotangent, allow_unused=True)
    return [
        np.zeros(x.shape) if g is None else g.numpy() for x, g in zip(inputs, found, strict=True)
    ]
